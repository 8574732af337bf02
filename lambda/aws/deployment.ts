/** What CloudFormation asks of a custom resource; of all that it sends, what matters here. */
export interface DeploymentRequest {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  /** Where the answer goes: S3, signed for this one answer. */
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  /** Absent when it is to be created. */
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: {
    /** What the names of the secrets begin with where there are many databases. */
    readonly SecretPrefix?: string;
    /** The version of the cleanup function to check. */
    readonly FunctionArn: string;
  };
}

/** An answer has at most 4,096 bytes; the ARNs and ids in it leave this much to a message. */
const MAX_REASON_BYTES = 3_000;

/**
 * Tells CloudFormation how it went.
 *
 * @param failure what the deployment shows as the reason; undefined when all is well
 * @throws Error when the answer does not arrive; it does not quote the address, which is a secret
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref-responses.html
 */
export async function answerDeployment(request: DeploymentRequest, failure: string | undefined): Promise<void> {
  const { StackId, RequestId, LogicalResourceId, PhysicalResourceId = LogicalResourceId } = request;
  const body = JSON.stringify({
    Status: failure === undefined ? 'SUCCESS' : 'FAILED',
    ...(failure !== undefined && { Reason: firstBytes(failure) }),
    ...{ StackId, RequestId, LogicalResourceId, PhysicalResourceId },
  });
  // The signature is for a request without a content type.
  const answer = await fetch(request.ResponseURL, { method: 'PUT', body: Buffer.from(body) }).catch(() => undefined);
  if (!answer?.ok) throw new Error(`CloudFormation cannot be told the outcome (${answer?.status ?? 'no connection'}).`);
}

function firstBytes(text: string): string {
  return Buffer.from(text).subarray(0, MAX_REASON_BYTES).toString();
}
