import { type FieldError, Problem } from '../errors.ts';
import { nearest } from './nearest.ts';

/** The part of JSON Schema that requests are written in. */
interface Schema {
  title?: string;
  type?: string | readonly string[];
  enum?: readonly unknown[];
  const?: unknown;
  pattern?: string;
  format?: string;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  examples?: readonly unknown[];
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  additionalProperties?: unknown;
  items?: Schema;
  oneOf?: readonly Schema[];
  anyOf?: readonly Schema[];
}

/** As many as a person reads; a body may have a hundred thousand. */
const MOST = 25;

/** What other services call a field. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  timezone: 'target_timezone',
  time_zone: 'target_timezone',
  tz: 'target_timezone',
  zone: 'target_timezone',
  timestamp: 'source_timestamp',
  date: 'source_timestamp',
  datetime: 'source_timestamp',
  epoch: 'source_epoch',
  minutes: 'offset_minutes',
  offset: 'offset_minutes',
  rrule: 'recurrence_rule',
  recurrence: 'recurrence_rule',
  cron_expression: 'cron',
  webhook: 'webhook_url',
  callback: 'webhook_url',
  callback_url: 'webhook_url',
  locale: 'output_locale',
  pattern: 'output_pattern',
  to: 'until_timestamp',
  end_timestamp: 'until_timestamp',
  hours: 'opening_hours',
  rounding: 'rounding_mode',
  start: 'open',
  opens: 'open',
  end: 'close',
  closes: 'close',
  day: 'days',
  weekdays: 'days',
  precision: 'precision_limit',
  format: 'output_format',
  action: 'action_name',
  action_id: 'action_name',
  name: 'action_name',
};

/**
 * Every mistake in a value that its validator refused, each with what to do about it. Made only then, so that what is right
 * costs nothing. At most 25.
 */
function mistakesIn(schema: object, value: unknown): FieldError[] {
  const errors: FieldError[] = [];
  visit(schema, value, '', errors);
  return errors.slice(0, MOST);
}

/** What does not fit, all of it; undefined where nothing more is found than what the validator says. */
export function misfit(schema: unknown, value: unknown, where: string): Problem | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined;
  const errors = mistakesIn(schema, value);
  if (errors.length === 0) return undefined;
  const told = errors.slice(0, 3).map(({ path, message }) => `${path || 'it'} ${message}`);
  const more = errors.length > 3 ? `; and ${errors.length - 3} more, see errors` : '';
  return new Problem(
    'VALIDATION_FAILED',
    `The ${where} does not fit the schema: ${told.join('; ')}${more}.`.replace(/\?\.$/, '?'),
    {
      errors,
    },
  );
}

function visit(schema: Schema, value: unknown, path: string, errors: FieldError[]): void {
  if (errors.length >= MOST) return;
  const say = (message: string) => void errors.push({ path, message });
  if (schema.oneOf) {
    visitOperation(schema.oneOf, value, path, errors);
    return;
  }
  if (schema.anyOf) {
    const tries = schema.anyOf.map((choice) => {
      const found: FieldError[] = [];
      visit(choice, value, path, found);
      return { found, ofType: isOfType(value, choice.type) };
    });
    if (tries.some(({ found }) => found.length === 0)) return;
    const fitting = tries.find(({ ofType }) => ofType);
    if (fitting) errors.push(...fitting.found);
    else {
      const hints = schema.anyOf.map((choice) => otherType(choice, value, path));
      const hint = hints.find((each) => each !== '') ?? '';
      say(`must be ${schema.anyOf.map(describe).join(', or ')}, not ${shown(value)}${hint}`);
    }
    return;
  }
  if (schema.const !== undefined && value !== schema.const) {
    say(`must be ${JSON.stringify(schema.const)}`);
    return;
  }
  if (!isOfType(value, schema.type)) {
    say(`must be ${describe(schema)}, not ${shown(value)}${otherType(schema, value, path)}`);
    return;
  }
  if (schema.enum && !schema.enum.includes(value)) {
    const guess = typeof value === 'string' ? nearest(value, schema.enum.map(String)) : undefined;
    say(
      `must be one of ${schema.enum.map((each) => JSON.stringify(each)).join(', ')}, not ${shown(value)}${guess === undefined ? unixTime(path, value) : `; did you mean "${guess}"?`}`,
    );
  } else if (typeof value === 'string') visitText(schema, value, say);
  else if (typeof value === 'number') visitNumber(schema, value, path, say);
  else if (Array.isArray(value)) {
    if (schema.minItems !== undefined && value.length < schema.minItems) {
      say(`must have at least ${schema.minItems} entries, not ${value.length}`);
    }
    if (schema.maxItems !== undefined && value.length > schema.maxItems) {
      say(`must have at most ${schema.maxItems} entries, not ${value.length}`);
    }
    for (const [index, item] of value.entries()) visit(schema.items ?? {}, item, `${path}/${index}`, errors);
  } else if (typeof value === 'object' && value !== null && schema.properties) {
    visitFields(schema, value as Record<string, unknown>, path, errors, () => undefined);
  }
}

