import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { compactVerify, decodeProtectedHeader, type JWK } from 'jose';
import { createKeySet } from '../../src/auth/key-set.ts';
import { startIssuer } from '../support/issuer.ts';
import { EXAMPLE, startService } from '../support/service.ts';

interface Vector {
  id: number;
  comment: string;
  result: 'valid' | 'invalid';
  jws: string;
}

interface Group {
  file: string;
  comment: string;
  keys: JWK[];
  tests: Vector[];
}

const vectors = async () =>
  JSON.parse(await readFile(new URL('wycheproof/jws.json', import.meta.url), 'utf8')) as { groups: Group[] };

/** Whether a key of the set made the signature, by an algorithm that the header names. */
async function verifies(keys: JWK[], jws: string): Promise<boolean> {
  const keySet = createKeySet({
    url: 'https://issuer.example/jwks',
    monotonic: () => 0,
    warn: assert.fail,
    fetch: async () => Response.json({ keys }),
  });
  try {
    const { kid = '', alg = '' } = decodeProtectedHeader(jws);
    const found = await keySet.find(kid, alg);
    const verified = found.map((key) => compactVerify(jws, key, { algorithms: [alg] }));
    return (await Promise.allSettled(verified)).some(({ status }) => status === 'fulfilled');
  } catch (error) {
    assert.match((error as Error).name, /^(TypeError|JWS|JOSE)/);
    return false;
  }
}

/** Vectors whose result is another one here, and why. */
const OTHERWISE: Record<string, string> = {
  'json_web_signature_test 346': 'the key says PS256 of itself and the header PS384 (RFC 7517, section 4.4)',
  'json_web_signature_test 347': 'the key says ES521 of itself, which there is not',
  'json_web_signature_test 350': 'as 346',
  'json_web_signature_test 351': 'as 347',
  'json_web_key_test 7':
    'a key that weak hardware made (ROCA) is not told from others: the issuer chooses its keys',
};

test('Wycheproof’s JWS vectors: a signature counts only where it is valid and made with a private key', async (t) => {
  const { groups } = await vectors();
  const surprises: string[] = [];
  let refused = 0;
  let accepted = 0;
  for (const { file, comment: group, keys, tests } of groups) {
    const shared = keys.some(({ kty }) => kty === 'oct');
    for (const { id, comment, result, jws } of tests) {
      const name = `${file} ${id}`;
      const got = await verifies(keys, jws);
      if (got) accepted += 1;
      else refused += 1;
      const expected = (result === 'valid' && !shared) !== (OTHERWISE[name] !== undefined);
      if (got !== expected) surprises.push(`${name}, ${group}, ${comment}: ${got}`);
    }
  }
  assert.deepEqual(surprises, []);
  t.diagnostic(`${accepted} accepted, ${refused} refused`);
});

test('Wycheproof’s JWS vectors open nothing, whatever keys the issuer has', async (t) => {
  const { groups } = await vectors();
  const issuer = await startIssuer(t);
  issuer.add(...groups.flatMap(({ keys }) => keys));
  const { url, sandbox } = await startService(t, issuer.env);
  let tried = 0;
  for (const { jws } of groups.flatMap(({ tests }) => tests)) {
    // What no header can hold is not sent at all.
    if (!/^[\x21-\x7e]+$/.test(jws)) continue;
    const response = await fetch(`${url}/manipulations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${jws}`, 'content-type': 'application/json' },
      body: JSON.stringify(EXAMPLE),
    });
    await response.text();
    assert.equal(response.status, 401, jws);
    tried += 1;
  }
  assert.equal(sandbox.requests.length, 0);
  t.diagnostic(`${tried} tokens, all refused`);
});
