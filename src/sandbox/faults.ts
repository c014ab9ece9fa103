import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { html, json, type Reply } from './reply.ts';
import type { Endpoint, Fault } from './settings.ts';

type OrderedFault = Extract<Fault, { body?: unknown }>;

export interface FaultQueue {
  /** Ordered behind those that wait already; each is used `times` times. */
  add(endpoint: Endpoint, fault: Fault, times: number): void;
  next(endpoint: Endpoint): Fault | undefined;
  clear(endpoint?: Endpoint): void;
}

export function createFaultQueue(): FaultQueue {
  const queues = new Map<Endpoint, { fault: Fault; left: number }[]>();
  return {
    add(endpoint, fault, times) {
      const queue = queues.get(endpoint) ?? [];
      queue.push({ fault, left: times });
      queues.set(endpoint, queue);
    },
    next(endpoint) {
      const queue = queues.get(endpoint);
      const head = queue?.[0];
      if (queue === undefined || head === undefined) return undefined;
      head.left -= 1;
      if (head.left <= 0) queue.shift();
      return head.fault;
    },
    clear(endpoint) {
      if (endpoint === undefined) queues.clear();
      else queues.delete(endpoint);
    },
  };
}

/** Sends what `carryOut` answers, spoilt by the fault. Resolves to the status sent, or null when none was. */
export async function answerWithFault(
  fault: Fault,
  carryOut: () => Reply,
  response: ServerResponse,
  closing: AbortSignal,
): Promise<number | null> {
  const wait = () => sleep(fault.delayMs ?? 0, undefined, { signal: closing });
  if (!('when' in fault && fault.when === 'after')) await wait();
  if ('html' in fault) return send(response, html(fault.status ?? 200, 'Please sign in'));
  if ('status' in fault) return send(response, ordered(fault));
  if ('endless' in fault) return stream(response, Infinity);
  if ('bytes' in fault) return stream(response, fault.bytes);
  if ('reset' in fault && fault.reset === 'before') return cut(response);
  const reply = carryOut();
  if ('reset' in fault) return cut(response);
  if ('when' in fault && fault.when === 'after') await wait();
  if ('truncated' in fault) return truncate(response, reply, fault.truncated === true ? 'end' : 'destroy');
  if ('stall' in fault) return truncate(response, reply, 'stall');
  return send(response, reply);
}

export function send(response: ServerResponse, { status, headers, body }: Reply): number {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
  return status;
}

function ordered({ status, body = '', headers = {} }: OrderedFault): Reply {
  if (typeof body !== 'string') return json(status, JSON.stringify(body), headers);
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body };
}

/** A reset rather than an orderly end, so that it is not taken for an empty answer. */
function cut(response: ServerResponse): null {
  response.socket?.resetAndDestroy();
  return null;
}

function truncate(response: ServerResponse, reply: Reply, then: 'end' | 'destroy' | 'stall'): number {
  const half = reply.body.slice(0, reply.body.length / 2);
  if (then === 'end') return send(response, { ...reply, body: half });
  response.writeHead(reply.status, { ...reply.headers, 'content-length': Buffer.byteLength(reply.body) });
  response.write(half, () => then === 'destroy' && response.socket?.destroy());
  return reply.status;
}

const BLOCK = Buffer.from(' '.repeat(65_536));

/** White space, which JSON may begin with, as fast as it is read; it ends early only when the reader goes away. */
function stream(response: ServerResponse, bytes: number): number {
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    ...(Number.isFinite(bytes) ? { 'content-length': bytes } : {}),
  });
  let left = bytes;
  const more = (): void => {
    while (left > 0 && !response.destroyed) {
      const block = left >= BLOCK.length ? BLOCK : BLOCK.subarray(0, left);
      left -= block.length;
      if (left <= 0) return void response.end(block);
      if (!response.write(block)) return void response.once('drain', more);
    }
  };
  more();
  return 200;
}