const unixTime = (path: string, value: unknown): string =>
  path.endsWith('/source_format') && /unix|epoch|posix/i.test(String(value))
    ? ': Unix time goes into source_epoch, such as {"value": 1709220600, "unit": "second"}'
    : '';

/** A request: its `operation` says which branch it is to fit. */
function visitOperation(
  branches: readonly Schema[],
  value: unknown,
  path: string,
  errors: FieldError[],
): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const hint = Array.isArray(value)
      ? ': send several to POST /manipulations/batch'
      : typeof value === 'string'
        ? ', which is a text in quotes: it was probably encoded twice'
        : '';
    errors.push({ path, message: `must be a JSON object, not ${shown(value)}${hint}` });
    return;
  }
  const body = value as Record<string, unknown>;
  const nameOf = (branch: Schema) => String(branch.properties?.['operation']?.const);
  const branch = branches.find((each) => nameOf(each) === body['operation']);
  const names = branches.map(nameOf);
  if (!branch) {
    const { operation } = body;
    const guess = typeof operation === 'string' ? nearest(operation, names) : undefined;
    const list = `one of ${names.join(', ')}`;
    errors.push({
      path: `${path}/operation`,
      message:
        operation === undefined
          ? `is required: ${list}`
          : `must be ${list}, not ${shown(operation)}${guess === undefined ? '' : `; did you mean "${guess}"?`}`,
    });
  }
  const takers = (field: string) => branches.filter((each) => each.properties?.[field]).map(nameOf);
  const known = branch ?? {
    properties: Object.assign({}, ...branches.map(({ properties }) => properties)) as Record<string, Schema>,
    required: ['target_timezone'],
    additionalProperties: false,
  };
  visitFields(
    { ...known, properties: { ...known.properties, operation: {} } },
    body,
    path,
    errors,
    (field) => {
      const others = takers(field);
      return others.length === 0
        ? undefined
        : `is not a field of ${String(body['operation'])}${ownFields(branch, branches)}: ${others.join(', ')} ${others.length === 1 ? 'takes' : 'take'} it`;
    },
  );
}

/** The fields that not every operation takes. */
function ownFields(branch: Schema | undefined, branches: readonly Schema[]): string {
  const own = Object.keys(branch?.properties ?? {}).filter((field) =>
    branches.some(({ properties }) => properties?.[field] === undefined),
  );
  return own.length === 0 ? '' : `, which has ${own.join(', ')}`;
}

function visitFields(
  schema: Schema,
  value: Record<string, unknown>,
  path: string,
  errors: FieldError[],
  misplaced: (field: string) => string | undefined,
): void {
  const fields = Object.keys(schema.properties ?? {});
  const meant = new Set<string>();
  for (const [name, member] of Object.entries(value)) {
    if (errors.length >= MOST) return;
    const field = schema.properties?.[name];
    if (field && member === null && isLeftOut(schema, name)) {
      errors.push({
        path: `${path}/${name}`,
        message: `must be ${describe(field)}, not null: leave it out where it is not given`,
      });
    } else if (field && Object.hasOwn(schema.properties ?? {}, name))
      visit(field, member, `${path}/${name}`, errors);
    else if (schema.additionalProperties === false) {
      const guess = meantBy(name, fields);
      if (guess !== undefined) meant.add(guess);
      errors.push({
        path: `${path}/${name.slice(0, 128).replaceAll('~', '~0').replaceAll('/', '~1')}`,
        message:
          misplaced(name) ??
          `is not a field of this request${guess === undefined ? `, which takes ${fields.join(', ')}` : `; did you mean "${guess}"?`}`,
      });
    }
  }
  for (const name of schema.required ?? []) {
    if (Object.hasOwn(value, name) || meant.has(name)) continue;
    const field = schema.properties?.[name] ?? {};
    const [example] = field.examples ?? [];
    const form =
      example === undefined ? (field.enum ? `: ${describe(field)}` : '') : `, such as ${json(example)}`;
    errors.push({ path: `${path}/${name}`, message: `is required${form}` });
  }
}

/** An optional field that may not be null: null means that it is not given. */
const isLeftOut = ({ properties, required = [] }: Schema, name: string): boolean =>
  !required.includes(name) &&
  properties?.[name]?.anyOf === undefined &&
  !isOfType(null, properties?.[name]?.type);

/** `targetTimezone`, `target-timezone`, `target_timezon` and `tz` as `target_timezone`. */
function meantBy(name: string, fields: readonly string[]): string | undefined {
  const snake = name
    .slice(0, 128)
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toLowerCase();
  if (fields.includes(snake)) return snake;
  const other = OTHER_NAMES[snake];
  return other !== undefined && fields.includes(other) ? other : nearest(snake, fields);
}

