import { type AwkwardServer, startServer } from './awkward-servers.ts';

/** What a server answers to a login that it refuses. */
export interface LoginAnswer {
  readonly code: string;
  readonly words: string;
}

const SSL_REQUEST = 80_877_103;

/**
 * A server that speaks only the login: whoever introduces themselves is told `answer`, and hung up on. It has no TLS.
 */
export const startLoginServer = (answer: LoginAnswer): Promise<AwkwardServer> =>
  startServer((socket) => {
    socket.on('data', (data) => {
      if (data.length >= 8 && data.readUInt32BE(4) === SSL_REQUEST) socket.write('N');
      else socket.end(errorMessage(answer));
    });
  });

/** PostgreSQL, "Message Formats": ErrorResponse. */
function errorMessage({ code, words }: LoginAnswer): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${words}\0\0`);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeUInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}
