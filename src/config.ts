import { readFileSync } from 'node:fs';
import { type Static, type TInteger, type TSchema, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { meantName } from './near-miss.ts';

/** Thrown for the first value that is wrong; the message is one line that names the variable. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

const milliseconds = (fallback: number, description: string) =>
  Type.Integer({ minimum: 1, maximum: 3_600_000, default: fallback, description });

const url = (description: string, options: { default?: string } = {}) =>
  Type.String({ pattern: '^https?://[^\\s]+$', description, ...options });

const secret = (description: string) => Type.String({ minLength: 1, secret: true, description });

/**
 * Every variable that the service reads, in the README's order. A schema with `secret: true` may also come from
 * the file that `NAME_FILE` names. The README's table is generated from this.
 */
export const Environment = Type.Object({
  HOST: Type.String({
    minLength: 1,
    default: '127.0.0.1',
    description: 'Address to listen on.',
  }),
  PORT: Type.Integer({
    minimum: 0,
    maximum: 65535,
    default: 3000,
    description: 'Port to listen on; 0 takes a free one.',
  }),
  METRICS_PORT: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 65535,
      description: 'Moves `/metrics` to a listener of its own.',
    }),
  ),
  LOG_LEVEL: Type.Union(
    ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'].map((level) => Type.Literal(level)),
    { default: 'info', description: 'How much is logged, as JSON lines (pino).' },
  ),
  CXONE_REGION: Type.String({
    pattern: '^[a-z0-9-]{1,32}$',
    examples: ['us', 'eu'],
    default: 'us',
    description: 'Region of the tenant; makes the base URL.',
  }),
  CXONE_BASE_URL: Type.Optional(
    url('Base URL of the tenant’s API; unset: `https://api-{CXONE_REGION}.niceincontact.com`.'),
  ),
  CXONE_CLIENT_ID: Type.Optional(
    secret('OAuth client id. Unset: the embedded sandbox tenant is used, and the log says so.'),
  ),
  CXONE_CLIENT_SECRET: Type.Optional(secret('OAuth client secret.')),
  CXONE_TOKEN_URL: Type.Optional(url('Token endpoint; unset: `{base}/api/v2/oauth2/token`.')),
  CXONE_GRANT: Type.Union([Type.Literal('client_credentials'), Type.Literal('password')], {
    default: 'client_credentials',
    description: 'OAuth grant; `password` is for CXone access keys.',
  }),
  CXONE_ACCESS_KEY_ID: Type.Optional(secret('Access key id, for `CXONE_GRANT=password`.')),
  CXONE_ACCESS_KEY_SECRET: Type.Optional(secret('Access key secret, for `CXONE_GRANT=password`.')),
  CXONE_CLIENT_AUTH: Type.Union([Type.Literal('body'), Type.Literal('basic')], {
    default: 'body',
    description: 'How the client proves itself at the token endpoint: in the form or as HTTP Basic.',
  }),
  CXONE_SCOPE: Type.String({
    default: 'dataactions:write dataactions:read',
    description: 'Scope that is asked for.',
  }),
  CXONE_DISCOVERY_URL: Type.Optional(
    url(
      'OpenID discovery document; the token endpoint and the tenant’s `api_endpoint` are then taken from it.',
    ),
  ),
  CXONE_DEADLINE_MS: milliseconds(15_000, 'The whole time that one manipulation may spend at CXone.'),
  CXONE_ATTEMPT_TIMEOUT_MS: milliseconds(5_000, 'The time that one request to CXone may take.'),
  CXONE_MAX_ATTEMPTS: Type.Integer({
    minimum: 1,
    maximum: 20,
    default: 4,
    description: 'Tries of one request, the first included.',
  }),
  CXONE_RATE_PER_SECOND: Type.Integer({
    minimum: 1,
    maximum: 100_000,
    default: 50,
    description: 'Requests a second to CXone (token bucket).',
  }),
  CXONE_MAX_CONCURRENT: Type.Integer({
    minimum: 1,
    maximum: 10_000,
    default: 64,
    description: 'Requests to CXone in flight at once (bulkhead).',
  }),
  DATABASE_URL: Type.String({
    pattern: '^(sqlite:.+|postgres(ql)?://.+)$',
    examples: ['sqlite:./data/ledger.db', 'postgres://user:password@host/database'],
    secret: true,
    default: 'sqlite:./data/ledger.db',
    description: 'The ledger: `sqlite:PATH`, or `postgres://…` for several instances.',
  }),
  WEBHOOK_URL: Type.Optional(url('Where a manipulation is announced unless its request says otherwise.')),
  WEBHOOK_SECRET: Type.Optional(
    secret(
      'Standard Webhooks secret, `whsec_` and base64; several, separated by spaces, while one is rotated.',
    ),
  ),
  WEBHOOK_ALLOWED_HOSTS: Type.Optional(
    Type.String({
      description:
        'Comma-separated hosts (`host`, `host:port` or `*.suffix`) that webhooks may go to; unset: every public host. A loopback or private address only if it is named here exactly.',
    }),
  ),
  WEBHOOK_WAIT_MS: Type.Integer({
    minimum: 0,
    maximum: 60_000,
    default: 2_000,
    description: 'How long an answer waits for its webhook.',
  }),
  WEBHOOK_PROXY_URL: Type.Optional(
    Type.String({
      pattern: '^https?://[^\\s]+$',
      secret: true,
      description:
        'Egress proxy for webhooks, `http://[user:password@]host:port`: every delivery is a CONNECT tunnel through it, and it decides by address.',
    }),
  ),
  API_KEYS_FILE: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'Hashed API keys with ids and scopes; `npm run keys` makes one.',
    }),
  ),
  JWT_JWKS_URL: Type.Optional(url('Key set that bearer tokens are checked against.')),
  JWT_ISSUER: Type.Optional(
    Type.String({ minLength: 1, description: 'The `iss` a bearer token must have.' }),
  ),
  JWT_AUDIENCE: Type.Optional(
    Type.String({ minLength: 1, description: 'The `aud` a bearer token must have.' }),
  ),
  RATE_LIMIT_PER_SECOND: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 100_000,
      description:
        'Requests a second that one caller may send, over all instances (token bucket); unset: no limit.',
    }),
  ),
  RATE_LIMIT_BURST: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 1_000_000,
      description: 'Requests that a caller may send at once; unset: `RATE_LIMIT_PER_SECOND`.',
    }),
  ),
  AUTH_MODE: Type.Optional(
    Type.Union([Type.Literal('required'), Type.Literal('off')], {
      description:
        'Unset: `required` when CXone credentials, `API_KEYS_FILE` or `JWT_JWKS_URL` are set, else `off`. `off` beside any of them must be said, and is logged as a warning.',
    }),
  ),
  SHUTDOWN_DRAIN_MS: Type.Integer({
    minimum: 0,
    maximum: 60_000,
    default: 3_000,
    description:
      'After a SIGTERM, how long requests are still taken while `/health/ready` already answers 503, so that a balancer can turn away first.',
  }),
  CALENDARS_DIR: Type.Optional(
    Type.String({
      minLength: 1,
      description:
        'Folder of calendars (`docs/calendars.md`), read again when they change. Unset: there are none.',
    }),
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: Type.Optional(
    url(
      'Where traces go by OTLP/HTTP; the other standard `OTEL_*` variables are read too. Unset, or with `OTEL_SDK_DISABLED=true`: nothing of OpenTelemetry is loaded.',
    ),
  ),
  BATCH_MAX_ITEMS: Type.Integer({
    minimum: 1,
    maximum: 1_000_000,
    default: 10_000,
    description: 'Manipulations in one batch.',
  }),
  BODY_LIMIT_BYTES: Type.Integer({
    minimum: 1_024,
    maximum: 1_073_741_824,
    default: 1_048_576,
    description: 'Largest body; the batch takes 16 times that.',
  }),
  IDEMPOTENCY_TTL_HOURS: Type.Integer({
    minimum: 1,
    maximum: 8_760,
    default: 48,
    description: 'How long an `Idempotency-Key` is remembered.',
  }),
  AUDIT_CHECKPOINT_KEY_FILE: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'Ed25519 private key (PEM) that signs checkpoints of the audit chains.',
    }),
  ),
  AUDIT_CHECKPOINT_DIR: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'Where signed checkpoints go; keep it off the ledger’s machine.',
    }),
  ),
});

