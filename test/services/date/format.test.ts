import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Problem } from '../../../src/errors.ts';
import type { OutputFormat } from '../../../src/schemas/manipulation.ts';
import { compute, preview } from '../../../src/services/date/index.ts';

const write = (
  output_format: OutputFormat,
  source_timestamp: string,
  target_timezone = 'America/New_York',
  more = {},
) => compute({ source_timestamp, target_timezone, operation: 'CONVERT', output_format, ...more });

describe('output formats', () => {
  const at = '2026-01-05T17:04:05.678901Z';
  const cases: [OutputFormat, string | number][] = [
    ['rfc3339', '2026-01-05T12:04:05.678-05:00'],
    ['utc', '2026-01-05T17:04:05.678Z'],
    ['rfc9557', '2026-01-05T12:04:05.678-05:00[America/New_York]'],
    ['epoch_seconds', 1767632645.678],
    ['epoch_milliseconds', 1767632645678],
    ['rfc1123', 'Mon, 05 Jan 2026 17:04:05 GMT'],
    ['cxone_studio', '01/05/2026 12:04:05 PM'],
  ];
  for (const [format, text] of cases) {
    it(format, () => {
      const answer = write(format, at);
      assert.equal(answer.output_timestamp, text);
      assert.equal(answer.accuracy_valid, true);
    });
  }

  it('keep the decimals that the precision allows', () => {
    const digits = (precision_limit: number) =>
      write('rfc3339', at, 'UTC', { precision_limit }).output_timestamp;
    assert.equal(digits(0), '2026-01-05T17:04:05Z');
    assert.equal(digits(1), '2026-01-05T17:04:05.6Z');
    assert.equal(digits(2), '2026-01-05T17:04:05.67Z');
    assert.equal(write('epoch_seconds', at, 'UTC', { precision_limit: 0 }).output_timestamp, 1767632645);
  });

  it('say what whole seconds have cut off', () => {
    const studio = write('cxone_studio', at);
    assert.equal(studio.discarded_nanoseconds, 678_901_000);
    assert.equal(studio.output_instant, '2026-01-05T17:04:05.000Z');
    assert.equal(write('rfc1123', at, 'UTC', { rounding_mode: 'ceil' }).discarded_nanoseconds, -321_099_000);
  });

  it('write Z for UTC by its own names only', () => {
    for (const zone of ['UTC', 'Etc/UTC', 'Zulu']) {
      assert.equal(write('rfc3339', at, zone).output_timestamp, '2026-01-05T17:04:05.678Z');
    }
    for (const zone of ['Europe/London', 'Africa/Abidjan', 'GMT', '+00:00']) {
      assert.equal(write('rfc3339', at, zone).output_timestamp, '2026-01-05T17:04:05.678+00:00');
    }
  });

  it('write the twelve hours of CXone Studio', () => {
    const hour = (time: string) => write('cxone_studio', `2026-01-05T${time}Z`, 'UTC').output_timestamp;
    assert.equal(hour('00:00:00'), '01/05/2026 12:00:00 AM');
    assert.equal(hour('11:59:59'), '01/05/2026 11:59:59 AM');
    assert.equal(hour('12:00:00'), '01/05/2026 12:00:00 PM');
    assert.equal(hour('13:00:00'), '01/05/2026 01:00:00 PM');
  });

  it('count OLE automation days on either side of their first', () => {
    const ole = (text: string) => write('ole_automation_date', text, 'UTC');
    assert.equal(ole('1899-12-30T00:00:00Z').output_timestamp, 0);
    assert.equal(ole('1899-12-30T06:00:00Z').output_timestamp, 0.25);
    assert.equal(ole('1899-12-29T06:00:00Z').output_timestamp, -1.25);
    assert.equal(ole('1899-12-29T00:00:00Z').output_timestamp, -1);
    assert.equal(ole('9999-12-31T23:59:59.999Z').accuracy_valid, true);
    assert.throws(() => ole('0099-12-31T00:00:00Z'), { code: 'OUT_OF_RANGE' });
  });

  it('stay within the years 0000 to 9999, on the clock of the zone and in UTC', () => {
    const range =
      (source_timestamp: string, zone: string, more = {}) =>
      () =>
        write('rfc3339', source_timestamp, zone, more);
    const isOut = (error: unknown) => error instanceof Problem && error.code === 'OUT_OF_RANGE';
    assert.throws(range('9999-12-31T23:59:59Z', 'Asia/Tokyo'), isOut);
    assert.throws(range('0000-01-01T00:00:00Z', 'America/New_York'), isOut);
    assert.throws(range('9999-12-31T23:59:59.9999Z', 'UTC', { rounding_mode: 'ceil' }), isOut);
    assert.throws(range('0000-01-01T00:00:00+01:00', 'UTC'), isOut);
    assert.doesNotThrow(range('9999-12-31T23:59:59.999Z', 'UTC'));
  });
});

describe('what is said about a result', () => {
  const resolutionOf = (source_timestamp: string, disambiguation: string) =>
    write('utc', source_timestamp, 'UTC', { source_timezone: 'America/New_York', disambiguation }).resolution;

  it('tells how the local time was settled', () => {
    assert.equal(resolutionOf('2026-03-08T02:30:00', 'compatible'), 'gap_shifted');
    assert.equal(resolutionOf('2026-11-01T01:30:00', 'compatible'), 'fold_earlier');
    assert.equal(resolutionOf('2026-11-01T01:30:00', 'later'), 'fold_later');
    assert.equal(resolutionOf('2026-11-01T03:30:00', 'reject'), 'exact');
    assert.throws(() => resolutionOf('2026-11-01T01:30:00', 'reject'), { code: 'LOCAL_TIME_AMBIGUOUS' });
    assert.throws(() => resolutionOf('2026-03-08T02:30:00', 'reject'), { code: 'LOCAL_TIME_NONEXISTENT' });
  });

  it('finds 29 February on the clock of the target zone, at either end', () => {
    const leap = (source_timestamp: string, target_timezone: string, offset_minutes = 0) =>
      compute({ source_timestamp, target_timezone, operation: 'ADD_OFFSET', offset_minutes }).leap_day;
    assert.equal(leap('2024-02-28T16:00:00Z', 'Asia/Tokyo'), true);
    assert.equal(leap('2024-02-28T16:00:00Z', 'UTC'), false);
    assert.equal(leap('2024-03-01T03:00:00Z', 'America/New_York'), true);
    assert.equal(leap('2024-02-28T23:00:00Z', 'UTC', 120), true);
    assert.equal(leap('2024-02-29T23:00:00Z', 'UTC', 120), true);
    assert.equal(leap('2023-02-28T23:59:59Z', 'UTC', 1440), false);
    assert.equal(leap('1900-03-01T00:00:00Z', 'UTC', -1), false);
  });

  it('foretells the next change of the clocks', () => {
    const next = (source_timestamp: string, target_timezone: string) =>
      preview({ source_timestamp, target_timezone, operation: 'CONVERT' }).next_transition;
    assert.deepEqual(next('2026-01-01T00:00:00Z', 'Europe/Berlin'), {
      instant: '2026-03-29T01:00:00Z',
      offset_before: '+01:00',
      offset_after: '+02:00',
    });
    assert.equal(next('2026-01-01T00:00:00Z', 'Asia/Kolkata'), null);
    assert.equal(next('2026-01-01T00:00:00Z', '+05:30'), null);
    assert.equal(next('1960-01-01T00:00:00Z', 'Africa/Monrovia')?.offset_before, '-00:44:30');
  });
});
