import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { Problem } from '../errors.ts';
import { documentOf } from '../schemas/problem.ts';
import { type Admission, type Bulkhead, createAdmission, createBulkhead } from '../services/admission.ts';
import type { Events } from '../services/events.ts';
import type { Clock } from '../services/ports.ts';
import { SECURITY_HEADERS } from '../shared/security-headers.ts';
import { createTurns } from '../shared/turns.ts';
import { isProbe, requestIdOf } from './request-id.ts';

export interface OverloadOptions {
  clock: Pick<Clock, 'monotonic'>;
  events: Events;
  /** Manipulations in flight at the start. */
  slots: number;
  /** A manipulation that would wait longer for its slot is refused at once. Milliseconds. */
  longestWaitMs: number;
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Slots for manipulations, fair among callers. */
    admission: Admission;
    /** Slots for pages of the list, and for exports. */
    lists: Bulkhead;
    exports: Bulkhead;
    /**
     * For a route's `onRequest`, so that a refusal costs little. The caller's next requests are refused without even
     * entering the framework, until the queue is looked at again.
     * @throws Problem `OVERLOADED`
     */
    assertRoom(request: FastifyRequest): void;
  }
}

/**
 * Refuses early what cannot be done in time. Probes and metrics are never refused, and do not wait behind work that
 * was: while turns of the event loop take long, other requests are turned away before they cost anything.
 */
export default fp<OverloadOptions>(
  async (app, { clock, slots, longestWaitMs, events }) => {
    app.decorate(
      'admission',
      createAdmission({
        clock,
        slots: { start: slots, least: Math.min(8, slots), most: 1_024 },
        longestWaitMs,
        congestedMs: 1_000,
        mostWaiting: 2_000,
      }),
    );
    app.decorate('lists', createBulkhead({ perCaller: 16, total: 64 }));
    app.decorate('exports', createBulkhead({ perCaller: 2, total: 8 }));
    app.decorate('assertRoom', ({ caller, raw }: FastifyRequest) => {
      try {
        app.admission.assertRoom(caller.id);
      } catch (error) {
        if (error instanceof Problem) door.close(raw, error);
        throw error;
      }
    });

    const door = watchDoor((refused) => {
      app.log.warn({ refused }, 'requests were refused before they were read');
    });
    app.addHook('onClose', async () => door.stop());
    const inTurn = createTurns(REFUSALS_MS);
    // In front of the framework, whose own work for a request is most of what a refusal would cost.
    const handlers = app.server.listeners('request') as RequestListener[];
    app.server.removeAllListeners('request');
    app.server.on('request', (request, response) => {
      const refusal = isProbe(request.url ?? '') ? undefined : door.refusalOf(request);
      if (refusal !== undefined) {
        events.emit('problem', { code: refusal.code });
        inTurn(() => refuse(request, response, refusal));
        return;
      }
      for (const handler of handlers) handler(request, response);
    });
  },
  { name: 'overload', dependencies: ['requests'] },
);

const LATE = new Problem(
  'OVERLOADED',
  'The service has more to do than it can. Nothing was begun: send it again after Retry-After.',
);

const HEADERS = Object.entries({
  ...SECURITY_HEADERS,
  'content-type': 'application/problem+json; charset=utf-8',
}).flat();

function refuse(request: IncomingMessage, response: ServerResponse, problem: Problem): void {
  const requestId = requestIdOf(request);
  const instance = (request.url ?? '').split('?', 1)[0]?.slice(0, 256) ?? '';
  const body = JSON.stringify(documentOf(problem, { instance, requestId }));
  response
    .writeHead(problem.status, [
      ...HEADERS,
      'content-length',
      String(Buffer.byteLength(body)),
      'retry-after',
      String(Math.max(1, Math.ceil(problem.retryAfterSeconds ?? 1))),
      'x-request-id',
      requestId,
    ])
    .end(body);
}

/**
 * What refusals may take of one turn of the event loop. Refused callers send again at once, and probes would wait
 * behind all of them.
 */
const REFUSALS_MS = 50;

const TICK_MS = 25;
/** A turn of the event loop that is longer than this keeps probes and all others waiting. */
const LONGEST_TURN_MS = 60;
/** A process that was merely not scheduled has idle time left; one with too much to do has none. */
const BUSY = 0.9;
/** Ticks over which utilisation is measured. */
const WINDOW = 20;
/** Requests that wait at once, so that one turn takes them all, and may be the reason why it takes long. */
const MANY = 256;
/** A caller with no more than this many requests since the last tick is let in: others are the reason. */
const FEW = 2;
/** Callers that are told apart within a tick, and let in although it is late. */
const MOST_LET_IN = 64;
const REPORT_MS = 1_000;

/** Credentials as they came: whose they are, and whether they are any, is found out later. */
const credentialsOf = ({ headers, socket }: IncomingMessage): string =>
  headers.authorization ?? socket.remoteAddress ?? '';

/**
 * Tells what is refused before it is read: requests of callers that were just told that there is no room, and, while turns
 * of the event loop take long because of the requests that came, those of callers that send many. One request after a pause
 * of the process is no overload.
 */
function watchDoor(report: (refused: number) => void) {
  const marks = Array.from({ length: WINDOW }, () => performance.eventLoopUtilization());
  const byCaller = new Map<string, number>();
  /** By method, path and credentials. */
  const closed = new Map<string, Problem>();
  let at = 0;
  let tickedAt = performance.now();
  let reportedAt = tickedAt;
  let meanLateMs = 0;
  let busy = false;
  /** Of this turn of the event loop, and on average of the turns before. */
  let requests = 0;
  let meanRequests = 0;
  let letIn = 0;
  let refused = 0;

  const timer = setInterval(() => {
    const now = performance.now();
    meanLateMs += 0.3 * (Math.max(0, now - tickedAt - TICK_MS) - meanLateMs);
    letIn = 0;
    byCaller.clear();
    closed.clear();
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

  function endTurn(): void {
    meanRequests += 0.3 * (requests - meanRequests);
    requests = 0;
  }

  const doorOf = (request: IncomingMessage) => `${request.method} ${request.url} ${credentialsOf(request)}`;

  function isFew(request: IncomingMessage): boolean {
    // `MOST_LET_IN` bounds what made-up credentials gain.
    const caller = credentialsOf(request);
    const count = (byCaller.get(caller) ?? 0) + 1;
    byCaller.set(caller, count);
    if (count > FEW || letIn >= MOST_LET_IN) return false;
    letIn += 1;
    return true;
  }

  function isLate(request: IncomingMessage): boolean {
    if (!busy || Math.max(requests, meanRequests) < MANY) return false;
    return (
      (meanLateMs > LONGEST_TURN_MS || performance.now() - tickedAt > LONGEST_TURN_MS) && !isFew(request)
    );
  }

  return {
    /** Each call is one request. */
    refusalOf(request: IncomingMessage): Problem | undefined {
      if (requests === 0) setImmediate(endTurn);
      requests += 1;
      const refusal =
        (closed.size > 0 ? closed.get(doorOf(request)) : undefined) ?? (isLate(request) ? LATE : undefined);
      if (refusal !== undefined) refused += 1;
      return refusal;
    },
    /** What is asked for in the same way and by the same credentials is refused until the next tick. */
    close: (request: IncomingMessage, problem: Problem) => void closed.set(doorOf(request), problem),
    stop: () => clearInterval(timer),
  };
}
