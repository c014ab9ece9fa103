import { type Static, type TObject, Type } from '@sinclair/typebox';
import { defaulted } from '../../../schemas/manipulation.ts';
import { joinLocal, splitLocal } from '../engine/gregorian.ts';
import { dates, parseDates } from '../input/dates.ts';
import { type Moment, settle } from '../engine/local-time.ts';
import { offsetAt } from '../engine/offsets.ts';
import { defineOperation, type Input } from '../operation.ts';
import { moveWorkingDays, type WorkingDays } from '../business/working-days.ts';

/** Every day of ten thousand years. */
const MAX_DAYS = 3_652_425;

export const businessDayFields = {
  days: Type.Integer({ minimum: 0, maximum: MAX_DAYS, description: 'How many working days.', examples: [5] }),
  weekend: defaulted(
    Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), {
      maxItems: 7,
      uniqueItems: true,
      description: 'ISO weekdays that are not worked: 1 is Monday, 7 is Sunday.',
    }),
    [6, 7],
  ),
  holidays: defaulted(dates('Days that are not worked.'), []),
  additional_working_days: defaulted(
    dates('Days that are worked although they are on a weekend or a holiday.'),
    [],
  ),
};

export const addBusinessDays = defineOperation({
  name: 'ADD_BUSINESS_DAYS',
  summary: 'Adds working days',
  doc: 'Moves forward by working days of the target zone and keeps the time of day. A start on a day that is not worked counts from there: Saturday plus one is Monday. Nothing moves for 0 days.',
  fields: businessDayFields,
  examples: [
    {
      title: 'Two working days after the Thursday before Easter',
      request: {
        source_timestamp: '2026-04-02T09:30:00+02:00',
        target_timezone: 'Europe/Berlin',
        operation: 'ADD_BUSINESS_DAYS',
        days: 2,
        holidays: ['2026-04-03', '2026-04-06'],
      },
      answer: { output_timestamp: '2026-04-08T09:30:00.000+02:00' },
    },
    {
      title: 'From a Saturday, over a weekend of Friday and Saturday',
      request: {
        source_timestamp: '2026-06-06T09:30:00+03:00',
        target_timezone: 'Asia/Riyadh',
        operation: 'ADD_BUSINESS_DAYS',
        days: 1,
        weekend: [5, 6],
      },
      answer: { output_timestamp: '2026-06-07T09:30:00.000+03:00' },
    },
  ],
  compute: (input) => moveBusinessDays(input, 1),
});

/** Throws `VALIDATION_FAILED`, `NO_OCCURRENCE`, `OUT_OF_RANGE` and what settling the local time throws. */
export function moveBusinessDays(
  { source, zone, request }: Input<typeof businessDayFields>,
  direction: 1 | -1,
): Moment {
  const calendar = workingDays(request);
  const { day, timeNs } = splitLocal(source.epochNs + offsetAt(zone, source.epochNs));
  const landed = moveWorkingDays(day, request.days, direction, calendar);
  return landed === day ? source : settle(joinLocal(landed, timeNs), zone, request.disambiguation);
}

type BusinessDayFields = Required<Static<TObject<typeof businessDayFields>>>;

const workingDays = ({
  weekend,
  holidays,
  additional_working_days: additional,
}: Omit<BusinessDayFields, 'days'>): WorkingDays => ({
  weekend: new Set(weekend),
  exceptions: new Map([
    ...parseDates(holidays, '/holidays').map((day) => [day, false] as const),
    ...parseDates(additional, '/additional_working_days').map((day) => [day, true] as const),
  ]),
});
