import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Endpoint, Fault, RequestRecord } from '../../src/sandbox/index.ts';
import type { AuditRecord } from '../../src/schemas/audit-record.ts';
import { type Counts, checkInvariants } from './invariants.ts';
import type { Service } from './process.ts';
import {
  ACTIONS,
  type Manipulation,
  recordIn,
  settled,
  TAKE_OVER_SECONDS,
  until,
  type World,
} from './world.ts';

/** A place in a manipulation's life where the process is killed, told by what the tenant sees of it. */
export interface Boundary {
  name: string;
  /** Holds the manipulation there. */
  endpoint: Endpoint;
  fault: Fault;
  /** Whether the request that arrived there says that the place is reached. Default: it has arrived. */
  reached?: (request: RequestRecord) => boolean;
  /** What the restart waits for. */
  before?: (request: RequestRecord) => boolean;
  /** Much like another one: too little of its own for a sample. */
  variant?: true;
  /** How the record may stand in the end. */
  ends: AuditRecord['status'][];
}

/** Longer than the kill takes to arrive. */
const HOLD_MS = 1_000;

/** In the order of a manipulation's life. The last one, after the answer, is `killAfterAnswer`. */
export const BOUNDARIES: readonly Boundary[] = [
  {
    name: 'the token is asked for (the intent is on disk)',
    endpoint: 'token',
    fault: { delayMs: HOLD_MS },
    ends: ['FAILED'],
  },
  {
    name: 'the action is looked up (no write may have left)',
    endpoint: 'list',
    fault: { delayMs: HOLD_MS },
    variant: true,
    ends: ['FAILED'],
  },
  {
    name: 'the action is read (a write may leave)',
    endpoint: 'read',
    fault: { delayMs: HOLD_MS },
    // Seen to be untouched where the value before is known.
    ends: ['FAILED', 'UNKNOWN'],
  },
  {
    name: 'the PUT has arrived and is never applied',
    endpoint: 'write',
    fault: { status: 503, delayMs: HOLD_MS },
    variant: true,
    ends: ['FAILED', 'UNKNOWN'],
  },
  {
    name: 'the PUT has arrived and is applied before the restart',
    endpoint: 'write',
    fault: { delayMs: 100, when: 'before' },
    before: ({ applied }) => applied,
    variant: true,
    ends: ['SUCCESS'],
  },
  {
    name: 'the PUT has arrived and is applied some time after',
    endpoint: 'write',
    fault: { delayMs: HOLD_MS, when: 'before' },
    variant: true,
    ends: ['SUCCESS', 'UNKNOWN'],
  },
  {
    name: 'the PUT is applied and not answered',
    endpoint: 'write',
    fault: { delayMs: HOLD_MS, when: 'after' },
    reached: ({ applied }) => applied,
    ends: ['SUCCESS'],
  },
  {
    name: 'the webhook has arrived and is not answered',
    endpoint: 'webhook',
    fault: { delayMs: HOLD_MS },
    ends: ['SUCCESS'],
  },
];

export const ANSWERED = 'the answer has reached the caller';

/**
 * One manipulation, killed at the boundary (null: when its answer is there); another service on the same ledger settles
 * it; a caller with a key sends it again. Checks all that must hold, of this manipulation and of all before it.
 * Returns the other service. The first boundary needs a service that has asked the tenant for nothing yet.
 */
export async function killAt(
  world: World,
  service: Service,
  boundary: Boundary | null,
  round: number,
): Promise<{ service: Service; counts: Counts }> {
  const request = world.manipulation(ACTIONS[round % ACTIONS.length] ?? '');
  const key = round % 2 === 0 ? randomUUID() : undefined;
  await killDuring(world, service, boundary, request, key);

  const next = await world.start();
  const [record] = await settled(next);
  assert.ok(record);
  assert.equal(record.input_timestamp, request.source_timestamp, 'the manipulation has a record');
  const ends = boundary?.ends ?? ['SUCCESS'];
  assert.ok(ends.includes(record.status), `it is ${record.status}, not ${ends.join(' or ')}`);
  if (key !== undefined) await sendAgain(world, next, record, key);
  await settled(next);
  return { service: next, counts: await checkInvariants(world, next) };
}

