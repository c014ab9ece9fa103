import { generateKeyPairSync, sign } from 'node:crypto';

/** ASN.1 DER: a tag, a length, the contents. */
function der(tag: number, ...contents: Uint8Array[]): Buffer {
  const body = Buffer.concat(contents);
  const size = body.length < 128 ? [body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}

const sequence = (...contents: Uint8Array[]) => der(0x30, ...contents);
const integer = (value: number) => der(0x02, Buffer.from([value]));
const text = (tag: number, value: string) => der(tag, Buffer.from(value));
const bits = (value: Uint8Array) => der(0x03, Buffer.from([0]), value);
const oid = (...bytes: number[]) => der(0x06, Buffer.from(bytes));

const ED25519 = sequence(oid(0x2b, 0x65, 0x70));
const COMMON_NAME = oid(0x55, 0x04, 0x03);
const SUBJECT_ALT_NAME = oid(0x55, 0x1d, 0x11);

/** A self-signed certificate (RFC 5280) for one DNS name, good for all of this century. */
export function selfSigned(dnsName: string): { key: string; cert: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const name = sequence(der(0x31, sequence(COMMON_NAME, text(0x0c, dnsName))));
  const names = sequence(text(0x82, dnsName));
  const unsigned = sequence(
    der(0xa0, integer(2)),
    integer(1),
    ED25519,
    name,
    sequence(text(0x17, '000101000000Z'), text(0x18, '20991231235959Z')),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(sequence(SUBJECT_ALT_NAME, der(0x04, names)))),
  );
  const certificate = sequence(unsigned, ED25519, bits(sign(null, unsigned, privateKey)));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64')}\n-----END CERTIFICATE-----\n`,
  };
}
