import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { OUTPUT_FORMATS } from '../../../src/schemas/manipulation.ts';
import { compute, type Preview } from '../../../src/services/date/index.ts';
import { moment, source, zoneWithClocks as zone } from './arbitraries.ts';

const run = (request: Record<string, unknown>) => compute(request as unknown as Preview);
const utc = (request: Record<string, unknown>) => Date.parse(String(run(request).output_instant));
type Arbitraries<T extends [unknown, ...unknown[]]> = { [K in keyof T]: fc.Arbitrary<T[K]> };
const check = <T extends [unknown, ...unknown[]]>(...args: [...Arbitraries<T>, (...values: T) => void]) =>
  fc.assert(fc.property<T>(...(args as Parameters<typeof fc.property<T>>)), { numRuns: 400, seed: 1 });
const minutes = fc.integer({ min: -1_000_000, max: 1_000_000 });
const floorMs = (epochNs: bigint) =>
  Number((epochNs - (((epochNs % 1_000_000n) + 1_000_000n) % 1_000_000n)) / 1_000_000n);
const starts = fc.record({
  week_start: fc.integer({ min: 1, max: 7 }),
  year_start_month: fc.integer({ min: 1, max: 12 }),
});
const unit = fc.constantFrom('hour', 'day', 'week', 'month', 'quarter', 'year');

describe('dates', () => {
  it('SUBTRACT_OFFSET undoes ADD_OFFSET', () =>
    check(moment, zone, minutes, (epochNs, target_timezone, offset_minutes) => {
      const common = { target_timezone, offset_minutes, output_format: 'rfc9557' };
      const there = run({ ...source(epochNs), ...common, operation: 'ADD_OFFSET' });
      const back = {
        source_timestamp: String(there.output_instant),
        ...common,
        operation: 'SUBTRACT_OFFSET',
      };
      assert.equal(utc(back), floorMs(epochNs));
      assert.ok(there.accuracy_valid);
    }));

  it('CONVERT never changes the instant, whatever the format', () =>
    check(moment, zone, fc.constantFrom(...OUTPUT_FORMATS), (epochNs, target_timezone, output_format) => {
      const answer = run({
        ...source(epochNs),
        target_timezone,
        output_format,
        ...(output_format === 'pattern' && { output_pattern: 'd MMM y H:mm:ss.SSS z' }),
        operation: 'CONVERT',
      });
      const written = BigInt(Date.parse(String(answer.output_instant))) * 1_000_000n;
      assert.equal(written + BigInt(answer.discarded_nanoseconds), epochNs);
      assert.ok(answer.accuracy_valid);
    }));

  it('output parses back to the same instant at its precision', () =>
    check(
      moment,
      zone,
      fc.constantFrom('rfc3339', 'utc', 'rfc9557'),
      fc.integer({ min: 0, max: 3 }),
      (epochNs, target_timezone, output_format, precision_limit) => {
        const common = { target_timezone, output_format, precision_limit, operation: 'CONVERT' };
        const once = run({ ...source(epochNs), ...common });
        const twice = run({ ...common, source_timestamp: once.output_timestamp });
        assert.equal(twice.output_instant, once.output_instant);
        assert.equal(twice.output_timestamp, once.output_timestamp);
        assert.equal(twice.discarded_nanoseconds, 0);
      },
    ));

  it('START_OF is idempotent and never after its input, which END_OF is never before', () =>
    check(moment, zone, unit, starts, (epochNs, target_timezone, of, begins) => {
      const common = { target_timezone, unit: of, ...begins };
      const startAt = (value: number) =>
        utc({ source_epoch: { value, unit: 'millisecond' }, ...common, operation: 'START_OF' });
      const start = utc({ ...source(epochNs), ...common, operation: 'START_OF' });
      const end = run({ ...source(epochNs), ...common, operation: 'END_OF', bound: 'exclusive' });
      const last = utc({ ...source(epochNs), ...common, operation: 'END_OF' });
      assert.ok(start <= floorMs(epochNs));
      assert.equal(startAt(start), start);
      assert.ok(Date.parse(String(end.output_instant)) > floorMs(epochNs));
      assert.equal(last, Date.parse(String(end.output_instant)) - 1);
      // Which is not to say that the next one starts there: clocks that go back over its start come to it twice.
      assert.equal(startAt(last), start);
      assert.notEqual(startAt(last + 1), start);
    }));

  it('weeks begin on week_start, years and quarters with year_start_month', () =>
    check(moment, fc.constantFrom('week', 'quarter', 'year'), starts, (epochNs, of, begins) => {
      const common = { ...source(epochNs), target_timezone: 'UTC', unit: of, ...begins };
      const start = new Date(utc({ ...common, operation: 'START_OF' }));
      const next = new Date(utc({ ...common, operation: 'END_OF', bound: 'exclusive' }));
      const months =
        (next.getUTCFullYear() - start.getUTCFullYear()) * 12 + next.getUTCMonth() - start.getUTCMonth();
      if (of === 'week') {
        assert.equal(start.getUTCDay() || 7, begins.week_start);
        assert.equal(next.getTime() - start.getTime(), 7 * 86_400_000);
      } else {
        assert.equal(start.getUTCDate(), 1);
        assert.equal((start.getUTCMonth() + 13 - begins.year_start_month) % (of === 'year' ? 12 : 3), 0);
        assert.equal(months, of === 'year' ? 12 : 3);
      }
    }));

  it('UNTIL then ADD returns to the target', () =>
    check(
      moment,
      moment,
      zone,
      fc.constantFrom('year', 'month', 'week', 'day', 'hour', 'minute', 'second'),
      (fromNs, toNs, target_timezone, largest_unit) => {
        const from = BigInt(floorMs(fromNs)) * 1_000_000n;
        const until_timestamp = new Date(floorMs(toNs)).toISOString();
        const common = { ...source(from), target_timezone };
        const answer = run({ ...common, operation: 'UNTIL', until_timestamp, largest_unit });
        const duration = String(answer.output_timestamp);
        assert.equal(utc({ ...common, operation: 'ADD', duration }), floorMs(toNs), duration);
        assert.ok(answer.accuracy_valid, duration);
        assert.equal(answer.output_instant, null);
      },
    ));

  it('ROUND lands on a multiple of the unit, if clocks show it', () =>
    check(moment, zone, fc.constantFrom(1, 5, 15, 30), (epochNs, target_timezone, rounding_increment) => {
      const common = { target_timezone, operation: 'ROUND', smallest_unit: 'minute', rounding_increment };
      const answer = run({ ...source(epochNs), ...common, output_format: 'rfc9557' });
      const [, minute, second] = /T\d\d:(\d\d):(\d\d)/.exec(String(answer.output_timestamp)) ?? [];
      const onMultiple = second === '00' && Number(minute) % rounding_increment === 0;
      assert.ok(answer.resolution === 'gap_shifted' || onMultiple, String(answer.output_timestamp));
    }));
});

