/** When a named calendar is open, as the service itself tells it: from one change to the next. */
import { type Answer, get } from './api.ts';
import type { State } from './preview.ts';
import type { CalendarFile, Span } from './month.ts';

export interface CalendarAnswer extends CalendarFile {
  sha256: string;
  /** Null without opening hours. */
  state: State | null;
  next_changes: { at: string; open: boolean; reason: string | null }[];
}

/** Enough for five weeks of split shifts; a calendar that changes more often is shown as far as that. */
const MOST_CALLS = 24;

export const calendarAt = (name: string, at?: string): Promise<Answer<CalendarAnswer>> =>
  get(`/calendars/${encodeURIComponent(name)}${at === undefined ? '' : `?at=${encodeURIComponent(at)}`}`);

/**
 * The spans between two moments. What is open at the first begins there, what is still open at the last ends there.
 * Undefined for a calendar without hours, or one that does not answer.
 */
export async function calendarSpans(name: string, from: number, to: number): Promise<Span[] | undefined> {
  const stamp = (at: number) => new Date(at).toISOString();
  const spans: Span[] = [];
  let at = from;
  let open: { from: number; reason: string | null } | undefined;
  for (let calls = 0; calls < MOST_CALLS; calls += 1) {
    const { value } = await calendarAt(name, stamp(at));
    if (value === undefined || (value.state === null && calls === 0)) return undefined;
    if (calls === 0 && value.state?.open === true) open = { from, reason: value.state.reason };
    for (const change of value.next_changes) {
      const moment = Date.parse(change.at);
      if (moment >= to) break;
      if (open !== undefined) spans.push({ ...open, to: moment });
      open = change.open ? { from: moment, reason: change.reason } : undefined;
    }
    const last = value.next_changes.at(-1);
    if (last === undefined || Date.parse(last.at) >= to) break;
    at = Date.parse(last.at);
  }
  if (open !== undefined) spans.push({ ...open, to });
  return spans;
}
