import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createScrubber, describeErrorBody } from '../../src/cxone/http/error-body.ts';
import { LIMITS } from '../../src/cxone/options.ts';
import { createEvents } from '../../src/services/events.ts';
import { codePoint } from '../support/code-point.ts';
import { budget, gatewayTo, isToken, NAME, problem, recorded, reply, server, tenant } from './support.ts';

const describe = (body: unknown, header = '', secrets: string[] = []): string =>
  describeErrorBody(typeof body === 'string' ? body : JSON.stringify(body), header, createScrubber(secrets));

test('every shape of an error is told in one line', () => {
  const cases: [unknown, string, string][] = [
    [{ error: 'invalid_client', error_description: 'No such client' }, '', 'invalid_client: No such client'],
    [{ error: 'invalid_client', errorDescription: 'No such client' }, '', 'invalid_client: No such client'],
    [
      { errors: [{ field: 'timezone', message: 'unknown' }, { message: 'bad' }] },
      '',
      'timezone: unknown; bad',
    ],
    [
      { message: 'Bad', code: 'bad.request', status: 400, contextId: 'c-1' },
      '',
      'bad.request: Bad; context c-1',
    ],
    [{ code: 'x', message: 'y', errors: [{ field: 'f', message: 'z' }] }, '', 'x: y; f: z'],
    [{ error: { code: 7, message: 'nested' } }, '', '7: nested'],
    [['one', { message: 'two' }], '', 'one; two'],
    ['', 'Invalid skill', 'Invalid skill'],
    [{ message: 'Bad' }, 'Invalid skill', 'Bad; Invalid skill'],
    [{ message: 'Invalid skill' }, 'Invalid skill', 'Invalid skill'],
    ['', '', ''],
    ['   \n', '', ''],
    ['null', '', ''],
    ['{}', '', ''],
    ['"just text"', '', 'just text'],
    ['plain\n\ttext', '', 'plain text'],
    ['<!doctype html><title>502 Bad\nGateway</title>', '', 'an HTML page titled "502 Bad Gateway"'],
    ['<html><body><h1>Sorry</h1>', '', 'an HTML page titled "Sorry"'],
    ['<xml/>', '', 'an HTML page'],
    ['{"message": "cut o', '', '{"message": "cut o'],
  ];
  for (const [body, header, expected] of cases) assert.equal(describe(body, header), expected);
});

test('no secret gets through, in any encoding', () => {
  const secret = 'p4ss w/ord+=';
  const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl';
  const texts = [
    `secret ${secret}.`,
    `form ${encodeURIComponent(secret)}.`,
    `base64 ${Buffer.from(secret).toString('base64')}`,
    `Authorization: Bearer ${token}`,
    `token ${token} expired`,
    'Authorization: Basic Y2xpZW50OnNlY3JldA==',
    'client_secret=hunter2hunter2&x=1',
    '{"access_token": "opaque-and-long", "password":"hunter2hunter2"',
  ];
  for (const text of texts) {
    for (const body of [
      text,
      JSON.stringify({ message: text }),
      JSON.stringify({ errors: [{ message: text }] }),
    ]) {
      const told = describe(body, text, [secret]);
      assert.match(told, /\[redacted\]/u);
      assert.doesNotMatch(told, /p4ss|cDRzcyB3|eyJ|Y2xpZW50|hunter2|opaque-and/u, told);
    }
  }
});

test('whatever arrives, what is told is one line, short, and without the secret', () => {
  const secret = 'S3CRET-S3CRET';
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: codePoint, maxLength: 2000 }), fc.json()),
      fc.nat(2000),
      fc.string(),
      (body, place, header) => {
        const spiked = body.slice(0, place) + secret + body.slice(place);
        const told = describe(spiked, header, [secret]);
        assert.ok(told.length <= LIMITS.messageCharacters + 1);
        assert.ok(told.isWellFormed());
        assert.doesNotMatch(told, /[\n\r\0]/u);
        assert.ok(!told.includes(secret) && !told.includes('S3CRET-'));
      },
    ),
    { seed: 6, numRuns: 500 },
  );
});

for (const errorShape of ['error_description', 'errorDescription', 'errors', 'message', 'header'] as const) {
  test(`tells what the tenant says in the shape "${errorShape}"`, async (t) => {
    const { gateway } = await tenant(t, {
      sandbox: { settings: { errorShape, scopes: ['dataactions:write'] } },
    });
    await assert.rejects(
      gateway.find(NAME, budget()),
      problem('UPSTREAM_UNAUTHORIZED', {}, /lacks the scope/u),
    );
  });
}

