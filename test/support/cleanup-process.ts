// A cleanup in a process of its own, so that it can be killed or frozen: node cleanup-process.ts URL REQUEST-ID LIMIT.
// A line of standard output for each batch, then one with the result.
import { cleanUpAt } from './job.ts';

const [url = '', requestId = '', tokenLimit] = process.argv.slice(2);
const result = await cleanUpAt(url, {
  requestId,
  tokenLimit: Number(tokenLimit),
  onFigures: () => console.log('begins'),
  onBatch: ({ cleanedCount }) => console.log(String(cleanedCount)),
});
console.log(JSON.stringify(result));
