import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import fp from 'fastify-plugin';
import { createCounts } from '../shared/counts.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** An upload may last for as long as it goes on. */
    longUpload?: true;
  }
}

/** How long and how much clients may hold. Times in milliseconds. */
export interface ConnectionLimits {
  /** Open connections in all; more are closed as they come. */
  total: number;
  /** Open connections from one address, which may be a proxy's. */
  perAddress: number;
  /** Requests of one connection that have come without waiting for the answers before (pipelining). */
  pipelined: number;
  /** An upload must bring `uploadBytes` within each window while the service waits for it. */
  uploadWindowMs: number;
  uploadBytes: number;
  /** How long a whole upload may take, where the route does not take long ones. */
  uploadMs: number;
  /** What follows an early answer is read and dropped for so long, so that the client gets to read the answer. */
  lingerMs: number;
  lingerBytes: number;
  /** A client that reads nothing of its answer for so long is gone. */
  unreadMs: number;
  /** How often this is looked at. */
  checkMs: number;
}

export const CONNECTION_LIMITS: ConnectionLimits = {
  total: 8_192,
  perAddress: 4_096,
  pipelined: 8,
  uploadWindowMs: 30_000,
  uploadBytes: 1_024,
  uploadMs: 60_000,
  lingerMs: 10_000,
  lingerBytes: 67_108_864,
  unreadMs: 60_000,
  checkMs: 1_000,
};

interface Dropping {
  since: number;
  bytes: number;
}

interface Upload extends Dropping {
  /** When the whole body must be here. */
  until: number;
}

interface Open {
  since: number;
  written: number;
  /** Requests that have come and are not answered. */
  unanswered: number;
}

/** Bounds what clients can hold: connections, bodies that do not arrive, answers that are not read. */
export default fp<Partial<ConnectionLimits>>(
  async (app, options) => {
    const limits = { ...CONNECTION_LIMITS, ...options };
    const perAddress = createCounts();
    const open = new Map<Socket, Open>();
    const uploads = new Map<IncomingMessage, Upload>();
    const lingering = new Map<IncomingMessage, Dropping>();

    app.server.maxConnections = limits.total;
    app.server.on('connection', (socket) => {
      const address = socket.remoteAddress ?? '';
      const count = perAddress.add(address);
      open.set(socket, { since: 0, written: 0, unanswered: 0 });
      socket.once('close', () => {
        open.delete(socket);
        perAddress.remove(address);
      });
      if (count > limits.perAddress) socket.destroy();
    });

    // Each answer to a client that does not read is held here until it does.
    function answered(this: ServerResponse): void {
      const state = open.get(this.req.socket);
      if (state) state.unanswered -= 1;
    }
    app.server.prependListener('request', ({ socket }, response) => {
      const state = open.get(socket);
      if (!state) return;
      state.unanswered += 1;
      response.once('close', answered);
      if (state.unanswered > limits.pipelined) socket.destroy();
    });

    app.addHook('onRequest', ({ raw, routeOptions }, _reply, done) => {
      const { 'content-length': length, 'transfer-encoding': encoding } = raw.headers;
      if ((length !== undefined && length !== '0') || encoding !== undefined) {
        const since = performance.now();
        const until = routeOptions.config.longUpload === true ? Infinity : since + limits.uploadMs;
        uploads.set(raw, { since, until, bytes: raw.socket.bytesRead });
      }
      done();
    });
    // Closing at once would reset the connection under a client that is still sending, and lose the answer.
    app.addHook('onSend', ({ raw }, reply, payload, done) => {
      if (reply.statusCode >= 400 && !raw.complete && !app.stopping.aborted) reply.removeHeader('connection');
      done(null, payload);
    });
    app.addHook('onResponse', ({ raw }, _reply, done) => {
      uploads.delete(raw);
      if (!raw.complete && !raw.destroyed) {
        raw.resume();
        lingering.set(raw, { since: performance.now(), bytes: raw.socket.bytesRead });
      }
      done();
    });
    app.addHook('onRequestAbort', async ({ raw }) => void uploads.delete(raw));

    const timer = setInterval(() => {
      const now = performance.now();
      for (const [raw, upload] of uploads) {
        if (raw.complete || raw.destroyed) uploads.delete(raw);
        else if (isTooSlow(raw, upload, now)) raw.destroy();
      }
      for (const [raw, { since, bytes }] of lingering) {
        const dropped = raw.socket.bytesRead - bytes;
        if (raw.complete || raw.destroyed) lingering.delete(raw);
        else if (now - since > limits.lingerMs || dropped > limits.lingerBytes) raw.socket.destroy();
      }
      for (const [socket, state] of open) {
        if (socket.writableLength === 0 || socket.bytesWritten !== state.written) {
          state.since = now;
          state.written = socket.bytesWritten;
        } else if (now - state.since > limits.unreadMs) {
          socket.destroy();
        }
      }
    }, limits.checkMs);
    timer.unref();
    app.addHook('onClose', async () => clearInterval(timer));

    /** What waits here to be read, as a batch does while the tenant holds it back, is no fault of the client. */
    function isTooSlow(raw: IncomingMessage, upload: Upload, now: number): boolean {
      if (raw.readableLength > 0) {
        upload.since = now;
        upload.bytes = raw.socket.bytesRead;
        return false;
      }
      if (now > upload.until) return true;
      if (now - upload.since < limits.uploadWindowMs) return false;
      const received = raw.socket.bytesRead - upload.bytes;
      upload.since = now;
      upload.bytes = raw.socket.bytesRead;
      return received < limits.uploadBytes;
    }
  },
  { name: 'connections', dependencies: ['shutdown'] },
);
