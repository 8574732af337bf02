import { answerDeployment, type DeploymentRequest } from './aws/deployment.ts';
import { runCheck } from './aws/run-check.ts';

/**
 * The Lambda function behind the check at the end of a deployment: CloudFormation asks it to create one for each new version
 * of the cleanup function. To change or delete one does nothing, so that the way back from a failed deployment checks
 * nothing.
 *
 * @throws Error when CloudFormation cannot be told; Lambda then invokes this again
 */
export async function handler(request: DeploymentRequest): Promise<void> {
  const failure = request.RequestType === 'Create' ? await runCheck(request.ResourceProperties.FunctionArn) : undefined;
  await answerDeployment(request, failure);
}