for (const errorShape of ['empty', 'html'] as const) {
  test(`has something to say when the tenant says nothing: "${errorShape}"`, async (t) => {
    const { gateway } = await tenant(t, {
      sandbox: { settings: { errorShape, scopes: ['dataactions:write'] } },
    });
    await assert.rejects(
      gateway.find(NAME, budget()),
      problem('UPSTREAM_UNAUTHORIZED', {}, /403.*CXONE_SCOPE/u),
    );
  });
}

test('a tenant that echoes credentials does not make us tell them', async (t) => {
  const url = await server(t, (request, response) => {
    if (isToken(request))
      return void reply(response, 200, { access_token: 'opaque.token-1', expires_in: 600 });
    reply(response, 400, {
      message: `You sent ${request.headers.authorization ?? ''} and opaque.token-1 and s3cr3t!`,
    });
  });
  const gateway = gatewayTo(t, { baseUrl: url, tokenUrl: `${url}/token`, clientSecret: 's3cr3t!' });
  await assert.rejects(gateway.find(NAME, budget()), (error) => {
    problem('UPSTREAM_REJECTED', {}, /\[redacted\]/u)(error);
    assert.doesNotMatch(JSON.stringify([(error as Error).message, (error as Error).stack]), /opaque|s3cr3t/u);
    return true;
  });
});

/** In the ways in which a tenant may echo what it was sent. */
const ENCODINGS: Record<string, (secret: string) => string> = {
  plain: (secret) => secret,
  'percent-encoded': encodeURIComponent,
  'lower-case percent-encoded': (secret) => encodeURIComponent(secret).toLowerCase(),
  'form-encoded': (secret) => new URLSearchParams({ v: secret }).toString().slice(2),
  'JSON-escaped': (secret) => JSON.stringify(secret).slice(1, -1),
  hex: (secret) => Buffer.from(secret).toString('hex'),
  'upper-case hex': (secret) => Buffer.from(secret).toString('hex').toUpperCase(),
  base64: (secret) => Buffer.from(secret).toString('base64'),
  base64url: (secret) => Buffer.from(secret).toString('base64url'),
  'base64 with a neighbour': (secret) => Buffer.from(`x:${secret}`).toString('base64'),
};

for (const [encoding, encode] of Object.entries(ENCODINGS)) {
  test(`a tenant that echoes our credentials ${encoding} does not make us tell them`, async (t) => {
    const secrets = {
      clientId: 'canary-client/id+1',
      clientSecret: 'canary "secret" = 2&3',
      accessKeyId: 'CANARYKEYID====',
      accessKeySecret: 'c2VjcmV0+/canary%3D',
    };
    const tokens = {
      access_token: 'canary.access-token_4',
      id_token: 'canary.id-token_5',
      refresh_token: 'canary.re_6',
    };
    const all = [...Object.values(secrets), ...Object.values(tokens)];
    const echo = all.map(encode).join(' ; ');
    let refuseToken = false;
    const url = await server(t, (request, response) => {
      if (isToken(request) && refuseToken)
        return void reply(response, 401, { error: 'invalid_client', error_description: echo, message: echo });
      if (isToken(request)) return void reply(response, 200, { ...tokens, expires_in: 600 });
      reply(response, 400, { message: echo });
    });
    const options = { baseUrl: url, tokenUrl: `${url}/token`, grant: 'password' as const, ...secrets };
    const assertSilent = (error: unknown): boolean => {
      const told = `${(error as Error).message} ${(error as Error).stack} ${String((error as Error).cause)}`;
      for (const secret of all)
        for (const form of [secret, encode(secret)])
          assert.ok(!told.toLowerCase().includes(form.toLowerCase()), `${form} in ${told}`);
      return true;
    };
    await assert.rejects(gatewayTo(t, options).find(NAME, budget()), (error) => {
      problem('UPSTREAM_REJECTED', {}, /\[redacted\]/u)(error);
      return assertSilent(error);
    });
    refuseToken = true;
    await assert.rejects(gatewayTo(t, options).find(NAME, budget()), (error) => {
      problem('UPSTREAM_UNAUTHORIZED', {}, /401: invalid_client\. Check/u)(error);
      return assertSilent(error);
    });
  });
}

test('of a token endpoint nothing but a registered error code is passed on', async (t) => {
  const events = createEvents();
  const refused = recorded(events, 'cxone.token_refused');
  const url = await server(t, (_request, response) =>
    reply(response, 400, { error: 'free text', message: 'free text' }),
  );
  const gateway = gatewayTo(t, { baseUrl: url, tokenUrl: `${url}/token` }, { events });
  await assert.rejects(gateway.find(NAME, budget()), (error) => {
    problem('UPSTREAM_UNAUTHORIZED', {}, /token request with 400\./u)(error);
    assert.doesNotMatch((error as Error).message, /free text/u);
    return true;
  });
  assert.deepEqual(refused, [{ status: 400, error: 'unknown' }]);
});
