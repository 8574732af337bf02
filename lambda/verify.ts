import { answerDeployment, type DeploymentRequest } from './aws/deployment.ts';
import { listSecrets } from './aws/list-secrets.ts';
import { runCheck, runSomeCheck } from './aws/run-check.ts';
import { MAX_DATABASES } from './fleet/limits.ts';
import { asJobError } from './model/job-error.ts';

/**
 * The Lambda function behind the check at the end of a deployment: CloudFormation asks it to create one for each new version
 * of the cleanup function. To change or delete one does nothing, so that the way back from a failed deployment checks
 * nothing.
 *
 * @throws Error when CloudFormation cannot be told; Lambda then invokes this again
 */
export async function handler(request: DeploymentRequest): Promise<void> {
  const failure = request.RequestType === 'Create' ? await checkFailure(request) : undefined;
  await answerDeployment(request, failure);
}

async function checkFailure({ ResourceProperties }: DeploymentRequest): Promise<string | undefined> {
  const { FunctionArn, SecretPrefix } = ResourceProperties;
  if (SecretPrefix === undefined) return runCheck(FunctionArn);
  try {
    return await runSomeCheck(FunctionArn, await listSecrets(SecretPrefix, MAX_DATABASES));
  } catch (error) {
    const { name, message } = asJobError(error);
    return `${name}: ${message}`;
  }
}
