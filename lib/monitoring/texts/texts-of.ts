import type { Language } from '../../../lambda/input/values.ts';
import { en, type Texts } from './en.ts';
import { es } from './es.ts';

const CATALOGUES: Readonly<Record<Language, Texts>> = { en, es };

/** What the stack itself shows: its alarms and its dashboard. */
export function stackTexts(language: Language): Texts {
  return CATALOGUES[language];
}
