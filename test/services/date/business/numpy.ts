/** Random questions about working days, and what numpy answers: asked now where python3 has it, else as stored. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Temporal } from '../../../../src/services/temporal.ts';
import { createRandom, type Random } from '../../../support/random.ts';
import { zoneList } from '../zone-list.ts';

export const STORED_CASES = 5_000;
export const STORED_SEED = 20261124;
export const STORED = new URL('numpy-answers.json', import.meta.url);
const SCRIPT = fileURLToPath(new URL('numpy_answers.py', import.meta.url));
export const ROLLS = ['following', 'preceding', 'modified_following', 'modified_preceding'] as const;

export interface DaysCase {
  zone: string;
  /** Local, without an offset; the source’s time of day is kept. */
  time: string;
  day: string;
  to: string;
  weekend: number[];
  holidays: string[];
}

/** [count, days that each of `ROLLS` goes] */
export type Answer = [number, number, number, number, number];

const DAY_MS = 86_400_000;
const date = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);
export const later = (text: string, days: number): string => date(Date.parse(text) / DAY_MS + days);

/** From 1950 to 2060, half of them within two days of a change of clocks; never is every day of the week a weekend. */
export function randomCases(count: number, seed: number): DaysCase[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => randomCase(random));
}

function randomCase(random: Random): DaysCase {
  const zone = random.pick(zoneList);
  let day = random.integer(Date.UTC(1950, 0, 1) / DAY_MS, Date.UTC(2060, 0, 1) / DAY_MS);
  if (random.next() < 0.5 && !/^[+-]/.test(zone)) {
    const at = Temporal.Instant.fromEpochMilliseconds(day * DAY_MS).toZonedDateTimeISO(zone);
    const change = at.getTimeZoneTransition('previous');
    if (change !== null && change.year >= 1950)
      day = Math.floor(change.epochMilliseconds / DAY_MS) + random.integer(-2, 2);
  }
  const pad = (value: number) => String(value).padStart(2, '0');
  const weekend = [1, 2, 3, 4, 5, 6, 7].filter((one) => random.next() < (one > 5 ? 0.8 : 0.15));
  return {
    zone,
    time: `${pad(random.integer(0, 23))}:${pad(random.integer(0, 59))}:${pad(random.integer(0, 59))}`,
    day: date(day),
    to: date(day + random.integer(-400, 400)),
    weekend: weekend.length === 7 ? [] : weekend,
    holidays: Array.from({ length: random.pick([0, 3, 20, 60]) }, () =>
      date(day + random.integer(-40, 40) * random.pick([1, 1, 10])),
    ),
  };
}

/** Ours counts the last day and not the first, numpy the first and not the last: both are moved by a day, or swapped. */
const question = ({ day, to, weekend, holidays }: DaysCase): string =>
  JSON.stringify({
    weekmask: [1, 2, 3, 4, 5, 6, 7].map((one) => (weekend.includes(one) ? '0' : '1')).join(''),
    holidays,
    from: day <= to ? later(day, 1) : to,
    to: day <= to ? later(to, 1) : day,
    day,
  });

const digestOf = (questions: string): string => createHash('sha256').update(questions).digest('hex');

/**
 * What numpy says now.
 * @throws Error where python3 has none
 */
export function askNumpy(
  cases: readonly DaysCase[],
  python = 'python3',
): { questions: string; answers: Answer[] } {
  const questions = digestOf(cases.map(question).join('\n'));
  const out = execFileSync(python, [SCRIPT], {
    input: cases.map(question).join('\n'),
    maxBuffer: 256 * 1024 * 1024,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const answers = out
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer);
  return { questions, answers };
}

/** What numpy said once, to the same questions. @throws Error when the questions are others by now */
export function storedAnswers(cases: readonly DaysCase[]): Answer[] {
  const stored = JSON.parse(readFileSync(STORED, 'utf8')) as { questions: string; answers: string };
  if (stored.questions !== digestOf(cases.map(question).join('\n')))
    throw new Error('The questions have changed: node test/services/date/business/numpy-full.ts --store');
  const values = stored.answers.split(' ').map(Number);
  return cases.map((_, index) => values.slice(index * 5, index * 5 + 5) as Answer);
}
