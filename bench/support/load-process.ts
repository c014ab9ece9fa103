/**
 * Callers in a process of their own. A caller is one connection that sends a request, reads the answer and sends the next;
 * it speaks just enough HTTP/1.1 (answers with a `content-length`) to leave the machine to what is measured.
 */
import { connect, type Socket } from 'node:net';
import { answerLoads } from './answer.ts';
import { type Workload, WORKLOADS } from './workload.ts';

export interface Load {
  url: string;
  workload: Workload;
  count: number;
  callers: number;
  /** Arrivals a second: an open model, in which requests come whether or not earlier ones were answered. */
  perSecond?: number;
}

export interface Answered {
  perSecond: number;
  p50: number;
  p99: number;
}

const HEAD_END = Buffer.from('\r\n\r\n');

interface Caller {
  send(request: Buffer): Promise<void>;
  end(): void;
}

async function connected(url: URL): Promise<Caller> {
  const socket: Socket = connect(Number(url.port), url.hostname);
  socket.setNoDelay(true);
  let arrived: Buffer = Buffer.alloc(0);
  let settle: ((error?: Error) => void) | undefined;
  socket.on('data', (chunk: Buffer) => {
    arrived = arrived.length === 0 ? chunk : Buffer.concat([arrived, chunk]);
    const end = arrived.indexOf(HEAD_END);
    if (end < 0) return;
    const head = arrived.toString('latin1', 0, end);
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
    if (arrived.length < end + HEAD_END.length + length) return;
    const done = settle;
    const answer = arrived;
    arrived = Buffer.alloc(0);
    done?.(head.startsWith('HTTP/1.1 200') ? undefined : new Error(answer.toString()));
  });
  const fail = () => settle?.(new Error('The connection was closed.'));
  socket.on('error', fail).on('close', fail);
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return {
    send: (request) =>
      new Promise<void>((resolve, reject) => {
        settle = (error) => (error ? reject(error) : resolve());
        socket.write(request);
      }),
    end: () => socket.destroy(),
  };
}

function requestsOf({ url, workload }: Load): Buffer[] {
  const { path, bodies } = WORKLOADS[workload];
  const { host } = new URL(url);
  return bodies.map((body) =>
    Buffer.from(
      `POST ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    ),
  );
}

const quantile = (sorted: number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;

function summary(latencies: number[], started: number): Answered {
  const seconds = (performance.now() - started) / 1000;
  const sorted = latencies.toSorted((a, b) => a - b);
  return { perSecond: latencies.length / seconds, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) };
}

async function closedModel(load: Load): Promise<Answered> {
  const requests = requestsOf(load);
  const callers = await Promise.all(Array.from({ length: load.callers }, () => connected(new URL(load.url))));
  const latencies: number[] = [];
  let next = 0;
  const started = performance.now();
  const work = async (caller: Caller) => {
    while (next < load.count) {
      const request = requests[next++ % requests.length] ?? Buffer.alloc(0);
      const began = performance.now();
      await caller.send(request);
      latencies.push(performance.now() - began);
    }
  };
  await Promise.all(callers.map(work));
  const result = summary(latencies, started);
  for (const caller of callers) caller.end();
  return result;
}

/** Latency counts from the moment a request was due, so that waiting for a free connection is part of it. */
async function openModel(load: Load, perSecond: number): Promise<Answered> {
  const requests = requestsOf(load);
  const free = await Promise.all(Array.from({ length: load.callers }, () => connected(new URL(load.url))));
  const all = [...free];
  const latencies: number[] = [];
  const due: number[] = [];
  const started = performance.now();
  let arrived = 0;
  await new Promise<void>((resolve, reject) => {
    const dispatch = (): void => {
      while (due.length > 0 && free.length > 0) {
        const at = due.shift() ?? 0;
        const caller = free.pop();
        const request = requests[arrived % requests.length] ?? Buffer.alloc(0);
        caller?.send(request).then(() => {
          latencies.push(performance.now() - at);
          free.push(caller);
          if (latencies.length === load.count) resolve();
          else dispatch();
        }, reject);
      }
    };
    const tick = (): void => {
      const now = performance.now();
      while (arrived < load.count && started + (arrived * 1000) / perSecond <= now) {
        due.push(started + (arrived * 1000) / perSecond);
        arrived += 1;
        dispatch();
      }
      if (arrived < load.count) setTimeout(tick, 1);
    };
    tick();
  });
  const result = summary(latencies, started);
  for (const caller of all) caller.end();
  return result;
}

answerLoads((load: Load): Promise<unknown> =>
  load.perSecond === undefined ? closedModel(load) : openModel(load, load.perSecond),
);
