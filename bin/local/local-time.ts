/**
 * A time as the terminal shows it in every language: of one width, with seconds, and as a query of the audit table shows
 * it. The zone's name stands beside it.
 *
 * @param iso ISO 8601 in UTC
 * @param timezone IANA name
 */
export function localTime(iso: string, timezone: string): string {
  const time = new Date(iso);
  // A row of the old script may have no time: its column could be null.
  if (iso === null || Number.isNaN(time.getTime())) return '–';
  // Swedes write ISO 8601.
  const format = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone: timezone });
  return format.format(time);
}
