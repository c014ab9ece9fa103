import {
  type Static,
  type TObject,
  type TOptional,
  type TProperties,
  type TSchema,
  type TUnsafe,
  Type,
} from '@sinclair/typebox';
import { oneOf } from './string-enum.ts';

/** An optional field that has a default; the schema is the only place where the default stands. */
export type Defaulted<T extends TSchema> = TOptional<T> & { default: Static<T> };

export const defaulted = <T extends TSchema>(schema: T, value: Static<T>): Defaulted<T> =>
  ({ ...Type.Optional(schema), default: value }) as Defaulted<T>;

export const DISAMBIGUATIONS = ['compatible', 'earlier', 'later', 'reject'] as const;
export type Disambiguation = (typeof DISAMBIGUATIONS)[number];

export const OFFSET_CONFLICTS = ['reject', 'use', 'prefer', 'ignore'] as const;
export type OffsetConflict = (typeof OFFSET_CONFLICTS)[number];

export const ROUNDING_MODES = [
  'ceil',
  'floor',
  'expand',
  'trunc',
  'halfCeil',
  'halfFloor',
  'halfExpand',
  'halfTrunc',
  'halfEven',
] as const;
export type RoundingMode = (typeof ROUNDING_MODES)[number];

export const OUTPUT_FORMATS = [
  'rfc3339',
  'utc',
  'rfc9557',
  'epoch_seconds',
  'epoch_milliseconds',
  'rfc1123',
  'cxone_studio',
  'ole_automation_date',
  'date',
  'pattern',
] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

export const SOURCE_FORMATS = ['rfc3339', 'cxone_studio', 'rfc1123', 'ole_automation_date', 'date'] as const;
export type SourceFormat = (typeof SOURCE_FORMATS)[number];

export const DURATION_FORMATS = ['iso8601', 'hours', 'minutes', 'seconds', 'days'] as const;
export type DurationFormat = (typeof DURATION_FORMATS)[number];

/** What `source_timestamp` may say instead of a time: the moment at which the request was accepted. */
export const NOW = 'now';

export const EPOCH_UNITS = ['second', 'millisecond', 'microsecond', 'nanosecond'] as const;
export type EpochUnit = (typeof EPOCH_UNITS)[number];

export type Resolution = 'exact' | 'gap_shifted' | 'fold_earlier' | 'fold_later';

/** Longer than any timestamp or zone name that can be right. */
export const MAX_TIMESTAMP_LENGTH = 512;

export const timestamp = (description: string) =>
  Type.String({ minLength: 1, maxLength: MAX_TIMESTAMP_LENGTH, description });

const zone = (description: string) => Type.String({ minLength: 1, maxLength: 128, description });

export const roundingMode = oneOf(
  ROUNDING_MODES,
  'How the digits beyond the limit go, on the time line: `trunc` is towards the past, before 1970 too. Names are those of Temporal.',
);

/** No half of a surrogate pair: such text has no UTF-8, and no name in CXone could be equal to it. */
export const WELL_FORMED = '^[^\\ud800-\\udfff]*$';

/** Decimal places of seconds where a request names none. */
export const DEFAULT_PRECISION = 3;

