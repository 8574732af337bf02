import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { listen } from '../network/listen.ts';

/** An object that somebody put, and under what condition. */
export interface PutObject {
  readonly path: string;
  readonly ifNoneMatch: string | undefined;
  readonly body: Buffer;
}

/** How the fake answers a `PutObject`: it takes it, takes it and says nothing, or refuses with an error's name. */
export type S3Answer = 'take' | 'take in silence' | { readonly status: number; readonly code: string };

export interface FakeS3 {
  readonly endpoint: string;
  readonly objects: PutObject[];
  answer(answer: S3Answer): void;
  close(): Promise<void>;
}

/** A fake of S3's `PutObject` on loopback, for the real client. */
export async function startFakeS3(): Promise<FakeS3> {
  const objects: PutObject[] = [];
  let answer: S3Answer = 'take';
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const path = request.url?.replace(/\?.*/, '') ?? '';
    if (objects.some((object) => object.path === path)) {
      response.writeHead(412, { 'content-type': 'application/xml' });
      response.end('<?xml version="1.0"?><Error><Code>PreconditionFailed</Code></Error>');
      return;
    }
    if (typeof answer === 'object') {
      response.writeHead(answer.status, { 'content-type': 'application/xml' });
      response.end(`<?xml version="1.0"?><Error><Code>${answer.code}</Code><Message>The words of S3</Message></Error>`);
      return;
    }
    objects.push({ path, ifNoneMatch: request.headers['if-none-match'], body });
    if (answer === 'take in silence') {
      request.socket.destroy();
      return;
    }
    response.writeHead(200, { etag: '"0"' });
    response.end();
  });
  const port = await listen(server);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    objects,
    answer: (next) => {
      answer = next;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
