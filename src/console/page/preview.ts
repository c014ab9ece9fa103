/** The answers of POST /manipulations/preview that the console shows. */
import { type Answer, post } from './api.ts';
import { sourceZone } from './source.ts';
import { offsetMinutes } from './time.ts';

export interface Transition {
  instant: string;
  offset_before: string;
  offset_after: string;
}

export interface State {
  open: boolean;
  reason: string | null;
  changes_at: string | null;
  seconds_until_change: number | null;
}

export interface PreviewAnswer {
  output_timestamp: string | number;
  output_instant: string | null;
  resolution: string;
  leap_day: boolean;
  discarded_nanoseconds: number;
  tzdb_version: string;
  accuracy_valid: boolean;
  calendar: { name: string; sha256: string } | null;
  steps: { operation: string; output_timestamp: string | number }[] | null;
  next_transition: Transition | null;
  previous_transition: Transition | null;
  /** Null of a length or a count. */
  fields: {
    weekday: number;
    iso_year: number;
    iso_week: number;
    day_of_year: number;
    utc_offset: string;
  } | null;
  occurrences?: { output_timestamp: string | number; output_instant: string }[];
  also_in?: { timezone: string; output_timestamp: string | number }[];
  state?: State | null;
  warnings: { code: string; detail: string }[];
}

/** An answer with the offset of the target zone at the result, in minutes. */
export type Previewed = PreviewAnswer & { offset: number };

const asked = async (request: Record<string, unknown>, signal: AbortSignal): Promise<Answer<Previewed>> => {
  const answer = await post<PreviewAnswer>('/manipulations/preview', request, signal);
  if (answer.problem !== undefined) return answer;
  return { value: { ...answer.value, offset: offsetMinutes(answer.value.fields?.utc_offset ?? '+00:00') } };
};

/** How many results are listed. */
export const RESULTS = 5;

/** The result, and the four after it where it recurs. */
export const preview = (request: Record<string, unknown>, signal: AbortSignal): Promise<Answer<Previewed>> =>
  asked(request['operation'] === 'NEXT_OCCURRENCE' ? { occurrences: RESULTS, ...request } : request, signal);

const OF_THE_SOURCE = [
  'source_timestamp',
  'source_format',
  'source_epoch',
  'source_timezone',
  'target_timezone',
  'disambiguation',
  'offset_conflict',
];

/** Where the source lies on the target zone's clock: the same request as a CONVERT. */
export function previewSource(
  request: Record<string, unknown>,
  signal: AbortSignal,
): Promise<Answer<Previewed>> {
  const kept = Object.entries(request).filter(([name]) => OF_THE_SOURCE.includes(name));
  return asked({ ...Object.fromEntries(kept), operation: 'CONVERT' }, signal);
}

/** The source on the clock of its own zone. */
export const previewOwn = (
  request: Record<string, unknown>,
  signal: AbortSignal,
): Promise<Answer<Previewed>> => previewSource({ ...request, target_timezone: sourceZone(request) }, signal);

/** The same request on that many following days, for what has a date to move; a day that has no answer is left out. */
export async function previewFollowing(
  request: Record<string, unknown>,
  count: number,
  signal: AbortSignal,
): Promise<Previewed[]> {
  const { source_timestamp: source, occurrences: _o, also_in: _a, ...rest } = request;
  const [, date, time] = /^(\d{4}-\d\d-\d\d)([Tt ].*)?$/.exec(typeof source === 'string' ? source : '') ?? [];
  const first = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(first)) return [];
  const days = Array.from({ length: count }, (_, i) => new Date(first + (i + 1) * 86_400_000));
  const answers = await Promise.all(
    days.map((day) =>
      asked({ ...rest, source_timestamp: `${day.toISOString().slice(0, 10)}${time ?? ''}` }, signal),
    ),
  );
  return answers.flatMap(({ value }) => value ?? []);
}
