import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { SourceFormat } from '../../../../src/schemas/manipulation.ts';
import { compute, type Preview } from '../../../../src/services/date/index.ts';
import { moment, source, zoneWithClocks } from '../arbitraries.ts';

const NOW = Date.UTC(2026, 5, 10, 12);

const run = (request: Record<string, unknown>, context = { now: NOW }) =>
  compute({ target_timezone: 'UTC', operation: 'CONVERT', ...request } as unknown as Preview, context);

function instantOf(source_format: SourceFormat, source_timestamp: string, source_timezone?: string) {
  const answer = run({ source_format, source_timestamp, ...(source_timezone && { source_timezone }) });
  assert.equal(answer.accuracy_valid, true);
  assert.equal(answer.input_timestamp, source_timestamp);
  return answer.output_timestamp;
}

describe('source formats', () => {
  it('cxone_studio is the clock of source_timezone', () => {
    assert.equal(instantOf('cxone_studio', '02/29/2024 12:00:00 AM'), '2024-02-29T00:00:00.000Z');
    assert.equal(
      instantOf('cxone_studio', '02/29/2024 12:30:00 PM', 'America/New_York'),
      '2024-02-29T17:30:00.000Z',
    );
  });

  it('rfc1123 is in GMT', () => {
    assert.equal(instantOf('rfc1123', 'Thu, 29 Feb 2024 15:30:00 GMT'), '2024-02-29T15:30:00.000Z');
    assert.equal(instantOf('rfc1123', 'Sat, 01 Jan 0000 00:00:00 GMT'), '0000-01-01T00:00:00.000Z');
  });

  it('ole_automation_date counts days from 1899-12-30, its fraction forward', () => {
    assert.equal(instantOf('ole_automation_date', '45351.4375'), '2024-02-29T10:30:00.000Z');
    assert.equal(instantOf('ole_automation_date', '-1.25'), '1899-12-29T06:00:00.000Z');
    assert.equal(instantOf('ole_automation_date', '45351.4375', 'Asia/Tokyo'), '2024-02-29T01:30:00.000Z');
  });

  it('date is the first moment of that day', () => {
    assert.equal(instantOf('date', '2024-02-29'), '2024-02-29T00:00:00.000Z');
    assert.equal(instantOf('date', '2026-03-08', 'America/Havana'), '2026-03-08T05:00:00.000Z');
    assert.equal(instantOf('date', '2018-11-04', 'America/Sao_Paulo'), '2018-11-04T03:00:00.000Z');
  });

  it('of a day that the zone left out, disambiguation decides', () => {
    const skipped = {
      source_format: 'date',
      source_timestamp: '2011-12-30',
      source_timezone: 'Pacific/Apia',
    };
    assert.equal(run(skipped).output_timestamp, '2011-12-30T10:00:00.000Z');
    assert.equal(run(skipped).resolution, 'gap_shifted');
    assert.throws(() => run({ ...skipped, disambiguation: 'reject' }), { code: 'LOCAL_TIME_NONEXISTENT' });
  });

  const wrong: [SourceFormat, string, RegExp][] = [
    ['cxone_studio', '2/29/2024 10:30:00 AM', /MM\/dd\/yyyy/],
    ['cxone_studio', '02/30/2024 10:30:00 AM', /29 days/],
    ['cxone_studio', '02/29/2024 13:30:00 PM', /01 to 12/],
    ['rfc1123', 'Wed, 29 Feb 2024 15:30:00 GMT', /is a Thu/],
    ['rfc1123', 'Thu, 29 Feb 2024 15:30:00 +0000', /written like/],
    ['ole_automation_date', 'NaN', /number of days/],
    ['ole_automation_date', '2958466', /number of days/],
    ['date', '2023-02-29', /28 days/],
    ['date', '2024-02-29T00:00:00Z', /YYYY-MM-DD/],
  ];
  for (const [source_format, source_timestamp, detail] of wrong) {
    it(`${source_format} is not ${source_timestamp}`, () => {
      assert.throws(() => run({ source_format, source_timestamp }), {
        code: 'INVALID_TIMESTAMP',
        message: detail,
      });
    });
  }

  it('stand beside no epoch, and rfc1123 beside no source_timezone', () => {
    const epoch = { source_epoch: { value: 0, unit: 'second' }, source_format: 'date' };
    assert.throws(() => run(epoch), { code: 'VALIDATION_FAILED' });
    const mail = { source_format: 'rfc1123', source_timestamp: 'Thu, 29 Feb 2024 15:30:00 GMT' };
    assert.throws(() => run({ ...mail, source_timezone: 'UTC' }), { code: 'VALIDATION_FAILED' });
  });

  for (const format of ['cxone_studio', 'rfc1123', 'ole_automation_date'] as const) {
    it(`${format} reads what the service wrote in it, to the same text`, () =>
      fc.assert(
        fc.property(moment, zoneWithClocks, (epochNs, zone) => {
          const written = run({ ...source(epochNs), target_timezone: zone, output_format: format });
          const again = run({
            source_timestamp: String(written.output_timestamp),
            source_format: format,
            ...(format !== 'rfc1123' && { source_timezone: zone }),
            target_timezone: zone,
            output_format: format,
          });
          assert.equal(again.output_timestamp, written.output_timestamp);
          assert.ok(again.accuracy_valid);
        }),
        { numRuns: 300, seed: 3 },
      ));
  }

  it('date begins every day where START_OF does', () =>
    fc.assert(
      fc.property(moment, zoneWithClocks, (epochNs, zone) => {
        const start = run({
          ...source(epochNs),
          target_timezone: zone,
          operation: 'START_OF',
          unit: 'day',
          output_format: 'rfc9557',
        });
        const read = run({
          source_timestamp: String(start.output_timestamp).slice(0, 10),
          source_format: 'date',
          source_timezone: zone,
        });
        assert.equal(read.output_instant, start.output_instant);
        assert.ok(read.accuracy_valid);
      }),
      { numRuns: 300, seed: 3 },
    ));
});

describe('now', () => {
  it('is the moment of acceptance, and recorded as given', () => {
    const answer = run({ source_timestamp: 'now', target_timezone: 'Europe/Berlin' });
    assert.equal(answer.output_timestamp, '2026-06-10T14:00:00.000+02:00');
    assert.equal(answer.input_timestamp, 'now');
    assert.equal(answer.accuracy_valid, true);
  });

  it('may be the other end of a duration', () => {
    const request = { source_timestamp: '2026-06-10T09:30:00Z', operation: 'UNTIL', until_timestamp: 'now' };
    assert.equal(run(request).output_timestamp, 'PT2H30M');
  });

  it('stands beside no source_timezone, and nowhere without a moment of acceptance', () => {
    assert.throws(() => run({ source_timestamp: 'now', source_timezone: 'UTC' }), {
      code: 'VALIDATION_FAILED',
    });
    assert.throws(() => run({ source_timestamp: 'now' }, {} as never), { code: 'INVALID_TIMESTAMP' });
  });
});

describe('a fold shorter than a minute', () => {
  it('takes the first of two readings that print the same offset', () => {
    const answer = run({ source_timestamp: '1952-10-15T23:59:59-11:20[Pacific/Niue]' });
    assert.equal(answer.output_timestamp, '1952-10-16T11:19:39.000Z');
    assert.equal(answer.accuracy_valid, true);
  });
});
