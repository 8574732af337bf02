import type { Language } from '../input/values.ts';
import { en, type Texts } from './en.ts';
import { es } from './es.ts';

const CATALOGUES: Readonly<Record<Language, Texts>> = { en, es };

/** What the function says to people in this language: summaries, e-mails, the widget. Errors are English in all. */
export function textsOf(language: Language): Texts {
  return CATALOGUES[language];
}
