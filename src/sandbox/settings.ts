import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

const oneOf = <const T extends readonly string[]>(values: T, description: string) =>
  Type.Union(
    values.map((value) => Type.Literal<T[number]>(value)),
    { description },
  );

const RateLimit = Type.Object(
  {
    perSecond: Type.Number({ exclusiveMinimum: 0 }),
    burst: Type.Number({ minimum: 1, description: 'What the bucket holds; it is full at the start.' }),
    retryAfter: Type.Optional(
      oneOf(['seconds', 'date', 'none'], 'How a 429 says when to come again; seconds if left out.'),
    ),
    adaptive: Type.Optional(
      Type.Boolean({
        description: 'Each 429 halves the rate, down to an eighth; each quiet second doubles it.',
      }),
    ),
  },
  { additionalProperties: false },
);

/** How the tenant behaves. Every change is checked against this. */
export const Settings = Type.Object(
  {
    rateLimit: Type.Union([RateLimit, Type.Null()], {
      description: 'For the data actions; null for no limit.',
    }),
    versions: oneOf(
      ['none', 'etag', 'version'],
      '`etag`: an ETag header, and 412 when If-Match is another one. `version`: a field in the body, and a conflict when it is not the current one.',
    ),
    conflictStatus: Type.Union([Type.Literal(409), Type.Literal(400)], {
      description: 'What a `version` that is not the current one is answered with.',
    }),
    tokenLifetimeSeconds: Type.Number({ exclusiveMinimum: 0 }),
    expiresIn: oneOf(['number', 'string', 'missing', 'garbage'], 'The form of `expires_in`.'),
    scopes: Type.Array(Type.String(), { description: 'What the client may have at most.' }),
    paging: oneOf(
      ['normal', 'repeat', 'overlap', 'shrink', 'grow', 'loop', 'links', 'foreign_links'],
      'See paging.ts.',
    ),
    listEntities: oneOf(['full', 'summary'], 'Whether a list holds whole actions or only id, name and type.'),
    errorShape: oneOf(
      ['native', 'error_description', 'errorDescription', 'errors', 'message', 'header', 'empty', 'html'],
      'The body of an error; `native` is OAuth’s for tokens and `message` elsewhere.',
    ),
    tokenEndpoint: Type.Union([Type.String(), Type.Null()], {
      description: 'What OpenID discovery names, if not this tenant.',
    }),
    apiEndpoint: Type.Union([Type.String(), Type.Null()], {
      description: 'What the tenant’s configuration names, if not this tenant.',
    }),
  },
  { additionalProperties: false },
);
export type Settings = Static<typeof Settings>;

export const defaultSettings: Settings = {
  rateLimit: null,
  versions: 'none',
  conflictStatus: 409,
  tokenLifetimeSeconds: 3600,
  expiresIn: 'number',
  scopes: ['dataactions:read', 'dataactions:write'],
  paging: 'normal',
  listEntities: 'full',
  errorShape: 'native',
  tokenEndpoint: null,
  apiEndpoint: null,
};

export const ENDPOINTS = ['token', 'discovery', 'list', 'read', 'write', 'webhook'] as const;
export type Endpoint = (typeof ENDPOINTS)[number];

const fault = <T extends Parameters<typeof Type.Object>[0]>(properties: T, description: string) =>
  Type.Object(
    { ...properties, delayMs: Type.Optional(Type.Number({ minimum: 0 })) },
    { additionalProperties: false, description },
  );

/** What goes wrong with one request. `delayMs` goes with every kind and comes first, except where said. */
export const Fault = Type.Union([
  fault(
    {
      status: Type.Integer({ minimum: 200, maximum: 599 }),
      body: Type.Optional(Type.Union([Type.String(), Type.Record(Type.String(), Type.Unknown())])),
      headers: Type.Optional(Type.Record(Type.String(), Type.String())),
    },
    'Answered with this, and nothing done.',
  ),
  fault(
    { when: Type.Optional(oneOf(['before', 'after'], 'Waits before or after the request is carried out.')) },
    'Late. Carried out even when the caller has gone meanwhile.',
  ),
  fault({ reset: oneOf(['before', 'after'], 'Before or after the request is carried out.') }, 'A TCP reset.'),
  fault(
    { truncated: Type.Union([Type.Literal(true), Type.Literal('connection')]) },
    'Carried out, and half of the answer sent: well framed, or with the connection closed in the middle.',
  ),
  fault(
    { html: Type.Literal(true), status: Type.Optional(Type.Integer({ minimum: 200, maximum: 599 })) },
    'The page of a proxy in between, and nothing done.',
  ),
  fault({ endless: Type.Literal(true) }, 'White space that never ends, and nothing done.'),
  fault({ bytes: Type.Integer({ minimum: 1 }) }, 'White space of that announced size, and nothing done.'),
  fault({ stall: Type.Literal(true) }, 'Carried out, half of the answer sent, and then silence.'),
]);
export type Fault = Static<typeof Fault>;

/** Throws a TypeError that names the first place where `value` does not fit. */
export function check<T extends TSchema>(
  schema: T,
  value: unknown,
  what: string,
): asserts value is Static<T> {
  if (Value.Check(schema, value)) return;
  const error = Value.Errors(schema, value).First();
  throw new TypeError(`${what}${error?.path ?? ''}: ${error?.message ?? 'does not fit'}`);
}
