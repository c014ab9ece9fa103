import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compute } from '../../../src/services/date/index.ts';
import { Temporal } from '../../../src/services/temporal.ts';
import { runtimeHasTemporal } from './on-both.ts';
import { zoneList } from './zone-list.ts';

type Unit = 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';

function span(source_timestamp: string, target_timezone: string, unit: Unit): (string | number)[] {
  const common = { source_timestamp, target_timezone, unit, precision_limit: 0 } as const;
  return [
    compute({ ...common, operation: 'START_OF' }).output_timestamp,
    compute({ ...common, operation: 'END_OF' }).output_timestamp,
  ];
}

describe('units of the clock and the calendar', () => {
  const cases: [what: string, source: string, zone: string, unit: Unit, start: string, end: string][] = [
    [
      'an hour of 05:45',
      '2026-01-01T00:07:00Z',
      'Asia/Kathmandu',
      'hour',
      '2026-01-01T05:00:00+05:45',
      '2026-01-01T05:59:59+05:45',
    ],
    [
      'the first run of a repeated hour',
      '2026-11-01T05:30:00Z',
      'America/New_York',
      'hour',
      '2026-11-01T01:00:00-04:00',
      '2026-11-01T01:59:59-04:00',
    ],
    [
      'the second run',
      '2026-11-01T06:30:00Z',
      'America/New_York',
      'hour',
      '2026-11-01T01:00:00-05:00',
      '2026-11-01T01:59:59-05:00',
    ],
    [
      'an hour of which half is repeated',
      '2026-04-04T15:10:00Z',
      'Australia/Lord_Howe',
      'hour',
      '2026-04-05T01:00:00+11:00',
      '2026-04-05T01:59:59+10:30',
    ],
    [
      'an hour of which half is skipped',
      '2026-10-03T15:40:00Z',
      'Australia/Lord_Howe',
      'hour',
      '2026-10-04T02:30:00+11:00',
      '2026-10-04T02:59:59+11:00',
    ],
    [
      'the hour before a gap',
      '2026-03-08T06:59:00Z',
      'America/New_York',
      'hour',
      '2026-03-08T01:00:00-05:00',
      '2026-03-08T01:59:59-05:00',
    ],
    [
      'a day of 23 hours',
      '2026-03-08T16:00:00Z',
      'America/New_York',
      'day',
      '2026-03-08T00:00:00-05:00',
      '2026-03-08T23:59:59-04:00',
    ],
    [
      'a day without a midnight',
      '2018-11-04T15:00:00Z',
      'America/Sao_Paulo',
      'day',
      '2018-11-04T01:00:00-02:00',
      '2018-11-04T23:59:59-02:00',
    ],
    [
      'the day before it',
      '2018-11-03T15:00:00Z',
      'America/Sao_Paulo',
      'day',
      '2018-11-03T00:00:00-03:00',
      '2018-11-03T23:59:59-03:00',
    ],
    [
      'a day that the clocks leave and come back to',
      '1987-10-25T02:45:00Z',
      'America/St_Johns',
      'day',
      '1987-10-24T00:00:00-02:30',
      '1987-10-24T23:59:59-03:30',
    ],
    [
      'the day before a skipped day',
      '2011-12-30T00:00:00Z',
      'Pacific/Apia',
      'day',
      '2011-12-29T00:00:00-10:00',
      '2011-12-29T23:59:59-10:00',
    ],
    [
      'an ISO week',
      '2026-01-01T12:00:00Z',
      'Europe/London',
      'week',
      '2025-12-29T00:00:00+00:00',
      '2026-01-04T23:59:59+00:00',
    ],
    [
      'a month',
      '2024-02-10T12:00:00Z',
      'Europe/London',
      'month',
      '2024-02-01T00:00:00+00:00',
      '2024-02-29T23:59:59+00:00',
    ],
    [
      'a quarter',
      '2026-12-31T12:00:00Z',
      'Europe/London',
      'quarter',
      '2026-10-01T00:00:00+01:00',
      '2026-12-31T23:59:59+00:00',
    ],
    [
      'a year',
      '2026-05-15T12:00:00Z',
      'Australia/Sydney',
      'year',
      '2026-01-01T00:00:00+11:00',
      '2026-12-31T23:59:59+11:00',
    ],
  ];
  for (const [what, source, zone, unit, start, end] of cases) {
    it(what, () => assert.deepEqual(span(source, zone, unit), [start, end]));
  }
});

describe('the tz database', () => {
  it('has no zone that changes its offset twice within six days, on which the look-up of offsets relies', () => {
    // The polyfill takes a hundred times longer for a transition: there it goes through every twentieth zone.
    const zones = runtimeHasTemporal ? zoneList : zoneList.filter((_, index) => index % 20 === 0);
    for (const zone of zones) {
      let last = -Infinity;
      let moment: Temporal.ZonedDateTime | null =
        Temporal.Instant.from('1800-01-01T00:00Z').toZonedDateTimeISO(zone);
      while ((moment = moment.getTimeZoneTransition('next')) !== null && moment.year < 2100) {
        const days: number = (moment.epochMilliseconds - last) / 86_400_000;
        assert.ok(days > 6, `${zone} ${moment.toString()}`);
        last = moment.epochMilliseconds;
      }
    }
  });
});
