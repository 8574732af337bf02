import { setTimeout as pause } from 'node:timers/promises';
import type { Sql } from 'postgres';
import type { Random } from '../../../bin/local/sample/random.ts';
import { quietClient } from '../postgres/quiet-client.ts';

/** A thread at or over this many tokens is due; the assistant's additions are small against it. */
export const TOKEN_LIMIT = 1_000;

/** What the assistant did, by kind. */
export interface AssistantCounts {
  'atomic adds': number;
  'read-modify-write adds': number;
  'new threads': number;
  upserts: number;
  'several adds in a transaction': number;
  failed: number;
}

export interface Assistant {
  readonly counts: Readonly<AssistantCounts>;
  stop(): Promise<void>;
}

export interface AssistantOptions {
  readonly connections: number;
  /** Contacts are named 1 to this; those that do not exist yet come into being by upsert. */
  readonly contacts: number;
  /** Milliseconds between two writes of a connection, at most. */
  readonly breathMs: number;
  readonly random: Random;
}

/** Plays the assistant of the design: everything it does to `"ClientView"`, on many connections at once. */
export function startAssistant(url: string, { connections, contacts, breathMs, random }: AssistantOptions): Assistant {
  const counts: AssistantCounts = {
    'atomic adds': 0,
    'read-modify-write adds': 0,
    'new threads': 0,
    upserts: 0,
    'several adds in a transaction': 0,
    failed: 0,
  };
  let stopped = false;
  const work = async (chance: Random) => {
    let sql = quietClient(url, 'assistant');
    while (!stopped) {
      const [kind, write] = chance.pick(WRITES);
      try {
        await write(sql, chance, () => String(chance.between(1, contacts)));
        counts[kind] += 1;
      } catch (error) {
        // A server that restarts, or a deadlock between two transactions: the ledger knows what came of it.
        if (!(error instanceof Error && 'code' in error)) throw error;
        counts.failed += 1;
        await sql.end({ timeout: 0 });
        await pause(50);
        sql = quietClient(url, 'assistant');
      }
      await pause(chance.next() * breathMs);
    }
    await sql.end({ timeout: 1 });
  };
  const tasks = Promise.all(Array.from({ length: connections }, () => work(random.fork())));
  return {
    counts,
    stop: async () => {
      stopped = true;
      await tasks;
    },
  };
}

type Write = (sql: Sql, chance: Random, phone: () => string) => Promise<unknown>;

const tokens = (chance: Random) => chance.between(1, TOKEN_LIMIT / 4);
const newThreadId = (chance: Random) => `conv_${chance.between(0, 2 ** 32)}_${chance.between(0, 2 ** 32)}`;

const atomicAdd: Write = (sql, chance, phone) => sql`
  update "ClientView" set "threadTokenCount" = coalesce("threadTokenCount", 0) + ${tokens(chance)}
   where "phoneNumber" = ${phone()}`;

/** Overwrites what came between reading and writing, as one of the assistant's writes does. */
const readModifyWrite: Write = async (sql, chance, choose) => {
  const phone = choose();
  const [row] = await sql<{ tokens: number | null }[]>`
    select "threadTokenCount" as tokens from "ClientView" where "phoneNumber" = ${phone}`;
  await pause(chance.next() * 4);
  await sql`update "ClientView" set "threadTokenCount" = ${(row?.tokens ?? 0) + tokens(chance)}
             where "phoneNumber" = ${phone}`;
};

const newThread: Write = (sql, chance, phone) => sql`
  update "ClientView" set "threadId" = ${newThreadId(chance)} where "phoneNumber" = ${phone()} and "threadId" is null`;

/** A contact that writes for the first time, or one that is there already. */
const upsert: Write = (sql, chance, phone) => sql`
  insert into "ClientView" ("phoneNumber", "lastActivity", "threadId", "threadTokenCount")
  values (${phone()}, now(), ${newThreadId(chance)}, ${tokens(chance)})
  on conflict ("phoneNumber") do update
     set "lastActivity" = now(), "threadId" = coalesce("ClientView"."threadId", excluded."threadId"),
         "threadTokenCount" = coalesce("ClientView"."threadTokenCount", 0) + excluded."threadTokenCount"`;

/**
 * Holds its rows locked for a while. In one message, which the server carries out as one transaction: when the
 * connection dies inside `sql.begin`, postgres.js 3.4.9 ends the process.
 */
const severalAdds: Write = (sql, chance, phone) => {
  const add = () => `
    update "ClientView" set "threadTokenCount" = coalesce("threadTokenCount", 0) + ${tokens(chance)}
     where "phoneNumber" = '${phone()}';`;
  return sql.unsafe(`${add()} select pg_sleep(${chance.next() / 50}); ${add()}`).simple();
};

const WRITES: readonly [WriteOfKind, ...WriteOfKind[]] = [
  ['atomic adds', atomicAdd],
  ['atomic adds', atomicAdd],
  ['read-modify-write adds', readModifyWrite],
  ['new threads', newThread],
  ['upserts', upsert],
  ['several adds in a transaction', severalAdds],
];
type WriteOfKind = readonly [keyof AssistantCounts, Write];

/** Puts half of the contacts in, around the limit; the assistant brings the others. */
export async function insertContactsAroundLimit(sql: Sql, contacts: number): Promise<void> {
  await sql`
    insert into "ClientView" ("phoneNumber", "lastActivity", "threadId", "threadTokenCount")
    select n::text, now(), 'conv_' || n, ${TOKEN_LIMIT}::int / 2 + n * 37 % ${TOKEN_LIMIT}::int
      from generate_series(1, ${contacts}::int, 2) n`;
}
