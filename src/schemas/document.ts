import type { TProperties } from '@sinclair/typebox';
import { type OperationShape, WELL_FORMED } from './manipulation.ts';

/** A piece of an OpenAPI document, as plain JSON. */
export type Json = Record<string, unknown>;

export interface DocumentedOperation extends OperationShape {
  readonly examples: readonly { title: string; request: Record<string, unknown> }[];
}

/** What the shared fields of a request are made from. */
export interface RequestFields {
  common: TProperties;
  manipulation: TProperties;
  preview: TProperties;
}

const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });

/** `ADD_OFFSET` as `AddOffset`. */
export const componentName = (operation: string): string =>
  operation
    .toLowerCase()
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

/** `ADD_OFFSET` and its first example as `add_offset_1`. */
const exampleName = (operation: string, index: number) => `${operation.toLowerCase()}_${index + 1}`;

/**
 * The requests as named components: the shared fields once, each operation's own fields once, and an operation as both
 * together. They say the same as the schema that validates, which keeps every branch whole as that is faster.
 */
export function requestComponents(
  operations: readonly DocumentedOperation[],
  { common, manipulation, preview }: RequestFields,
): Record<string, Json> {
  const components: Record<string, Json> = {
    CommonFields: objectOf(common, 'What every request may say, whatever its operation.'),
    ManipulationFields: withOwn('CommonFields', manipulation, 'The fields of a manipulation.'),
    PreviewFields: withOwn('CommonFields', preview, 'The fields of a preview.'),
  };
  for (const { name, summary, doc, fields } of operations) {
    const component = componentName(name);
    components[`${component}Fields`] = objectOf(
      {
        operation: { type: 'string', const: name, description: summary } as never,
        ...withSteps(operations, fields),
      },
      doc,
    );
    components[component] = both('ManipulationFields', `${component}Fields`, doc);
    components[`Preview${component}`] = both('PreviewFields', `${component}Fields`, doc);
  }
  components['ManipulationRequest'] = unionOf(operations, '');
  components['PreviewRequest'] = unionOf(operations, 'Preview');
  return components;
}

/** Steps are operations with their own fields, which have components already. */
function withSteps(operations: readonly DocumentedOperation[], fields: TProperties): TProperties {
  const { steps } = fields;
  if (steps === undefined) return fields;
  const own = operations.filter((operation) => !('steps' in operation.fields));
  const items = { oneOf: own.map(({ name }) => ref(`${componentName(name)}Fields`)) };
  return { ...fields, steps: { ...steps, items } };
}

/** The operations' examples, for the examples of both request bodies. */
export function requestExamples(
  operations: readonly DocumentedOperation[],
  actionName: string,
): Record<string, Json> {
  return Object.fromEntries(
    operations.flatMap(({ name, examples }) =>
      examples.map(({ title, request }, index) => [
        exampleName(name, index),
        { summary: `${name}: ${title}`, value: { action_name: actionName, ...request } },
      ]),
    ),
  );
}

function objectOf(properties: TProperties, description: string): Json {
  const required = Object.entries(properties)
    .filter(([, schema]) => !isOptional(schema))
    .map(([name]) => name);
  return {
    type: 'object',
    description,
    ...(required.length > 0 && { required }),
    properties: plain(properties),
  };
}

/** TypeBox marks an optional field by a symbol. */
const isOptional = (schema: object): boolean =>
  Object.getOwnPropertySymbols(schema).some((symbol) => symbol.description === 'TypeBox.Optional');

const withOwn = (base: string, own: TProperties, description: string): Json => ({
  description,
  allOf: [ref(base), objectOf(own, description)],
});

const both = (base: string, own: string, description: string): Json => ({
  description,
  allOf: [ref(base), ref(own)],
  unevaluatedProperties: false,
});

const unionOf = (operations: readonly DocumentedOperation[], prefix: string): Json => {
  const names = operations.map(({ name }) => [name, `${prefix}${componentName(name)}`] as const);
  return {
    description: 'One of the operations, told apart by `operation`.',
    oneOf: names.map(([, component]) => ref(component)),
    discriminator: {
      propertyName: 'operation',
      mapping: Object.fromEntries(
        names.map(([name, component]) => [name, `#/components/schemas/${component}`]),
      ),
    },
  };
};

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;

interface MediaType {
  schema?: unknown;
  example?: unknown;
  examples?: Record<string, Json>;
}
interface DocumentedRoute {
  operationId?: string;
  requestBody?: { content: Record<string, MediaType> };
  responses: Record<string, DocumentedResponse>;
}
interface DocumentedResponse {
  $ref?: string;
  headers?: Record<string, unknown>;
  content?: Record<string, MediaType>;
}
export interface OpenApiDocument {
  paths?: Record<string, Record<string, DocumentedRoute>>;
  webhooks?: Record<string, Record<string, DocumentedRoute>>;
  components?: Record<string, Record<string, unknown>>;
}

const REQUEST_ID = { description: 'The caller’s own, or a new UUID.', schema: { type: 'string' } };
const RETRY_AFTER = {
  description: 'Seconds to wait before a retry makes sense.',
  schema: { type: 'integer' },
};

/**
 * Gives what the document says several times a name and one place: each schema with a `title`, the examples, the headers
 * that many answers carry. @throws Error when two different schemas have one title
 */
