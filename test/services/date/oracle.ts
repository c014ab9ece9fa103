/**
 * What another implementation makes of a manipulation: temporal-polyfill's own code, never the runtime's Temporal, through
 * its high-level calls.
 */
import { Temporal as Other } from 'temporal-polyfill/implementation';
import type { Preview } from '../../../src/services/date/index.ts';
import { createRandom, type Random } from '../../support/random.ts';
import { zoneList } from './zone-list.ts';

export interface Case {
  request: Preview;
  expected: string;
}

/** Finds transitions to aim at, which is quicker in the runtime's own Temporal; it judges nothing. */
const Aim = 'Temporal' in globalThis ? globalThis.Temporal : Other;

const FROM = Date.UTC(1900, 0, 1);
const TO = Date.UTC(2100, 0, 1);
const NS_PER_MS = 1_000_000n;

/** A moment from 1900 to 2100, three times out of four within three hours of a change of the zone's clocks. */
function randomMoment(random: Random, zone: string): Other.Instant {
  const ms = random.integer(FROM, TO);
  const aim = Aim.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone);
  const near = random.next() < 0.75 ? aim.getTimeZoneTransition('next') : null;
  const base = near !== null && near.epochMilliseconds < TO ? near.epochMilliseconds : ms;
  const wobble = random.next() < 0.3 ? 0 : random.integer(-10_800, 10_800) * 1000;
  const fraction = random.next() < 0.5 ? 0n : BigInt(random.integer(0, 999_999_999));
  return new Other.Instant(BigInt(base + wobble) * NS_PER_MS + fraction);
}

const written = (result: Other.ZonedDateTime): string =>
  result.toString({ fractionalSecondDigits: 3, roundingMode: 'trunc' });

const randomDuration = (random: Random): string =>
  random.pick([
    () => `P${random.integer(0, 3)}Y${random.integer(0, 20)}M`,
    () => `P${random.integer(0, 40)}D`,
    () => `P${random.integer(0, 8)}W`,
    () => `PT${random.integer(0, 3000)}M`,
    () =>
      `P${random.integer(0, 14)}M${random.integer(0, 40)}DT${random.integer(0, 50)}H${random.integer(0, 59)}M`,
    () => `-P${random.integer(0, 400)}DT${random.integer(0, 90)}S`,
  ])();

type Builder = (random: Random, zone: string, moment: Other.Instant) => Case;

const common = (zone: string, moment: Other.Instant) =>
  ({ source_timestamp: moment.toString(), target_timezone: zone, output_format: 'rfc9557' }) as const;

const convert: Builder = (_random, zone, moment) => ({
  request: { ...common(zone, moment), operation: 'CONVERT' },
  expected: written(moment.toZonedDateTimeISO(zone)),
});

const builders: Builder[] = [
  convert,
  (random, zone, moment) => {
    const disambiguation = random.pick(['compatible', 'earlier', 'later'] as const);
    const local = moment
      .toZonedDateTimeISO(zone)
      .toPlainDateTime()
      .add({ minutes: random.integer(-90, 90) });
    return {
      request: {
        ...common(zone, moment),
        source_timestamp: local.toString({ fractionalSecondDigits: 9 }),
        source_timezone: zone,
        disambiguation,
        operation: 'CONVERT',
      },
      expected: written(local.toZonedDateTime(zone, { disambiguation })),
    };
  },
  (random, zone, moment) => {
    const offset_minutes = random.integer(-5000, 5000);
    return {
      request: { ...common(zone, moment), operation: 'ADD_OFFSET', offset_minutes },
      expected: written(moment.add({ minutes: offset_minutes }).toZonedDateTimeISO(zone)),
    };
  },
  (random, zone, moment) => {
    const duration = randomDuration(random);
    return {
      request: { ...common(zone, moment), operation: 'ADD', duration },
      expected: written(moment.toZonedDateTimeISO(zone).add(duration)),
    };
  },
  (random, zone, moment) => {
    const duration = randomDuration(random);
    return {
      request: { ...common(zone, moment), operation: 'SUBTRACT', duration },
      expected: written(moment.toZonedDateTimeISO(zone).subtract(duration)),
    };
  },
  (random, zone, moment) => {
    const smallest_unit = random.pick(['day', 'hour', 'minute', 'second'] as const);
    const rounding_mode = random.pick(['halfExpand', 'floor', 'ceil', 'halfEven', 'trunc'] as const);
    const rounding_increment = smallest_unit === 'day' ? 1 : random.pick([1, 2, 4, 6]);
    const rounded = moment.toZonedDateTimeISO(zone).round({
      smallestUnit: smallest_unit,
      roundingMode: rounding_mode,
      roundingIncrement: rounding_increment,
    });
    return {
      request: {
        ...common(zone, moment),
        operation: 'ROUND',
        smallest_unit,
        rounding_mode,
        rounding_increment,
      },
      expected: written(rounded),
    };
  },
  (random, zone, moment) => {
    const unit = random.pick(['day', 'month', 'year'] as const);
    const zoned = moment.toZonedDateTimeISO(zone);
    const first = unit === 'day' ? {} : unit === 'month' ? { day: 1 } : { month: 1, day: 1 };
    return {
      request: { ...common(zone, moment), operation: 'START_OF', unit },
      expected: written(
        zoned
          .toPlainDate()
          .with({ year: zoned.year, ...first })
          .toZonedDateTime(zone),
      ),
    };
  },
  (random, zone, moment) => {
    // To the millisecond, as no library rounds durations reliably beside transitions.
    const from = Other.Instant.fromEpochMilliseconds(moment.epochMilliseconds);
    const to = Other.Instant.fromEpochMilliseconds(randomMoment(random, zone).epochMilliseconds);
    const largest_unit = random.pick(['year', 'month', 'week', 'day', 'hour', 'minute'] as const);
    const duration = from
      .toZonedDateTimeISO(zone)
      .until(to.toZonedDateTimeISO(zone), { largestUnit: largest_unit });
    // From the second run of a repeated hour, Temporal's answer may not lead back to the end: it is no judge there.
    if (!from.toZonedDateTimeISO(zone).add(duration).toInstant().equals(to))
      return convert(random, zone, moment);
    return {
      request: {
        ...common(zone, from),
        operation: 'UNTIL',
        until_timestamp: to.toString(),
        largest_unit,
      },
      expected: duration.toString(),
    };
  },
];

/** Random manipulations, over all zones, with the answers of the other implementation. */
export function* randomCases(count: number, seed: number): Generator<Case> {
  const random = createRandom(seed);
  for (let made = 0; made < count; made++) {
    const zone = random.pick(zoneList);
    yield random.pick(builders)(random, zone, randomMoment(random, zone));
  }
}
