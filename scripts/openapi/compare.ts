/** A JSON Schema, as far as it is compared. */
interface Schema {
  $ref?: string;
  type?: string | string[];
  const?: string | number | boolean;
  enum?: (string | number | boolean)[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  allOf?: Schema[];
  oneOf?: Schema[];
  anyOf?: Schema[];
}

interface Content {
  $ref?: string;
  content?: Record<string, { schema?: Schema }>;
}

interface Operation {
  parameters?: { name: string; in: string; required?: boolean; schema?: Schema }[];
  requestBody?: Content;
  responses?: Record<string, Content>;
}

export interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Schema>; responses?: Record<string, Content> };
}

/** The direction of a schema: a request may not require more than before, a response may not promise less. */
type Side = 'request' | 'response';

const METHODS = new Set(['get', 'put', 'post', 'delete', 'patch']);

/**
 * What was there before and is not any more, or is asked for now and was not: a line for each. Additions that a caller may
 * ignore are none: new routes, optional request fields, response fields, values of a response.
 */
export function breakingChanges(before: OpenApi, after: OpenApi): string[] {
  const changes: string[] = [];
  for (const [path, methods] of Object.entries(before.paths)) {
    for (const [method, old] of Object.entries(methods)) {
      if (!METHODS.has(method)) continue;
      const where = `${method.toUpperCase()} ${path}`;
      const now = after.paths[path]?.[method];
      if (now === undefined) changes.push(`${where} is gone`);
      else changes.push(...compareOperations(old, now));

      function compareOperations(a: Operation, b: Operation): string[] {
        const compare = comparison(before, after);
        return [
          ...parametersBroken(a, b).map((change) => `${where}: ${change}`),
          ...compare(
            bodyOf(a.requestBody, before),
            bodyOf(b.requestBody, after),
            'request',
            `${where} request`,
          ),
          ...Object.entries(a.responses ?? {}).flatMap(([status, response]) => {
            const at = `${where} ${status}`;
            const answer = b.responses?.[status];
            if (answer === undefined) return status.startsWith('2') ? [`${at} is gone`] : [];
            return compare(bodyOf(response, before), bodyOf(answer, after), 'response', at);
          }),
        ];
      }
    }
  }
  return [...new Set(changes)];
}

function bodyOf(of: Content | undefined, api: OpenApi): Schema | undefined {
  const named = of?.$ref === undefined ? of : api.components?.responses?.[of.$ref.split('/').at(-1) ?? ''];
  return Object.values(named?.content ?? {})[0]?.schema;
}

function parametersBroken(a: Operation, b: Operation): string[] {
  const key = (one: { name: string; in: string }) => `${one.in} ${one.name.toLowerCase()}`;
  const old = new Map((a.parameters ?? []).map((one) => [key(one), one]));
  const now = new Map((b.parameters ?? []).map((one) => [key(one), one]));
  return [
    ...[...old.keys()].filter((name) => !now.has(name)).map((name) => `the ${name} is gone`),
    ...[...now]
      .filter(([name, one]) => one.required === true && old.get(name)?.required !== true)
      .map(([name]) => `the ${name} is required now`),
  ];
}

function comparison(before: OpenApi, after: OpenApi) {
  /** Pairs that are being compared, as schemas may contain themselves. */
  const seen = new Set<string>();

  return function compare(a: Schema | undefined, b: Schema | undefined, side: Side, where: string): string[] {
    if (a === undefined) return [];
    if (b === undefined) return [`${where} is gone`];
    const pair = `${a.$ref ?? ''}|${b.$ref ?? ''}|${side}`;
    if (a.$ref !== undefined) {
      if (seen.has(pair)) return [];
      seen.add(pair);
    }
    const [old, now] = [flat(a, before), flat(b, after)];
    const changes: string[] = [];
    const allowed = valuesOf(now);
    for (const value of valuesOf(old) ?? []) {
      if (side === 'request' && allowed !== undefined && !allowed.includes(value)) {
        changes.push(`${where}: the value ${value} is gone`);
      }
    }
    changes.push(...typesBroken(old, now, side).map((change) => `${where}: ${change}`));
    for (const [name, property] of Object.entries(old.properties ?? {})) {
      changes.push(...compare(property, now.properties?.[name], side, `${where} /${name}`));
    }
    const required = side === 'request' ? [now, old] : [old, now];
    for (const name of required[0]?.required ?? []) {
      if (required[1]?.required?.includes(name) === true) continue;
      if (side === 'response' && now.properties?.[name] === undefined) continue;
      changes.push(
        `${where} /${name} is ${side === 'request' ? 'required now' : 'not always there any more'}`,
      );
    }
    if (old.items !== undefined) changes.push(...compare(old.items, now.items, side, `${where} []`));
    const branches = branchesOf(now, after);
    for (const [name, branch] of branchesOf(old, before)) {
      const other = branches.get(name);
      // An answer that no longer takes a form is read as before.
      if (other === undefined && side === 'response') continue;
      changes.push(...compare(branch, other, side, `${where} (${name})`));
    }
    return changes;
  };
}

/** A reference followed, and what `allOf` puts together as one. */
function flat(schema: Schema, api: OpenApi): Schema {
  const { $ref, allOf, ...own } = schema;
  const target = $ref === undefined ? undefined : api.components?.schemas?.[$ref.split('/').at(-1) ?? ''];
  const parts = [
    ...(target ? [flat(target, api)] : []),
    ...(allOf ?? []).map((part) => flat(part, api)),
    own,
  ];
  return parts.reduce<Schema>(
    (all, part) => ({
      ...all,
      ...part,
      properties: { ...all.properties, ...part.properties },
      required: [...new Set([...(all.required ?? []), ...(part.required ?? [])])],
    }),
    {},
  );
}

/** The branches of `oneOf` and `anyOf` by what tells them apart: a field with one value, or else their types. */
function branchesOf({ oneOf = [], anyOf = [] }: Schema, api: OpenApi): Map<string, Schema> {
  return new Map(
    [...oneOf, ...anyOf].map((branch, at) => {
      const { type, properties = {} } = flat(branch, api);
      const told = Object.values(properties).find((property) => property.const !== undefined)?.const;
      return [String(told ?? type ?? `branch ${at + 1}`), branch];
    }),
  );
}

const valuesOf = (schema: Schema): string[] | undefined =>
  schema.const !== undefined ? [String(schema.const)] : schema.enum?.map(String);

function typesBroken(old: Schema, now: Schema, side: Side): string[] {
  const [a, b] = [typesOf(old), typesOf(now)];
  if (a.length === 0 || b.length === 0) return [];
  const [narrow, wide] = side === 'request' ? [a, b] : [b, a];
  return narrow
    .filter((type) => !wide.includes(type) && !(type === 'integer' && wide.includes('number')))
    .map((type) => (side === 'request' ? `${type} is not taken any more` : `may be ${type} now`));
}

const typesOf = ({ type }: Schema): string[] => (type === undefined ? [] : [type].flat());
