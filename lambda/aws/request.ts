import type { AgentOptions } from 'node:https';
import { JobError, type JobErrorCode } from '../model/job-error.ts';
import { proxyAgent } from './proxy-agent.ts';

/** A private subnet without an endpoint answers nothing at all: three attempts at connecting fit into the bound. */
const CONNECT_TIMEOUT_MS = 2_500;
const TOTAL_TIMEOUT_MS = 8_500;

/** What an SDK client is made with. */
export interface ClientOptions {
  readonly requestHandler: { readonly connectionTimeout: number; readonly httpsAgent: AgentOptions };
  readonly region?: string;
}

/** A request to AWS, in words for people. */
export interface AwsRequest {
  /** `Secrets Manager`, and what reaches it from a private subnet: `an interface endpoint for secretsmanager`. */
  readonly service: string;
  readonly endpoint: string;
  /** What fails: `The secret "prod/db" cannot be read`. */
  readonly failure: string;
  readonly code: JobErrorCode;
  /** Ends the message: what the failure has left undone. */
  readonly outcome?: string;
  /** What each error name of the service means, and what to do. */
  readonly reasons: Readonly<Record<string, string>>;
  /** Milliseconds that it may take. @default 8500 */
  readonly timeoutMs?: number;
  /** @default the function's own */
  readonly region?: string | undefined;
}

/**
 * Sends a request with a client of its own, within a time bound, and turns its failure into words. The service's own
 * message is left out.
 *
 * @param Client class of the SDK
 * @throws JobError with the request's code
 */
export async function sendToAws<C extends { destroy(): void }, T>(
  Client: new (options: ClientOptions) => C,
  { service, endpoint, failure, code, outcome, reasons, timeoutMs = TOTAL_TIMEOUT_MS, region }: AwsRequest,
  send: (client: C, options: { abortSignal: AbortSignal }) => Promise<T>,
): Promise<T> {
  const requestHandler = { connectionTimeout: CONNECT_TIMEOUT_MS, httpsAgent: proxyAgent() };
  const client = new Client({ requestHandler, ...(region && { region }) });
  try {
    return await send(client, { abortSignal: AbortSignal.timeout(timeoutMs) });
  } catch (error) {
    const reason = reasonOf(error, reasons, service, endpoint);
    const message = [`${failure}: ${reason}`, outcome].filter(Boolean).join(' ');
    throw new JobError(code, message, { mayPass: mayPass(error) });
  } finally {
    client.destroy();
  }
}

function reasonOf(error: unknown, reasons: AwsRequest['reasons'], service: string, endpoint: string): string {
  const name = error instanceof Error && /^\w+$/.test(error.name) ? error.name : '';
  const systemCode = error instanceof Error && 'code' in error ? String(error.code) : '';
  const unreachable = (symptom: string) =>
    `${service} cannot be reached (${symptom}). In a private subnet the function needs ${endpoint} or a ` +
    'NAT gateway, and a security group that lets port 443 out.';
  const known = Object.hasOwn(reasons, name) ? reasons[name] : undefined;
  if (known !== undefined) return known;
  if (name === 'CredentialsProviderError') return 'there are no AWS credentials here.';
  if (name === 'AbortError' || name === 'TimeoutError') return unreachable('it does not answer');
  if (/^E[A-Z_]+$/.test(systemCode)) return unreachable(systemCode);
  return `${service} answered ${name || 'with an error'}. Try again.`;
}

/**
 * What the SDK has tried again may pass: an answer that does not come, a service that fails or has too much to do. What it
 * has not, such as a missing right, is the same at the next attempt.
 */
function mayPass(error: unknown): boolean {
  return attemptsOf(error) > 1 || (error instanceof Error && error.name === 'AbortError');
}

/** How often the SDK has tried what failed at last; 1 where it does not say. */
export function attemptsOf(error: unknown): number {
  const metadata = error instanceof Error && '$metadata' in error ? error.$metadata : undefined;
  const attempts = typeof metadata === 'object' && metadata !== null && 'attempts' in metadata ? metadata.attempts : 1;
  return typeof attempts === 'number' ? attempts : 1;
}
