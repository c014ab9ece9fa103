/** `MINUTES_CASES=200000 node --test …` compares more. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Problem } from '../../../../src/errors.ts';
import { type Calendar, compileCalendar } from '../../../../src/services/calendars/compile.ts';
import { compute, type Preview } from '../../../../src/services/date/index.ts';
import { createRandom } from '../../../support/random.ts';
import { layOut, type MinutesCase, randomCase } from './minutes.ts';

/** The polyfill, which a runtime without Temporal has, takes ten times as long to lay a clock out. */
const CASES = Number(process.env['MINUTES_CASES'] ?? ('Temporal' in globalThis ? 1_500 : 500));
const SEED = Number(process.env['MINUTES_SEED'] ?? 20261124);

const text = (minute: number): string => new Date(minute * 60_000).toISOString();

/** What the service makes of the same hours and overrides in a file. */
const calendarOf = ({ zone, shifts, holidays, overrides }: MinutesCase): Calendar | null =>
  overrides &&
  compileCalendar({
    name: 'random',
    timezone: zone,
    opening_hours: shifts,
    holidays,
    overrides: overrides.map(({ from, to, open }) => ({ from: moment(from), to: moment(to), open })),
  });

const moment = (minute: number): string => `${text(minute).slice(0, 16)}Z`;

/** The answer in epoch minutes, or as a number of minutes; null where there is none. */
function ask(
  { zone, shifts, holidays, pauses }: MinutesCase,
  calendar: Calendar | null,
  more: object,
): number | null {
  const request = {
    target_timezone: zone,
    ...(calendar === null ? { opening_hours: shifts, holidays } : { calendar: calendar.name }),
    pauses: pauses.map(({ from, to }) => ({ from: text(from), to: text(to) })),
    duration_format: 'minutes',
    ...more,
  };
  try {
    const { output_instant, output_timestamp, accuracy_valid } = compute(
      request as unknown as Preview,
      calendar === null ? {} : { calendars: { find: () => calendar } },
    );
    assert.equal(accuracy_valid, true);
    return output_instant === null ? Number(output_timestamp) : Date.parse(output_instant) / 60_000;
  } catch (error) {
    if (error instanceof Problem && error.code === 'NO_OCCURRENCE') return null;
    throw error;
  }
}

it(`business time is what a count of minutes says, in ${CASES} random cases`, (t) => {
  const random = createRandom(SEED);
  const compared = { until: 0, add: 0, subtract: 0, undone: 0 };
  let leftOut = 0;
  for (let made = 0; made < CASES; made++) {
    const one = randomCase(random);
    const minutes = layOut(one);
    if (minutes === undefined) {
      leftOut += 1;
      continue;
    }
    const at = (minute: number) => ({ source_timestamp: text(minute) });
    const { source, until, amount } = one;
    const add = (from: number) => ({ ...at(from), operation: 'ADD_BUSINESS_TIME', duration: `PT${amount}M` });
    const subtract = (from: number) => ({ ...add(from), operation: 'SUBTRACT_BUSINESS_TIME' });
    const between = (from: number, to: number) => ({
      ...at(from),
      operation: 'BUSINESS_TIME_UNTIL',
      until_timestamp: text(to),
    });
    const told = JSON.stringify(one);
    const calendar = calendarOf(one);

    const distance = ask(one, calendar, between(source, until));
    // Without any opening there is nothing to search until.
    if (distance !== null) assert.equal(distance, minutes.between(source, until), `until: ${told}`);
    compared.until += 1;

    const later = minutes.after(source, amount);
    if (later !== undefined) {
      assert.equal(ask(one, calendar, add(source)), later, `add: ${told}`);
      assert.equal(ask(one, calendar, between(source, later)), amount, `added, then until: ${told}`);
      compared.add += 1;
      if (minutes.isOpen(source)) {
        assert.equal(ask(one, calendar, subtract(later)), source, `subtract undoes add: ${told}`);
        compared.undone += 1;
      }
    }
    const earlier = minutes.before(source, amount);
    if (earlier !== undefined) {
      assert.equal(ask(one, calendar, subtract(source)), earlier, `subtract: ${told}`);
      compared.subtract += 1;
    }
  }
  t.diagnostic(`${JSON.stringify(compared)}, ${leftOut} left out, as their clock left a day out`);
  assert.ok(leftOut < CASES / 100);
  assert.ok(compared.add > CASES / 2 && compared.subtract > CASES / 2 && compared.undone > CASES / 10);
});
