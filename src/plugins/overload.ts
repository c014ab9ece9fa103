import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import fp from 'fastify-plugin';
import { Problem } from '../errors.ts';
import { documentOf } from '../schemas/problem.ts';
import { type Admission, type Bulkhead, createAdmission, createBulkhead } from '../services/admission.ts';
import type { Events } from '../services/events.ts';
import type { Clock } from '../services/ports.ts';
import { SECURITY_HEADERS } from '../shared/security-headers.ts';
import { isProbe } from './request-id.ts';

export interface OverloadOptions {
  clock: Pick<Clock, 'monotonic'>;
  events: Events;
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

/**
 * Refuses at the door what cannot be done in time. Probes and metrics are never refused, and do not wait behind work that
 * was: while turns of the event loop take long, other requests are turned away before they cost anything.
 */
export default fp<OverloadOptions>(
  async (app, { clock, slots, events }) => {
    app.decorate(
      'admission',
      createAdmission({
        clock,
        slots: { start: slots, least: Math.min(8, slots), most: 1_024 },
        longestWaitMs: 4_000,
        congestedMs: 1_000,
        mostWaiting: 2_000,
      }),
    );
    app.decorate('lists', createBulkhead({ perCaller: 16, total: 64 }));
    app.decorate('exports', createBulkhead({ perCaller: 2, total: 8 }));

    const door = watchDoor((refused) => {
      app.log.warn({ refused }, 'requests were refused, as the event loop was late');
    });
    app.addHook('onClose', async () => door.close());
    // In front of the framework, whose own work for a request is most of what a refusal would cost.
    const handlers = app.server.listeners('request') as RequestListener[];
    app.server.removeAllListeners('request');
    app.server.on('request', (request, response) => {
      if (!isProbe(request.url ?? '') && door.refuses(request)) {
        events.emit('problem', { code: 'OVERLOADED' });
        refuse(request, response);
        return;
      }
      for (const handler of handlers) handler(request, response);
    });
  },
  { name: 'overload', dependencies: ['requests'] },
);

const REFUSAL = new Problem(
  'OVERLOADED',
  'The service has more to do than it can. Nothing was begun: send it again after Retry-After.',
);

function refuse(request: IncomingMessage, response: ServerResponse): void {
  const requestId = randomUUID();
  const instance = (request.url ?? '').split('?', 1)[0]?.slice(0, 256) ?? '';
  const body = JSON.stringify(documentOf(REFUSAL, { instance, requestId }));
  response
    .writeHead(REFUSAL.status, {
      ...SECURITY_HEADERS,
      'content-type': 'application/problem+json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      'retry-after': '1',
      'x-request-id': requestId,
    })
    .end(body);
}

const TICK_MS = 25;
/** A turn of the event loop that is longer than this keeps probes and all others waiting. */
const LONGEST_TURN_MS = 60;
/** A process that was merely not scheduled has idle time left; one with too much to do has none. */
const BUSY = 0.9;
/** Turns over which utilisation is measured. */
const WINDOW = 20;
/** Requests in a turn, and on average in those before, that may be the reason why it took long. */
const MANY = 256;
/** A caller with no more than this many requests since the last turn is let in: others are the reason. */
const FEW = 2;
/** Callers that are told apart within a turn, and let in although it is late. */
const MOST_LET_IN = 64;
const REPORT_MS = 1_000;

/**
 * Tells whether the event loop is late because of the requests that came. One request after a pause of the process is no
 * overload; many in turns that take long are, and then those who send few are still let in.
 */
function watchDoor(report: (refused: number) => void) {
  const marks = Array.from({ length: WINDOW }, () => performance.eventLoopUtilization());
  const byCaller = new Map<string, number>();
  let at = 0;
  let tickedAt = performance.now();
  let reportedAt = tickedAt;
  let meanLateMs = 0;
  let busy = false;
  let requests = 0;
  let meanRequests = 0;
  let letIn = 0;
  let refused = 0;

  const timer = setInterval(() => {
    const now = performance.now();
    meanLateMs += 0.3 * (Math.max(0, now - tickedAt - TICK_MS) - meanLateMs);
    meanRequests += 0.3 * (requests - meanRequests);
    requests = 0;
    letIn = 0;
    byCaller.clear();
    tickedAt = now;
    const oldest = marks[at];
    if (oldest) busy = performance.eventLoopUtilization(oldest).utilization > BUSY;
    marks[at] = performance.eventLoopUtilization();
    at = (at + 1) % WINDOW;
    if (refused > 0 && now - reportedAt > REPORT_MS) {
      report(refused);
      refused = 0;
      reportedAt = now;
    }
  }, TICK_MS);
  timer.unref();

  function isFew({ headers, socket }: IncomingMessage): boolean {
    // Not yet known to be right: `MOST_LET_IN` bounds what made-up credentials gain.
    const caller = headers.authorization ?? socket.remoteAddress ?? '';
    const count = (byCaller.get(caller) ?? 0) + 1;
    byCaller.set(caller, count);
    if (count > FEW || letIn >= MOST_LET_IN) return false;
    letIn += 1;
    return true;
  }

  return {
    /** Each call is one request. */
    refuses(request: IncomingMessage): boolean {
      requests += 1;
      if (!busy || requests + meanRequests < MANY) return false;
      const late = meanLateMs > LONGEST_TURN_MS || performance.now() - tickedAt > LONGEST_TURN_MS;
      if (!late || isFew(request)) return false;
      refused += 1;
      return true;
    },
    close: () => clearInterval(timer),
  };
}