describe('working days', () => {
  const date = fc
    .integer({ min: 20_000, max: 20_400 })
    .map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10));
  const dates = fc.array(date, { maxLength: 12 });
  const weekend = fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { maxLength: 6 });

  it('are what counting day by day finds, in both directions', () =>
    check(
      fc.integer({ min: 20_000, max: 20_400 }),
      fc.integer({ min: 0, max: 400 }),
      weekend,
      dates,
      dates,
      fc.boolean(),
      (start, days, weekendDays, holidays, additional, forward) => {
        const isWorked = (day: number) => {
          const text = new Date(day * 86_400_000).toISOString().slice(0, 10);
          const weekday = new Date(day * 86_400_000).getUTCDay() || 7;
          return additional.includes(text) || !(holidays.includes(text) || weekendDays.includes(weekday));
        };
        let expected = start;
        for (let left = days; left > 0;) {
          expected += forward ? 1 : -1;
          if (isWorked(expected)) left--;
        }
        const answer = utc({
          source_epoch: { value: start * 86_400 + 34_200, unit: 'second' },
          target_timezone: 'UTC',
          operation: forward ? 'ADD_BUSINESS_DAYS' : 'SUBTRACT_BUSINESS_DAYS',
          days,
          weekend: weekendDays,
          holidays,
          additional_working_days: additional,
        });
        assert.equal(answer, (expected * 86_400 + 34_200) * 1000);
      },
    ));
});

describe('opening hours', () => {
  const time = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom('00', '15', '30', '45'))
    .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${minute}`);
  const shift = fc.record({
    days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 7 }),
    open: time,
    close: time,
  });
  const opening_hours = fc.array(shift, { minLength: 1, maxLength: 4 });

  /** Whether a shift that began today or yesterday by the clock is on; away from transitions the clock tells it all. */
  const isOpen = (epochMs: number, shifts: { days: number[]; open: string; close: string }[]) => {
    const day = Math.floor(epochMs / 86_400_000);
    const minute = Math.floor((epochMs - day * 86_400_000) / 60_000);
    const of = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
    return shifts.some(({ days, open, close }) =>
      [0, 1].some((back) => {
        const weekday = new Date((day - back) * 86_400_000).getUTCDay() || 7;
        const end = of(close) <= of(open) ? of(close) + 1440 : of(close);
        const at = minute + back * 1440;
        return days.includes(weekday) && at >= of(open) && at < end;
      }),
    );
  };

  it('NEXT_OPENING is idempotent and lies in opening hours, with none passed over', () =>
    check(fc.integer({ min: 0, max: 2_000_000_000 }), opening_hours, (second, hours) => {
      const common = { target_timezone: 'UTC', operation: 'NEXT_OPENING', opening_hours: hours };
      const found = utc({ source_epoch: { value: second, unit: 'second' }, ...common });
      assert.ok(isOpen(found, hours));
      for (let at = second * 1000; at < found; at += 300_000) assert.equal(isOpen(at, hours), false);
      assert.equal(utc({ source_epoch: { value: found, unit: 'millisecond' }, ...common }), found);
    }));

  it('NEXT_OPENING is idempotent in every zone', () =>
    check(moment, zone, opening_hours, (epochNs, target_timezone, hours) => {
      const common = { target_timezone, operation: 'NEXT_OPENING', opening_hours: hours };
      const found = utc({ ...source(epochNs), ...common });
      assert.ok(found >= floorMs(epochNs));
      assert.equal(utc({ source_epoch: { value: found, unit: 'millisecond' }, ...common }), found);
    }));

  it('ADD_BUSINESS_TIME counts every open quarter of an hour and no other', () =>
    check(
      fc.integer({ min: 0, max: 2_000_000 }),
      fc.integer({ min: 1, max: 300 }),
      opening_hours,
      (quarter, open, hours) => {
        const found = utc({
          source_epoch: { value: quarter * 900, unit: 'second' },
          target_timezone: 'UTC',
          operation: 'ADD_BUSINESS_TIME',
          duration: `PT${open * 15}M`,
          opening_hours: hours,
        });
        let counted = 0;
        for (let at = quarter * 900_000; at < found; at += 900_000) if (isOpen(at, hours)) counted++;
        assert.equal(counted, open);
        assert.ok(isOpen(found - 900_000, hours));
      },
    ));
});