type Values = Static<typeof Environment>;
type Name = keyof Values;

/** The credentials that `CXONE_GRANT` needs, or null where the embedded sandbox stands in for the tenant. */
export type Credentials = {
  clientId: string;
  clientSecret: string;
  accessKeyId?: string;
  accessKeySecret?: string;
} | null;

export type Config = ReturnType<typeof loadConfig>;

/**
 * The longest that a stop takes, in milliseconds: the drain, what a manipulation may take, and what closes after it. The
 * grace that a supervisor gives must be longer.
 */
export const longestStopMs = ({ shutdownDrainMs, cxone, webhooks }: Config): number =>
  shutdownDrainMs + cxone.deadlineMs + webhooks.waitMs + 10_000;

/**
 * Reads and checks the environment.
 * @throws ConfigError for the first variable that is wrong or missing, in one line that names it
 */
export function loadConfig(env: NodeJS.ProcessEnv) {
  refuseUnknown(env);
  const values = readValues(env);
  const credentials = readCredentials(values);
  const jwt = readJwt(values);
  const protect = credentials !== null || values.API_KEYS_FILE !== undefined || jwt !== null;
  const authMode = values.AUTH_MODE ?? (protect ? 'required' : 'off');
  if (authMode === 'required' && !values.API_KEYS_FILE && !jwt) {
    throw new ConfigError(
      'AUTH_MODE is "required", but neither API_KEYS_FILE nor JWT_JWKS_URL is set: no caller could authenticate. Set one of them, or AUTH_MODE=off.',
    );
  }
  if (env['CXONE_ATTEMPT_TIMEOUT_MS'] && values.CXONE_ATTEMPT_TIMEOUT_MS > values.CXONE_DEADLINE_MS) {
    throw new ConfigError(
      `CXONE_ATTEMPT_TIMEOUT_MS (${values.CXONE_ATTEMPT_TIMEOUT_MS}) is above CXONE_DEADLINE_MS (${values.CXONE_DEADLINE_MS}): one attempt would take longer than all of them may.`,
    );
  }
  if (Boolean(values.AUDIT_CHECKPOINT_KEY_FILE) !== Boolean(values.AUDIT_CHECKPOINT_DIR)) {
    throw new ConfigError('AUDIT_CHECKPOINT_KEY_FILE and AUDIT_CHECKPOINT_DIR must be set together.');
  }
  const baseUrl = (values.CXONE_BASE_URL ?? `https://api-${values.CXONE_REGION}.niceincontact.com`).replace(
    /\/+$/,
    '',
  );
  return {
    host: values.HOST,
    port: values.PORT,
    metricsPort: values.METRICS_PORT ?? null,
    logLevel: values.LOG_LEVEL,
    /** Whether traces are recorded; the SDK reads where they go from the environment. */
    otlp:
      values.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined && env['OTEL_SDK_DISABLED']?.toLowerCase() !== 'true',
    bodyLimit: values.BODY_LIMIT_BYTES,
    batch: { maxItems: values.BATCH_MAX_ITEMS, bodyLimit: values.BODY_LIMIT_BYTES * 16 },
    credentials,
    cxone: {
      baseUrl,
      tokenUrl: values.CXONE_TOKEN_URL ?? `${baseUrl}/api/v2/oauth2/token`,
      discoveryUrl: values.CXONE_DISCOVERY_URL,
      grant: values.CXONE_GRANT,
      clientAuth: values.CXONE_CLIENT_AUTH,
      scope: values.CXONE_SCOPE,
      deadlineMs: values.CXONE_DEADLINE_MS,
      attemptTimeoutMs: Math.min(values.CXONE_ATTEMPT_TIMEOUT_MS, values.CXONE_DEADLINE_MS),
      maxAttempts: values.CXONE_MAX_ATTEMPTS,
      ratePerSecond: values.CXONE_RATE_PER_SECOND,
      maxConcurrent: values.CXONE_MAX_CONCURRENT,
    },
    ledger: {
      databaseUrl: values.DATABASE_URL,
      idempotencyTtlHours: values.IDEMPOTENCY_TTL_HOURS,
      checkpointKeyFile: values.AUDIT_CHECKPOINT_KEY_FILE,
      checkpointDir: values.AUDIT_CHECKPOINT_DIR,
    },
    webhooks: {
      url: values.WEBHOOK_URL ?? null,
      secrets: list(values.WEBHOOK_SECRET, /\s+/),
      allowedHosts: list(values.WEBHOOK_ALLOWED_HOSTS, /\s*,\s*/),
      waitMs: values.WEBHOOK_WAIT_MS,
      proxyUrl: values.WEBHOOK_PROXY_URL,
    },
    calendarsDir: values.CALENDARS_DIR ?? null,
    rateLimit: readRateLimit(values),
    shutdownDrainMs: values.SHUTDOWN_DRAIN_MS,
    auth: { mode: authMode, apiKeysFile: values.API_KEYS_FILE ?? null, jwt },
    /** Files that only the service's user should be able to read. */
    secretFiles: [...SECRETS.map((name) => `${name}_FILE`), ...KEY_FILES].flatMap((variable) => {
      const file = env[variable] || undefined;
      return file === undefined ? [] : [{ variable, file }];
    }),
  };
}

