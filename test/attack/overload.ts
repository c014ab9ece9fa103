import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { createKey } from '../../src/cli/keys.ts';
import { type Lifetime, startProcess } from '../support/process.ts';
import { EXAMPLE } from '../support/service.ts';
import type { Bystanders, Seen } from './bystanders.ts';
import { createSender } from './sender.ts';
import { residentMegabytes } from './target.ts';

export interface Shape {
  title: string;
  /** Requests a second that the attacker offers, whatever becomes of them. */
  perSecond: number;
  path: string;
  body: (n: number) => string;
  headers?: Record<string, string>;
}

export interface Outcome extends Seen {
  shape: string;
  offered: number;
  answered: Record<string, number>;
  refusedMedianMs: number | null;
  peakMegabytes: number;
  circuitOpened: boolean;
}

const PREVIEW = JSON.stringify({
  source_timestamp: '2024-02-29T15:30:00Z',
  target_timezone: 'America/New_York',
  operation: 'CONVERT',
});
const write = (action: string) => JSON.stringify({ ...EXAMPLE, action_name: action });

/** Five shapes of ten times of what the service or its tenant can do. The tenant takes 50 requests a second. */
export const SHAPES: Shape[] = [
  {
    title: 'ten times the tenant’s rate',
    perSecond: 250,
    path: '/manipulations',
    body: () => write('Production_Date'),
  },
  {
    title: 'a spray over 500 actions',
    perSecond: 250,
    path: '/manipulations',
    body: (n) => write(`No_Such_Action_${n % 500}`),
  },
  {
    title: '5,000 writes a second',
    perSecond: 5_000,
    path: '/manipulations',
    body: () => write('Production_Date'),
  },
  {
    title: '10,000 previews a second',
    perSecond: 10_000,
    path: '/manipulations/preview',
    body: () => PREVIEW,
  },
  {
    title: 'batches of rubbish',
    perSecond: 4,
    path: '/manipulations/batch',
    body: () => `[${'1,'.repeat(500_000)}1]`,
  },
];

/** Attacks a service process in one shape for `seconds`, beside a victim at two requests a second and a prober. */
export async function overload(
  t: Lifetime,
  directory: string,
  shape: Shape,
  seconds: number,
): Promise<Outcome> {
  const tenant = await tenantProcess(t);
  const scopes = 'manipulations:write,manipulations:preview,audit:read';
  const [loud, quiet] = [createKey('loud', scopes), createKey('quiet', scopes)];
  const keys = join(directory, 'keys');
  writeFileSync(keys, `${loud.line}\n${quiet.line}\n`, { mode: 0o600 });
  const env = {
    ...tenant,
    AUTH_MODE: 'required',
    API_KEYS_FILE: keys,
    CXONE_RATE_PER_SECOND: '50',
    DATABASE_URL: `sqlite:${join(directory, 'ledger.db')}`,
    LOG_LEVEL: 'info',
  };
  const service = startProcess(t, env, { bundle: true });
  const url = await service.listening;
  const attacker = createSender(url, loud.key, 2_000);
  const others = await startBystanders(t, { url, victimKey: quiet.key, seconds });

  const end = performance.now() + seconds * 1_000;
  const answered: Record<string, number> = {};
  const refused: number[] = [];
  let offered = 0;
  let outstanding = 0;
  let peakMegabytes = 0;
  while (performance.now() < end) {
    const due = Math.floor((seconds - (end - performance.now()) / 1_000) * shape.perSecond);
    // An attacker has no more sockets than this either.
    while (offered < due && outstanding < 2_000) {
      offered += 1;
      outstanding += 1;
      void attacker.send('POST', shape.path, shape.body(offered)).then(({ status, ms, code }) => {
        outstanding -= 1;
        const name = code === undefined ? String(status) : `${status} ${code}`;
        answered[name] = (answered[name] ?? 0) + 1;
        if (code === 'OVERLOADED') refused.push(ms);
      });
    }
    offered = Math.max(offered, due);
    peakMegabytes = Math.max(peakMegabytes, residentMegabytes(service.pid));
    await sleep(2);
  }
  const seen = await others.seen;
  attacker.close();
  await service.kill();
  return {
    shape: shape.title,
    offered,
    answered,
    refusedMedianMs: refused.length === 0 ? null : Math.round(median(refused)),
    peakMegabytes,
    circuitOpened: Object.keys(answered).some((name) => name.includes('CIRCUIT_OPEN')),
    ...seen,
  };
}

async function startBystanders(t: Lifetime, workerData: Bystanders): Promise<{ seen: Promise<Seen> }> {
  const worker = new Worker(new URL('bystanders.ts', import.meta.url), { workerData });
  t.after(() => worker.terminate());
  await once(worker, 'message');
  return { seen: once(worker, 'message').then(([seen]) => seen as Seen) };
}

/** The sandbox as a process of its own, so that the load does not slow the tenant down; and how to reach it. */
async function tenantProcess(t: Lifetime): Promise<Record<string, string>> {
  const child = spawn(process.execPath, ['src/sandbox/main.ts'], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  let said = '';
  for await (const chunk of child.stdout) {
    said += String(chunk);
    if (said.includes('\n')) break;
  }
  const variables = [...said.matchAll(/(CXONE_\w+)='([^']*)'/g)].map(([, name = '', value = '']) => [
    name,
    value,
  ]);
  return Object.fromEntries(variables) as Record<string, string>;
}

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
