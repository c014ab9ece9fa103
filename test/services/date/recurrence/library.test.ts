/** A library that shares no code with ours, on random rules of the kinds that it gets right. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { RRuleTemporal } from 'rrule-temporal';
import { Problem } from '../../../../src/errors.ts';
import { compute } from '../../../../src/services/date/index.ts';
import { createRandom, type Random } from '../../../support/random.ts';

const RULES = 250;
const SEED = 5545;
const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
const ZONES = ['America/New_York', 'Europe/Berlin', 'UTC', 'Asia/Kathmandu'];

function randomRule(random: Random): string {
  const chance = (probability: number) => random.next() < probability;
  const some = (most: number, one: () => number | string) =>
    [...new Set(Array.from({ length: random.integer(1, most) }, one))].join();
  const freq = random.pick(['YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY', 'HOURLY', 'MINUTELY']);
  const parts = [`FREQ=${freq}`];
  if (chance(0.5)) parts.push(`INTERVAL=${random.integer(1, 5)}`);
  if (chance(0.3)) parts.push(`BYMONTH=${some(3, () => random.integer(1, 12))}`);
  if (freq !== 'WEEKLY' && chance(0.3)) {
    parts.push(`BYMONTHDAY=${some(3, () => random.pick([random.integer(1, 31), -random.integer(1, 31)]))}`);
  } else if (chance(0.5)) {
    const numbered = (freq === 'MONTHLY' || freq === 'YEARLY') && chance(0.5);
    parts.push(
      `BYDAY=${some(3, () => `${numbered ? random.pick([1, 2, 3, 4, -1, -2]) : ''}${random.pick(WEEKDAYS)}`)}`,
    );
  }
  if (chance(0.25)) parts.push(`BYHOUR=${some(3, () => random.integer(0, 23))}`);
  if (chance(0.25)) parts.push(`BYMINUTE=${some(3, () => random.pick([0, 15, 30, 45]))}`);
  if (chance(0.3)) parts.push(`WKST=${random.pick(WEEKDAYS)}`);
  if (chance(0.2) && parts.some((part) => part.startsWith('BY')))
    parts.push(`BYSETPOS=${random.pick([1, 2, -1])}`);
  if (chance(0.3)) parts.push(`COUNT=${random.integer(1, 60)}`);
  return parts.join(';');
}

function ours(recurrence_rule: string, source_timestamp: string): string | null {
  const common = { target_timezone: 'UTC', precision_limit: 0, operation: 'NEXT_OCCURRENCE' } as const;
  try {
    return String(compute({ ...common, source_timestamp, recurrence_rule }).output_timestamp);
  } catch (error) {
    if (error instanceof Problem && error.code === 'NO_OCCURRENCE') return null;
    throw error;
  }
}

function theirs(rruleString: string, source: string, zone: string): string | null {
  const after = { timeZoneId: zone, toString: () => `${source.replace('Z', '+00:00')}[UTC]` };
  try {
    const found = new RRuleTemporal({ rruleString }).next(after);
    return found === null ? null : new Date(found.epochMilliseconds).toISOString().replace('.000', '');
  } catch (error) {
    if (String(error).includes('Maximum iterations')) return null;
    throw error;
  }
}

it(`agrees with rrule-temporal on ${RULES} random rules`, () => {
  const random = createRandom(SEED);
  for (let made = 0; made < RULES; made++) {
    const zone = random.pick(ZONES);
    const start = new Date(
      Date.UTC(
        random.integer(2015, 2026),
        random.integer(0, 11),
        random.integer(1, 28),
        random.integer(0, 23),
        30,
      ),
    );
    const text = `DTSTART;TZID=${zone}:${start.toISOString().replace(/[-:]|\.000Z/g, '')}\nRRULE:${randomRule(random)}`;
    const source = new Date(start.getTime() + random.integer(-10, 1500) * 86_400_000).toISOString();
    assert.equal(ours(text, source), theirs(text, source, zone), `${text} after ${source}`);
  }
});
