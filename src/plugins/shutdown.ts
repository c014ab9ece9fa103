import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import fp from 'fastify-plugin';

export interface ShutdownOptions {
  /** Milliseconds for the requests in flight; afterwards every connection is ended. */
  longestWorkMs: number;
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Aborts first: readiness is red, and requests are still taken. */
    draining: AbortSignal;
    /** Aborts when the service begins to close: no new work. */
    stopping: AbortSignal;
    /** Turns readiness red and resolves when that long has passed, so that a balancer turns away first. */
    drain(milliseconds: number): Promise<void>;
  }
}

const SWEEP_MS = 50;
/** A client that does not read its answer is not waited for longer. */
const UNREAD_MS = 2_000;
/** Milliseconds for requests that change nothing at the tenant, such as an export. */
const READS_MS = 5_000;

type Phase = 'reading' | 'working';

interface Tracked {
  request: IncomingMessage;
  phase: Phase;
  writes: boolean;
  written: number;
  unreadSince: number | undefined;
}

/**
 * The end of the service: readiness red, then no new work, then connections without work are ended at once, then what
 * was begun ends well, then the rest closes. No client can hold it up, whatever it does or does not send.
 */
export default fp<ShutdownOptions>(
  async (app, { longestWorkMs }) => {
    const draining = new AbortController();
    const stopping = new AbortController();
    const sockets = new Set<Socket>();
    const tracked = new Map<Socket, Tracked>();

    app.decorate('draining', draining.signal);
    app.decorate('stopping', stopping.signal);
    app.decorate('drain', async (milliseconds: number) => {
      draining.abort();
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
    });

    app.server.on('connection', (socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
    app.addHook('onRequest', ({ raw, routeOptions }, _reply, done) => {
      tracked.set(raw.socket, {
        request: raw,
        phase: 'reading',
        writes: routeOptions.config.scope === 'manipulations:write',
        written: 0,
        unreadSince: undefined,
      });
      done();
    });
    app.addHook('preHandler', ({ raw }, _reply, done) => {
      const entry = tracked.get(raw.socket);
      if (entry) entry.phase = 'working';
      done();
    });
    // A caller that keeps its connection after the last answer would keep the process from ending.
    app.addHook('onSend', (_request, reply, payload, done) => {
      if (draining.signal.aborted) reply.header('connection', 'close');
      done(null, payload);
    });
    app.addHook('onResponse', ({ raw }, _reply, done) => {
      if (tracked.get(raw.socket)?.request === raw) tracked.delete(raw.socket);
      done();
    });
    app.addHook('onRequestAbort', async ({ raw }) => {
      if (tracked.get(raw.socket)?.request === raw) tracked.delete(raw.socket);
    });

    app.addHook('preClose', async () => {
      draining.abort();
      stopping.abort();
      const began = performance.now();
      // Until the server has closed, since a connection may still be accepted before that.
      const timer = setInterval(() => sweep(performance.now() - began), SWEEP_MS);
      app.server.once('close', () => clearInterval(timer));
      sweep(0);
    });

    function sweep(elapsedMs: number): void {
      for (const socket of sockets) {
        if (!mayStay(socket, tracked.get(socket), elapsedMs)) end(socket, elapsedMs);
      }
    }

    function mayStay(socket: Socket, entry: Tracked | undefined, elapsedMs: number): boolean {
      if (elapsedMs > longestWorkMs || entry?.phase !== 'working') return false;
      if (!entry.writes && elapsedMs > READS_MS) return false;
      if (socket.writableLength === 0 || socket.bytesWritten !== entry.written) {
        entry.written = socket.bytesWritten;
        entry.unreadSince = undefined;
        return true;
      }
      entry.unreadSince ??= elapsedMs;
      return elapsedMs - entry.unreadSince < UNREAD_MS;
    }
  },
  { name: 'shutdown' },
);

/** Answers already written are still flushed, for a moment. */
function end(socket: Socket, elapsedMs: number): void {
  if (socket.writableLength > 0 && elapsedMs < UNREAD_MS) socket.destroySoon();
  else socket.destroy();
}