function visitText(schema: Schema, value: string, say: (message: string) => void): void {
  const { minLength = 0, maxLength = Infinity, pattern, format, examples } = schema;
  if (value.length < minLength)
    say(`must not be empty${examples?.[0] === undefined ? '' : `, but such as ${json(examples[0])}`}`);
  else if (value.length > maxLength && (pattern === undefined || value.length > 64))
    say(`must have at most ${maxLength} characters, not ${value.length}`);
  else if (pattern !== undefined && !new RegExp(pattern, 'u').test(value)) {
    const padded = value.replace(/^(\d):/, '0$1:');
    const [example] = examples ?? [];
    if (padded !== value && new RegExp(pattern, 'u').test(padded))
      say(`must be written with two digits: "${padded}", not ${shown(value)}`);
    else
      say(
        `has not the form that is expected${example === undefined ? '' : `, such as ${json(example)}`}: ${shown(value)}`,
      );
  } else if (format === 'uri' && !URL.canParse(value)) {
    say(`must be a whole URL, such as "https://hooks.example.com/cxone", not ${shown(value)}`);
  } else if (format === 'date-time' && !DATE_TIME.test(value)) {
    const whole = /^\d{4}-\d{2}-\d{2}$/.test(value) ? `${value}T00:00:00Z` : '2024-02-29T15:30:00Z';
    say(`must be an RFC 3339 date-time, such as "${whole}", not ${shown(value)}`);
  }
}

const DATE_TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})$/i;

function visitNumber(schema: Schema, value: number, path: string, say: (message: string) => void): void {
  const { minimum = -Infinity, maximum = Infinity } = schema;
  if (value >= minimum && value <= maximum) return;
  say(`must be from ${minimum} to ${maximum}, not ${value}${outOfRange(schema, value, path)}`);
}

function outOfRange(schema: Schema, value: number, path: string): string {
  if (isWeekday(schema)) return value === 0 ? ': Sunday is 7' : ': 1 is Monday, Sunday is 7';
  if (path === '/days' && value < 0) return ': SUBTRACT_BUSINESS_DAYS goes back';
  return path === '/limit' && value > (schema.maximum ?? Infinity)
    ? ': next_cursor leads to the next page, as cursor'
    : '';
}

const isWeekday = ({ type, minimum, maximum }: Schema): boolean =>
  type === 'integer' && minimum === 1 && maximum === 7;

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** What helps with a value of another type. */
function otherType(schema: Schema, value: unknown, path: string): string {
  if (schema.type === 'integer' && typeof value === 'string') {
    if (/^-?\d{1,15}$/.test(value)) return `: write ${value} without quotes`;
    if (isWeekday(schema)) return weekdayHint(value);
  }
  if (typeof value === 'number' && path.endsWith('/source_epoch/value')) {
    return ': it is whole in a finer unit, such as millisecond';
  }
  if (schema.type === 'string' && typeof value === 'number') {
    if (path.endsWith('/duration')) return `: PT${value}M is so many minutes, P${value}D so many days`;
    if (Math.abs(value) > 1e8) {
      const unit = Math.abs(value) < 1e11 ? 'second' : 'millisecond';
      if (!path.endsWith('/source_timestamp')) return writtenOut(value, unit);
      return `: a count since 1970 goes into source_epoch, such as {"value": ${value}, "unit": "${unit}"}`;
    }
  }
  return '';
}

/** A count of a field that no count goes into, as the moment that it stands for. */
function writtenOut(value: number, unit: 'second' | 'millisecond'): string {
  const moment = new Date(unit === 'second' ? value * 1000 : value);
  return Number.isNaN(moment.getTime())
    ? ''
    : `: if it counts ${unit}s since 1970, it is "${moment.toISOString()}"`;
}

/** A weekday by its name, as its number. */
function weekdayHint(name: string): string {
  const index = WEEKDAYS.findIndex((day) => day.toLowerCase().startsWith(name.slice(0, 3).toLowerCase()));
  return index < 0 || name.length < 2
    ? ': 1 is Monday, Sunday is 7'
    : `: ${WEEKDAYS[index] ?? ''} is ${index + 1}`;
}

function isOfType(value: unknown, type: Schema['type']): boolean {
  if (type === undefined) return true;
  return (typeof type === 'string' ? [type] : type).some((each) => {
    if (each === 'integer') return Number.isInteger(value);
    if (each === 'null') return value === null;
    if (each === 'array') return Array.isArray(value);
    if (each === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
    return typeof value === each;
  });
}

const ARTICLES: Readonly<Record<string, string>> = {
  integer: 'an integer',
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  null: 'null',
};

function describe({ type, enum: values, examples, default: preset }: Schema): string {
  if (values) return `one of ${values.map((each) => JSON.stringify(each)).join(', ')}`;
  const names = (typeof type === 'string' ? [type] : (type ?? [])).map((each) => ARTICLES[each] ?? each);
  const example = examples?.[0] ?? (Array.isArray(preset) && preset.length > 0 ? preset : undefined);
  return `${names.join(' or ')}${example === undefined ? '' : ` such as ${json(example)}`}`;
}

/** JSON on one line, with the spaces that make it easy to read. */
const json = (value: unknown): string =>
  JSON.stringify(value, null, 1)
    .replaceAll(/([[{])\n\s*/g, '$1')
    .replaceAll(/\n\s*([\]}])/g, '$1')
    .replaceAll(/\n\s*/g, ' ');

/** The value as the caller wrote it, short. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(value);
  return text.length > 64 ? `${text.slice(0, 60)}…` : text;
}
