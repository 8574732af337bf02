/**
 * What poolers say when no connection is left, each with a code that means other things, too: PgBouncer and PgCat (08P01,
 * 58000), Supavisor and Neon (XX000), RDS Proxy, Odyssey.
 */
const WORDS = [
  /no more connections allowed|client connections exceeded|query_wait_timeout/i,
  /max clients? (connections )?reached|max proxy connections|MaxClientsInSessionMode|EMAXC(ONN|LIENT)/i,
  /pool checkout timeout|ECHECKOUTTIMEOUT|unable to check ?out|could not get connection from the pool/i,
  /too many (\w+ ){0,3}(connections?|clients)\b/i,
  /number of client connections to the proxy exceeded|rate of connections? to (the )?proxy exceeded/i,
  /timed-out waiting to acquire database connection/i,
];
const CODES = /^(08|28000|53|58|XX000)/;

/** Whether a server or its pooler says that it has no free connection just now: that passes by itself. */
export function isPoolFull(code: string, words: string): boolean {
  return code === '53300' || (CODES.test(code) && WORDS.some((pattern) => pattern.test(words)));
}
