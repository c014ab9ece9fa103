import { Problem } from '../../errors.ts';
import type { PreviewExtras, Warning } from '../../schemas/preview.ts';
import { type Computation, type Computed, computeWhole } from './compute.ts';
import { dateOf, dayOf, splitLocal, weekdayOf } from './engine/gregorian.ts';
import { offsetAt } from './engine/offsets.ts';
import { roundNs } from './engine/precision.ts';
import { transitionsAround } from './engine/transitions.ts';
import { formatUtc } from './format.ts';
import { resolveZone } from './input/zones.ts';
import type { Context } from './operation.ts';
import { requestSchedule } from './business/fields.ts';
import { createBudget } from './budget.ts';
import type { State } from '../../schemas/state.ts';
import { stateOf } from './state.ts';
import { fullOffset } from './output/offset.ts';
import type { Manipulation, Preview } from './request-schema.ts';
import { warningsOf } from './warnings.ts';

/**
 * A manipulation, and what helps to judge it: the changes of offset around it, its place in the calendar, what follows,
 * the same elsewhere, and what is legal but a trap.
 * @throws Problem and nothing else
 */
export function preview(
  manipulation: Manipulation | Preview,
  context: Context = {},
): Computation & PreviewExtras {
  const { occurrences, also_in } = manipulation as Preview;
  const computed = computeWhole(manipulation, context);
  const { computation, input, epochNs, exactNs, writer } = computed;
  const { zone } = input;
  const { next, previous } = transitionsAround(zone, epochNs);
  const listed = occurrences === undefined ? undefined : list(computed, occurrences);
  const zones = also_in?.map((name) => resolveZone(name));
  return {
    ...computation,
    next_transition: next,
    previous_transition: previous,
    fields: exactNs === undefined ? null : fieldsOf(zone, epochNs),
    ...(listed && { occurrences: listed.occurrences }),
    ...(zones && {
      also_in:
        exactNs === undefined
          ? []
          : zones.map((id) => ({ timezone: id, output_timestamp: writer.write(epochNs, id) })),
    }),
    ...stateAtSource(computed),
    warnings: [...warningsOf(computed), ...(listed?.warnings ?? [])],
  };
}

/** Whether it is open at the source, where the request says when it is; it has a budget of its own. */
function stateAtSource({ input }: Computed): { state?: State | null } {
  const { calendar, request, source, zone } = input;
  if (calendar !== null) {
    const { schedule } = calendar;
    return { state: schedule && stateOf(schedule, source.epochNs, zone, createBudget()) };
  }
  const hours = request as Parameters<typeof requestSchedule>[0]['request'];
  if (hours.opening_hours === undefined) return {};
  const schedule = requestSchedule({ zone, calendar, request: hours });
  return { state: stateOf(schedule, source.epochNs, zone, createBudget()) };
}

/** The result on the calendar of a zone; weeks are those of ISO 8601. */
function fieldsOf(zone: string, epochNs: bigint): PreviewExtras['fields'] {
  const offset = offsetAt(zone, epochNs);
  const { day } = splitLocal(epochNs + offset);
  const weekday = weekdayOf(day);
  // A week belongs to the year that its Thursday is in.
  const thursday = day - weekday + 4;
  const { year } = dateOf(thursday);
  return {
    weekday,
    iso_year: year,
    iso_week: Math.floor((thursday - dayOf(year, 1, 1)) / 7) + 1,
    day_of_year: day - dayOf(dateOf(day).year, 1, 1) + 1,
    utc_offset: fullOffset(offset),
  };
}

/** The result and those after it, as many as the budget of the request allows. */
function list(
  { operation, input, exactNs, writer }: Computed,
  count: number,
): { occurrences: NonNullable<PreviewExtras['occurrences']>; warnings: Warning[] } {
  if (operation.following === undefined || exactNs === undefined) {
    throw new Problem('VALIDATION_FAILED', 'occurrences goes with NEXT_OCCURRENCE: leave it out.', {
      errors: [{ path: '/occurrences', message: 'goes with NEXT_OCCURRENCE' }],
    });
  }
  const { zone, unit, request } = input;
  const next = operation.following(input);
  const occurrences: NonNullable<PreviewExtras['occurrences']> = [];
  let at: bigint | null = exactNs;
  try {
    while (at !== null && occurrences.length < count) {
      const written = roundNs(at, unit, request.rounding_mode);
      occurrences.push({
        output_timestamp: writer.write(written, zone),
        output_instant: formatUtc(written, request.precision_limit),
      });
      if (occurrences.length < count) at = next(at);
    }
  } catch (error) {
    // The first is there: that the next are not within reach is no reason to answer nothing.
    if (!(error instanceof Problem)) throw error;
    return { occurrences, warnings: [{ code: 'OCCURRENCES_GIVEN_UP', detail: error.message }] };
  }
  return { occurrences, warnings: [] };
}
