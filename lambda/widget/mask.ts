/** Digits of any script, and what people write between them. */
const NUMBER_IN_TEXT = /[+(]?\p{Nd}(?:[\p{P}\p{Z}\p{S}\p{Cf}]{0,3}\p{Nd}){6,}/gu;

/** A phone number as far as everybody may see it: the last four digits. */
export function maskPhone(phone: string): string {
  return `…${(phone.match(/\p{Nd}/gu) ?? []).slice(-4).join('')}`;
}

/**
 * A contact's name as far as everybody may see it: people call contacts by their number, too.
 *
 * @returns undefined for a contact that has no name, or none but its phone number
 */
export function maskName(name: string, phone: string): string | undefined {
  return ['', phone.trim()].includes(name.trim()) ? undefined : name.replace(NUMBER_IN_TEXT, maskPhone);
}
