import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { listen } from '../network/listen.ts';

/** A call that an SDK client made. */
export interface AwsRequest {
  /** `X-Amz-Target`, such as `secretsmanager.GetSecretValue`; in the query protocol service and action: `sns.Publish`. */
  readonly operation: string;
  readonly input: unknown;
  /** The region that the call was signed for. */
  readonly region: string | undefined;
}

export interface AwsReply {
  readonly status: number;
  readonly output: object;
}

/** What a service answers to a call; undefined means that it never does. */
export type AwsAnswer = (request: AwsRequest) => AwsReply | undefined;

/**
 * A fake of the AWS services that speak JSON 1.1 or the query protocol, on loopback. It asserts nothing; it records what
 * was asked.
 */
export interface FakeAws {
  /** Points real SDK clients here, and at nothing else that this machine may have. */
  readonly environment: Readonly<Record<string, string>>;
  readonly requests: readonly AwsRequest[];
  answer(operation: string, answer: AwsAnswer): void;
  close(): Promise<void>;
}

/** Starts it on a free port. An operation without an answer of its own fails with `UnknownOperationException`. */
export async function startFakeAws(): Promise<FakeAws> {
  const requests: AwsRequest[] = [];
  const answers = new Map<string, AwsAnswer>();
  const server = createServer(async (message, response) => {
    const request = await readRequest(message);
    requests.push(request);
    const reply = (answers.get(request.operation) ?? awsFailure('UnknownOperationException'))(request);
    if (reply === undefined) return;
    const isQuery = speaksQuery(message);
    response.writeHead(reply.status, { 'content-type': isQuery ? 'text/xml' : 'application/x-amz-json-1.1' });
    response.end(isQuery ? queryDocument(request, reply) : JSON.stringify(reply.output));
  });
  const port = await listen(server);
  return {
    environment: awsEnvironment(`http://127.0.0.1:${port}`),
    requests,
    answer: (operation, answer) => answers.set(operation, answer),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readRequest(message: IncomingMessage): Promise<AwsRequest> {
  const body = await text(message);
  const [, region, service] =
    /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\//.exec(message.headers.authorization ?? '') ?? [];
  if (speaksQuery(message)) {
    const { Action, Version: _, ...input } = Object.fromEntries(new URLSearchParams(body));
    return { operation: `${service}.${Action}`, input, region };
  }
  return {
    operation: String(message.headers['x-amz-target']),
    input: body === '' ? undefined : JSON.parse(body),
    region,
  };
}

function speaksQuery(message: IncomingMessage): boolean {
  return message.headers['content-type'] === 'application/x-www-form-urlencoded';
}

/** A reply as the query protocol has it: flat, and an error's name as its code. */
function queryDocument({ operation }: AwsRequest, { status, output }: AwsReply): string {
  const action = operation.split('.')[1];
  const fields = Object.entries({ ...output })
    .map(([name, value]) => (name === '__type' ? `<Code>${value}</Code>` : `<${name}>${value}</${name}>`))
    .join('');
  return status === 200
    ? `<${action}Response><${action}Result>${fields}</${action}Result></${action}Response>`
    : `<ErrorResponse><Error><Type>Sender</Type>${fields}</Error></ErrorResponse>`;
}

/** The environment in which an SDK client calls `endpoint`, whatever AWS profile this machine has. */
export function awsEnvironment(endpoint: string): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'example',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

export const GET_SECRET_VALUE = 'secretsmanager.GetSecretValue';

/** Secrets Manager holds this text, whatever secret is asked for. */
export const secretText =
  (value: string): AwsAnswer =>
  () => ({ status: 200, output: { Name: 'example', SecretString: value } });

/** Secrets Manager holds bytes. */
export const secretBinary =
  (value: string): AwsAnswer =>
  () => ({ status: 200, output: { Name: 'example', SecretBinary: btoa(value) } });

export const GET_PARAMETERS = 'AmazonSSM.GetParameters';

/** Systems Manager holds these parameters, by name. */
export const parameterValues =
  (values: Readonly<Record<string, string>>): AwsAnswer =>
  ({ input }) => {
    const asked = new Set(Object.values(input ?? {}).flat());
    const found = Object.entries(values).filter(([name]) => asked.has(name));
    return { status: 200, output: { Parameters: found.map(([Name, Value]) => ({ Name, Value })) } };
  };

export const PUBLISH = 'sns.Publish';

/** SNS takes the message. */
export const published: AwsAnswer = () => ({ status: 200, output: { MessageId: 'message-1' } });

/** The service refuses, with the error's name in AWS's own spelling. */
export const awsFailure =
  (name: string, status = 400): AwsAnswer =>
  () => ({ status, output: { __type: name, message: 'The words of the service' } });

/** The service takes the call and never answers. */
export const silence: AwsAnswer = () => undefined;
