import { performance } from 'node:perf_hooks';
import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { Problem } from '../errors.ts';
import { type Admission, type Bulkhead, createAdmission, createBulkhead } from '../services/admission.ts';
import type { Clock } from '../services/ports.ts';
import { isProbe } from './request-id.ts';

export interface OverloadOptions {
  clock: Pick<Clock, 'monotonic'>;
  /** Manipulations in flight at the start. */
  slots: number;
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Slots for manipulations, fair among callers. */
    admission: Admission;
    /** Slots for pages of the list, and for exports. */
    lists: Bulkhead;
    exports: Bulkhead;
  }
}

const TICK_MS = 25;
/** A turn of the event loop that is longer than this keeps probes and everybody else waiting. */
const LONGEST_TURN_MS = 100;
/** A process that was merely not scheduled has idle time left; one with too much to do has none. */
const BUSY = 0.9;
/** Requests in a turn that may be the reason why it took long. */
const MANY = 32;
/** Turns over which utilisation is measured. */
const WINDOW = 20;

/**
 * Refuses at the door what cannot be done in time. Probes and metrics are never refused, and never wait behind work
 * that was: while turns of the event loop take long, everything else is turned away before it costs anything.
 */
export default fp<OverloadOptions>(
  async (app, { clock, slots }) => {
    app.decorate(
      'admission',
      createAdmission({
        clock,
        slots: { start: slots, least: 8, most: 1_024 },
        longestWaitMs: 1_000,
        congestedMs: 1_000,
        mostWaiting: 1_000,
      }),
    );
    app.decorate('lists', createBulkhead({ perCaller: 16, total: 64 }));
    app.decorate('exports', createBulkhead({ perCaller: 2, total: 8 }));

    const isLate = watchEventLoop((stop) => app.addHook('onClose', async () => stop()));
    app.addHook('onRequest', async (request: FastifyRequest) => {
      if (!isProbe(request) && isLate()) {
        throw new Problem(
          'OVERLOADED',
          'The service has more to do than it can. Nothing was begun: send it again after Retry-After.',
        );
      }
    });
  },
  { name: 'overload', dependencies: ['requests'] },
);

/**
 * Tells whether the event loop is late because of the requests that came: each call is one of them. One request after a
 * pause of the process is no overload; many in turns that take long are.
 */
function watchEventLoop(onClose: (stop: () => void) => void): () => boolean {
  const marks = Array.from({ length: WINDOW }, () => performance.eventLoopUtilization());
  let at = 0;
  let tickedAt = performance.now();
  let meanLateMs = 0;
  let busy = false;
  let requests = 0;
  let meanRequests = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    meanLateMs += 0.3 * (Math.max(0, now - tickedAt - TICK_MS) - meanLateMs);
    meanRequests += 0.3 * (requests - meanRequests);
    requests = 0;
    tickedAt = now;
    const oldest = marks[at];
    if (oldest) busy = performance.eventLoopUtilization(oldest).utilization > BUSY;
    marks[at] = performance.eventLoopUtilization();
    at = (at + 1) % WINDOW;
  }, TICK_MS);
  timer.unref();
  onClose(() => clearInterval(timer));
  return () => {
    requests += 1;
    if (!busy || requests + meanRequests < MANY) return false;
    return meanLateMs > LONGEST_TURN_MS || performance.now() - tickedAt > LONGEST_TURN_MS;
  };
}
