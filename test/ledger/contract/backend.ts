import type { TestContext } from 'node:test';
import { createEvents, type Events } from '../../../src/services/events.ts';
import type { Ledger } from '../../../src/services/ports.ts';
import { testClock, type TestClock } from '../support.ts';

export interface OpenOptions {
  clock: TestClock;
  events: Events;
  /** What one manipulation may spend at the tenant. */
  deadlineMs?: number;
  /** Seconds between webhook tries. */
  schedule?: readonly number[];
}

/** One storage under test. */
export interface Storage {
  /** Opens a ledger on it; it may be opened again after a close. */
  open(options: OpenOptions): Promise<Ledger>;
  /** Lets that much time pass by the store's own clock. */
  elapse(milliseconds: number): Promise<void>;
  /** How many idempotency keys it holds. */
  keys(): Promise<number>;
}

export interface Backend {
  name: string;
  /** An empty storage of its own for one test, removed when the test ends. */
  create(t: TestContext, clock: TestClock): Promise<Storage>;
}

/** A fresh ledger for one test, closed when it ends. */
export async function fresh(t: TestContext, backend: Backend, options: Partial<OpenOptions> = {}) {
  const opened = { clock: testClock(), events: createEvents(), ...options };
  const storage = await backend.create(t, opened.clock);
  const ledger = await open(t, storage, opened);
  return { ledger, storage, ...opened };
}

/** Opens a ledger that is closed when the test ends, if the test has not done so. */
export async function open(t: TestContext, storage: Storage, options: OpenOptions): Promise<Ledger> {
  const ledger = await storage.open(options);
  t.after(() => ledger.close());
  return ledger;
}
