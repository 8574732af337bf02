import { startFakeAws } from '../../support/aws/fake-aws.ts';
import { capturingOutput } from '../../support/fleet/captured-output.ts';
import { holdTenants } from '../../support/fleet/fleet-aws.ts';
import { startFunctionPool } from '../../support/fleet/function-pool.ts';
import { fleetEnvironment, playNight } from '../../support/fleet/night.ts';
import { createTenants, dropTenants, makeDueAgain } from '../../support/fleet/tenants.ts';
import { type Row, sized } from '../row.ts';
import { expectCount } from '../support/cleanup.ts';
import { compare, timed } from '../support/spread.ts';
import { figure, spreadText } from '../support/words.ts';

const ROUNDS = 4;
const CONCURRENCY = 10;
const PREFIX = 'prod/tenants/';

/** What it brings to work on several databases at the same time: orchestration, function and server share the machine. */
export const manyDatabases: Row = {
  name: 'many-databases',
  what: 'cleanup of 200 databases, 10 at the same time',
  against: 'the same, one after the other',
  bound: { is: 'at least', must: 1.5, aim: 1.8, unit: 'times faster' },
  async measure(bench) {
    const databases = sized(bench, 200);
    const aws = await startFakeAws();
    const server = bench.server.url('');
    const healthy = Array.from({ length: databases }, () => 'healthy' as const);
    bench.progress(`creating ${databases} databases`);
    const tenants = await createTenants(server, PREFIX, healthy, { silentPort: 0, closedPort: 0 });
    holdTenants(aws, tenants);
    Object.assign(process.env, aws.environment);
    const pool = startFunctionPool(CONCURRENCY, { ...aws.environment, DATABASE_SECRET_PREFIX: PREFIX });
    const due = tenants.reduce((sum, tenant) => sum + tenant.due, 0);
    const night = async (round: number, concurrency: number) => {
      bench.progress(`round ${round + 1} of ${ROUNDS}, ${concurrency} at the same time`);
      await makeDueAgain(tenants);
      Object.assign(process.env, fleetEnvironment(PREFIX, { DATABASE_CONCURRENCY: String(concurrency) }));
      return timed(async () => {
        const { result } = await capturingOutput(() =>
          playNight({ payload: { mode: 'cleanup' }, invoke: pool.invoke }),
        );
        expectCount(cleanedIn(result.result), due);
      });
    };
    const many = (round: number) => night(round, CONCURRENCY);
    const one = (round: number) => night(round, 1);
    await many(0);
    const { ratio, ...sides } = await compare(ROUNDS, many, one, (ours, other) => other / ours);
    await pool.end();
    await aws.close();
    await dropTenants(server, tenants);
    return {
      value: ratio.median,
      measured: spreadText(ratio, 'times faster'),
      figures: { databases, due, ratio, manyMs: sides.ours, oneMs: sides.other },
      notes: [
        `${figure(sides.ours.median)} ms, one after the other ${figure(sides.other.median)} ms; the official runner plays AWS's part`,
      ],
    };
  },
};

function cleanedIn(result: unknown): number {
  const count = new Map(Object.entries(result ?? {})).get('cleanedCount');
  return typeof count === 'number' ? count : 0;
}
