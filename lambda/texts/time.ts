import type { Texts } from './en.ts';

/**
 * A time as people read it.
 *
 * @param iso ISO 8601
 * @param length `long` for a sentence, `medium` for a list
 * @param timezone IANA name; it is not part of the text
 */
export function timeText(iso: string, length: 'long' | 'medium', { locale }: Texts, timezone: string): string {
  const format = new Intl.DateTimeFormat(locale, {
    dateStyle: length,
    timeStyle: 'short',
    hourCycle: 'h23',
    timeZone: timezone,
  });
  return format.format(new Date(iso));
}
