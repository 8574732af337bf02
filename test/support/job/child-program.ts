// A cleanup in a process of its own, so that it can be killed or frozen: node cleanup-process.ts URL LIMIT [again].
// A line of standard output when it begins, and one with the result. With "again" it runs until it is killed.
import { cleanUpAt } from './run.ts';

const [url = '', tokenLimit, again] = process.argv.slice(2);
do {
  const result = await cleanUpAt(url, {
    tokenLimit: Number(tokenLimit),
    onCounted: () => console.log('begins'),
  }).catch((error: unknown) => {
    if (!again) throw error;
  });
  console.log(JSON.stringify(result));
} while (again);
