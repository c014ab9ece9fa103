import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import fp from 'fastify-plugin';

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
  lingerMs: 10_000,
  lingerBytes: 67_108_864,
  unreadMs: 60_000,
  checkMs: 1_000,
};

interface Upload {
  since: number;
  bytes: number;
}

interface Writing {
  since: number;
  written: number;
}

/** Bounds what clients can hold: connections, bodies that do not arrive, answers that are not read. */
export default fp<Partial<ConnectionLimits>>(
  async (app, options) => {
    const limits = { ...CONNECTION_LIMITS, ...options };
    const perAddress = new Map<string, number>();
    const writing = new Map<Socket, Writing>();
    const uploads = new Map<IncomingMessage, Upload>();
    const lingering = new Map<IncomingMessage, Upload>();

    app.server.maxConnections = limits.total;
    app.server.on('connection', (socket) => {
      const address = socket.remoteAddress ?? '';
      const count = (perAddress.get(address) ?? 0) + 1;
      perAddress.set(address, count);
      writing.set(socket, { since: 0, written: 0 });
      socket.once('close', () => {
        writing.delete(socket);
        const rest = (perAddress.get(address) ?? 1) - 1;
        if (rest === 0) perAddress.delete(address);
        else perAddress.set(address, rest);
      });
      if (count > limits.perAddress) socket.destroy();
    });

    // Each answer to a client that does not read is held here until it does.
    const unanswered = new WeakMap<Socket, number>();
    app.server.prependListener('request', ({ socket }, response) => {
      const count = (unanswered.get(socket) ?? 0) + 1;
      unanswered.set(socket, count);
      response.once('close', () => unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1));
      if (count > limits.pipelined) socket.destroy();
    });

    app.addHook('onRequest', async ({ raw }) => {
      const { 'content-length': length, 'transfer-encoding': encoding } = raw.headers;
      if ((length !== undefined && length !== '0') || encoding !== undefined) {
        uploads.set(raw, { since: performance.now(), bytes: raw.socket.bytesRead });
      }
    });
    // Closing at once would reset the connection under a client that is still sending, and lose the answer.
    app.addHook('onSend', async ({ raw }, reply) => {
      if (reply.statusCode >= 400 && !raw.complete && !app.stopping.aborted) reply.removeHeader('connection');
    });
    app.addHook('onResponse', async ({ raw }) => {
      uploads.delete(raw);
      if (raw.complete || raw.destroyed) return;
      raw.resume();
      lingering.set(raw, { since: performance.now(), bytes: raw.socket.bytesRead });
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
      for (const [socket, state] of writing) {
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
      if (now - upload.since < limits.uploadWindowMs) return false;
      const received = raw.socket.bytesRead - upload.bytes;
      upload.since = now;
      upload.bytes = raw.socket.bytesRead;
      return received < limits.uploadBytes;
    }
  },
  { name: 'connections', dependencies: ['shutdown'] },
);
