/**
 * A time as the terminal shows it in every language: of one width, to the minute, and as a query of the audit table shows
 * it. The zone's name is beside it.
 *
 * @param iso ISO 8601 in UTC; null for a row of the old script without a time
 * @param timezone IANA name
 */
export function localTime(iso: string | null, timezone: string): string {
  if (iso === null) return '–';
  // Swedes write ISO 8601.
  const format = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'short', timeZone: timezone });
  return format.format(new Date(iso));
}
