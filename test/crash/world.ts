import { join } from 'node:path';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import type { AuditRecord } from '../../src/schemas/audit-record.ts';
import { type Answer, EXAMPLE, pointingTo, type Reply } from '../support/service.ts';
import type { Lifetime, Start } from '../support/process.ts';
import { until as holds } from '../support/until.ts';
import { type Service, startService } from './process.ts';

export type Manipulation = typeof EXAMPLE;

/** A tenant and a ledger that outlive the services, and what the callers have seen. */
export interface World {
  readonly sandbox: Sandbox;
  readonly databaseUrl: string;
  /** Whether its services have a webhook to call. */
  readonly announces: boolean;
  /** The records that callers were given, each as it was first told, by `request_id`. */
  readonly told: Map<string, AuditRecord>;
  /** A manipulation whose value no other one writes, so that a PUT says whose it is. */
  manipulation(actionName: string): Manipulation;
  start(env?: Record<string, string>, how?: Start): Promise<Service>;
  /** `POST /manipulations`; notes down what the caller is told. Throws when there is no answer. */
  send(service: Service, request: Manipulation, key?: string): Promise<Reply<Answer>>;
}

/** Names that exist once in the tenant. */
export const ACTIONS = Array.from(
  { length: 8 },
  (_, i) => `Shift_Window_Date_${String(i + 1).padStart(2, '0')}`,
);

/**
 * Longer than it takes to notice that a process is gone (20 s), that a webhook was not tried (60 s), and that the
 * process that claimed it then is gone too (60 s more, and the pause between two looks).
 */
export const TAKE_OVER_SECONDS = 300;

const EPOCH = Date.parse('2025-01-01T00:00:00Z');

export interface WorldOptions {
  /** Default: SQLite, in a directory that ends with the world. */
  databaseUrl?: string;
  /** Default: true. */
  announces?: boolean;
}

export async function createWorld(
  lifetime: Lifetime,
  { databaseUrl, announces = true }: WorldOptions = {},
): Promise<World> {
  const sandbox = await startSandbox({ record: 1_000_000 });
  lifetime.after(() => sandbox.close());
  const directory = mkdtempSync(join(tmpdir(), 'crash-'));
  lifetime.after(() => rmSync(directory, { recursive: true, force: true }));
  const ledgerUrl = databaseUrl ?? `sqlite:${join(directory, 'ledger.db')}`;
  const told = new Map<string, AuditRecord>();
  let made = 0;

  return {
    sandbox,
    databaseUrl: ledgerUrl,
    announces,
    told,
    manipulation(actionName) {
      made += 1;
      const source_timestamp = new Date(EPOCH + made * 1000).toISOString();
      return { ...EXAMPLE, action_name: actionName, source_timestamp };
    },
    start: (env = {}, how = {}) =>
      startService(
        lifetime,
        {
          ...pointingTo(sandbox),
          DATABASE_URL: ledgerUrl,
          // An answer is not to come before a kill that waits for the webhook, however busy the machine is.
          WEBHOOK_WAIT_MS: '10000',
          ...(announces ? {} : { WEBHOOK_URL: '' }),
          ...env,
        },
        how,
      ),
    async send(service, request, key) {
      const reply = await service.post(
        '/manipulations',
        request,
        key === undefined ? {} : { 'idempotency-key': key },
      );
      const record = recordIn(reply);
      if (record !== undefined && !told.has(record.request_id)) told.set(record.request_id, record);
      return reply;
    },
  };
}

/** The record that an answer carries: itself, or inside of a problem. */
export function recordIn({ status, body }: Reply<Answer>): AuditRecord | undefined {
  return status === 200 ? (body as unknown as AuditRecord) : body.audit_record;
}

/** Resolves when `condition` holds. Throws when that takes longer than `seconds`. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  seconds = 30,
): Promise<void> {
  const end = performance.now() + seconds * 1000;
  await holds(async () => {
    if (await condition()) return true;
    if (performance.now() > end) throw new Error(`Waited ${seconds} s in vain until ${what}.`);
    return false;
  });
}

interface Page {
  items: AuditRecord[];
  next_cursor: string | null;
}

/** Every record, newest first. */
export async function allRecords(service: Service): Promise<AuditRecord[]> {
  const records: AuditRecord[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const { status, body }: Reply<Page> = await service.get<Page>(
      `/audit-records?limit=500${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    if (status !== 200) throw new Error(`GET /audit-records answered ${status}: ${JSON.stringify(body)}`);
    records.push(...body.items);
    cursor = body.next_cursor;
  }
  return records;
}

/** One figure of `/metrics` that has no labels. */
export async function figure(service: Service, name: string): Promise<number> {
  const { body } = await service.get<string>('/metrics');
  const line = body.split('\n').find((each) => each.startsWith(`${name} `));
  if (line === undefined) throw new Error(`/metrics has no ${name}.`);
  return Number(line.slice(name.length + 1));
}

/** A webhook that has failed twice is tried again after five minutes, then half an hour: longer than a run waits. */
export const waitsForLaterTry = ({ webhook }: AuditRecord): boolean =>
  webhook?.status === 'pending' && webhook.attempts >= 2;

/**
 * Resolves to all records when nothing is left of what a crash interrupted: no intent, no webhook on its way but those that
 * wait for a later try, where those are allowed.
 */
export async function settled(
  service: Service,
  seconds?: number,
  { laterTries = false } = {},
): Promise<AuditRecord[]> {
  let records: AuditRecord[] = [];
  const ended = (record: AuditRecord) =>
    record.status !== 'PROCESSING' &&
    (record.webhook?.status !== 'pending' || (laterTries && waitsForLaterTry(record)));
  await until(
    'every intent has its outcome and every webhook is delivered',
    async () => {
      if ((await figure(service, 'ledger_unreconciled_intents')) > 0) return false;
      if (!laterTries && (await figure(service, 'webhook_outbox_oldest_seconds')) > 0) return false;
      records = await allRecords(service);
      return records.every(ended);
    },
    seconds,
  );
  return records;
}
