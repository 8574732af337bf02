/** Does something, and keeps what is written to standard output and error meanwhile: the log of a function in this process. */
export async function capturingOutput<T>(
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly lines: string[] }> {
  const lines: string[] = [];
  const streams = [process.stdout, process.stderr].map((stream) => ({ stream, write: stream.write }));
  for (const { stream } of streams) stream.write = (text: string | Uint8Array) => lines.push(String(text)) > 0;
  try {
    return { result: await work(), lines };
  } finally {
    for (const { stream, write } of streams) stream.write = write;
  }
}
