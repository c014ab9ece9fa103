import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';

interface TokenOptions {
  audience?: string;
  expires?: string;
  issuer?: string;
  key?: CryptoKey;
  header?: { alg?: string; kid?: string | undefined; typ?: string };
}

/** An issuer of tokens with a key set on loopback; it ends with the test. */
export async function startIssuer(t: TestContext) {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const keys: unknown[] = [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }];
  const issuer = 'https://issuer.example';
  let asked = 0;
  let status = 200;
  let text: string | undefined;
  const server = createServer((_request, response) => {
    asked += 1;
    response.writeHead(status).end(text ?? JSON.stringify({ keys }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    issuer,
    env: {
      AUTH_MODE: 'required',
      JWT_JWKS_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`,
      JWT_ISSUER: issuer,
      JWT_AUDIENCE: 'dates',
    },
    privateKey,
    publicKey,
    /** How often its key set was asked for. */
    asked: () => asked,
    answer(newStatus: number, newText?: string): void {
      status = newStatus;
      text = newText;
    },
    add: (...more: unknown[]) => void keys.push(...more),
    /** A token for `robot`, unless the claims say otherwise. */
    token: (claims: Record<string, unknown>, options: TokenOptions = {}): Promise<string> =>
      new SignJWT({ sub: 'robot', ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: 'one', ...options.header } as { alg: string })
        .setIssuer(options.issuer ?? issuer)
        .setAudience(options.audience ?? 'dates')
        .setExpirationTime(options.expires ?? '1h')
        .sign(options.key ?? privateKey),
  };
}
