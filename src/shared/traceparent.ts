import { randomUUID } from 'node:crypto';

/** Where a request belongs in a distributed trace (W3C Trace Context). */
export interface Trace {
  /** 32 hex digits, not all 0. */
  traceId: string;
  /** What is passed on to the tenant and the webhook: the same trace, with a span of this service as the parent. */
  traceparent: string;
}

/** A caller's span. */
export interface Parent {
  traceId: string;
  spanId: string;
  /** Eight bits; the lowest says that the trace is sampled. */
  traceFlags: number;
  isRemote: true;
}

/** Version 00; a later version may have more fields after these. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

export const SAMPLED = '01';
/** Flags of a trace that is not recorded, or is not known to be. */
export const NOT_SAMPLED = '00';

/** The span that a caller's `traceparent` names; undefined where there is none, or none that is valid. */
export function parentOf(header: string | string[] | undefined): Parent | undefined {
  if (typeof header !== 'string' || header.length > 512) return undefined;
  const [, traceId = '', spanId = '', flags = '', more] = TRACEPARENT.exec(header) ?? [];
  if (!/[1-9a-f]/.test(traceId) || !/[1-9a-f]/.test(spanId)) return undefined;
  if (header.startsWith('00') && more !== undefined) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
}

/** The trace that a caller's `traceparent` names, for what is sent on; null likewise. */
export function traceOf(header: string | string[] | undefined): Trace | null {
  const parent = parentOf(header);
  if (parent === undefined) return null;
  const { traceId, traceFlags } = parent;
  return { traceId, traceparent: traceparent(traceId, traceFlags.toString(16).padStart(2, '0')) };
}

/** A `traceparent` to send on, with a new span of this service as the parent unless one is named. */
export const traceparent = (traceId: string, flags: string, spanId = newSpanId()): string =>
  `00-${traceId}-${spanId}-${flags}`;

/** The random digits of a UUID: Node makes those in advance, which costs a tenth of asking for 8 random bytes. */
function newSpanId(): string {
  const uuid = randomUUID();
  return uuid.slice(0, 8) + uuid.slice(28);
}