export function withNames(
  document: OpenApiDocument,
  requests: { schemas: Record<string, Json>; examples: Record<string, Json> },
): OpenApiDocument {
  const schemas = new Map<string, Json>(Object.entries(requests.schemas));
  const examples = new Map<string, Json>(Object.entries(requests.examples));
  const given = new Set(Object.keys(requests.schemas));

  function named(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(named);
    if (typeof value !== 'object' || value === null) return value;
    const { title, ...rest } = value as Json;
    if (typeof title !== 'string') return membersNamed(value as Json);
    if (given.has(title)) return ref(title);
    return withoutNull(title, rest);
  }

  function membersNamed(value: Json): Json {
    return Object.fromEntries(
      Object.entries(value)
        // Regular expressions of other languages cannot name a surrogate; generated clients would not load.
        .filter(([key, member]) => !(key === 'pattern' && member === WELL_FORMED))
        .map(([key, member]) => [key, LITERAL.has(key) ? member : named(member)]),
    );
  }

  /** A named object that may be null is null, or the object of that name. */
  function withoutNull(title: string, schema: Json): Json {
    const { type, description, ...rest } = schema;
    if (!Array.isArray(type) || !type.includes('null')) return addSchema(title, schema);
    const others = type.filter((each) => each !== 'null') as string[];
    const alone = addSchema(title, { type: others.length === 1 ? others[0] : others, ...rest });
    return { ...(description !== undefined && { description }), anyOf: [alone, { type: 'null' }] };
  }

  function addSchema(title: string, schema: Json): Json {
    const component = membersNamed(schema);
    const before = schemas.get(title);
    if (before === undefined) schemas.set(title, component);
    else if (JSON.stringify(before) !== JSON.stringify(component)) {
      throw new Error(`Two different schemas have the title ${title}: give one of them another.`);
    }
    return ref(title);
  }

  function nameExamples(media: MediaType): void {
    for (const [name, example] of Object.entries(media.examples ?? {})) {
      const before = examples.get(name);
      if (before !== undefined && JSON.stringify(before) !== JSON.stringify(example)) continue;
      examples.set(name, example);
      media.examples = { ...media.examples, [name]: { $ref: `#/components/examples/${name}` } };
    }
  }

  const paths = Object.entries(document.paths ?? {});
  for (const [path, methods] of paths) {
    for (const [method, route] of Object.entries(methods)) {
      route.operationId ??= method + componentName(path.replaceAll(/[^a-z]+/gi, '_').replace(/^_/, ''));
      for (const media of Object.values(route.requestBody?.content ?? {})) {
        if (isRequest(media.schema)) {
          delete media.example;
          media.examples = { ...requests.examples };
        }
        nameExamples(media);
        media.schema = named(media.schema);
      }
      for (const response of Object.values(route.responses)) {
        const { 'Retry-After': retryAfter, ...headers } = response.headers ?? {};
        response.headers = {
          'x-request-id': { $ref: '#/components/headers/RequestId' },
          ...(retryAfter !== undefined && { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } }),
          ...headers,
        };
        for (const media of Object.values(response.content ?? {})) {
          nameExamples(media);
          media.schema = named(media.schema);
        }
      }
    }
  }
  const responses = namedResponses(paths.flatMap(([, methods]) => Object.values(methods)));
  for (const route of Object.values(document.webhooks ?? {}).flatMap((methods) => Object.values(methods))) {
    for (const media of Object.values(route.requestBody?.content ?? {})) nameExamples(media);
  }
  for (const [name, schema] of [...schemas, ...Object.entries(document.components?.['schemas'] ?? {})]) {
    const { title: _, ...rest } = schema as Json;
    schemas.set(name, membersNamed(rest));
  }
  document.components = {
    ...document.components,
    headers: { RequestId: REQUEST_ID, RetryAfter: RETRY_AFTER },
    responses: sorted(responses),
    examples: sorted(examples),
    schemas: sorted(schemas),
  };
  return document;
}

/** Gives answers that several routes have alike, the problems, a name after their codes: `Unauthenticated`. */
function namedResponses(routes: DocumentedRoute[]): Map<string, Json> {
  const names = new Map<string, string>();
  const responses = new Map<string, Json>();
  const problems = routes.flatMap((route) =>
    Object.entries(route.responses).filter(([, { content }]) => content?.['application/problem+json']),
  );
  const counts = Map.groupBy(problems, ([, response]) => JSON.stringify(response));
  for (const route of routes) {
    for (const [status, response] of Object.entries(route.responses)) {
      const text = JSON.stringify(response);
      if ((counts.get(text)?.length ?? 0) < 2) continue;
      const codes = Object.keys(response.content?.['application/problem+json']?.examples ?? {});
      const [only] = codes;
      const base = codes.length === 1 && only !== undefined ? componentName(only) : `Problems${status}`;
      let name = names.get(text);
      for (let n = 1; name === undefined; n += 1) {
        const free = n === 1 ? base : `${base}_${n}`;
        if (!responses.has(free)) name = free;
      }
      names.set(text, name);
      responses.set(name, response as Json);
      route.responses[status] = { $ref: `#/components/responses/${name}` };
    }
  }
  return responses;
}

/** Members that are data, in which nothing has a name. */
const LITERAL = new Set(['examples', 'example', 'default', 'enum', 'const', 'required', 'mapping']);

const isRequest = (schema: unknown): boolean => {
  const { title } = schema as { title?: unknown };
  return title === 'ManipulationRequest' || title === 'PreviewRequest';
};

const sorted = (values: Map<string, Json>): Record<string, Json> =>
  Object.fromEntries([...values].sort(([a], [b]) => (a < b ? -1 : 1)));
