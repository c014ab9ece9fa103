import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startPostgres } from '../support/postgres.ts';
import { startProcess } from '../support/process.ts';
import { createRandom } from '../support/random.ts';
import { rollingRestart } from './rolling.ts';
import { overload, SHAPES } from './overload.ts';
import { mixedTraffic } from './mixed.ts';
import { manyNames, seriesOf } from './series.ts';
import { stopAmongStalledClients } from './shutdown.ts';
import { slowClients } from './slow-clients.ts';
import { startTarget } from './target.ts';

const USAGE = `usage: npm run test:attack [-- PART ... [--seconds N]]

The attacks that take minutes; their small samples are in npm test. Parts:
  overload      ten times the load in five shapes, 30 s each or --seconds
  slow-clients  600 sockets that stall in every way
  stop          SIGTERM among stalled clients, 50 times
  series        100,000 names, paths, methods and callers
  mixed         10 minutes (or --seconds) of mixed traffic with all faults, and restarts, on PostgreSQL
  rolling       both instances of compose restarted under load, behind HAProxy, where it is installed
  generated     requests that schemathesis makes from openapi.yaml, where it is installed

Prints what was counted. Exits 0 when everything held, 1 when something did not, 2 for a part that there is not.
`;

type Ends = (() => unknown)[];

interface Options {
  /** How long a part attacks. */
  seconds?: number;
}

/** Runs with a folder and a lifetime of its own. */
async function within<T>(
  work: (lifetime: { after(end: () => unknown): void }, directory: string) => Promise<T>,
) {
  const ends: Ends = [];
  const directory = mkdtempSync(join(tmpdir(), 'attack-'));
  try {
    return await work({ after: (end) => void ends.push(end) }, directory);
  } finally {
    for (const end of ends.reverse()) await end();
    rmSync(directory, { recursive: true, force: true });
  }
}

