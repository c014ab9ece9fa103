/** The answers of POST /manipulations/preview that the console shows. */
import { type Answer, post } from './api.ts';
import { offsetMinutes } from './time.ts';

export interface Transition {
  instant: string;
  offset_before: string;
  offset_after: string;
}

export interface PreviewAnswer {
  output_timestamp: string | number;
  output_instant: string | null;
  resolution: string;
  leap_day: boolean;
  discarded_nanoseconds: number;
  tzdb_version: string;
  accuracy_valid: boolean;
  next_transition: Transition | null;
  previous_transition?: Transition | null;
  fields?: Record<string, unknown> | null;
  occurrences?: { output_timestamp: string | number; output_instant: string | null }[] | null;
  also_in?: { timezone: string; output_timestamp: string | number }[] | null;
  state?: { open: boolean; reason?: string | null; changes_at: string | null } | null;
  warnings?: (string | { message?: string; detail?: string })[] | null;
  steps?: { operation: string; output_timestamp?: unknown; value?: unknown }[] | null;
}

/** An answer with the offset of the target zone at the result, in minutes. */
export type Previewed = PreviewAnswer & { offset: number };

/** Between two changes a zone has one offset, which either of them tells; a zone without changes has its name's. */
export function offsetAt(answer: PreviewAnswer, zone: string): number {
  const { next_transition: next, previous_transition: previous } = answer;
  const fixed = /^[+-]\d\d:\d\d$/.test(zone) ? zone : '+00:00';
  return offsetMinutes(next?.offset_before ?? previous?.offset_after ?? fixed);
}

const asked = async (request: Record<string, unknown>, signal: AbortSignal): Promise<Answer<Previewed>> => {
  const answer = await post<PreviewAnswer>('/manipulations/preview', request, signal);
  if (answer.problem !== undefined) return answer;
  return { value: { ...answer.value, offset: offsetAt(answer.value, String(request['target_timezone'])) } };
};

export const OCCURRENCES = 5;

/** The result, five occurrences of it where it recurs. */
export const preview = (request: Record<string, unknown>, signal: AbortSignal): Promise<Answer<Previewed>> =>
  asked(
    request['operation'] === 'NEXT_OCCURRENCE' ? { occurrences: OCCURRENCES, ...request } : request,
    signal,
  );

const OF_THE_SOURCE = [
  'source_timestamp',
  'source_format',
  'source_epoch',
  'source_timezone',
  'target_timezone',
];

/** Where the source lies on the target zone's clock: the same request as a CONVERT. */
export function previewSource(
  request: Record<string, unknown>,
  signal: AbortSignal,
): Promise<Answer<Previewed>> {
  const kept = Object.entries(request).filter(
    ([name]) => OF_THE_SOURCE.includes(name) || name === 'disambiguation' || name === 'offset_conflict',
  );
  return asked({ ...Object.fromEntries(kept), operation: 'CONVERT' }, signal);
}
