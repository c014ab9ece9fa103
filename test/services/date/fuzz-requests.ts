/** Random requests that the schema lets through, made from the schema itself: every field of every operation. */
import { previewFields } from '../../../src/schemas/manipulation.ts';
import { operations } from '../../../src/services/date/index.ts';
import type { Random } from '../../support/random.ts';
import { zoneList } from './zone-list.ts';

interface Schema {
  type?: string;
  enum?: readonly unknown[];
  const?: unknown;
  anyOf?: readonly Schema[];
  oneOf?: readonly Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: readonly string[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  maxItems?: number;
  pattern?: string;
  uniqueItems?: boolean;
  examples?: readonly unknown[];
}

/** Pieces of texts that are nearly right get further than noise. */
const PIECES = [
  ...[
    '2026-01-15',
    '2026-03-08',
    '1952-10-15',
    '0000-01-01',
    '9999-12-31',
    'T',
    ' ',
    '02:30:00',
    '23:59:60',
    '.5',
    'Z',
  ],
  ...[
    '+05:30',
    '-11:20',
    '[',
    ']',
    '[Europe/Berlin]',
    '[!u-ca=iso8601]',
    'now',
    'P1Y',
    'PT',
    '1',
    '0.25',
    '-',
    'e-7',
  ],
  ...[
    'RRULE:',
    'FREQ=DAILY',
    'FREQ=YEARLY',
    'FREQ=SECONDLY',
    ';',
    'COUNT=9',
    'INTERVAL=3',
    'BYDAY=',
    'MO',
    '-1FR',
    ',',
  ],
  ...[
    'BYMONTHDAY=31',
    'BYHOUR=2',
    'BYSETPOS=-1',
    'BYWEEKNO=53',
    '\n',
    'DTSTART',
    'TZID=',
    ':',
    '20260101T090000',
    'RDATE',
  ],
  ...[
    'EXDATE',
    '* ',
    '*/5 ',
    'L',
    'W',
    '#',
    '30 2 * * *',
    'yyyy',
    'MMM',
    "'",
    'EEEE',
    'SSS',
    'zzzz',
    'xq',
    '\0',
    '😀',
    '9'.repeat(30),
  ],
];

/** Whole texts that are right, by the field that takes them. */
const RIGHT: Record<string, (random: Random) => string> = {
  source_timestamp: timestamp,
  until_timestamp: timestamp,
  source_timezone: (random) => random.pick(zoneList),
  target_timezone: (random) => random.pick(zoneList),
  duration: (random) =>
    random.pick([
      `P${random.integer(0, 9999)}Y${random.integer(0, 99)}M`,
      `PT${random.integer(0, 99_999)}M`,
      `-P${random.integer(0, 4000)}D`,
      `PT${random.integer(0, 200)}H`,
    ]),
  recurrence_rule: rule,
  calendar: (random) => random.pick(['crowded', 'exceptional', 'shut', 'single', 'none']),
  cron: (random) =>
    [59, 23, 31, 12, 7]
      .map((most) =>
        random.pick(['*', `*/${random.integer(1, 9)}`, String(random.integer(0, most)), '1-5', '2,4']),
      )
      .join(' '),
  output_pattern: (random) =>
    Array.from({ length: random.integer(1, 8) }, () =>
      random.pick([
        'yyyy',
        'yy',
        'MMMM',
        'dd',
        'D',
        'EEE',
        'a',
        'h',
        'HH',
        'mm',
        'ss',
        'SSS',
        'XXX',
        'O',
        'z',
        'VV',
        "'T'",
      ]),
    ).join(random.pick(['-', ' ', '/', ': '])),
  output_locale: (random) =>
    random.pick(['en-US', 'de', 'fr-CA', 'ar-EG', 'ja-JP', 'hi', 'th', 'zh-Hant', 'en-u-ca-buddhist']),
};

function timestamp(random: Random): string {
  const ms =
    random.next() < 0.8
      ? random.integer(Date.UTC(1900, 0, 1), Date.UTC(2100, 0, 1))
      : random.integer(-62e12, 253e12);
  const text = new Date(ms).toISOString();
  if (text.length !== 24) return 'now';
  return random.pick([
    text,
    text.slice(0, 23),
    text.slice(0, 19),
    text.slice(0, 10),
    `${text.slice(0, 19)}.999999999+0${random.integer(0, 9)}:00`,
    `${text.slice(0, 19)}[${random.pick(zoneList)}]`,
    new Date(ms).toUTCString(),
    `${text.slice(5, 7)}/${text.slice(8, 10)}/${text.slice(0, 4)} 11:59:59 PM`,
    String(random.integer(-657_434, 2_958_465) + random.next()),
    'now',
  ]);
}

function rule(random: Random): string {
  const some = (low: number, high: number) =>
    Array.from(
      { length: random.integer(1, random.pick([2, 8, 60])) },
      () => random.integer(low, high) || 1,
    ).join();
  const parts = [
    `FREQ=${random.pick(['YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY', 'HOURLY', 'MINUTELY', 'SECONDLY'])}`,
  ];
  const chance = (part: string): void => {
    if (random.next() < 0.3) parts.push(part);
  };
  chance(`INTERVAL=${random.integer(1, random.pick([3, 400, 1_000_000]))}`);
  chance(`COUNT=${random.integer(1, random.pick([5, 5000, 2_000_000_000]))}`);
  chance(`BYMONTH=${some(1, 12)}`);
  chance(`BYMONTHDAY=${some(-31, 31)}`);
  chance(`BYYEARDAY=${some(-366, 366)}`);
  chance(`BYWEEKNO=${some(-53, 53)}`);
  chance(
    `BYDAY=${Array.from({ length: random.integer(1, 9) }, () => `${random.pick(['', '1', '-1', '5'])}${random.pick(['MO', 'FR', 'SU'])}`).join()}`,
  );
  chance(`BYHOUR=${some(0, 23)}`);
  chance(`BYMINUTE=${some(0, 59)}`);
  chance(`BYSECOND=${some(0, 60)}`);
  chance(`BYSETPOS=${some(-366, 366)}`);
  const start = `${random.integer(1000, 2999)}0${random.integer(1, 9)}1${random.integer(0, 9)}`;
  const days = Array.from(
    { length: random.integer(1, 40) },
    (_, i) => `202601${String((i % 28) + 1).padStart(2, '0')}`,
  );
  const lines = [
    random.pick([
      '',
      `DTSTART:${start}T023000`,
      `DTSTART;VALUE=DATE:${start}`,
      `DTSTART;TZID=America/New_York:${start}T013000`,
    ]),
    `RRULE:${parts.join(';')}`,
    random.pick(['', `EXDATE;VALUE=DATE:${days.join()}`, `RDATE:${start}T023000Z`]),
  ];
  return lines.filter((line) => line !== '').join('\n');
}

function text(random: Random, name: string, schema: Schema): string {
  const right = RIGHT[name];
  const examples = (schema.examples ?? []).filter((one) => typeof one === 'string');
  const example = examples.length > 0 ? random.pick(examples) : undefined;
  const base = right !== undefined && random.next() < 0.75 ? right(random) : (example ?? '');
  const made =
    random.next() < 0.7
      ? base
      : random.pick([
          () => Array.from({ length: random.integer(0, 12) }, () => random.pick(PIECES)).join(''),
          () => {
            const at = random.integer(0, base.length);
            return base.slice(0, at) + random.pick(PIECES) + base.slice(at + random.integer(0, 3));
          },
          () => random.pick(PIECES).repeat(random.integer(1, 400)),
        ])();
  const cut = made.slice(0, schema.maxLength ?? 512);
  const fits =
    cut.length >= (schema.minLength ?? 0) &&
    (schema.pattern === undefined || new RegExp(schema.pattern, 'u').test(cut));
  return fits ? cut : (example ?? base);
}

/** The own fields of an example, one of them made anew. */
function step(random: Random): Record<string, unknown> {
  const operation = random.pick(operations.filter((one) => one.name !== 'SEQUENCE'));
  const own = Object.entries(operation.fields as Record<string, Schema>);
  const { request } = random.pick(operation.examples);
  const made: Record<string, unknown> = { operation: operation.name };
  for (const [field] of own) if (request[field] !== undefined) made[field] = structuredClone(request[field]);
  if (own.length > 0 && random.next() < 0.5) {
    const [field, schema] = random.pick(own);
    made[field] = valueOf(random, field, schema);
  }
  return made;
}

/** A value of a schema. Lists are often empty or short, and sometimes as long as they may be. */
function valueOf(random: Random, name: string, schema: Schema): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return random.pick(schema.enum);
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches !== undefined) {
    // A step is an example of its operation as often as not, or hardly any sequence would get to its end.
    return name === 'steps' && random.next() < 0.6
      ? step(random)
      : valueOf(random, name, random.pick(branches));
  }
  switch (schema.type) {
    case 'string':
      return text(random, name, schema);
    case 'integer': {
      const [low, high] = [schema.minimum ?? -1e9, schema.maximum ?? 1e9];
      const near = Math.min(high, Math.max(low, random.integer(-60, 60)));
      return random.pick([low, high, near, near, Math.trunc(low + random.next() * (high - low))]);
    }
    case 'boolean':
      return random.next() < 0.5;
    case 'array': {
      const most = schema.maxItems ?? 8;
      const length = Math.min(most, random.pick([0, 1, 2, 3, 7, random.next() < 0.05 ? most : 4]));
      const items = Array.from({ length }, () => valueOf(random, name, schema.items ?? {}));
      return schema.uniqueItems === true ? [...new Set(items)] : items;
    }
    case 'object': {
      const entries = Object.entries(schema.properties ?? {}).filter(
        ([key]) => schema.required?.includes(key) === true || random.next() < 0.5,
      );
      return Object.fromEntries(entries.map(([key, one]) => [key, valueOf(random, key, one)]));
    }
    default:
      return null;
  }
}

