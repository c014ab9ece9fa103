import type { SpanKind } from '@opentelemetry/api';
import {
  type Attributes,
  type HrTime,
  type SpanContext,
  SpanStatusCode,
  TraceFlags,
} from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';

type Simple = Record<string, string | number>;

/** What all spans of one kind share, so that it is made once; `head` and `tail` are its part of the span's JSON in OTLP. */
export interface Shape {
  name: string;
  kind: SpanKind;
  attributes: Simple;
  failed: boolean;
  head: string;
  tail: string;
}

export function shapeOf(name: string, kind: SpanKind, attributes: Simple, failed: boolean): Shape {
  // OTLP counts kinds from 1: 0 is for those that do not say. What is not there has its default.
  const told = { name, kind: kind + 1, ...(failed && { status: statusOf(failed) }) };
  return {
    name,
    kind,
    attributes,
    failed,
    head: `${JSON.stringify(told).slice(1, -1)},"startTimeUnixNano":"`,
    tail: `","attributes":[${attributesJson(attributes)}`,
  };
}

const statusOf = (failed: boolean) => ({ code: failed ? SpanStatusCode.ERROR : SpanStatusCode.UNSET });

/** OTLP's list of attributes, without the brackets. */
export const attributesJson = (attributes: Attributes): string =>
  Object.entries(attributes)
    .map(([key, value]) => JSON.stringify({ key, value: anyValue(value) }))
    .join(',');

const anyValue = (value: unknown) =>
  typeof value === 'number'
    ? Number.isInteger(value)
      ? { intValue: value }
      : { doubleValue: value }
    : { stringValue: String(value) };

export interface Source {
  resource: Resource;
  scope: { name: string; version: string };
}

const NONE: never[] = [];

/** A span as OpenTelemetry's parts know it, and as the text that is sent. */
export interface ToldSpan extends ReadableSpan {
  /** An element of OTLP's `spans`. */
  readonly json: string;
}

/**
 * A span that has ended and is sampled. It holds what happened, and becomes text only when its batch is sent: a write has
 * nine of them. The getters are the form that any other exporter of OpenTelemetry's asks for.
 */
export class EndedSpan implements ToldSpan {
  private readonly shape: Shape;
  private readonly own: Simple | undefined;
  private readonly traceId: string;
  private readonly spanId: string;
  private readonly startMicros: number;
  private readonly endMicros: number;
  private readonly source: Source;
  readonly parentSpanContext?: SpanContext;

  /** `start` and `end` in epoch milliseconds; `own` are attributes that its kind does not have. */
  constructor(
    source: Source,
    shape: Shape,
    traceId: string,
    spanId: string,
    parent: SpanContext | undefined,
    start: number,
    end: number,
    own?: Simple,
  ) {
    this.source = source;
    this.shape = shape;
    this.traceId = traceId;
    this.spanId = spanId;
    if (parent !== undefined) this.parentSpanContext = parent;
    this.startMicros = Math.floor(start * 1000);
    this.endMicros = Math.floor(end * 1000);
    this.own = own;
  }

  get json(): string {
    const { shape, own, parentSpanContext: parent } = this;
    const above = parent === undefined ? '' : `"parentSpanId":"${parent.spanId}",`;
    const more = own === undefined ? '' : `,${attributesJson(own)}`;
    return `{"traceId":"${this.traceId}","spanId":"${this.spanId}",${above}${shape.head}${this.startMicros}000","endTimeUnixNano":"${this.endMicros}000${shape.tail}${more}]}`;
  }

  spanContext(): SpanContext {
    return { traceId: this.traceId, spanId: this.spanId, traceFlags: TraceFlags.SAMPLED };
  }
  get name() {
    return this.shape.name;
  }
  get kind() {
    return this.shape.kind;
  }
  get attributes() {
    return { ...this.shape.attributes, ...this.own };
  }
  get status() {
    return statusOf(this.shape.failed);
  }
  get startTime() {
    return hrTime(this.startMicros);
  }
  get endTime() {
    return hrTime(this.endMicros);
  }
  get duration() {
    return hrTime(this.endMicros - this.startMicros);
  }
  get resource() {
    return this.source.resource;
  }
  get instrumentationScope() {
    return this.source.scope;
  }
  get ended() {
    return true;
  }
  get links() {
    return NONE;
  }
  get events() {
    return NONE;
  }
  get droppedAttributesCount() {
    return 0;
  }
  get droppedEventsCount() {
    return 0;
  }
  get droppedLinksCount() {
    return 0;
  }
}

/** Microseconds as seconds and nanoseconds. */
const hrTime = (micros: number): HrTime => [Math.floor(micros / 1e6), (micros % 1e6) * 1000];
