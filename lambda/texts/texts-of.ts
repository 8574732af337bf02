import { en, type Texts } from './en.ts';
import { es } from './es.ts';

const CATALOGUES = { en, es };
export type Language = keyof typeof CATALOGUES;

/** What `parseLanguage` accepts, for messages. */
export const ALLOWED_LANGUAGE = Object.keys(CATALOGUES).join(' and ');

/** Reads a language from text; undefined when there is no catalogue for it. */
export function parseLanguage(text: string): Language | undefined {
  return text === 'en' || text === 'es' ? text : undefined;
}

/** What the function says to people in this language: summaries, e-mails, the widget. Errors are English in all. */
export function textsOf(language: Language): Texts {
  return CATALOGUES[language];
}
