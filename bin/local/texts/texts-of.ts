import type { Language } from '../../../lambda/input/values.ts';
import { en, type TerminalTexts } from './en.ts';
import { es } from './es.ts';

const CATALOGUES: Readonly<Record<Language, TerminalTexts>> = { en, es };

/** Everything the terminal says to people in this language, the function's own texts included. */
export function terminalTextsOf(language: Language): TerminalTexts {
  return CATALOGUES[language];
}

export type { TerminalTexts };
