/** Begins what an error says of a secret that is not there, or no longer. */
export const NO_SUCH_SECRET = 'no secret of that name exists';
export const DELETED_SECRET = 'it is marked for deletion';

/**
 * Reads which secret an error of ours is about: an error is all that Lambda reports of a failed run.
 *
 * @returns its name or ARN, and whether the error is that there is none; undefined when the message names no secret
 */
export function readNamedSecret(message: string): { readonly secretId: string; readonly missing: boolean } | undefined {
  const secretId = /\bsecret "([\w/+=.@:!-]{1,2048})"/i.exec(message)?.[1];
  if (secretId === undefined) return undefined;
  return { secretId, missing: message.includes(NO_SUCH_SECRET) || message.includes(DELETED_SECRET) };
}