export const isSecret = (schema: TSchema): boolean => schema.secret === true;

const NAMES = Object.keys(Environment.properties) as Name[];
const SECRETS = NAMES.filter((name) => isSecret(Environment.properties[name]));
const KEY_FILES: Name[] = ['API_KEYS_FILE', 'AUDIT_CHECKPOINT_KEY_FILE'];
const READ = [...NAMES, ...SECRETS.map((name) => `${name}_FILE`)];

/** @throws ConfigError for a variable that is almost one of ours, and would silently not be read */
function refuseUnknown(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(env)) {
    if (!env[name] || READ.includes(name)) continue;
    const plain = NAMES.find((known) => name === `${known}_FILE`);
    if (plain) throw new ConfigError(`${name} is not read, as ${plain} is no secret: set ${plain} itself.`);
    const meant = meantName(name, READ);
    if (meant) throw new ConfigError(`${name} is not a variable of this service. Did you mean ${meant}?`);
  }
}

function readValues(env: NodeJS.ProcessEnv): Values {
  const values: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(Environment.properties) as [Name, TSchema][]) {
    const text = readText(env, name, schema);
    if (text === undefined) {
      if (schema.default !== undefined) values[name] = schema.default as unknown;
      continue;
    }
    values[name] = readValue(name, schema, text);
  }
  return values as Values;
}

