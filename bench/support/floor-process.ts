/**
 * The floor: what the three requests of a manipulation (list, PUT, webhook) cost a bare loop over one undici pool that
 * parses and makes their JSON, and nothing else. With `way: 'tutorial'` it does what the tutorial does instead: a client
 * of its own and a new token for each call, and a read before the write.
 */
import { Pool } from 'undici';
import { EXAMPLE_RECORD } from '../../src/schemas/examples.ts';
import { dateProcessing } from '../../test/support/date-processing.ts';
import { answerLoads } from './answer.ts';
import { actionName } from './workload.ts';

export interface FloorLoad {
  tenant: string;
  count: number;
  callers: number;
  way: 'floor' | 'tutorial';
}

export interface FloorAnswer {
  perSecond: number;
  p50: number;
  /** CPU of this process for one, in microseconds. */
  cpuMicros: number;
}

interface Action {
  id: string;
  configuration: Record<string, unknown>;
}

const PATH = '/api/v2/dataactions';
const WRITTEN = dateProcessing();
const JSON_BODY = { 'content-type': 'application/json' };

async function json(pool: Pool, method: 'GET' | 'PUT' | 'POST', path: string, token: string, body?: unknown) {
  const { statusCode, body: answer } = await pool.request({
    method,
    path,
    headers: { ...JSON_BODY, authorization: `Bearer ${token}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (statusCode !== 204) return answer.json();
  await answer.dump();
  return undefined;
}

const list = async (pool: Pool, n: number, token: string) => {
  const path = `${PATH}?pageSize=25&page=1&filter=name=${actionName(n)}`;
  const [action] = ((await json(pool, 'GET', path, token)) as { entities: Action[] }).entities;
  if (action === undefined) throw new Error(`The tenant lacks ${actionName(n)}.`);
  return action;
};

/** As large as the service's own, made anew each time. */
const announcement = (action_id: string, n: number) => ({
  type: 'manipulation.completed',
  timestamp: new Date().toISOString(),
  data: {
    action_id,
    audit_record: {
      ...EXAMPLE_RECORD,
      action_id,
      action_name: actionName(n),
      timestamp: new Date().toISOString(),
    },
  },
});

const changed = (action: Action) => ({
  ...action,
  configuration: {
    ...action.configuration,
    dateProcessing: WRITTEN,
  },
});

async function floor(pool: Pool, n: number): Promise<void> {
  const action = await list(pool, n, 'token');
  await json(pool, 'PUT', `${PATH}/${action.id}`, 'token', changed(action));
  await json(pool, 'POST', '/webhook', 'token', announcement(action.id, n));
}

async function tutorial(tenant: string, n: number): Promise<void> {
  const pool = new Pool(tenant, { connections: 1 });
  const { access_token: token } = (await json(pool, 'POST', '/api/v2/oauth2/token', '', {})) as {
    access_token: string;
  };
  const { id } = await list(pool, n, token);
  const action = (await json(pool, 'GET', `${PATH}/${id}`, token)) as Action;
  await json(pool, 'PUT', `${PATH}/${id}`, token, changed(action));
  await json(pool, 'POST', '/webhook', token, announcement(id, n));
  await pool.close();
}

async function run({ tenant, count, callers, way }: FloorLoad): Promise<FloorAnswer> {
  const pool = new Pool(tenant, { connections: callers });
  const latencies: number[] = [];
  let next = 0;
  const cpu = process.cpuUsage();
  const started = performance.now();
  const work = async () => {
    while (next < count) {
      const began = performance.now();
      await (way === 'floor' ? floor(pool, next++) : tutorial(tenant, next++));
      latencies.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: callers }, work));
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  await pool.close();
  const sorted = latencies.toSorted((a, b) => a - b);
  return { perSecond: count / seconds, p50: sorted[count >> 1] ?? NaN, cpuMicros: (user + system) / count };
}

answerLoads(run);
