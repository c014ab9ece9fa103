import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ConfigError, Environment, loadConfig } from '../src/config.ts';
import { temporaryDirectory } from './support/temporary.ts';

const CREDENTIALS = { CXONE_CLIENT_ID: 'id', CXONE_CLIENT_SECRET: 'secret', AUTH_MODE: 'off' };

test('nothing set: the sandbox, no authentication, the documented defaults', () => {
  const config = loadConfig({});
  assert.equal(config.credentials, null);
  assert.equal(config.auth.mode, 'off');
  assert.equal(config.host, '127.0.0.1');
  assert.equal(config.port, 3000);
  assert.equal(config.cxone.baseUrl, 'https://api-us.niceincontact.com');
  assert.equal(config.cxone.tokenUrl, 'https://api-us.niceincontact.com/api/v2/oauth2/token');
  assert.equal(config.ledger.databaseUrl, 'sqlite:./data/ledger.db');
  assert.equal(config.batch.bodyLimit, 16 * 1024 * 1024);
});

test('an empty variable counts as unset', () => {
  assert.equal(loadConfig({ PORT: '', CXONE_CLIENT_ID: '' }).port, 3000);
});

const wrong: [title: string, env: Record<string, string>, names: RegExp][] = [
  [
    'a name without its underscore',
    { CXONE_CLIENTID: 'id' },
    /^CXONE_CLIENTID is not a variable of this service. Did you mean CXONE_CLIENT_ID\?/,
  ],
  ['a misspelt name', { WEBHOK_SECRET: 'x' }, /^WEBHOK_SECRET .* WEBHOOK_SECRET\?/],
  ['a name in lower case', { database_url: 'x' }, /^database_url .* DATABASE_URL\?/],
  [
    'a misspelt file of a secret',
    { WEBHOOK_SECRETS_FILE: '/x' },
    /^WEBHOOK_SECRETS_FILE .* WEBHOOK_SECRET_FILE\?/,
  ],
  [
    'a file for what is no secret',
    { CXONE_REGION_FILE: '/x' },
    /^CXONE_REGION_FILE is not read, as CXONE_REGION is no secret/,
  ],
  [
    'an attempt that may take longer than the deadline',
    { CXONE_DEADLINE_MS: '1000', CXONE_ATTEMPT_TIMEOUT_MS: '2000' },
    /^CXONE_ATTEMPT_TIMEOUT_MS \(2000\) is above CXONE_DEADLINE_MS \(1000\)/,
  ],
  ['a port that is no number', { PORT: 'http' }, /^PORT must be a whole number from 0 to 65535, not "http"/],
  [
    'a secret in the wrong variable, which is not repeated',
    { LOG_LEVEL: 'whsec_c2VjcmV0IHRoYXQgaXMgbG9uZw' },
    /^LOG_LEVEL must be (?!.*whsec)/,
  ],
  [
    'a key set over plain http',
    { JWT_JWKS_URL: 'http://issuer.example/jwks', JWT_ISSUER: 'i', JWT_AUDIENCE: 'a' },
    /^JWT_JWKS_URL must be https/,
  ],
  [
    'a key set with a password',
    { JWT_JWKS_URL: 'https://u:p@issuer.example/jwks', JWT_ISSUER: 'i', JWT_AUDIENCE: 'a' },
    /^JWT_JWKS_URL must have no user name/,
  ],
  ['a burst without a rate', { RATE_LIMIT_BURST: '5' }, /^RATE_LIMIT_PER_SECOND is missing/],
  ['a port with decimals', { PORT: '3000.5' }, /^PORT /],
  ['a port out of range', { PORT: '70000' }, /^PORT /],
  ['an unknown log level', { LOG_LEVEL: 'loud' }, /^LOG_LEVEL must be fatal or error/],
  ['an unknown grant', { CXONE_GRANT: 'implicit' }, /^CXONE_GRANT /],
  ['an id without its secret', { CXONE_CLIENT_ID: 'id' }, /^CXONE_CLIENT_SECRET is missing/],
  ['a base URL without credentials', { CXONE_BASE_URL: 'https://x.example' }, /^CXONE_CLIENT_ID is missing/],
  [
    'the password grant without access keys',
    { ...CREDENTIALS, CXONE_GRANT: 'password' },
    /^CXONE_ACCESS_KEY_ID is missing/,
  ],
  [
    'authentication that no caller could pass',
    { CXONE_CLIENT_ID: 'id', CXONE_CLIENT_SECRET: 'secret' },
    /^AUTH_MODE is "required", but neither API_KEYS_FILE nor JWT_JWKS_URL/,
  ],
  ['a key set without an issuer', { JWT_JWKS_URL: 'https://issuer.example/jwks' }, /^JWT_ISSUER is missing/],
  ['an issuer without a key set', { JWT_ISSUER: 'https://issuer.example' }, /^JWT_JWKS_URL is missing/],
  ['a grant without a client', { CXONE_GRANT: 'password' }, /^CXONE_CLIENT_ID is missing/],
  ['a database of another kind', { DATABASE_URL: 'mysql://x' }, /^DATABASE_URL /],
  [
    'a file that is not there',
    { WEBHOOK_SECRET_FILE: '/nowhere/at/all' },
    /^WEBHOOK_SECRET_FILE cannot be read/,
  ],
  [
    'a secret given twice',
    { WEBHOOK_SECRET: 'a', WEBHOOK_SECRET_FILE: 'b' },
    /^WEBHOOK_SECRET and WEBHOOK_SECRET_FILE/,
  ],
  [
    'checkpoints without a key',
    { AUDIT_CHECKPOINT_DIR: 'x' },
    /^AUDIT_CHECKPOINT_KEY_FILE and AUDIT_CHECKPOINT_DIR/,
  ],
];