const say = (text: string) => void process.stderr.write(`${text}\n`);
const print = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`);

/** Each returns what did not hold. */
const PARTS: Record<string, (options: Options) => Promise<string[]>> = {
  async overload({ seconds = 30 }) {
    const faults: string[] = [];
    for (const shape of SHAPES) {
      const outcome = await within((t, directory) => overload(t, directory, shape, seconds));
      print(outcome);
      const { victim } = outcome;
      const held: [what: string, holds: boolean][] = [
        // A machine that others use, too, is late by itself.
        ['probes under 250 ms', outcome.probesWorstMs - outcome.machineWorstMs < 250],
        ['refused under 100 ms at the median', (outcome.refusedMedianMs ?? 0) < 100],
        ['memory under 350 MB', outcome.peakMegabytes < 350],
        ['10 of 11 of the victim’s writes', victim.succeeded >= (victim.sent * 10) / 11],
        ['full speed within 2 s', outcome.recoveryMs < 2_000],
        ['no circuit opened', !outcome.circuitOpened],
      ];
      faults.push(...held.filter(([, holds]) => !holds).map(([what]) => `${shape.title}: ${what}`));
    }
    return faults;
  },
  async 'slow-clients'() {
    const outcome = await within((t, directory) => slowClients(t, directory, 600));
    print(outcome);
    return [
      ...(outcome.left > 0 ? [`${outcome.left} sockets are still there`] : []),
      ...(outcome.refused > 0 ? [`${outcome.refused} other requests were not served`] : []),
    ];
  },
  async stop() {
    for (let n = 1; n <= 50; n += 1) await within(stopAmongStalledClients);
    print({ stops: 50 });
    return [];
  },
  async mixed({ seconds = 600 }) {
    const cluster = await startPostgres();
    try {
      print(await within((t) => mixedTraffic(t, cluster, createRandom(20261124), seconds, say)));
    } finally {
      await cluster.destroy();
    }
    return [];
  },
  async rolling() {
    const missing = ['haproxy', 'prometheus'].find((program) => spawnSync(program, ['-v']).error);
    if (missing !== undefined) {
      process.stdout.write(`SKIPPED: ${missing} is not installed (Debian: apt-get install ${missing})\n`);
      return [];
    }
    const cluster = await startPostgres();
    try {
      const outcome = await within((t, directory) => rollingRestart(t, cluster, directory));
      print(outcome);
      const other = Object.keys(outcome.answered).filter((status) => status !== '200');
      return [
        ...other.map((status) => `${outcome.answered[status]} answers were ${status}`),
        ...(outcome.upInPrometheus === 2 ? [] : ['Prometheus does not reach both instances']),
      ];
    } finally {
      await cluster.destroy();
    }
  },
  generated: generatedRequests,
  async series() {
    return within(async (t, directory) => {
      const { url } = await startTarget(t, directory);
      await manyNames(url, 1_000);
      const before = await seriesOf(url);
      await manyNames(url, 100_000);
      const after = await seriesOf(url);
      print({ requests: 100_000, before: before.size, after: after.size });
      return [...after.difference(before)].slice(0, 5).map((series) => `a new series: ${series}`);
    });
  },
};

/**
 * Valid and invalid requests made from the document: no undocumented status or media type, no answer outside its schema,
 * no 5xx that the document does not name.
 */
async function generatedRequests(): Promise<string[]> {
  return within(async (t, directory) => {
    const service = startProcess(t, {
      LOG_LEVEL: 'info',
      CXONE_RATE_PER_SECOND: '2000',
      DATABASE_URL: `sqlite:${join(directory, 'ledger.db')}`,
    });
    const url = await service.listening;
    const checks = 'status_code_conformance,content_type_conformance,response_schema_conformance';
    const args = ['run', resolve('openapi.yaml'), '--url', url, '--checks', checks];
    // Each valid and invalid value by itself, then at random: some 15,000 requests.
    const child = spawn('schemathesis', [...args, '--max-examples', '200', '--continue-on-failure'], {
      cwd: directory,
      env: { ...process.env, PYTHONPATH: import.meta.dirname, SCHEMATHESIS_HOOKS: 'schemathesis_hooks' },
      stdio: 'inherit',
    });
    const code = await new Promise<number | 'missing' | null>((end) => {
      child.once('error', () => end('missing'));
      child.once('close', end);
    });
    if (code === 'missing') {
      process.stdout.write('SKIPPED: schemathesis is not installed (pip install schemathesis)\n');
      return [];
    }
    const statuses = await answersByStatus(url);
    print(statuses);
    return [
      ...(code === 0 ? [] : [`schemathesis ended with ${code}`]),
      // The document has it, and no request may cause it.
      ...(statuses['500'] === undefined ? [] : [`${statuses['500']} answers were 500`]),
    ];
  });
}

/** How many requests a service has answered with which status, by its own count. */
async function answersByStatus(url: string): Promise<Record<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const counts: Record<string, number> = {};
  for (const [, status = '', count] of text.matchAll(
    /^http_request_duration_seconds_count\{.*status_code="(\d+)"\} (\d+)/gm,
  )) {
    if (Number(count) > 0) counts[status] = (counts[status] ?? 0) + Number(count);
  }
  return counts;
}

async function main(argv: string[]): Promise<number> {
  const { positionals: names, values } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: { help: { type: 'boolean' }, seconds: { type: 'string' } },
  });
  if (values.help === true) {
    process.stdout.write(USAGE);
    return 0;
  }
  const unknown = names.find((name) => !Object.hasOwn(PARTS, name));
  if (unknown !== undefined) {
    process.stderr.write(`There is no part ${unknown}.\n${USAGE}`);
    return 2;
  }
  const options = values.seconds === undefined ? {} : { seconds: Number(values.seconds) };
  const faults: string[] = [];
  for (const [name, part] of Object.entries(PARTS)) {
    if (names.length > 0 && !names.includes(name)) continue;
    process.stdout.write(`${name}\n`);
    const found = await part(options).catch((error: unknown) => [(error as Error).message]);
    faults.push(...found.map((fault) => `${name}: ${fault}`));
  }
  for (const fault of faults) process.stdout.write(`DID NOT HOLD ${fault}\n`);
  if (faults.length === 0) process.stdout.write('everything held\n');
  return faults.length === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