/** Sends the request and kills the service when the boundary (null: the answer) is reached. */
async function killDuring(
  world: World,
  service: Service,
  boundary: Boundary | null,
  request: Manipulation,
  key?: string,
): Promise<void> {
  const { sandbox } = world;
  if (boundary === null) {
    const reply = await world.send(service, request, key);
    assert.equal(reply.status, 200);
    await service.kill();
    return;
  }
  const { name, endpoint, fault, reached = () => true, before } = boundary;
  const seen = sandbox.requests.length;
  const id = sandbox.actions.byName(request.action_name)?.id ?? '';
  /** Settling what is older may ask the tenant, and announce, at the same time. */
  const isOurs = (each: RequestRecord): boolean =>
    each.endpoint === endpoint &&
    (endpoint === 'token' ||
      each.query['filter'] === `name=${request.action_name}` ||
      each.path.endsWith(`/${id}`) ||
      each.body.includes(request.source_timestamp));
  const holds = (test: (request: RequestRecord) => boolean) => () => {
    const arrived = sandbox.requests.slice(seen).find(isOurs);
    return arrived !== undefined && test(arrived);
  };
  sandbox.fault(endpoint, fault, Infinity);
  const answer = world.send(service, request, key).then(
    ({ status, body }) => `${status} ${body.code} (${body.detail})`,
    () => null,
  );
  const early = answer.then((told) => {
    if (told !== null) throw new Error(`It was answered with ${told} before ${name}.`);
  });
  await Promise.race([until(name, holds(reached)), early]);
  await service.kill();
  sandbox.clearFaults(endpoint);
  assert.equal(await answer, null, 'a killed service answers no caller');
  if (before !== undefined) await until('the tenant went on', holds(before));
}

/**
 * The same with a database that several processes share: an intent is settled by another one when its lease has expired.
 * So all kills of a boundary come first, at an action of its own each.
 */
export async function killEachAt(world: World, boundary: Boundary | null, kills: number): Promise<Counts> {
  const sources: string[] = [];
  for (let kill = 0; kill < kills; kill += 1) {
    const request = world.manipulation(`Shift_Window_Date_${String(kill + 1).padStart(2, '0')}`);
    sources.push(request.source_timestamp);
    await killDuring(world, await world.start(), boundary, request);
  }
  const last = await world.start();
  const records = await settled(last, TAKE_OVER_SECONDS);
  const ends = boundary?.ends ?? ['SUCCESS'];
  for (const source of sources) {
    const record = records.find(({ input_timestamp }) => input_timestamp === source);
    assert.ok(record, 'the manipulation has a record');
    assert.ok(ends.includes(record.status), `it is ${record.status}, not ${ends.join(' or ')}`);
  }
  const counts = await checkInvariants(world, last);
  await last.stop();
  return counts;
}

/** What a scheduler does: the same request under the same key, after the restart. */
async function sendAgain(world: World, service: Service, first: AuditRecord, key: string): Promise<void> {
  const request = { ...world.manipulation(first.action_name), source_timestamp: first.input_timestamp };
  const reply = await world.send(service, request, key);
  const record = recordIn(reply);
  const replayed = reply.headers.get('idempotency-replayed');
  if (first.status === 'FAILED') {
    assert.equal(reply.status, 200, 'what was not written may be tried again under its key');
    assert.equal(replayed, null);
    assert.notEqual(record?.request_id, first.request_id);
  } else {
    assert.equal(reply.status, first.status === 'SUCCESS' ? 200 : 500);
    assert.equal(replayed, 'true');
    assert.deepEqual(record, first);
  }
}
