import { setCommand } from '../input/live-settings.ts';
import type { Commands } from '../model/results.ts';

/**
 * The commands that a summary names, for the AWS CLI. Without `--cli-read-timeout 0` it would repeat a call
 * that takes longer than a minute.
 *
 * @param stateParameter name of the SSM parameter that pauses the cleanup
 */
export function awsCommands(functionName: string, requestId: string, stateParameter = '/STACK/state'): Commands {
  return {
    restore: invokeCommand(functionName, { mode: 'restore', requestId }),
    resume: setCommand(stateParameter, 'state', 'enabled'),
  };
}

/** A copyable command that invokes the function and prints its result. */
export function invokeCommand(functionName: string, payload: Record<string, unknown>): string {
  return (
    `aws lambda invoke --function-name ${functionName} --cli-read-timeout 0 ` +
    `--cli-binary-format raw-in-base64-out --payload '${JSON.stringify(payload)}' /dev/stdout`
  );
}
