import type { Continuation } from './continuation.ts';

/** What an invocation asks for, and of which database where there are many: by the name of its secret. */
export type Payload = Request & { readonly secret?: string };

/** `tokenLimit` is in tokens; absent means the configured one. */
type Request =
  | { readonly mode: 'cleanup'; readonly tokenLimit?: number; readonly force?: boolean; readonly next?: never }
  | { readonly mode: 'cleanup'; readonly tokenLimit?: never; readonly force?: never; readonly next: Continuation }
  | { readonly mode: 'check'; readonly tokenLimit?: number }
  | { readonly mode: 'restore'; readonly auditId: number }
  | { readonly mode: 'restore'; readonly requestId: string }
  | { readonly mode: 'restore'; readonly phone: string }
  | { readonly mode: 'erase'; readonly phone: string };
