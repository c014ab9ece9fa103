/** Reads OTLP's `ExportTraceServiceRequest` from protobuf's wire format, as a collector does. */
export interface ReceivedSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  attributes: Record<string, string | number>;
  /** Epoch nanoseconds. */
  start: bigint;
  end: bigint;
  /** 2 is an error. */
  status: number;
}

export interface ReceivedTraces {
  resource: Record<string, string | number>;
  scope: { name: string; version: string };
  spans: ReceivedSpan[];
}

type Field = { varint: bigint } | { fixed: Buffer } | { bytes: Buffer };

/** The fields of a message, by number, each as often as it is there. */
function fieldsOf(message: Buffer): Map<number, Field[]> {
  const fields = new Map<number, Field[]>();
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message.readUInt8(at++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): Buffer => {
    if (at + length > message.length) throw new RangeError('A field is longer than its message.');
    return message.subarray(at, (at += length));
  };
  while (at < message.length) {
    const tag = Number(varint());
    const field = ((): Field => {
      switch (tag & 7) {
        case 0:
          return { varint: varint() };
        case 1:
          return { fixed: take(8) };
        case 2:
          return { bytes: take(Number(varint())) };
        case 5:
          return { fixed: take(4) };
        default:
          throw new TypeError(`No such type: ${tag & 7}`);
      }
    })();
    fields.set(tag >> 3, [...(fields.get(tag >> 3) ?? []), field]);
  }
  return fields;
}

const messages = (fields: Map<number, Field[]>, number: number): Buffer[] =>
  (fields.get(number) ?? []).map((field) => ('bytes' in field ? field.bytes : Buffer.alloc(0)));

const message = (fields: Map<number, Field[]>, number: number): Buffer =>
  messages(fields, number)[0] ?? Buffer.alloc(0);

const integer = (fields: Map<number, Field[]>, number: number): number => {
  const [field] = fields.get(number) ?? [];
  return field !== undefined && 'varint' in field ? Number(BigInt.asIntN(64, field.varint)) : 0;
};

const fixed = (fields: Map<number, Field[]>, number: number): Buffer => {
  const [field] = fields.get(number) ?? [];
  return field !== undefined && 'fixed' in field ? field.fixed : Buffer.alloc(8);
};

const attributesIn = (list: Buffer[]): Record<string, string | number> =>
  Object.fromEntries(
    list.map(fieldsOf).map((pair) => {
      const value = fieldsOf(message(pair, 2));
      const read = value.has(1)
        ? message(value, 1).toString()
        : value.has(4)
          ? fixed(value, 4).readDoubleLE()
          : integer(value, 3);
      return [message(pair, 1).toString(), read];
    }),
  );

function spanIn(bytes: Buffer): ReceivedSpan {
  const fields = fieldsOf(bytes);
  const parentSpanId = message(fields, 4).toString('hex');
  return {
    traceId: message(fields, 1).toString('hex'),
    spanId: message(fields, 2).toString('hex'),
    ...(parentSpanId !== '' && { parentSpanId }),
    name: message(fields, 5).toString(),
    kind: integer(fields, 6),
    attributes: attributesIn(messages(fields, 9)),
    start: fixed(fields, 7).readBigUInt64LE(),
    end: fixed(fields, 8).readBigUInt64LE(),
    status: integer(fieldsOf(message(fields, 15)), 3),
  };
}

export const tracesIn = (body: Uint8Array): ReceivedTraces[] =>
  messages(fieldsOf(Buffer.from(body)), 1).flatMap((resourceSpans) => {
    const fields = fieldsOf(resourceSpans);
    const resource = attributesIn(messages(fieldsOf(message(fields, 1)), 1));
    return messages(fields, 2).map((scopeSpans) => {
      const inScope = fieldsOf(scopeSpans);
      const scope = fieldsOf(message(inScope, 1));
      return {
        resource,
        scope: { name: message(scope, 1).toString(), version: message(scope, 2).toString() },
        spans: messages(inScope, 2).map(spanIn),
      };
    });
  });
