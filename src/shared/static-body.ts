import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

/** A body that does not change while the process lives. */
export interface StaticBody {
  type: string;
  plain: Buffer;
  gzip: Buffer;
  /** A strong entity tag (RFC 9110) without its quotes; what is compressed has one of its own. */
  tag: string;
}

/** Compresses it once, for all later requests. */
export function staticBody(type: string, content: string | Buffer): StaticBody {
  const plain = Buffer.from(content);
  const tag = createHash('sha256').update(plain).digest('base64url').slice(0, 22);
  return { type, plain, gzip: gzipSync(plain, { level: 9 }), tag };
}

/** Whether an `Accept-Encoding` takes gzip. */
export function acceptsGzip(header: string | undefined): boolean {
  const codings = (header ?? '').split(',').map((coding) =>
    coding
      .trim()
      .toLowerCase()
      .split(/\s*;\s*q=/),
  );
  const [, weight = '1'] = codings.find(([name]) => name === 'gzip') ??
    codings.find(([name]) => name === '*') ?? ['', '0'];
  return Number(weight) > 0;
}

/** What answers a request for it: 304 without a body where the caller has it already. */
export function answerWith(
  { type, plain, gzip, tag }: StaticBody,
  headers: Record<string, string | string[] | undefined>,
): { code: 200 | 304; headers: Record<string, string>; payload: Buffer | undefined } {
  const zipped = acceptsGzip(headers['accept-encoding']?.toString());
  const etag = zipped ? `"${tag}-gzip"` : `"${tag}"`;
  const common = { etag, vary: 'accept-encoding' };
  if (headers['if-none-match'] === etag) return { code: 304, headers: common, payload: undefined };
  return {
    code: 200,
    headers: { ...common, 'content-type': type, ...(zipped && { 'content-encoding': 'gzip' }) },
    payload: zipped ? gzip : plain,
  };
}
