import { Problem } from '../../errors.ts';
import { type Calendars, type Computation, compute } from '../date/index.ts';
import type { Intent } from '../ports.ts';

export type Rechecked =
  | { kind: 'same' }
  /** It would come out as `today`, which is a value, or why there would be none. */
  | { kind: 'different'; today: string }
  | { kind: 'not recheckable'; why: string };

/**
 * Computes a stored intent again, by today's code, tz database and calendars, for the moment at which it was accepted. Where
 * a calendar is not the one that decided then, nothing is compared: the ledger keeps its digest, not what it said.
 */
export function recheck(intent: Intent, calendars: Calendars): Rechecked {
  const { request, timestamp } = intent;
  if (request === undefined) return notRecheckable('it was recorded before requests were kept');
  if (request === null) return notRecheckable('its request was too large to be kept');
  let today: Computation;
  try {
    today = compute(request, { now: Date.parse(timestamp), calendars });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const isOfCalendar = error.code === 'CALENDAR_NOT_FOUND' || error.code === 'INVALID_CALENDAR';
    return isOfCalendar ? notRecheckable(error.message) : different(`${error.code}: ${error.message}`);
  }
  const changed = changedCalendar(intent, today);
  if (changed !== undefined) return notRecheckable(`the calendar ${changed} has changed since`);
  const isSame =
    today.output_timestamp === intent.output_timestamp && today.output_instant === intent.output_instant;
  return isSame ? { kind: 'same' } : different(String(today.output_timestamp));
}

const different = (today: string): Rechecked => ({ kind: 'different', today });
const notRecheckable = (why: string): Rechecked => ({ kind: 'not recheckable', why });

/** The name of a calendar that was another one then, its digest says. */
function changedCalendar(intent: Intent, today: Computation): string | undefined {
  const then = calendarsOf(intent);
  return calendarsOf(today).find((one, index) => one?.sha256 !== then[index]?.sha256)?.name;
}

const calendarsOf = ({ calendar, steps }: Pick<Intent, 'calendar' | 'steps'>) => [
  calendar,
  ...(steps ?? []).map((step) => step.calendar),
];
