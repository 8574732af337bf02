import { join } from 'node:path';
import { type FunctionInstance, type Situation, startInstance } from '../aws/deployed-function.ts';

const HANDLER = join(import.meta.dirname, '../../../lambda/handler.ts');

/** Instances of the real cleanup function, as Lambda has them: each handles one event at a time. */
export interface FunctionPool {
  /** @throws Error with the message of the function's error, as a chained invocation has it */
  invoke(event: unknown, situation: Situation): Promise<unknown>;
  readonly log: () => readonly string[];
  end(): Promise<void>;
}

/** @param size as many events are handled at the same time; others wait */
export function startFunctionPool(size: number, environment: Readonly<Record<string, string>>): FunctionPool {
  const instances = Array.from({ length: size }, () => startInstance(HANDLER, environment));
  const free = [...instances];
  const waiting: ((instance: FunctionInstance) => void)[] = [];
  const take = () => {
    const instance = free.pop();
    return instance === undefined
      ? new Promise<FunctionInstance>((resolve) => waiting.push(resolve))
      : Promise.resolve(instance);
  };
  const give = (instance: FunctionInstance) => {
    const next = waiting.shift();
    if (next === undefined) free.push(instance);
    else next(instance);
  };
  return {
    invoke: async (event, situation) => {
      const instance = await take();
      try {
        const { result, error } = await instance.invoke(event, situation);
        if (error !== undefined) throw Object.assign(new Error(error.errorMessage), { name: error.errorType });
        return result;
      } finally {
        give(instance);
      }
    },
    log: () => instances.flatMap(({ log }) => log),
    end: async () => {
      await Promise.all(instances.map((instance) => instance.end()));
    },
  };
}
