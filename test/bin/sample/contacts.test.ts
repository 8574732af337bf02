import { describe, expect, test } from 'vitest';
import { sampleContacts } from '../../../bin/local/sample/contacts.ts';
import { DEFAULT_TOKEN_LIMIT } from '../../../lambda/input/values.ts';
import { BANDS, bandOf } from '../../../lambda/model/bands.ts';

const contacts = sampleContacts();
const tokensOf = ({ threadTokenCount }: (typeof contacts)[number]) => threadTokenCount ?? 0;

describe('The sample contacts', () => {
  test('are 243, of which 185 have a name', () => {
    expect(contacts).toHaveLength(243);
    expect(contacts.filter(({ name }) => name !== null)).toHaveLength(185);
  });

  test('are the same ones each time', () => {
    expect(sampleContacts()).toEqual(contacts);
    expect(contacts.reduce((total, contact) => total + tokensOf(contact), 0)).toBe(83_730_691);
  });

  test('have phone numbers and chats of their own, which nobody else can have', () => {
    expect(new Set(contacts.map(({ phoneNumber }) => phoneNumber)).size).toBe(243);
    for (const { phoneNumber, chatId } of contacts) {
      expect(phoneNumber).toMatch(/^57000\d{7}$/);
      expect(chatId).toBe(`${phoneNumber}@s.whatsapp.net`);
    }
  });

  test('fill every band, and some have no tokens', () => {
    const active = contacts.filter((contact) => tokensOf(contact) > 0);
    const threads = Object.groupBy(active, (contact) => bandOf(tokensOf(contact), DEFAULT_TOKEN_LIMIT));
    expect(BANDS.map((band) => threads[band]?.length)).toEqual([161, 31, 14, 8]);
    expect(contacts.length - active.length).toBe(29);
  });

  test('have one near the limit without a thread id, and none that is due and could not be restored', () => {
    const without = contacts.filter((contact) => tokensOf(contact) > 0 && contact.threadId === null);
    expect(without.map((contact) => bandOf(tokensOf(contact), DEFAULT_TOKEN_LIMIT))).toEqual(['warning']);
  });

  test('have ids as the AI provider gives them today, of conversations and of responses', () => {
    const kinds = contacts.flatMap(({ threadId }) => threadId?.match(/^(conv|resp)_[A-Za-z0-9]{24}$/)?.[1] ?? []);
    expect(kinds).toHaveLength(213);
    expect(new Set(kinds)).toEqual(new Set(['conv', 'resp']));
  });

  test('have names as in real life: only a user name, none at all, emoji, other scripts and directions', () => {
    const names = contacts.map(({ name, userName }) => name ?? userName ?? '').join('\n');
    expect(contacts.some(({ name, userName }) => name === null && userName !== null)).toBe(true);
    expect(contacts.some(({ name, userName }) => name === null && userName === null)).toBe(true);
    for (const kind of [/\u200d/, /\p{Regional_Indicator}{2}/u, /\p{Script=Han}/u, /\p{Script=Arabic}/u]) {
      expect(names).toMatch(kind);
    }
  });
});