/** An empty variable counts as unset, as compose files and shells make it so easily. */
function readText(env: NodeJS.ProcessEnv, name: Name, schema: TSchema): string | undefined {
  const text = env[name] || undefined;
  const file = isSecret(schema) ? env[`${name}_FILE`] || undefined : undefined;
  if (!file) return text;
  if (text) throw new ConfigError(`${name} and ${name}_FILE are both set: keep one of them.`);
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new ConfigError(`${name}_FILE cannot be read: ${withoutPath(error as Error)}`);
  }
}

/** What a system call complains of, without the path: that may be the secret itself, put where its file belongs. */
export const withoutPath = ({ message }: Error): string => message.replace(/, \w+ '.*'$/s, '');

const LONGEST_SHOWN = 12;

function readValue(name: Name, schema: TSchema, text: string): unknown {
  const value = schema.type === 'integer' && /^-?\d{1,15}$/.test(text) ? Number(text) : text;
  if (Value.Check(schema, value)) return value;
  // A long text may be a secret that was put into the wrong variable.
  const shown = isSecret(schema) || text.length > LONGEST_SHOWN ? 'its value' : JSON.stringify(text);
  throw new ConfigError(`${name} must be ${expected(schema)}, not ${shown}.`);
}

/** What a schema accepts, in words. */
export function expected(schema: TSchema): string {
  if (schema.anyOf) return (schema.anyOf as { const: string }[]).map((option) => option.const).join(' or ');
  if (schema.type === 'integer') {
    const { minimum, maximum } = schema as TInteger;
    return `a whole number from ${minimum} to ${maximum}`;
  }
  const { pattern, examples } = schema as { pattern?: string; examples?: string[] };
  if (pattern?.startsWith('^https?')) return 'an http(s) URL';
  return pattern ? `text such as ${(examples ?? []).join(' or ')}` : 'text that is not empty';
}

