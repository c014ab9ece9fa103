import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isInstantAccurate } from '../../../src/services/date/accuracy/index.ts';
import { compute, type Preview } from '../../../src/services/date/index.ts';
import { PATTERN_FIELDS } from '../../../src/services/date/output/pattern.ts';
import { moment, source, zoneWithClocks } from './arbitraries.ts';

const AT = '2026-01-05T17:04:05.678901Z';

function write(output_pattern: string, more: Record<string, unknown> = {}) {
  const answer = compute({
    source_timestamp: AT,
    target_timezone: 'America/New_York',
    operation: 'CONVERT',
    output_format: 'pattern',
    output_pattern,
    ...more,
  } as unknown as Preview);
  assert.equal(answer.accuracy_valid, true, String(answer.output_timestamp));
  return answer;
}

describe('output_format pattern', () => {
  const texts: [pattern: string, text: string, more?: Record<string, unknown>][] = [
    ['yyyy-MM-dd HH:mm:ss.SSS', '2026-01-05 12:04:05.678'],
    ['EEEE, d MMMM yyyy, h:mm a', 'Monday, 5 January 2026, 12:04 PM'],
    ['EEE d MMM yy', 'Mon 5 Jan 26'],
    ["yyyy-MM-dd'T'HH:mm:ssXXX", '2026-01-05T12:04:05-05:00'],
    ['X XX x xx xxx O OOOO', '-05 -0500 -05 -0500 -05:00 GMT-5 GMT-05:00'],
    ['X XX XXX O', 'Z Z Z GMT', { target_timezone: 'UTC' }],
    ['x O', '+0545 GMT+5:45', { target_timezone: 'Asia/Kathmandu' }],
    ['z, zzzz, VV', 'EST, Eastern Standard Time, America/New_York'],
    ['Q D DDD', '1 5 005'],
    ["h 'o''clock' a ''", "12 o'clock PM '"],
    ["''''", "''"],
    ["'''t'", "'t"],
    ['dd.MM.yyyy HH:mm', '05.01.2026 12:04'],
    ['EEEE, d. MMMM yyyy', 'Montag, 5. Januar 2026', { output_locale: 'de-DE' }],
    ['d MMMM, LLLL', '5 stycznia, styczeń', { output_locale: 'pl' }],
    ['d MMMM yyyy', '5 มกราคม 2026', { output_locale: 'th-TH' }],
  ];
  for (const [pattern, text, more] of texts) {
    it(`${pattern} is ${text}`, () => assert.equal(write(pattern, more).output_timestamp, text));
  }

  it('says what it left out: seconds are cut or rounded where they are written', () => {
    assert.equal(write('HH:mm:ss').discarded_nanoseconds, 678_901_000);
    assert.equal(write('HH:mm:ss', { rounding_mode: 'ceil' }).output_timestamp, '12:04:06');
    assert.equal(write('HH:mm:ss.SS').output_timestamp, '12:04:05.67');
    assert.equal(write('ss.SSS', { precision_limit: 1 }).output_timestamp, '05.600');
    assert.equal(write('HH:mm').discarded_nanoseconds, 901_000);
  });

  const wrong: [Record<string, unknown>, path: string, detail: RegExp][] = [
    [{ output_pattern: 'YYYY-MM-dd' }, '/output_pattern', /mean yyyy/],
    [{ output_pattern: 'yyy' }, '/output_pattern', /written y or yy or yyyy/],
    [{ output_pattern: 'yyyy-MM-ddTHH' }, '/output_pattern', /'T' in quotes/],
    [{ output_pattern: "HH 'o" }, '/output_pattern', /not closed/],
    [{ output_pattern: 'HH', output_locale: 'x' }, '/output_locale', /locale/],
    [{ output_pattern: 'HH', output_locale: 'xq-XQ' }, '/output_locale', /locale/],
    [{ output_pattern: undefined }, '/output_pattern', /needs an output_pattern/],
    [{ output_pattern: 'HH', output_format: 'utc' }, '/output_pattern', /leave the pattern out/],
  ];
  for (const [more, path, detail] of wrong) {
    it(`refuses ${JSON.stringify(more)}`, () => {
      assert.throws(
        () => write('HH', more),
        (error: { code: string; message: string; errors: { path: string }[] }) =>
          error.code === 'VALIDATION_FAILED' && error.errors[0]?.path === path && detail.test(error.message),
      );
    });
  }

  it('every field, in any zone and year, passes the second opinion', () =>
    fc.assert(
      fc.property(
        moment,
        zoneWithClocks,
        fc.array(fc.constantFrom(...PATTERN_FIELDS), { minLength: 1, maxLength: 8 }),
        fc.constantFrom('en-US', 'de', 'fr-CA', 'ar-EG', 'ja', 'hi', 'pl', 'zh-TW'),
        (epochNs, zone, fields, output_locale) => {
          write(fields.join(' '), {
            source_timestamp: undefined,
            ...source(epochNs),
            target_timezone: zone,
            output_locale,
          });
        },
      ),
      { numRuns: 400, seed: 9 },
    ));

  it('a wrong text does not pass it', () => {
    const noon = BigInt(Date.UTC(2026, 6, 1, 16)) * 1_000_000n;
    const right: [string, string][] = [
      ['d MMMM yyyy h:mm a', '1 July 2026 12:00 PM'],
      ['EEE xxx', 'Wed -04:00'],
    ];
    const wrong: [string, string][] = [
      ['d MMMM yyyy h:mm a', '1 July 2026 4:00 PM'],
      ['d MMMM yyyy h:mm a', '7 January 2026 12:00 PM'],
      ['d MMMM yyyy h:mm a', '1 July 2026 12:00 PM!'],
      ['EEE xxx', 'Wed -05:00'],
      ['EEE xxx', 'Thu -04:00'],
    ];
    const passes = ([pattern, value]: [string, string]) =>
      isInstantAccurate(
        { value, format: 'pattern', zone: 'America/New_York', digits: 3, pattern, locale: 'en-US' },
        noon,
      );
    for (const one of right) assert.equal(passes(one), true, one[1]);
    for (const one of wrong) assert.equal(passes(one), false, one[1]);
  });
});

describe('output_format date', () => {
  it('is the date on the target zone’s clock', () => {
    const date = (target_timezone: string) =>
      compute({
        source_timestamp: '2026-01-05T02:00:00Z',
        target_timezone,
        operation: 'CONVERT',
        output_format: 'date',
      });
    assert.equal(date('America/New_York').output_timestamp, '2026-01-04');
    assert.equal(date('UTC').output_timestamp, '2026-01-05');
    assert.equal(date('UTC').accuracy_valid, true);
  });

  it('that was rounded into the next day passes the second opinion', () => {
    const answer = compute({
      source_timestamp: '2026-01-05T23:59:59.9999Z',
      target_timezone: 'UTC',
      operation: 'CONVERT',
      output_format: 'date',
      rounding_mode: 'halfExpand',
    });
    assert.deepEqual([answer.output_timestamp, answer.accuracy_valid], ['2026-01-06', true]);
  });
});
