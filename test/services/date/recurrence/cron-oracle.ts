/** What croner and cron-parser make of a cron expression, and random expressions to ask them about. */
import { Cron } from 'croner';
import { CronExpressionParser } from 'cron-parser';
import { Problem } from '../../../../src/errors.ts';
import { compute } from '../../../../src/services/date/index.ts';
import { Temporal } from '../../../../src/services/temporal.ts';
import { createRandom, type Random } from '../../../support/random.ts';
import { zoneList } from '../zone-list.ts';

interface CronCase {
  cron: string;
  zone: string;
  /** Epoch milliseconds, a whole minute or not. */
  source: number;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

function field(random: Random, min: number, max: number, star: number): string {
  if (random.next() < star) return '*';
  const one = () => random.integer(min, max);
  return random.pick([
    () => String(one()),
    () => `*/${random.integer(2, Math.max(2, (max - min) >> 1))}`,
    () => {
      const [low = 0, high = 0] = [one(), one()].sort((a, b) => a - b);
      return `${low}-${high}`;
    },
    () => [...new Set([one(), one(), one()])].sort((a, b) => a - b).join(),
  ])();
}

const day = (random: Random): string =>
  random.next() < 0.5
    ? '*'
    : random.pick([
        () => field(random, 1, 28, 0),
        () => String(random.integer(29, 31)),
        () => 'L',
        () => `${random.integer(1, 31)}W`,
      ])();

const weekday = (random: Random): string =>
  random.next() < 0.5
    ? '*'
    : random.pick([
        () => random.pick(WEEKDAYS),
        () => String(random.integer(0, 6)),
        () => 'MON-FRI',
        () => `${random.integer(0, 6)}#${random.integer(1, 5)}`,
        () => `${random.integer(0, 6)}L`,
      ])();

const month = (random: Random): string =>
  random.next() < 0.6 ? '*' : random.next() < 0.5 ? random.pick(MONTHS) : field(random, 1, 12, 0);

/** From 1975 to 2040, as far as the libraries' own calendars are sure; half of them within a day of a change of clocks. */
function* randomCrons(count: number, seed: number): Generator<CronCase> {
  const random = createRandom(seed);
  const zones = zoneList.filter((zone) => !/^[+-]/.test(zone));
  for (let made = 0; made < count; made++) {
    const zone = random.pick(zones);
    const any = random.integer(Date.UTC(1975, 0, 1), Date.UTC(2040, 0, 1));
    const near = Temporal.Instant.fromEpochMilliseconds(any)
      .toZonedDateTimeISO(zone)
      .getTimeZoneTransition('next');
    const source =
      near !== null && random.next() < 0.5
        ? near.epochMilliseconds + random.integer(-86_400, 3_600) * 1000
        : any;
    const cron = [
      field(random, 0, 59, 0.2),
      field(random, 0, 23, 0.3),
      day(random),
      month(random),
      weekday(random),
    ];
    yield { cron: cron.join(' '), zone, source };
  }
}

function ours({ cron, zone, source }: CronCase): number | null {
  try {
    const answer = compute({
      source_epoch: { value: source, unit: 'millisecond' },
      target_timezone: zone,
      operation: 'NEXT_OCCURRENCE',
      cron,
      gap_policy: 'skip',
      output_format: 'epoch_milliseconds',
    });
    return Number(answer.output_timestamp);
  } catch (error) {
    if (error instanceof Problem && error.code === 'NO_OCCURRENCE') return null;
    throw error;
  }
}

function croner({ cron, zone, source }: CronCase): number | null {
  return new Cron(cron, { timezone: zone, paused: true }).nextRun(new Date(source))?.getTime() ?? null;
}

function cronParser({ cron, zone, source }: CronCase): number | null {
  return CronExpressionParser.parse(cron, { tz: zone, currentDate: new Date(source) })
    .next()
    .getTime();
}

/** croner and cron-parser take either day where one of them is a star with a step; Vixie's cron wants both. */
const isReadOtherwise = ({ cron }: CronCase): boolean => {
  const [, , dayOfMonth = '', , dayOfWeek] = cron.split(' ');
  return dayOfMonth.startsWith('*/') && dayOfWeek !== '*';
};

/** cron-parser has no W, refuses days that no month named has, and moves what the clocks skip. */
const isBeyondCronParser = (one: CronCase, answer: number | null): boolean =>
  /\dW/.test(one.cron) || answer === null || isBesideTransition(one, answer);

/** Whether the zone's offset changes from a day before the source to two days after the answer. */
function isBesideTransition({ zone, source }: CronCase, answer: number): boolean {
  const next = Temporal.Instant.fromEpochMilliseconds(source - 86_400_000)
    .toZonedDateTimeISO(zone)
    .getTimeZoneTransition('next');
  return next !== null && next.epochMilliseconds <= answer + 2 * 86_400_000;
}

/** Whether the clocks have shown that time before. croner runs again there for some ranges of hours. */
function isSecondRun(zone: string, epochMs: number): boolean {
  const at = Temporal.Instant.fromEpochMilliseconds(epochMs + 1).toZonedDateTimeISO(zone);
  const change = at.getTimeZoneTransition('previous');
  if (change === null) return false;
  const before = change.subtract({ nanoseconds: 1 }).offsetNanoseconds;
  return epochMs - change.epochMilliseconds < (before - change.offsetNanoseconds) / 1e6;
}

export interface Comparison {
  library: string;
  compared: number;
  /** Cases that the docs tell the libraries read otherwise. */
  leftOut: number;
  differences: unknown[];
}

/** Compares with both on random cases; croner in all zones and beside transitions, cron-parser away from them. */
export function compareCrons(count: number, seed: number): Comparison[] {
  const results = [
    { library: 'croner', ask: croner, compared: 0, leftOut: 0, differences: [] as unknown[] },
    { library: 'cron-parser', ask: cronParser, compared: 0, leftOut: 0, differences: [] as unknown[] },
  ];
  for (const one of randomCrons(count, seed)) {
    const answer = ours(one);
    for (const result of results) {
      if (isReadOtherwise(one) || (result.ask === cronParser && isBeyondCronParser(one, answer))) {
        result.leftOut++;
        continue;
      }
      const theirs = result.ask(one);
      if (theirs !== answer && theirs !== null && isSecondRun(one.zone, theirs)) {
        result.leftOut++;
        continue;
      }
      result.compared++;
      if (theirs !== answer) result.differences.push({ ...one, answer, theirs });
    }
  }
  return results;
}
