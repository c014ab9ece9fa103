import { type Attributes, type SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import {
  doubleField,
  integerField,
  LENGTH_BYTES,
  lengthField,
  openField,
  textField,
  writeId,
  writeLength,
  writeNanoseconds,
} from './protobuf.ts';

type Simple = Record<string, string | number>;

/** The field of a span that holds its attributes. */
const ATTRIBUTES = 9;

/** What all spans of one kind share, made once; `fields` is its part of the span's message in OTLP. */
export interface Shape {
  name: string;
  kind: SpanKind;
  fields: Buffer;
}

export const shapeOf = (name: string, kind: SpanKind, attributes: Simple, failed: boolean): Shape => ({
  name,
  kind,
  fields: Buffer.concat([
    textField(5, name),
    // OTLP counts kinds from 1: 0 is for those that do not say.
    integerField(6, kind + 1),
    attributeFields(ATTRIBUTES, attributes),
    lengthField(15, integerField(3, failed ? SpanStatusCode.ERROR : SpanStatusCode.UNSET)),
  ]),
});

/** OTLP's list of attributes. */
const attributeFields = (field: number, attributes: Attributes): Buffer =>
  Buffer.concat(Object.entries(attributes).map(([key, value]) => keyValue(field, textField(1, key), value)));

/** A function that makes one attribute of a span: what does not change is made once. */
export function attributeOf(key: string): (value: string) => Buffer {
  const name = textField(1, key);
  return (value) => keyValue(ATTRIBUTES, name, value);
}

const keyValue = (field: number, name: Buffer, value: unknown): Buffer =>
  lengthField(field, Buffer.concat([name, lengthField(2, anyValue(value))]));

function anyValue(value: unknown): Buffer {
  if (typeof value !== 'number') return textField(1, String(value));
  return Number.isInteger(value) ? integerField(3, value) : doubleField(4, value);
}

/** A span that has ended. */
export interface Span {
  shape: Shape;
  /** 32 hex digits; `spanId` and `parentId` are 16. */
  traceId: string;
  spanId: string;
  parentId: string | undefined;
  /** Epoch milliseconds, and fractions of them. */
  start: number;
  end: number;
  /** Attributes that its kind does not have, by `attributeOf`. */
  own?: Buffer | undefined;
}

const SPANS = openField(2);

/** Bytes that a span takes besides its shape and its own attributes. */
const FIXED_BYTES = SPANS.length + 18 + 10 + 10 + 9 + 9;

export const lengthOf = ({ shape, own }: Span): number =>
  FIXED_BYTES + shape.fields.length + (own?.length ?? 0);

/** Writes a span as an element of OTLP's `spans`; returns where it ends. */
export function writeSpan(bytes: Buffer, at: number, span: Span): number {
  const { shape, traceId, spanId, parentId, start, end, own } = span;
  bytes.set(SPANS, at);
  const began = at + SPANS.length;
  let next = writeId(bytes, began, 1, traceId);
  next = writeId(bytes, next, 2, spanId);
  if (parentId !== undefined) next = writeId(bytes, next, 4, parentId);
  bytes.set(shape.fields, next);
  next += shape.fields.length;
  next = writeNanoseconds(bytes, next, 7, start);
  next = writeNanoseconds(bytes, next, 8, end);
  if (own !== undefined) bytes.set(own, next);
  next += own?.length ?? 0;
  writeLength(bytes, began - LENGTH_BYTES, next - began);
  return next;
}

/** Where the spans come from. */
export interface Source {
  resource: Resource;
  scope: { name: string; version: string };
}

/** The beginning of OTLP's `ExportTraceServiceRequest`, up to its spans. `closeRequest` fills in the lengths. */
export function requestHead({ resource, scope }: Source) {
  const resourceSpans = openField(1);
  const from = lengthField(1, attributeFields(1, resource.attributes));
  const scopeSpans = openField(2);
  const named = lengthField(1, Buffer.concat([textField(1, scope.name), textField(2, scope.version)]));
  return {
    bytes: Buffer.concat([resourceSpans, from, scopeSpans, named]),
    /** Where the messages begin whose lengths depend on the spans. */
    open: [resourceSpans.length, resourceSpans.length + from.length + scopeSpans.length],
  };
}

export type RequestHead = ReturnType<typeof requestHead>;

/** @param end where the last span ended */
export function closeRequest(bytes: Buffer, { open }: RequestHead, end: number): Buffer {
  for (const began of open) writeLength(bytes, began - LENGTH_BYTES, end - began);
  return bytes.subarray(0, end);
}
