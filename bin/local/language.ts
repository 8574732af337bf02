import type { Language } from '../../lambda/language.ts';
import { en, type TerminalTexts } from './texts/en.ts';
import { es } from './texts/es.ts';

const CATALOGUES: Readonly<Record<Language, TerminalTexts>> = { en, es };

export function terminalTextsOf(language: Language): TerminalTexts {
  return CATALOGUES[language];
}
