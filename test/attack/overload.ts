import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent as HttpAgent, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createKey } from '../../src/cli/keys.ts';
import { type Lifetime, startProcess } from '../support/process.ts';
import { EXAMPLE } from '../support/service.ts';

export interface Shape {
  title: string;
  /** Requests a second that the attacker offers, whatever becomes of them. */
  perSecond: number;
  path: string;
  body: (n: number) => string;
  headers?: Record<string, string>;
}

export interface Outcome {
  shape: string;
  offered: number;
  answered: Record<string, number>;
  probesWorstMs: number;
  probes: number;
  refusedMedianMs: number | null;
  victim: { sent: number; succeeded: number; worstMs: number; failed: Record<string, number> };
  recoveryMs: number;
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

interface Answer {
  status: number;
  ms: number;
  code?: string | undefined;
}

function caller(url: string, key: string, sockets: number) {
  const agent = new HttpAgent({ keepAlive: true, maxSockets: sockets });
  return {
    send: (method: string, path: string, body?: string): Promise<Answer> =>
      new Promise((resolve) => {
        const from = performance.now();
        const outgoing = request(
          url + path,
          {
            method,
            agent,
            headers: {
              authorization: `Bearer ${key}`,
              ...(body !== undefined && {
                'content-type': 'application/json',
                'content-length': Buffer.byteLength(body),
              }),
            },
          },
          (response) => {
            let text = '';
            response.setEncoding('utf8').on('data', (chunk: string) => {
              if (text.length < 4_096) text += chunk;
            });
            response.on('end', () => {
              const code = /"code":"([A-Z_]+)"/.exec(text)?.[1];
              resolve({ status: response.statusCode ?? 0, ms: performance.now() - from, code });
            });
            response.on('error', () => resolve({ status: 0, ms: performance.now() - from }));
          },
        );
        outgoing.on('error', () => resolve({ status: 0, ms: performance.now() - from }));
        outgoing.end(body);
      }),
    close: () => agent.destroy(),
  };
}

/** Attacks a service process in one shape for `seconds`, beside a victim at two requests a second and a prober. */
export async function overload(
  t: Lifetime,
  directory: string,
  shape: Shape,
  seconds: number,
): Promise<Outcome> {
  const tenant = await tenantProcess(t);
  const scopes = 'manipulations:write,manipulations:preview,audit:read';
  const [loud, quiet] = ['loud', 'quiet'].map((id) => createKey(id, scopes));
  const keys = join(directory, 'keys');
  writeFileSync(keys, `${loud?.line}\n${quiet?.line}\n`, { mode: 0o600 });
  const service = startProcess(t, {
    ...tenant,
    AUTH_MODE: 'required',
    API_KEYS_FILE: keys,
    CXONE_RATE_PER_SECOND: '50',
    DATABASE_URL: `sqlite:${join(directory, 'ledger.db')}`,
    LOG_LEVEL: 'info',
  });
  const url = await service.listening;
  const attacker = caller(url, loud?.key ?? '', 2_000);
  const victim = caller(url, quiet?.key ?? '', 10);
  const prober = caller(url, '', 2);
  const outcome: Outcome = {
    shape: shape.title,
    offered: 0,
    answered: {},
    probesWorstMs: 0,
    probes: 0,
    refusedMedianMs: null,
    victim: { sent: 0, succeeded: 0, worstMs: 0, failed: {} },
    recoveryMs: 0,
    peakMegabytes: 0,
    circuitOpened: false,
  };
  await victim.send('POST', '/manipulations', write('Production_Date_Processor'));

  const end = performance.now() + seconds * 1000;
  const refused: number[] = [];
  let outstanding = 0;
  const attack = async () => {
    const began = performance.now();
    while (performance.now() < end) {
      const due = Math.floor(((performance.now() - began) / 1000) * shape.perSecond);
      // An attacker has no more sockets than this either.
      while (outcome.offered < due && outstanding < 2_000) {
        outcome.offered += 1;
        outstanding += 1;
        void attacker.send('POST', shape.path, shape.body(outcome.offered)).then(({ status, ms, code }) => {
          outstanding -= 1;
          const name = code === undefined ? String(status) : `${status} ${code}`;
          outcome.answered[name] = (outcome.answered[name] ?? 0) + 1;
          if (code === 'OVERLOADED') refused.push(ms);
          if (code === 'CIRCUIT_OPEN') outcome.circuitOpened = true;
        });
      }
      if (outcome.offered < due) outcome.offered = due;
      await sleep(2);
    }
  };
  const suffer = async () => {
    const sent: Promise<void>[] = [];
    while (performance.now() < end) {
      outcome.victim.sent += 1;
      sent.push(
        victim
          .send('POST', '/manipulations', write('Production_Date_Processor'))
          .then(({ status, ms, code = '' }) => {
            if (status === 200) outcome.victim.succeeded += 1;
            else outcome.victim.failed[code] = (outcome.victim.failed[code] ?? 0) + 1;
            outcome.victim.worstMs = Math.max(outcome.victim.worstMs, Math.round(ms));
          }),
      );
      await sleep(500);
    }
    await Promise.all(sent);
  };
  const probe = async () => {
    while (performance.now() < end) {
      for (const path of ['/health/live', '/metrics']) {
        const { ms, status } = await prober.send('GET', path);
        outcome.probes += 1;
        outcome.probesWorstMs = Math.max(outcome.probesWorstMs, status === 200 ? Math.round(ms) : Infinity);
      }
      outcome.peakMegabytes = Math.max(outcome.peakMegabytes, residentMegabytes(service.pid));
      await sleep(50);
    }
  };
  const suffering = suffer();
  await Promise.all([attack(), probe()]);
  const over = performance.now();
  for (let quick = 0; quick < 3;) {
    const { status, ms } = await victim.send('POST', '/manipulations', write('Production_Date_Processor'));
    quick = status === 200 && ms < 500 ? quick + 1 : 0;
    if (performance.now() - over > 60_000) break;
  }
  outcome.recoveryMs = Math.round(performance.now() - over);
  await suffering;
  outcome.refusedMedianMs = refused.length === 0 ? null : Math.round(median(refused));
  for (const each of [attacker, victim, prober]) each.close();
  await service.kill();
  return outcome;
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

/** Where there is no /proc the figure is missing: 0. */
function residentMegabytes(pid: number): number {
  try {
    const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Math.round(Number(kilobytes ?? 0) / 1024);
  } catch {
    return 0;
  }
}