for (const [title, env, names] of wrong) {
  test(`${title} stops the start with one line that names the variable`, () => {
    assert.throws(
      () => loadConfig(env),
      (error: Error) =>
        error instanceof ConfigError && names.test(error.message) && !error.message.includes('\n'),
    );
  });
}

test('a wrong secret is not repeated in the line', () => {
  assert.throws(
    () => loadConfig({ DATABASE_URL: 'mysql://user:hunter2@host/db' }),
    (error: Error) => !error.message.includes('hunter2'),
  );
});

test('a secret in whichever variable is not quoted in the line that stops the start', () => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaL/+Sw=';
  const files = [
    'WEBHOOK_SECRET_FILE',
    'CXONE_CLIENT_SECRET_FILE',
    'CXONE_CLIENT_ID_FILE',
    'DATABASE_URL_FILE',
  ];
  let stopped = 0;
  for (const name of [...Object.keys(Environment.properties), ...files]) {
    try {
      loadConfig({ [name]: secret });
    } catch (error) {
      stopped += 1;
      assert.ok(!(error as Error).message.includes(secret.slice(0, 12)), (error as Error).message);
    }
  }
  assert.ok(stopped > 30, String(stopped));
});

test('a secret may come from a file', (t) => {
  const file = join(temporaryDirectory(t), 'secret');
  writeFileSync(file, 'from-file\n');
  const config = loadConfig({ ...CREDENTIALS, CXONE_CLIENT_SECRET: '', CXONE_CLIENT_SECRET_FILE: file });
  assert.equal(config.credentials?.clientSecret, 'from-file');
});

test('credentials ask for authentication, unless it is switched off by name', () => {
  assert.equal(loadConfig({ ...CREDENTIALS, AUTH_MODE: '', API_KEYS_FILE: 'keys' }).auth.mode, 'required');
  assert.equal(loadConfig(CREDENTIALS).auth.mode, 'off');
});

test('what is near no name of ours is left alone', () => {
  const others = {
    HOSTNAME: 'x',
    POSTGRES_URL: 'x',
    npm_config_loglevel: 'x',
    OTEL_SERVICE_NAME: 'x',
    LANG: 'x',
  };
  assert.equal(loadConfig(others).port, 3000);
});