function readCredentials(values: Values): Credentials {
  const { CXONE_CLIENT_ID: clientId, CXONE_CLIENT_SECRET: clientSecret } = values;
  if (clientId && !clientSecret)
    throw new ConfigError('CXONE_CLIENT_SECRET is missing beside CXONE_CLIENT_ID.');
  if (!clientId) {
    const orphan = (
      [
        'CXONE_CLIENT_SECRET',
        'CXONE_BASE_URL',
        'CXONE_TOKEN_URL',
        'CXONE_DISCOVERY_URL',
        'CXONE_ACCESS_KEY_ID',
        'CXONE_ACCESS_KEY_SECRET',
      ] as const
    ).find((name) => values[name]);
    // Without this, a forgotten id would send real traffic into the sandbox, unnoticed.
    if (orphan) throw new ConfigError(`CXONE_CLIENT_ID is missing beside ${orphan}.`);
    if (values.CXONE_GRANT === 'password')
      throw new ConfigError('CXONE_CLIENT_ID is missing beside CXONE_GRANT=password.');
    return null;
  }
  if (values.CXONE_GRANT !== 'password') return { clientId, clientSecret: clientSecret ?? '' };
  const { CXONE_ACCESS_KEY_ID: accessKeyId, CXONE_ACCESS_KEY_SECRET: accessKeySecret } = values;
  if (!accessKeyId) throw new ConfigError('CXONE_ACCESS_KEY_ID is missing: CXONE_GRANT=password needs it.');
  if (!accessKeySecret)
    throw new ConfigError('CXONE_ACCESS_KEY_SECRET is missing: CXONE_GRANT=password needs it.');
  return { clientId, clientSecret: clientSecret ?? '', accessKeyId, accessKeySecret };
}

function readRateLimit({ RATE_LIMIT_PER_SECOND: perSecond, RATE_LIMIT_BURST: burst }: Values) {
  if (perSecond === undefined) {
    if (burst !== undefined)
      throw new ConfigError('RATE_LIMIT_PER_SECOND is missing beside RATE_LIMIT_BURST.');
    return null;
  }
  return { perSecond, burst: burst ?? perSecond };
}

function readJwt(values: Values) {
  const { JWT_JWKS_URL: jwksUrl, JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = values;
  if (!jwksUrl) {
    const orphan = issuer ? 'JWT_ISSUER' : audience ? 'JWT_AUDIENCE' : undefined;
    if (orphan) throw new ConfigError(`JWT_JWKS_URL is missing beside ${orphan}.`);
    return null;
  }
  const { protocol, username, password, hostname } = new URL(jwksUrl);
  if (username !== '' || password !== '') {
    throw new ConfigError('JWT_JWKS_URL must have no user name or password in it.');
  }
  if (protocol !== 'https:' && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)) {
    throw new ConfigError(
      'JWT_JWKS_URL must be https: over http an attacker could replace the key set and make tokens.',
    );
  }
  // Without both, a token that the same issuer made for another service would be taken for ours.
  if (!issuer) throw new ConfigError('JWT_ISSUER is missing beside JWT_JWKS_URL.');
  if (!audience) throw new ConfigError('JWT_AUDIENCE is missing beside JWT_JWKS_URL.');
  return { jwksUrl, issuer, audience };
}

const list = (text: string | undefined, separator: RegExp): string[] =>
  (text ?? '').split(separator).filter((part) => part !== '');
