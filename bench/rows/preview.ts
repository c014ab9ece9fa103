/** The preview beside a bare Fastify route with the same schema that echoes and logs. */
import {
  type Lifetime,
  startBareFastify,
  startLoad,
  startService,
  startTenant,
} from '../support/children.ts';
import { type Figure, inTurns } from '../support/figures.ts';

const ROUNDS = 7;
const LOAD = { workload: 'previews', callers: 64, count: 10_000 } as const;

export async function preview(lifetime: Lifetime): Promise<Figure[]> {
  const tenant = await startTenant(lifetime);
  const service = await startService(lifetime, tenant.url);
  const bare = await startBareFastify(lifetime);
  const load = await startLoad(lifetime);
  const figure = await inTurns(
    ROUNDS,
    () => load.ask({ ...LOAD, url: service.url }),
    () => load.ask({ ...LOAD, url: bare.hello.url }),
  );
  return [
    {
      row: 'preview against a bare Fastify route with the same schema, 64 callers',
      ...figure,
      atLeast: 0.65,
      goal: 0.8,
    },
  ];
}