/** What every manipulation may say, whatever its operation. */
export const commonFields = {
  source_timestamp: Type.Optional({
    ...timestamp(
      'RFC 3339 (`2024-02-29T15:30:00.000Z`), RFC 9557 with a zone (`2024-02-29T10:30:00-05:00[America/New_York]`), a local date-time with neither offset nor zone, read in `source_timezone`, or `now`: the moment at which the request was accepted. Other ways to write it are chosen by `source_format`. Either this or `source_epoch` is required.',
    ),
    examples: [
      '2024-02-29T15:30:00.000Z',
      '2024-02-29T10:30:00-05:00[America/New_York]',
      '2024-02-29T10:30:00',
      NOW,
    ],
  }),
  source_format: defaulted(
    oneOf(
      SOURCE_FORMATS,
      'How `source_timestamp` is written: what the service writes, it can read. `cxone_studio` (`02/29/2024 10:30:00 AM`), `ole_automation_date` (days since 30 December 1899, as text: `45351.4375`) and `date` (`2024-02-29`, the first moment of that day) are on the clock of `source_timezone`; `rfc1123` (`Thu, 29 Feb 2024 15:30:00 GMT`) is in GMT.',
    ),
    'rfc3339',
  ),
  source_epoch: Type.Optional(
    Type.Object(
      {
        value: Type.Union(
          [
            Type.String({ pattern: '^-?[0-9]{1,30}$', maxLength: 31 }),
            Type.Integer({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }),
          ],
          {
            description: 'As decimal text, or as a number where JSON numbers are exact (up to 2^53 - 1).',
            examples: ['1709220600000', 1709220600000],
          },
        ),
        unit: {
          title: 'EpochUnit',
          ...oneOf(EPOCH_UNITS, 'Said by the caller, never guessed from the magnitude.'),
        },
      },
      {
        additionalProperties: false,
        description: 'Time since 1970-01-01T00:00Z. Either this or `source_timestamp` is required.',
        examples: [{ value: 1709220600, unit: 'second' }],
      },
    ),
  ),
  source_timezone: Type.Optional({
    ...zone(
      'The zone of a local `source_timestamp`; UTC when it is left out. An error beside a source that has an offset or a zone of its own.',
    ),
    examples: ['Europe/Berlin'],
  }),
  target_timezone: {
    ...zone(
      'An IANA id (any letter case, links included), a Windows zone name, or an offset such as `+05:30`.',
    ),
    examples: ['America/New_York', 'Eastern Standard Time', '+05:30'],
  },
  precision_limit: defaulted(
    Type.Integer({ minimum: 0, maximum: 3, description: 'Decimal places of seconds. CXone takes up to 3.' }),
    DEFAULT_PRECISION,
  ),
  rounding_mode: defaulted(roundingMode, 'trunc'),
  disambiguation: defaulted(
    oneOf(
      DISAMBIGUATIONS,
      'For a local time that the clocks skip (a gap) or show twice (a fold). `compatible` takes the later in a gap and the earlier in a fold.',
    ),
    'compatible',
  ),
  offset_conflict: defaulted(
    oneOf(OFFSET_CONFLICTS, 'When the offset and the `[Zone]` of a timestamp disagree.'),
    'reject',
  ),
  overflow: defaulted(
    oneOf(['constrain', 'reject'], 'For 31 January plus a month: the last day of February, or an error.'),
    'constrain',
  ),
  output_format: defaulted(
    oneOf(
      OUTPUT_FORMATS,
      'What is written. `rfc3339` has the zone’s offset, and `Z` for UTC; `utc` always `Z`; `rfc9557` the `[Zone]` too; the epochs are numbers; `rfc1123` is in GMT; `cxone_studio` (`MM/dd/yyyy hh:mm:ss tt`) and `ole_automation_date` are the local wall clock; `date` (`2024-02-29`) is its date; `pattern` is what `output_pattern` says.',
    ),
    'rfc3339',
  ),
  output_pattern: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 128,
      description:
        "With `output_format: pattern`: fields of Unicode (LDML) on the target zone’s clock, a closed set: `y yy yyyy`, `Q`, `M MM MMM MMMM` (`LLL LLLL` standing alone), `d dd`, `D DDD` (day of the year), `E EEE EEEE`, `a`, `h hh H HH`, `m mm`, `s ss`, `S SS SSS`, offsets `X XX XXX x xx xxx O OOOO`, zones `z zzzz VV`. Other letters are refused; text stands in quotes (`'T'`).",
      examples: ['EEEE, d MMMM yyyy, h:mm a'],
    }),
  ),
  output_locale: defaulted(
    Type.String({
      minLength: 2,
      maxLength: 64,
      description:
        'BCP 47: whose names of months, weekdays and zones `output_pattern` writes. Digits are always 0 to 9.',
      examples: ['de-DE'],
    }),
    'en-US',
  ),
  duration_format: defaulted(
    oneOf(
      DURATION_FORMATS,
      'How a length of time is written, where the operation answers one: ISO 8601 text, or a number of hours, minutes, seconds, or days of the target zone’s calendar, with decimals.',
    ),
    'iso8601',
  ),
} satisfies TProperties;

const actionName = {
  action_name: Type.String({
    minLength: 1,
    maxLength: 256,
    pattern: WELL_FORMED,
    description: 'The exact name of the data action.',
    examples: ['Production_Date_Processor'],
  }),
};

const webhookUrl = {
  webhook_url: Type.Optional(
    Type.String({
      format: 'uri',
      maxLength: 2048,
      description: 'Where this manipulation is announced, instead of the configured address.',
      examples: ['https://hooks.example.com/dates'],
    }),
  ),
};

/** What a manipulation says beside the common fields: where the value goes. */
export const targetFields = { ...actionName, ...webhookUrl };

/** What a preview says beside the common fields. */
export const previewOnlyFields = {
  action_name: Type.Optional(actionName.action_name),
  ...webhookUrl,
  occurrences: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 20,
      description: 'With `NEXT_OCCURRENCE`: how many occurrences to list.',
      examples: [5],
    }),
  ),
  also_in: Type.Optional(
    Type.Array(zone('As `target_timezone`.'), {
      maxItems: 25,
      description: 'Zones in which to tell the result, too.',
      examples: [['Asia/Kolkata', 'America/Los_Angeles']],
    }),
  ),
};

export const requestFields = { ...targetFields, ...commonFields };
export const previewFields = { ...previewOnlyFields, ...commonFields };

/** What an operation is called on the wire, and what it asks for beside the common fields. */
export interface OperationShape<Name extends string = string, Fields extends TProperties = TProperties> {
  readonly name: Name;
  readonly summary: string;
  readonly doc: string;
  readonly fields: Fields;
}

type Branch<Common extends TProperties, Shape> =
  Shape extends OperationShape<infer Name, infer Fields>
    ? Static<TObject<Omit<Common, keyof Fields> & Fields>> & { operation: Name }
    : never;

/**
 * The request as a JSON Schema `oneOf` with OpenAPI's `discriminator`: a branch for each operation, which takes the
 * common fields and its own and no others.
 */
export function requestUnion<Common extends TProperties, const Shapes extends readonly OperationShape[]>(
  title: string,
  common: Common,
  shapes: Shapes,
  examplesOf: (shape: Shapes[number]) => unknown[],
): TUnsafe<Branch<Common, Shapes[number]>> {
  const branches = shapes.map((shape) =>
    Type.Object(
      {
        operation: Type.Literal(shape.name, { description: shape.summary }),
        ...common,
        ...shape.fields,
      },
      {
        title: shape.name,
        description: shape.doc,
        additionalProperties: false,
        examples: examplesOf(shape),
      },
    ),
  );
  return Type.Unsafe<Branch<Common, Shapes[number]>>({
    title,
    type: 'object',
    required: ['operation'],
    discriminator: { propertyName: 'operation' },
    oneOf: branches,
  });
}
