import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { exportSPKI, type CryptoKey } from 'jose';
import type { startIssuer } from '../support/issuer.ts';

export interface Credential {
  title: string;
  headers: Record<string, string>;
  /** Put behind the path, for keys where keys do not belong. */
  query?: string;
}

const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

interface Keys {
  /** A key that is valid, with no scope for the route. */
  foreign: string;
  /** A key that is valid, with every scope. */
  valid: string;
}

/** About a hundred ways to ask without the right to: each must end in 401 or 403. */
export async function badCredentials(
  issuer: Awaited<ReturnType<typeof startIssuer>>,
  publicKey: CryptoKey,
  { foreign, valid }: Keys,
): Promise<Credential[]> {
  const bearer = (title: string, token: string): Credential => ({
    title,
    headers: { authorization: `Bearer ${token}` },
  });
  const raw = (title: string, authorization: string): Credential => ({ title, headers: { authorization } });
  const all = 'manipulations:write manipulations:preview audit:read audit:read:all';
  const claims = {
    iss: issuer.issuer,
    aud: 'dates',
    sub: 'robot',
    scope: all,
    exp: Math.floor(Date.now() / 1000) + 3600,
  };
  const good = await issuer.token({ scope: all });
  const [header = '', payload = '', signature = ''] = good.split('.');
  const pem = await exportSPKI(publicKey);
  const hmac = (alg: string, hash: string, key: string) => {
    const signed = `${encode({ alg, kid: 'one' })}.${encode(claims)}`;
    return `${signed}.${createHmac(hash, key).update(signed).digest('base64url')}`;
  };
  const unsigned = (alg: unknown, more: Record<string, unknown> = {}) =>
    `${encode({ alg, kid: 'one', ...more })}.${encode(claims)}.`;
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const forged = (head: Record<string, unknown>, key = other.privateKey) => {
    const signed = `${encode({ alg: 'ES256', kid: 'one', ...head })}.${encode(claims)}`;
    return `${signed}.${sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  };
  const rsaForged = (alg: string) => {
    const signed = `${encode({ alg, kid: 'one' })}.${encode(claims)}`;
    return `${signed}.${sign('sha256', Buffer.from(signed), rsa.privateKey).toString('base64url')}`;
  };
  const jwk = other.publicKey.export({ format: 'jwk' });
  const token = (more: Record<string, unknown>, options?: Parameters<typeof issuer.token>[1]) =>
    issuer.token({ scope: all, ...more }, options);

  return [
    { title: 'nothing', headers: {} },
    ...['', ' ', 'Bearer', 'Bearer ', 'bearer', 'Basic', 'Digest x', 'Token x', 'null', 'undefined'].map(
      (text) => raw(`"${text}"`, text),
    ),
    raw('the key as Basic', `Basic ${btoa(`key:${valid}`)}`),
    raw('the key as Token', `Token ${valid}`),
    raw('the key alone', valid),
    raw('the key with a colon', `Bearer: ${valid}`),
    raw('the key in quotes', `Bearer "${valid}"`),
    raw('two keys', `Bearer ${valid} ${valid}`),
    raw('two keys with a comma', `Bearer ${valid},${valid}`),
    raw('two schemes', `Basic x, Bearer ${valid}`),
    { title: 'the key as x-api-key', headers: { 'x-api-key': valid } },
    { title: 'the key as a cookie', headers: { cookie: `authorization=Bearer ${valid}` } },
    { title: 'the key as proxy-authorization', headers: { 'proxy-authorization': `Bearer ${valid}` } },
    { title: 'a forwarded identity', headers: { 'x-forwarded-user': 'admin', 'x-remote-user': 'admin' } },
    { title: 'a forwarded address', headers: { 'x-forwarded-for': '127.0.0.1', 'x-real-ip': '127.0.0.1' } },
    {
      title: 'an overridden path',
      headers: { 'x-original-url': '/health/live', 'x-rewrite-url': '/metrics' },
    },
    { title: 'an overridden method', headers: { 'x-http-method-override': 'GET' } },
    { title: 'the key in the query', headers: {}, query: `access_token=${valid}` },
    { title: 'the key in the query, another name', headers: {}, query: `api_key=${valid}&key=${valid}` },
    bearer('a key without the scope', foreign),
    bearer('no key at all', 'nonsense'),
    bearer('the key cut', valid.slice(0, -1)),
    bearer('the key with one more', `${valid}A`),
    bearer('the key in upper case', valid.toUpperCase()),
    bearer('the key’s prefix', 'cxd_'),
    bearer('the key twice', valid + valid),
    bearer('the key’s second half', valid.slice(valid.length / 2)),
    bearer('the key encoded', btoa(valid)),
    bearer('the key with %', encodeURIComponent(`${valid} `)),
    bearer('a long text', 'a'.repeat(8_000)),
    bearer('dots', '..'),
    bearer('dots and a letter', 'a.b.c'),
    bearer('many dots', '.'.repeat(200)),
    bearer('empty JSON', `${encode({})}.${encode({})}.`),
    bearer('no JSON', `${encode('x')}.${encode('y')}.${encode('z')}`),
    bearer('JSON that is no object', `${encode([])}.${encode([])}.AA`),
    bearer('null', `${encode('null')}.${encode('null')}.AA`),
    ...['none', 'None', 'NONE', 'nOnE', '', null, 1, [], ['ES256'], 'ES256 ', 'es256', '../ES256'].map(
      (alg) => bearer(`alg ${JSON.stringify(alg)}`, unsigned(alg)),
    ),
    bearer('no signature', `${header}.${payload}.`),
    bearer(
      'alg none with a real signature',
      `${encode({ alg: 'none', kid: 'one' })}.${payload}.${signature}`,
    ),
    bearer('HS256 with the public key', hmac('HS256', 'sha256', pem)),
    bearer('HS384 with the public key', hmac('HS384', 'sha384', pem)),
    bearer('HS512 with the public key', hmac('HS512', 'sha512', pem)),
    bearer('HS256 with nothing', hmac('HS256', 'sha256', '')),
    bearer('HS256 with the key’s JSON', hmac('HS256', 'sha256', JSON.stringify(jwk))),
    ...['RS256', 'RS384', 'PS256', 'ES384', 'ES512', 'ES256K', 'EdDSA', 'Ed25519', 'Ed448', 'RSA-OAEP'].map(
      (alg) => bearer(`another algorithm: ${alg}`, rsaForged(alg)),
    ),
    bearer('ES256 header over another algorithm', rsaForged('ES256')),
    bearer('another key', forged({})),
    bearer('its own key (jwk)', forged({ jwk })),
    bearer('its own key set (jku)', forged({ jku: 'https://evil.example/jwks' })),
    bearer('its own certificate (x5u)', forged({ x5u: 'https://evil.example/cert', x5c: ['MIIB'] })),
    bearer('a critical header', forged({ crit: ['exp'], exp: 1 })),
    bearer('b64 false', forged({ crit: ['b64'], b64: false })),
    bearer('an unknown kid', forged({ kid: 'two' })),
    bearer('no kid', forged({ kid: undefined })),
    bearer('a kid that is no text', forged({ kid: 1 })),
    bearer('a kid that is a path', forged({ kid: '../../../dev/null' })),
    bearer('a kid that is SQL', forged({ kid: "' OR 1=1 --" })),
    bearer('a kid like __proto__', forged({ kid: '__proto__' })),
    bearer('a signature of zeros', `${header}.${payload}.${Buffer.alloc(64).toString('base64url')}`),
    bearer('a short signature', `${header}.${payload}.${signature.slice(0, 20)}`),
    bearer('a signature with more', `${header}.${payload}.${signature}AAAA`),
    bearer('another payload', `${header}.${encode({ ...claims, sub: 'admin' })}.${signature}`),
    bearer('another header', `${encode({ alg: 'ES256', kid: 'one', typ: 'x' })}.${payload}.${signature}`),
    bearer('a fourth part', `${good}.${signature}`),
    bearer('five parts', `${header}.${payload}.${signature}.${signature}.${signature}`),
    bearer('swapped parts', `${payload}.${header}.${signature}`),
    bearer('padding', `${header}.${payload}.${signature}==`),
    bearer('of another type', await token({}, { header: { typ: 'logout+jwt' } })),
    bearer('expired', await token({}, { expires: '-1m' })),
    bearer('not yet valid', await token({ nbf: claims.exp })),
    bearer('another audience', await token({}, { audience: 'other' })),
    bearer('another issuer', await token({}, { issuer: 'https://evil.example' })),
    bearer('an issuer with a slash', await token({}, { issuer: `${issuer.issuer}/` })),
    bearer('a subject that is a number', await token({ sub: 1 })),
    bearer('no subject', await token({ sub: undefined })),
    bearer('scopes of another', await token({ scope: 'admin *' })),
    bearer('scopes in one word', await token({ scope: 'manipulations:writeaudit:read' })),
    bearer('scopes with commas', await token({ scope: all.replaceAll(' ', ',') })),
    bearer('a scope in upper case', await token({ scope: all.toUpperCase() })),
    bearer('scope that is a list of lists', await token({ scope: [[all]] })),
    bearer('scope that is an object', await token({ scope: { 'manipulations:write': true } })),
    bearer('no scope', await issuer.token({})),
    bearer('an empty scope', await issuer.token({ scope: '' })),
  ];
}
