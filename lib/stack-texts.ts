import type { Language } from '../lambda/language.ts';
import { en, type Texts } from './texts/en.ts';
import { es } from './texts/es.ts';

const CATALOGUES: Readonly<Record<Language, Texts>> = { en, es };

/** What the stack itself shows: its alarms and its dashboard. */
export function stackTexts(language: Language): Texts {
  return CATALOGUES[language];
}
