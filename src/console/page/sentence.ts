/** One or two sentences on what happens, for people who have to explain it. */
import type { Previewed } from './preview.ts';
import { askedLocal, sourceZone } from './source.ts';
import { lengthText, offsetMinutes, offsetText, wallClock } from './time.ts';
import { type Change, changesOf } from './timeline-scale.ts';

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

/** What a result that is no moment says. */
function lengthSentence(
  request: Record<string, unknown>,
  start: string,
  { output_timestamp }: Previewed,
): string {
  const { until_timestamp: other } = request;
  const until = typeof other === 'string' ? other : 'the other end';
  switch (request['operation']) {
    case 'BUSINESS_DAYS_UNTIL':
      return `From ${start} until ${until} there are ${output_timestamp} working days.`;
    case 'BUSINESS_TIME_UNTIL':
      return `From ${start} until ${until} it is open for ${output_timestamp}.`;
    default:
      return `From ${start} until ${until} it is ${output_timestamp}.`;
  }
}

const MINUTE = 60_000;

/** The change whose skipped or repeated times a local time is one of. */
export function changeAt(changes: Change[], local: number): Change | undefined {
  return changes.find(({ at, before, after }) => {
    const [first, last] = [at + Math.min(before, after) * MINUTE, at + Math.max(before, after) * MINUTE];
    return local >= first && local < last;
  });
}

/** How a local time was settled that the clocks skip or show twice. `own` is the source on the clock of its own zone. */
function settled(request: Record<string, unknown>, answer: Previewed, own: Previewed): string | undefined {
  if (answer.resolution === 'exact') return undefined;
  const local = askedLocal(request);
  const change = changeAt(changesOf([own.previous_transition, own.next_transition]), local ?? NaN);
  if (local === undefined || change === undefined || own.output_instant === null) {
    return answer.resolution === 'gap_shifted'
      ? 'A local time on the way does not exist, as the clocks skip it: it was read as the one past the gap.'
      : 'A local time on the way comes twice, as the clocks go back.';
  }
  const zone = sourceZone(request);
  const asked = wallClock(local, 0);
  const [from, to] = [wallClock(change.at, change.before).time, wallClock(change.at, change.after).time];
  const instant = Date.parse(own.output_instant);
  if (answer.resolution === 'gap_shifted') {
    const used = Math.round((local - instant) / MINUTE);
    const which = used === change.before ? 'before' : 'after';
    return `${asked.time} on ${asked.date} does not exist in ${zone}: at ${from} the clocks go forward to ${to}. Read with the offset ${which} the change (${offsetText(used)}), it is ${wallClock(instant, own.offset).time}.`;
  }
  const which = answer.resolution === 'fold_earlier' ? 'first' : 'second';
  return `${asked.time} on ${asked.date} comes twice in ${zone}: at ${from} the clocks go back to ${to}. The ${which} of the two (${offsetText(own.offset)}) was taken.`;
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
  /** Of the target zone there, in minutes. */
  offset: number;
}

/**
 * `source` is where the source lies on the target zone's own clock, and `own` the source on that of its own zone;
 * undefined where they could not be told.
 */
export function sentences(
  request: Record<string, unknown>,
  answer: Previewed,
  source: SourceMoment | undefined,
  own: Previewed | undefined,
): string[] {
  const zone = String(request['target_timezone']);
  const from = source && wallClock(source.epochMs, source.offset);
  const start =
    from === undefined
      ? 'the source'
      : `${from.time} on ${from.date} in ${zone} (${offsetText(source?.offset ?? 0)})`;
  if (answer.output_instant === null) return [lengthSentence(request, start, answer)];
  const to = wallClock(Date.parse(answer.output_instant), answer.offset);
  const result = `${to.time} on ${to.date}`;
  const lines: string[] = [];
  const how = own && settled(request, answer, own);
  if (how !== undefined) lines.push(how);
  if (request['operation'] === 'CONVERT') {
    const known = how !== undefined && sourceZone(request) === zone;
    if (!known) lines.push(`In ${zone} it is ${result} (${offsetText(answer.offset)}).`);
    return lines;
  }
  lines.push(
    `${start.charAt(0).toUpperCase()}${start.slice(1)} ${deed(request)} ${result} (${offsetText(answer.offset)}).`,
  );
  if (source !== undefined && source.offset !== answer.offset) {
    lines.push(
      `Between the two the clocks there changed from ${offsetText(source.offset)} to ${offsetText(answer.offset)}.`,
    );
  }
  return lines;
}