export interface FieldOf {
  operation: (typeof operations)[number];
  field: string;
  schema: Schema;
}

const NOT_COMPUTED = new Set(['action_name', 'webhook_url']);

/** Every field of every operation, each common one once for each of them. */
export const fields: readonly FieldOf[] = operations.flatMap((operation) =>
  Object.entries({ ...previewFields, ...operation.fields } as Record<string, Schema>)
    .filter(([field]) => !NOT_COMPUTED.has(field))
    .map(([field, schema]) => ({ operation, field, schema })),
);

/** A request of an operation in which that field, and a few others, are made anew. */
export function randomRequest(
  random: Random,
  { operation, field, schema }: FieldOf,
): Record<string, unknown> {
  const request: Record<string, unknown> = structuredClone(random.pick(operation.examples).request);
  const others = fields.filter((one) => one.operation === operation);
  for (let more = random.integer(0, 3); more > 0; more--) {
    const other = random.pick(others);
    request[other.field] = valueOf(random, other.field, other.schema);
  }
  request[field] = valueOf(random, field, schema);
  if (field === 'output_pattern' && random.next() < 0.9) request['output_format'] = 'pattern';
  if (field === 'calendar') {
    for (const own of ['opening_hours', 'holidays', 'weekend', 'additional_working_days'])
      Reflect.deleteProperty(request, own);
  }
  if (field === 'cron') delete request['recurrence_rule'];
  if (field === 'recurrence_rule') delete request['cron'];
  if (field === 'source_epoch') delete request['source_timestamp'];
  return request;
}
