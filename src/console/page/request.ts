/** What the form knows of requests: read from the service's own OpenAPI document, so that it never falls behind. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  default?: unknown;
  title?: string;
  summary?: string;
  description?: string;
  examples?: unknown[];
  example?: unknown;
  minimum?: number;
  maximum?: number;
}

export interface OpenApi {
  components?: { schemas?: Record<string, Schema> };
  paths: Record<string, Record<string, { requestBody?: { content: Record<string, { schema: Schema }> } }>>;
}

export interface Field {
  name: string;
  kind: 'choice' | 'text' | 'integer' | 'flag' | 'json';
  /** Of a choice. */
  values: string[];
  required: boolean;
  fallback: string | undefined;
  example: string | undefined;
  description: string;
}

export interface Operation {
  name: string;
  description: string;
  fields: Field[];
}

function resolved(document: OpenApi, schema: Schema): Schema {
  const { $ref } = schema;
  if ($ref === undefined) return schema;
  const name = decodeURIComponent($ref.split('/').at(-1) ?? '');
  const { $ref: _, ...beside } = schema;
  return { ...resolved(document, document.components?.schemas?.[name] ?? {}), ...beside };
}

/** A schema with the parts of its `allOf` put together. */
function whole(document: OpenApi, given: Schema): Schema {
  const schema = resolved(document, given);
  const parts = [...(schema.allOf ?? []).map((part) => whole(document, part)), schema];
  const properties: Record<string, Schema> = {};
  for (const part of parts) Object.assign(properties, part.properties);
  return { ...schema, properties, required: parts.flatMap((part) => part.required ?? []) };
}

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function choices(schema: Schema): string[] {
  const all = schema.enum ?? schema.anyOf?.map((one) => one.const) ?? [];
  return all.every((value) => typeof value === 'string') ? all.map(text) : [];
}

function kindOf(schema: Schema, values: string[]): Field['kind'] {
  if (values.length > 0) return 'choice';
  if (schema.type === 'integer' || schema.type === 'number') return 'integer';
  if (schema.type === 'boolean') return 'flag';
  return schema.type === 'string' ? 'text' : 'json';
}

function fieldOf(document: OpenApi, name: string, given: Schema, required: boolean): Field {
  const schema = resolved(document, given);
  const values = choices(schema);
  const example = schema.examples?.[0] ?? schema.example;
  return {
    name,
    kind: kindOf(schema, values),
    values,
    required,
    fallback: schema.default === undefined ? undefined : text(schema.default),
    example: example === undefined ? undefined : text(example),
    description: schema.description ?? '',
  };
}

/** The operations that the preview takes, each with its fields in the document's order. */
export function operationsOf(document: OpenApi): Operation[] {
  const body = document.paths['/manipulations/preview']?.['post']?.requestBody?.content['application/json'];
  if (body === undefined) throw new Error('The document does not describe POST /manipulations/preview.');
  const union = resolved(document, body.schema);
  return (union.oneOf ?? union.anyOf ?? []).flatMap((one) => {
    const { properties = {}, required = [], description = '', summary } = whole(document, one);
    const operation = properties['operation'];
    const name =
      operation === undefined ? undefined : (resolved(document, operation).const ?? operation.enum?.[0]);
    if (typeof name !== 'string') return [];
    const fields = Object.entries(properties)
      .filter(([field]) => field !== 'operation')
      .map(([field, schema]) => fieldOf(document, field, schema, required.includes(field)));
    return [{ name, description: summary ?? description, fields }];
  });
}

/** What is typed into the form: a text for each field; an empty one is left out of the request. */
export type Values = Record<string, string>;

/** A value as the request has it. JSON that does not parse goes as the text that it is: the service says what is wrong. */
function typed({ kind }: Field, value: string): unknown {
  if (kind === 'integer') return /^-?\d+$/.test(value.trim()) ? Number(value) : value;
  if (kind === 'flag') return value === 'true';
  if (kind !== 'json') return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

/** The request that the form stands for: fields of other operations and those that say the default are left out. */
export function requestOf(operation: Operation, values: Values): Record<string, unknown> {
  const request: Record<string, unknown> = {};
  for (const field of operation.fields) {
    const value = values[field.name]?.trim() ?? '';
    if (value === '' || value === field.fallback) continue;
    request[field.name] = typed(field, value);
  }
  return { ...request, operation: operation.name };
}

/** The other way: what the form shows for a request. */
export function valuesOf(request: Record<string, unknown>): Values {
  return Object.fromEntries(
    Object.entries(request)
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) => [name, text(value)]),
  );
}
