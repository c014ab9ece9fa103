import { requestDays, workingDayFields } from '../business/fields.ts';
import { checkDay } from '../business/schedule.ts';
import { countWorkingDays } from '../business/working-days.ts';
import { splitLocal } from '../engine/gregorian.ts';
import { offsetAt } from '../engine/offsets.ts';
import { defineOperation } from '../operation.ts';
import { otherMoment, untilTimestamp } from './until.ts';

export const businessDaysUntil = defineOperation({
  name: 'BUSINESS_DAYS_UNTIL',
  summary: 'How many working days it is to another moment',
  doc: 'The working days after the source’s date up to and including that of the other moment, both in the target zone (in the calendar’s own, where `calendar` names one): the mirror of `ADD_BUSINESS_DAYS`, which leads there with that number. Negative when the other date is earlier: then those before the source’s date, down to the other. The answer is a number; `output_instant` is null. Between two working days it is the same number as numpy’s `busday_count`, which counts the first date and not the last.',
  fields: { until_timestamp: untilTimestamp, ...workingDayFields },
  examples: [
    {
      title: 'From the Thursday before Easter to the Wednesday after it',
      request: {
        source_timestamp: '2026-04-02T09:30:00+02:00',
        target_timezone: 'Europe/Berlin',
        operation: 'BUSINESS_DAYS_UNTIL',
        until_timestamp: '2026-04-08T09:30:00+02:00',
        holidays: ['2026-04-03', '2026-04-06'],
      },
      answer: { output_timestamp: 2 },
    },
  ],
  compute(input) {
    const { source, budget } = input;
    const until = otherMoment(input);
    const { zone, days, valid } = requestDays(input);
    const dayAt = (ns: bigint) => splitLocal(ns + offsetAt(zone, ns)).day;
    const [from, to] = [dayAt(source.epochNs), dayAt(until.epochNs)];
    checkDay(valid, from);
    checkDay(valid, to);
    return { count: countWorkingDays(from, to, days, budget), until };
  },
});
