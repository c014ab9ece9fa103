import { type Static, type TObject, Type } from '@sinclair/typebox';
import { computedFields } from './audit-record.ts';
import { nullable, textOrNumber } from './nullable.ts';
import { State } from './state.ts';
import { NextTransition, PreviousTransition } from './next-transition.ts';

const Value = textOrNumber('In `output_format`.');

export const Fields = nullable(
  Type.Object(
    {
      weekday: Type.Integer({ description: 'ISO: 1 is Monday, 7 is Sunday.', examples: [4] }),
      iso_year: Type.Integer({ description: 'The year that the ISO week belongs to.', examples: [2024] }),
      iso_week: Type.Integer({ description: 'ISO 8601 week, 1 to 53.', examples: [9] }),
      day_of_year: Type.Integer({ description: '1 to 366.', examples: [60] }),
      utc_offset: Type.String({
        description: '`±HH:MM`, with seconds where the zone has them.',
        examples: ['-05:00'],
      }),
    },
    { title: 'CalendarFields', additionalProperties: false },
  ),
  'The result on the target zone’s calendar; null for a length or a count.',
);

export const Occurrence = Type.Object(
  { output_timestamp: Value, output_instant: Type.String({ description: 'The same moment in UTC.' }) },
  { title: 'Occurrence', additionalProperties: false },
);

export const ElsewhereTime = Type.Object(
  { timezone: Type.String({ examples: ['Asia/Kolkata'] }), output_timestamp: Value },
  { title: 'TimeElsewhere', additionalProperties: false },
);

export const WARNING_CODES = [
  'FIXED_ZONE',
  'REVERSED_ZONE',
  'OLD_TZDB',
  'SHORT_MONTHS_LEFT_OUT',
  'EVERY_MONTH',
  'WEEKS_OVER_NEW_YEAR',
  'BOTH_DAYS',
  'OCCURRENCES_GIVEN_UP',
] as const;

export const Warning = Type.Object(
  {
    code: Type.Unsafe<(typeof WARNING_CODES)[number]>({
      title: 'WarningCode',
      type: 'string',
      enum: [...WARNING_CODES],
    }),
    detail: Type.String(),
  },
  { title: 'Warning', additionalProperties: false },
);

/** What a preview answers beside the computed part. */
export const previewExtras = {
  next_transition: NextTransition,
  previous_transition: PreviousTransition,
  fields: Fields,
  occurrences: Type.Optional(
    Type.Array(Occurrence, {
      description: 'As many as `occurrences` asked for, the result first; fewer when it ends before.',
    }),
  ),
  also_in: Type.Optional(
    Type.Array(ElsewhereTime, {
      description: 'The result in each zone of `also_in`; none of a length or a count.',
    }),
  ),
  state: Type.Optional(
    nullable(
      State,
      'Where opening hours or a calendar are given: whether it is open at the source. Null of a calendar without hours.',
    ),
  ),
  warnings: Type.Array(Warning, { description: 'What is legal but a trap.' }),
};

export type Warning = Static<typeof Warning>;
export type PreviewExtras = Static<TObject<typeof previewExtras>>;

/** What a preview answers: the computed part of an audit record, and what helps to judge it. */
export const Preview = Type.Object({ ...computedFields, ...previewExtras }, { title: 'Preview' });
