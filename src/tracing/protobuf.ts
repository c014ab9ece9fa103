/**
 * What OTLP needs of the protobuf wire format: fields of a number and a type, where messages, texts and bytes come after
 * their length.
 */
const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;

function varint(value: number): number[] {
  if (value >= 0 && value < 0x80) return [value];
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return bytes;
}

const tag = (field: number, type: number): number => (field << 3) | type;

/** A field that holds a message, or bytes. */
export const lengthField = (field: number, bytes: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([tag(field, LENGTH), ...varint(bytes.length)]), bytes]);

export const textField = (field: number, text: string): Buffer => lengthField(field, Buffer.from(text));

/** An integer, or a number of an enumeration. */
export const integerField = (field: number, value: number): Buffer =>
  Buffer.from([tag(field, VARINT), ...varint(value)]);

export function doubleField(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes.writeUInt8(tag(field, FIXED64));
  bytes.writeDoubleLE(value, 1);
  return bytes;
}

/** Bytes of a length that is known later: a varint of four bytes may say any length up to 2^28. */
export const LENGTH_BYTES = 4;

/** The tag of a message whose length is written by `writeLength`. */
export const openField = (field: number): Buffer =>
  Buffer.from([tag(field, LENGTH), ...new Array<number>(LENGTH_BYTES).fill(0)]);

export function writeLength(bytes: Buffer, at: number, length: number): void {
  bytes[at] = (length & 0x7f) | 0x80;
  bytes[at + 1] = ((length >>> 7) & 0x7f) | 0x80;
  bytes[at + 2] = ((length >>> 14) & 0x7f) | 0x80;
  bytes[at + 3] = (length >>> 21) & 0x7f;
}

/** An id as a field of bytes, from its lower-case hex digits. Returns where the next field begins. */
export function writeId(bytes: Buffer, at: number, field: number, hex: string): number {
  bytes[at] = tag(field, LENGTH);
  bytes[at + 1] = hex.length / 2;
  let end = at + 2;
  for (let i = 0; i < hex.length; i += 2) bytes[end++] = (digit(hex, i) << 4) | digit(hex, i + 1);
  return end;
}

function digit(hex: string, at: number): number {
  const code = hex.charCodeAt(at);
  return code <= 0x39 ? code - 0x30 : code - 0x57;
}

/** A moment in nanoseconds since 1970, of epoch milliseconds; finer than microseconds it is not. */
export function writeNanoseconds(bytes: Buffer, at: number, field: number, milliseconds: number): number {
  const micros = Math.floor(milliseconds * 1000);
  // In two halves, as the product is more than a double holds.
  const low = (micros % 0x1_0000_0000) * 1000;
  const high = Math.floor(micros / 0x1_0000_0000) * 1000 + Math.floor(low / 0x1_0000_0000);
  bytes[at] = tag(field, FIXED64);
  bytes.writeUInt32LE(low % 0x1_0000_0000, at + 1);
  bytes.writeUInt32LE(high, at + 5);
  return at + 9;
}
