/**
 * What an export of the audit takes: a service on a ledger of a year of records, and on one of a tenth of them, streams all
 * of it as NDJSON. Memory is the peak of the service's process; it must not grow with what there is to export.
 *
 * `node bench/export.ts [RECORDS]`; the default is a manipulation every two minutes.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { openTestLedger } from '../test/ledger/storage.ts';
import { intent, outcome } from '../test/ledger/support.ts';
import { startProcess } from '../test/support/process.ts';

const RECORDS = Number(process.argv[2] ?? 262_800);
const YEAR_MS = 365 * 86_400_000;
const AT_ONCE = 256;

const directory = mkdtempSync(join(tmpdir(), 'bench-'));
const ends: (() => unknown)[] = [() => rmSync(directory, { recursive: true, force: true })];

/** Fills a ledger with the records of a year, as the service would. */
async function fill(databaseUrl: string, records: number): Promise<void> {
  const ledger = await openTestLedger({ databaseUrl });
  const since = Date.now() - YEAR_MS;
  let next = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (next < records) {
        const timestamp = new Date(since + (next++ * YEAR_MS) / records).toISOString();
        const begun = intent({ timestamp });
        await ledger.begin(begun, { webhookUrl: null });
        await ledger.dispatch(begun.request_id);
        await ledger.complete(begun, outcome(), null);
      }
    }),
  );
  await ledger.close();
}

/** Megabytes that the process has taken at most. */
const peakOf = (pid: number): number =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

async function measure(records: number) {
  const databaseUrl = `sqlite:${join(directory, `${records}.db`)}`;
  await fill(databaseUrl, records);
  const service = startProcess(
    { after: (end) => void ends.push(end) },
    { DATABASE_URL: databaseUrl, AUTH_MODE: 'off', LOG_LEVEL: 'info' },
  );
  const url = await service.listening;
  const before = peakOf(service.pid);
  const started = performance.now();
  const { body, statusCode } = await request(`${url}/audit-records`, {
    headers: { accept: 'application/x-ndjson' },
  });
  let bytes = 0;
  let lines = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    for (const byte of chunk) if (byte === 10) lines += 1;
  }
  const seconds = (performance.now() - started) / 1000;
  if (statusCode !== 200 || lines !== records) throw new Error(`${lines} of ${records} records came`);
  const peak = peakOf(service.pid);
  await service.stop();
  return {
    records,
    MB: Math.round(bytes / 1e6),
    'records/s': Math.round(records / seconds),
    'memory before, MB': Math.round(before),
    'memory at most, MB': Math.round(peak),
  };
}

try {
  console.table([await measure(Math.round(RECORDS / 10)), await measure(RECORDS)]);
} finally {
  for (const end of ends.reverse()) await end();
}
