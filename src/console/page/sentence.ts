/** One or two sentences on what happens, for somebody who has to explain it. */
import type { Previewed } from './preview.ts';
import { lengthText, offsetMinutes, offsetText, wallClock } from './time.ts';

const minutesText = (minutes: number) => lengthText(minutes * 60);

function deed(request: Record<string, unknown>): string {
  const number = (name: string) => Number(request[name] ?? 0);
  const named = (name: string) => (typeof request[name] === 'string' ? request[name] : String(number(name)));
  switch (request['operation']) {
    case 'CONVERT':
      return 'is the same moment as';
    case 'ADD_OFFSET':
      return `plus ${number('offset_minutes') < 0 ? 'minus ' : ''}${minutesText(number('offset_minutes'))} of exact time is`;
    case 'SUBTRACT_OFFSET':
      return `less ${minutesText(number('offset_minutes'))} of exact time is`;
    case 'ADD':
      return `plus ${named('duration')} on the zone’s calendar is`;
    case 'SUBTRACT':
      return `less ${named('duration')} on the zone’s calendar is`;
    case 'ROUND':
      return `rounded to the ${named('smallest_unit')} is`;
    case 'START_OF':
      return `lies in a ${named('unit')} that begins at`;
    case 'END_OF':
      return `lies in a ${named('unit')} that ends at`;
    case 'ADD_BUSINESS_DAYS':
      return `plus ${named('days')} working days is`;
    case 'SUBTRACT_BUSINESS_DAYS':
      return `less ${named('days')} working days is`;
    case 'ROLL_TO_BUSINESS_DAY':
      return 'moved to a working day is';
    case 'NEXT_OPENING':
      return 'is followed by the opening at';
    case 'NEXT_CLOSING':
      return 'is followed by the closing at';
    case 'ADD_BUSINESS_TIME':
      return `plus ${named('duration')} of open time is`;
    case 'SUBTRACT_BUSINESS_TIME':
      return `less ${named('duration')} of open time is`;
    case 'NEXT_OCCURRENCE':
      return 'is followed by the occurrence at';
    case 'SEQUENCE':
      return 'after all of its steps is';
    default:
      return 'becomes';
  }
}

const FOLDS: Record<string, string> = {
  fold_earlier: 'That local time comes twice, as the clocks go back: the first of the two was taken.',
  fold_later: 'That local time comes twice, as the clocks go back: the second of the two was taken.',
};

/** The local time that was asked for, where the source was one: `02:30 on Sun 10 Mar 2024`. */
function localText(request: Record<string, unknown>): string | undefined {
  const { source_timestamp: source } = request;
  if (typeof source !== 'string' || !/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(\[|$)/.test(source))
    return undefined;
  const { time, date } = wallClock(Date.parse(`${source.slice(0, 10)}T${source.slice(11, 19)}Z`), 0);
  return `${time} on ${date}`;
}

/** How a local time was settled that the clocks skip or show twice. */
function settled(request: Record<string, unknown>, answer: Previewed): string | undefined {
  if (answer.resolution !== 'gap_shifted') return FOLDS[answer.resolution];
  const gap = answer.previous_transition;
  const clocks =
    gap === null || gap === undefined
      ? 'the clocks skip it'
      : `the clocks go from ${wallClock(Date.parse(gap.instant), offsetMinutes(gap.offset_before)).time} to ${wallClock(Date.parse(gap.instant), offsetMinutes(gap.offset_after)).time}`;
  const asked = localText(request);
  return `${asked === undefined ? 'That local time' : `The local time ${asked}`} does not exist: ${clocks}, so it was read as the one past the gap.`;
}

/** What the clocks of the zone do next, or undefined where they do nothing. */
export function nextChange({ next_transition: next }: Previewed): string | undefined {
  if (next === null) return undefined;
  const [before, after] = [offsetMinutes(next.offset_before), offsetMinutes(next.offset_after)];
  const from = wallClock(Date.parse(next.instant), before);
  const way = after > before ? 'forward' : 'back';
  return `The clocks there next go ${way} by ${minutesText(after - before)} on ${from.date}, from ${from.time} to ${wallClock(Date.parse(next.instant), after).time}.`;
}

export interface SourceMoment {
  epochMs: number;
  offset: number;
}

/** `source` is where the source lies on the target zone's own clock; undefined where it could not be told. */
export function sentences(
  request: Record<string, unknown>,
  answer: Previewed,
  source: SourceMoment | undefined,
): string[] {
  const zone = String(request['target_timezone']);
  const from = source && wallClock(source.epochMs, source.offset);
  const start =
    from === undefined
      ? 'The source'
      : `${from.time} on ${from.date} in ${zone} (${offsetText(source?.offset ?? 0)})`;
  if (answer.output_instant === null)
    return [`From ${start} it is ${answer.output_timestamp} to the other end.`];
  const offset = answer.offset;
  const to = wallClock(Date.parse(answer.output_instant), offset);
  const result = `${to.time} on ${to.date} (${offsetText(offset)})`;
  const lines = [`${start} ${deed(request)} ${result}.`];
  const how = settled(request, answer);
  if (how !== undefined) lines.unshift(how);
  if (source !== undefined && source.offset !== offset) {
    lines.push(
      `Between the two the clocks there changed from ${offsetText(source.offset)} to ${offsetText(offset)}.`,
    );
  }
  const next = nextChange(answer);
  if (next !== undefined) lines.push(next);
  return lines;
}
