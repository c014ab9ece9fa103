import { compute, type Preview } from '../../../../src/services/date/index.ts';
import { type Answer, type DaysCase, later, ROLLS } from './numpy.ts';

/** Differences between our answers and numpy's; `skipped` counts those whose clock left the day, or the one landed on, out. */
export function compareWorkingDays(cases: readonly DaysCase[], answers: readonly Answer[]) {
  const differences: object[] = [];
  let skipped = 0;
  for (const [index, one] of cases.entries()) {
    const [count, ...rolls] = answers[index] ?? [];
    const request = {
      source_timestamp: `${one.day}T${one.time}`,
      source_timezone: one.zone,
      target_timezone: one.zone,
      output_format: 'date',
      weekend: one.weekend,
      holidays: one.holidays,
    };
    const ask = (more: object) => compute({ ...request, ...more } as unknown as Preview);
    const dayOf = (text: string) =>
      ask({ operation: 'CONVERT', source_timestamp: text, weekend: undefined, holidays: undefined });
    if (
      dayOf(request.source_timestamp).output_timestamp !== one.day ||
      dayOf(`${one.to}T12:00:00`).output_timestamp !== one.to
    ) {
      skipped += 1;
      continue;
    }
    const until = { operation: 'BUSINESS_DAYS_UNTIL', until_timestamp: `${one.to}T12:00:00` };
    const sign = one.day <= one.to || count === 0 ? 1 : -1;
    const ours = ask({ ...until, output_format: 'rfc3339' }).output_timestamp;
    if (ours !== (count ?? NaN) * sign) differences.push({ ours, numpy: count, ...one });
    for (const [at, roll] of ROLLS.entries()) {
      const { output_timestamp, resolution } = ask({ operation: 'ROLL_TO_BUSINESS_DAY', roll });
      const wanted = later(one.day, rolls[at] ?? NaN);
      if (output_timestamp === wanted) continue;
      // A day that the clock left out is landed behind.
      if (resolution === 'gap_shifted') skipped += 1;
      else differences.push({ roll, ours: output_timestamp, numpy: wanted, ...one });
    }
  }
  return { differences, skipped };
}
