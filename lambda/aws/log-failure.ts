import type { Logger } from '@aws-lambda-powertools/logger';
import { asJobError, type JobError } from '../model/job-error.ts';

/**
 * Writes anything thrown to the log, and returns it as what people can act on: for a function that answers all the same, and
 * for a durable one. Of what any other throws on, the runtime writes a line by itself.
 */
export function logFailure(logger: Logger, error: unknown): JobError {
  const failure = asJobError(error);
  const { code, stack } = failure;
  logger.error(failure.message, { errorName: failure.name, ...(code === 'UnexpectedError' && { stack }) });
  return failure;
}
