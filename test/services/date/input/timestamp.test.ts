import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Problem, type ProblemCode } from '../../../../src/errors.ts';
import { compute, type Preview } from '../../../../src/services/date/index.ts';

const converted = (change: Partial<Preview>) =>
  compute({ target_timezone: 'UTC', operation: 'CONVERT', ...change } as Preview);

const instantOf = (source_timestamp: string, change: Partial<Preview> = {}) =>
  converted({ source_timestamp, ...change }).output_instant;

function refused(change: Partial<Preview>, code: ProblemCode, path?: string): void {
  assert.throws(
    () => converted(change),
    (error) => error instanceof Problem && error.code === code && error.errors?.[0]?.path === path,
    JSON.stringify(change),
  );
}

describe('timestamps that are read', () => {
  const accepted: [string, string][] = [
    ['2024-02-29T15:30:00Z', '2024-02-29T15:30:00.000Z'],
    ['2024-02-29t15:30:00z', '2024-02-29T15:30:00.000Z'],
    ['2024-02-29 15:30:00.5-00:00', '2024-02-29T15:30:00.500Z'],
    ['2024-02-29T15:30:00.123456789+05:30', '2024-02-29T10:00:00.123Z'],
    ['2024-02-29T15:30:00', '2024-02-29T15:30:00.000Z'],
    ['2024-02-29T15:30:00Z[Europe/Berlin]', '2024-02-29T15:30:00.000Z'],
    ['2024-02-29T15:30:00-00:00[Europe/Berlin]', '2024-02-29T15:30:00.000Z'],
    ['2024-02-29T15:30:00[Europe/Berlin]', '2024-02-29T14:30:00.000Z'],
    ['2024-02-29T15:30:00+01:00[!Europe/Berlin][u-ca=iso8601]', '2024-02-29T14:30:00.000Z'],
    ['2024-02-29T15:30:00+01:00[Europe/Berlin][!u-ca=iso8601]', '2024-02-29T14:30:00.000Z'],
    ['2024-02-29T15:30:00+01:00[u-ca=hebrew][foo=bar-baz]', '2024-02-29T14:30:00.000Z'],
    ['2024-02-29T15:30:00+05:30[+05:30]', '2024-02-29T10:00:00.000Z'],
    ['2017-01-01T00:59:60.25+01:00', '2016-12-31T23:59:59.250Z'],
    ['2016-12-31T18:59:60[America/New_York]', '2016-12-31T23:59:59.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ];
  for (const [text, instant] of accepted) {
    it(text, () => assert.equal(instantOf(text), instant));
  }
});

describe('timestamps that are refused', () => {
  const invalid = [
    '',
    ' 2024-02-29T15:30:00Z',
    '2024-02-29T15:30:00Z ',
    '2024-02-29',
    '2024-02-29T15:30Z',
    '2024-02-29T15Z',
    '20240229T153000Z',
    '2024-W09-4T15:30:00Z',
    '2024-060T15:30:00Z',
    '+002024-02-29T15:30:00Z',
    '-000001-02-28T15:30:00Z',
    '2024-02-29T15:30:00,5Z',
    '2024-02-29T15:30:00.Z',
    '2024-02-29T15:30:00.1234567890Z',
    '2024-02-29T15:30:00+05',
    '2024-02-29T15:30:00+0530',
    '2024-02-29T15:30:00+05:30:00',
    '2024-02-29T15:30:00+24:00',
    '2024-02-29T15:30:00+05:60',
    '2024-02-29T24:00:00Z',
    '2024-02-29T23:60:00Z',
    '2024-02-28T23:59:60Z',
    '2016-12-31T22:59:60Z',
    '2016-12-31T23:58:60Z',
    '2023-02-29T00:00:00Z',
    '2024-13-01T00:00:00Z',
    '2024-00-01T00:00:00Z',
    '2024-01-00T00:00:00Z',
    '2024-02-29_15:30:00Z',
    '٢٠٢٤-02-29T15:30:00Z',
    '2024-02-29T15:30:00Z[]',
    '2024-02-29T15:30:00Z[Europe/Berlin][Europe/Paris]',
    '2024-02-29T15:30:00Z[u-ca=iso8601][Europe/Berlin]',
    '2024-02-29T15:30:00Z[U-CA=iso8601]',
    '2024-02-29T15:30:00Z[foo=]',
    '2024-02-29T15:30:00Z[_foo=bar]',
    '2024-02-29T15:30:00Z[Eastern Standard Time]',
    '2024-02-29T15:30:00Z[+0530]',
    '2024-02-29T15:30:00Z[Europe/Berlin',
    'x'.repeat(100_000),
    `2024-02-29T15:30:00Z${'[a=b]'.repeat(20_000)}`,
  ];
  for (const text of invalid) {
    it(JSON.stringify(text.slice(0, 60)), () => refused({ source_timestamp: text }, 'INVALID_TIMESTAMP'));
  }

  it('a critical tag that is not understood', () => {
    for (const tag of ['[!foo=bar]', '[!_foo=bar]', '[!u-ca=hebrew]']) {
      refused({ source_timestamp: `2024-02-29T15:30:00Z${tag}` }, 'UNSUPPORTED_CRITICAL_ANNOTATION');
    }
  });
});

describe('the source', () => {
  it('is one, and is needed', () => {
    refused({}, 'VALIDATION_FAILED', '/source_timestamp');
    const source_epoch = { value: 0, unit: 'second' } as const;
    refused(
      { source_timestamp: '2024-02-29T15:30:00Z', source_epoch },
      'VALIDATION_FAILED',
      '/source_timestamp',
    );
  });

  it('needs no zone beside an offset, a zone or an epoch', () => {
    const source_timezone = 'Europe/Berlin';
    for (const source_timestamp of ['2024-02-29T15:30:00Z', '2024-02-29T15:30:00[Europe/Paris]']) {
      refused({ source_timestamp, source_timezone }, 'VALIDATION_FAILED', '/source_timezone');
    }
    refused(
      { source_epoch: { value: 0, unit: 'second' }, source_timezone },
      'VALIDATION_FAILED',
      '/source_timezone',
    );
  });

  it('may be local in any zone that there is a name for', () => {
    const source_timestamp = '2024-02-29T15:30:00';
    for (const source_timezone of ['europe/berlin', 'W. Europe Standard Time', '+01:00']) {
      assert.equal(instantOf(source_timestamp, { source_timezone }), '2024-02-29T14:30:00.000Z');
    }
  });

  it('may be an epoch of any unit, kept to the nanosecond', () => {
    const epoch = (value: string | number, unit: 'second' | 'nanosecond', rounding_mode: 'trunc' | 'ceil') =>
      converted({ source_epoch: { value, unit }, rounding_mode });
    assert.equal(epoch(1709220600, 'second', 'trunc').output_instant, '2024-02-29T15:30:00.000Z');
    const up = epoch('-1', 'nanosecond', 'ceil');
    assert.equal(up.output_instant, '1970-01-01T00:00:00.000Z');
    assert.equal(up.discarded_nanoseconds, -1);
    assert.equal(up.input_timestamp, '-1');
    assert.equal(epoch('-1', 'nanosecond', 'trunc').discarded_nanoseconds, 999_999);
  });

  it('follows offset_conflict where offset and zone disagree', () => {
    const source_timestamp = '2024-07-01T12:00:00-05:00[America/New_York]';
    refused({ source_timestamp }, 'OFFSET_MISMATCH');
    assert.equal(instantOf(source_timestamp, { offset_conflict: 'use' }), '2024-07-01T17:00:00.000Z');
    assert.equal(instantOf(source_timestamp, { offset_conflict: 'prefer' }), '2024-07-01T16:00:00.000Z');
    assert.equal(instantOf(source_timestamp, { offset_conflict: 'ignore' }), '2024-07-01T16:00:00.000Z');
    const second = '2026-11-01T01:30:00-05:00[America/New_York]';
    assert.equal(instantOf(second, { offset_conflict: 'prefer' }), '2026-11-01T06:30:00.000Z');
    assert.equal(instantOf(second, { offset_conflict: 'ignore' }), '2026-11-01T05:30:00.000Z');
  });
});

describe('time zones', () => {
  it('are those of the tz database, in any case, with a link kept', () => {
    const idOf = (target_timezone: string) =>
      converted({ source_timestamp: '2024-02-29T15:30:00Z', target_timezone }).target_timezone;
    assert.equal(idOf('asia/calcutta'), 'Asia/Calcutta');
    assert.equal(idOf('ASIA/KOLKATA'), 'Asia/Kolkata');
    assert.equal(idOf('us/pacific'), 'US/Pacific');
    assert.equal(idOf('etc/gmt+5'), 'Etc/GMT+5');
    assert.equal(idOf('utc-02'), 'Etc/GMT+2');
    assert.equal(idOf('Eastern Standard Time'), 'America/New_York');
  });

  it('are not offsets of another form, timestamps or inventions', () => {
    const wrong = [
      '',
      'Z',
      '+05',
      '+0530',
      '+05:30:15',
      '+24:00',
      'Mars/Olympus',
      '2024-01-01T00:00Z',
      'x'.repeat(1e5),
    ];
    for (const target_timezone of [...wrong, '2024-01-01[Europe/Paris]', 'Europe/Paris ', 'constructor']) {
      refused({ source_timestamp: '2024-02-29T15:30:00Z', target_timezone }, 'UNKNOWN_TIME_ZONE');
    }
  });
});
