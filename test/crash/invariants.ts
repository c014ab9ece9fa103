import assert from 'node:assert/strict';
import type { AuditRecord } from '../../src/schemas/audit-record.ts';
import { verifyCommand } from '../../src/ledger/cli/verify.ts';
import type { Service } from './process.ts';
import { allRecords, until, waitsForLaterTry, type World } from './world.ts';

export interface Counts {
  records: number;
  puts: number;
  applied: number;
  told: number;
  webhooks: number;
  /** Webhooks that failed twice or more and wait for a later try. */
  waiting: number;
  SUCCESS: number;
  FAILED: number;
  UNKNOWN: number;
}

/** A record without what may still change once it has ended: how far its webhook got. */
export const lasting = ({ webhook, webhook_triggered: _, ...record }: AuditRecord) => ({
  ...record,
  webhook: webhook?.id ?? null,
});

/**
 * Holds what the ledger says against what the tenant saw and what callers were told. For a service that has nothing left
 * to do, but webhooks that wait for a later try where `laterTries` allows them. Every manipulation of a world has a value of
 * its own, which says whose a PUT is.
 */
export async function checkInvariants(
  world: World,
  service: Service,
  { laterTries = false } = {},
): Promise<Counts> {
  const { sandbox, told } = world;
  const writes = () => sandbox.requests.filter(({ endpoint }) => endpoint === 'write');
  await until('the tenant has ended every write', () => writes().every(({ ended }) => ended));

  const records = await allRecords(service);
  const byValue = Map.groupBy(records, ({ output_timestamp }) => output_timestamp);
  const puts = Map.groupBy(writes(), ({ body }) => valueIn(body));
  const appliedTo = (value: AuditRecord['output_timestamp']) =>
    puts.get(value)?.filter(({ applied }) => applied).length ?? 0;

  for (const [value, ofValue] of puts) {
    const theirs = byValue.get(value) ?? [];
    assert.ok(theirs.length > 0, `the ${ofValue.length} PUTs of ${value} have a record`);
    const mayHaveWritten = theirs.filter(({ status }) => status !== 'FAILED').length;
    if (appliedTo(value) > 0) assert.equal(mayHaveWritten, 1, `the write of ${value} has one record`);
    // A PUT that was seen not to be applied is a failure.
    else assert.ok(mayHaveWritten <= 1, `the ${ofValue.length} PUTs of ${value} have one record`);
    assert.ok(appliedTo(value) <= 1, `${value} was written ${appliedTo(value)} times`);
  }
  for (const record of records) {
    const { request_id, output_timestamp, status, error } = record;
    assert.notEqual(status, 'PROCESSING', `${request_id} has ended`);
    if (status === 'SUCCESS') assert.equal(appliedTo(output_timestamp), 1, `${request_id} was written`);
    assert.equal(error === null, status === 'SUCCESS', `${request_id} says why it is ${status}`);
  }
  // What is FAILED was not written, unless the same key was tried again.
  for (const [value, ofValue] of byValue) {
    if (ofValue.every(({ status }) => status === 'FAILED')) assert.equal(appliedTo(value), 0);
  }

  const byId = new Map(records.map((record) => [record.request_id, record]));
  assert.equal(byId.size, records.length, 'no record is listed twice');
  for (const [id, first] of told) {
    const now = byId.get(id);
    assert.ok(now, `the record ${id}, which a caller was given, is there`);
    assert.deepEqual(lasting(now), lasting(first), `the record ${id} is what its caller was told`);
    // The delivery is noted after the answer: a kill in between delivers again.
    if (first.webhook_triggered) assert.equal(now.webhook?.status, 'delivered', `${id} was announced`);
  }

  const waiting = laterTries ? records.filter(waitsForLaterTry) : [];
  checkWebhooks(world, records, new Set(waiting));
  await checkChains(world);
  const count = (status: AuditRecord['status']) => records.filter((each) => each.status === status).length;
  return {
    records: records.length,
    puts: writes().length,
    applied: writes().filter(({ applied }) => applied).length,
    told: told.size,
    webhooks: sandbox.webhooks.length,
    waiting: waiting.length,
    SUCCESS: count('SUCCESS'),
    FAILED: count('FAILED'),
    UNKNOWN: count('UNKNOWN'),
  };
}

/** At least once, under one id for each record, with one text. Of those that wait, the tries that failed are all there. */
function checkWebhooks(
  { sandbox, announces }: World,
  records: AuditRecord[],
  waiting: ReadonlySet<AuditRecord>,
): void {
  if (!announces) {
    assert.equal(sandbox.webhooks.length, 0);
    return;
  }
  const byId = Map.groupBy(sandbox.webhooks, ({ id }) => id ?? '');
  const expected = new Set(records.map(({ request_id }) => `msg_${request_id}`));
  assert.deepEqual(
    new Set(byId.keys()),
    expected,
    'each record was announced under its id, and nothing else',
  );
  for (const [id, deliveries] of byId) {
    assert.equal(new Set(deliveries.map(({ body }) => body)).size, 1, `${id} always says the same`);
    assert.ok(
      deliveries.every(({ valid }) => valid),
      `${id} is signed`,
    );
  }
  for (const record of records) {
    const { request_id, webhook } = record;
    const deliveries = byId.get(`msg_${request_id}`) ?? [];
    if (waiting.has(record)) {
      const tries = webhook?.attempts ?? 0;
      assert.ok(deliveries.length >= tries, `${tries} tries of ${request_id} reached the receiver`);
      continue;
    }
    assert.equal(webhook?.status, 'delivered', `the webhook of ${request_id}`);
    assert.ok(
      deliveries.some(({ status }) => status === 204),
      `the webhook of ${request_id} was taken by the receiver`,
    );
  }
}

/** What `npm run audit:verify` says. */
async function checkChains({ databaseUrl }: World): Promise<void> {
  const lines: string[] = [];
  const say = (line: string) => void lines.push(line);
  const code = await verifyCommand([], { databaseUrl }, { out: say, error: say });
  assert.equal(code, 0, lines.join('\n'));
}

function valueIn(body: string): string | number {
  const { configuration } = JSON.parse(body) as {
    configuration: { dateProcessing: { computedValue: string | number } };
  };
  return configuration.dateProcessing.computedValue;
}
