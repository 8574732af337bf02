import { booksOf, type Condition, type Tenant } from './tenants.ts';

/** Whether a database has to be cleaned up in a first night. */
export const isCleanedUp = ({ condition }: Tenant) => ['healthy', 'locked', 'large'].includes(condition);

/** How often the function is invoked for a database in one night: each failure that may pass three times in all. */
export const INVOCATIONS: Readonly<Record<Condition, number>> = {
  healthy: 1,
  locked: 1,
  large: 2,
  removed: 1,
  added: 0,
  hangs: 3,
  'wrong password': 1,
  'no table': 1,
  'no URL in the secret': 1,
  'server down': 3,
  'no TLS': 1,
  'too many due': 1,
};

/** Threads that a night clears in a database: one that somebody holds locked is left. */
export const clearedIn = (tenant: Tenant): number =>
  isCleanedUp(tenant) ? tenant.due - (tenant.condition === 'locked' ? 1 : 0) : 0;

/** Says what is wrong with the balance of each database; nothing is when the list is empty. */
export async function wrongBooks(tenants: readonly Tenant[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const tenant of tenants) {
    const books = await booksOf(tenant);
    const cleared = clearedIn(tenant);
    const expected = {
      tokens: tenant.tokens,
      left: tenant.due - cleared,
      cleared,
      audited: cleared,
      distinct: cleared,
    };
    if (JSON.stringify(sorted(books)) !== JSON.stringify(sorted(expected))) {
      wrong.push(`${tenant.secret} (${tenant.condition}): ${JSON.stringify(books)}, not ${JSON.stringify(expected)}`);
    }
  }
  return wrong;
}

const sorted = (books: object) => Object.entries(books).sort();
