import type { TestContext } from 'node:test';
import { createEvents, type Events } from '../../../src/services/events.ts';
import type { Ledger } from '../../../src/services/ports.ts';
import { testClock, type TestClock } from '../support.ts';

export interface OpenOptions {
  clock: TestClock;
  events: Events;
  /** Seconds between webhook tries. */
  schedule?: readonly number[];
}

/** One storage under test. */
export interface Storage {
  /** Opens a ledger on it. What is durable may be opened again after a close. */
  open(options: OpenOptions): Promise<Ledger>;
  /** How many idempotency keys it holds; known of what is durable. */
  keys?(): Promise<number>;
}

export interface Backend {
  name: string;
  durable: boolean;
  /** An empty storage of its own for one test, removed when the test ends. */
  create(t: TestContext): Promise<Storage>;
}

/** A fresh ledger for one test, closed when it ends. */
export async function fresh(t: TestContext, backend: Backend, options: Partial<OpenOptions> = {}) {
  const opened = { clock: testClock(), events: createEvents(), ...options };
  const storage = await backend.create(t);
  const ledger = await open(t, storage, opened);
  return { ledger, storage, ...opened };
}

/** Opens a ledger that is closed when the test ends, if the test has not done so. */
export async function open(t: TestContext, storage: Storage, options: OpenOptions): Promise<Ledger> {
  const ledger = await storage.open(options);
  t.after(() => ledger.close());
  return ledger;
}
