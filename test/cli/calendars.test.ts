import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { calendars as run } from '../../src/cli/calendars.ts';
import type { CalendarFile } from '../../src/services/calendars/schema.ts';
import { runScript } from '../support/process.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** In this process: what a start of its own adds is seen once, below, and by the test of docs/calendars.md. */
async function calendars(...argv: string[]) {
  let out = '';
  let error = '';
  const code = await run(argv, {
    out: (line) => void (out += `${line}\n`),
    error: (line) => void (error += `${line}\n`),
  });
  return { code, out, error };
}

const parsed = (out: string) => JSON.parse(out) as CalendarFile;

const ics = (...events: string[][]) =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Example//EN',
    'X-WR-TIMEZONE:Europe/London',
    ...events.flatMap((lines, index) => ['BEGIN:VEVENT', `UID:${index}`, ...lines, 'END:VEVENT']),
    'END:VCALENDAR',
    '',
  ].join('\r\n');

describe('the calendars commands', { concurrency: true }, () => {
  test('check the examples, and say of each which version it is', async () => {
    const { code, out, error } = await calendars('check', 'examples/calendars');
    assert.deepEqual([code, error], [0, '']);
    assert.match(out, /^ok uk-support \(Europe\/London\) sha256 [0-9a-f]{64}$/m);
    assert.match(out, /^ok uk-bank-holidays \(Europe\/London, no opening hours\)/m);
  });

  test('check says of a file that does not fit where, and ends with 1', async (t) => {
    const directory = temporaryDirectory(t);
    writeFileSync(join(directory, 'good.json'), '{ "name": "good", "timezone": "UTC" }');
    writeFileSync(join(directory, 'bad.json'), '{\n  "name": "bad",\n  "timezone": "Mars/Olympus"\n}');
    writeFileSync(join(directory, 'orphan.json'), '{ "name": "orphan", "extends": "none" }');
    const { code, out, error } = await calendars('check', directory);
    assert.equal(code, 1);
    assert.match(error, /^REFUSED bad\.json line 3: \/timezone .*Mars/m);
    assert.match(error, /^REFUSED orphan\.json line 1: \/extends there is no calendar none\.$/m);
    assert.match(out, /^3 calendars, 2 refused\.$/m);
  });

  test('check of an empty folder says so, and of none that it could not be done', async (t) => {
    const empty = await calendars('check', temporaryDirectory(t));
    assert.equal(empty.code, 0);
    assert.match(empty.out, /^There is no calendar in /);
    const none = await calendars('check', '/nowhere');
    assert.equal(none.code, 2);
    assert.match(none.error, /ENOENT.*\/nowhere/);
  });

  test('import tells whole days, times and changes of the clocks apart', async (t) => {
    const file = join(temporaryDirectory(t), 'events.ics');
    writeFileSync(
      file,
      ics(
        ['SUMMARY:Christmas Day', 'DTSTART;VALUE=DATE:20261225', 'DTEND;VALUE=DATE:20261226'],
        ['SUMMARY:Works outing', 'DTSTART;VALUE=DATE:20260703', 'DURATION:P2D'],
        ['SUMMARY:Daylight Saving Time starts', 'DTSTART;VALUE=DATE:20260329'],
        ['SUMMARY:Training', 'DTSTART;TZID=Europe/London:20260601T140000', 'DURATION:PT2H'],
        ['SUMMARY:Call from Tokyo', 'DTSTART;TZID=Tokyo Standard Time:20260602T170000', 'DURATION:PT1H'],
        ['SUMMARY:Floating', 'DTSTART:20260603T120000', 'DTEND:20260603T130000'],
        ['SUMMARY:Between two hours alike', 'DTSTART:20261025T013000Z', 'DTEND:20261025T023000Z'],
        [
          'SUMMARY:Midnight to midnight',
          'DTSTART;TZID=Europe/London:20260604T000000',
          'DTEND:20260604T230000Z',
        ],
        ['SUMMARY:Not held', 'STATUS:CANCELLED', 'DTSTART;VALUE=DATE:20260605'],
      ),
    );
    const { code, out, error } = await calendars('import', file, '--name', 'events');
    assert.equal(code, 0, error);
    assert.match(error, /^Left out "Daylight Saving Time starts": it tells of a change of the clocks\.$/m);
    assert.match(error, /^Left out "Not held": it is cancelled\.$/m);
    assert.deepEqual(parsed(out), {
      name: 'events',
      timezone: 'Europe/London',
      holidays: [
        { date: '2026-06-04', reason: 'Midnight to midnight' },
        { date: '2026-07-03', reason: 'Works outing' },
        { date: '2026-07-04', reason: 'Works outing' },
        { date: '2026-12-25', reason: 'Christmas Day' },
      ],
      overrides: [
        { from: '2026-06-01T14:00:00', to: '2026-06-01T16:00:00', open: false, reason: 'Training' },
        { from: '2026-06-02T09:00:00', to: '2026-06-02T10:00:00', open: false, reason: 'Call from Tokyo' },
        { from: '2026-06-03T12:00:00', to: '2026-06-03T13:00:00', open: false, reason: 'Floating' },
        // The clocks show half past one twice that night: the later one is told in UTC.
        {
          from: '2026-10-25T01:30:00Z',
          to: '2026-10-25T02:30:00',
          open: false,
          reason: 'Between two hours alike',
        },
      ],
    });
  });

  test('import lays out what recurs, without its exceptions, for the years that it is told', async (t) => {
    const directory = temporaryDirectory(t);
    const file = join(directory, 'recurring.ics');
    writeFileSync(
      file,
      ics(
        ['SUMMARY:Founders’ Day', 'DTSTART;VALUE=DATE:20200617', 'RRULE:FREQ=YEARLY'],
        [
          'SUMMARY:Inventory',
          'DTSTART;TZID=Europe/London:20260105T080000',
          'DURATION:PT2H',
          'RRULE:FREQ=MONTHLY;COUNT=3',
          'EXDATE;TZID=Europe/London:20260205T080000',
        ],
      ).replace(
        'END:VCALENDAR',
        [
          'BEGIN:VEVENT',
          'UID:1',
          'SUMMARY:Inventory, later',
          'RECURRENCE-ID;TZID=Europe/London:20260305T080000',
          'DTSTART;TZID=Europe/London:20260306T090000',
          'DURATION:PT1H',
          'END:VEVENT',
          'END:VCALENDAR',
        ].join('\r\n'),
      ),
    );
    const endless = await calendars('import', file, '--name', 'recurring');
    assert.equal(endless.code, 2);
    assert.match(endless.error, /"Founders’ Day" recurs for ever: .*--years/);
    const out = join(directory, 'recurring.json');
    const { code, error } = await calendars('import', file, '--years', '2026-2027', '--out', out);
    assert.equal(code, 0, error);
    assert.deepEqual(parsed(readFileSync(out, 'utf8')), {
      name: 'recurring',
      timezone: 'Europe/London',
      valid_from: '2026-01-01',
      valid_until: '2027-12-31',
      holidays: [
        { date: '2026-06-17', reason: 'Founders’ Day' },
        { date: '2027-06-17', reason: 'Founders’ Day' },
      ],
      overrides: [
        { from: '2026-01-05T08:00:00', to: '2026-01-05T10:00:00', open: false, reason: 'Inventory' },
        { from: '2026-03-06T09:00:00', to: '2026-03-06T10:00:00', open: false, reason: 'Inventory, later' },
      ],
    });
    assert.deepEqual(
      readdirSync(directory).sort(),
      ['recurring.ics', 'recurring.json'],
      'nothing is left behind',
    );
    assert.equal((await calendars('check', directory)).code, 0);
  });

  test('import ends with 1 for what is no calendar, and with 2 where it must be told more', async (t) => {
    const directory = temporaryDirectory(t);
    const write = (text: string) => {
      const file = join(directory, `${Math.random()}.ics`);
      writeFileSync(file, text);
      return file;
    };
    const without = ics(['SUMMARY:A', 'DTSTART;VALUE=DATE:20261225']).replace(/X-WR.*\r\n/, '');
    const strange = ics(['SUMMARY:A', 'DTSTART;TZID=Mars/Olympus:20261225T080000', 'DURATION:PT1H']);
    const cases: [string[], number, RegExp][] = [
      [['import', write('BEGIN:NONSENSE'), '--name', 'a'], 1, /is not an iCalendar file/],
      [['import', write(ics()), '--name', 'a'], 1, /has 0 events/],
      [['import', write(strange), '--name', 'a'], 1, /does not define its time zone Mars\/Olympus/],
      [['import', write(without), '--name', 'a'], 2, /--timezone ZONE, as the file names none/],
      [['import', write(without), '--name', 'a', '--out', 'b.json'], 2, /must be called a\.json/],
      [['import', write(without), '--name', 'no/slash', '--timezone', 'UTC'], 1, /\/name/],
    ];
    await Promise.all(
      cases.map(async ([argv, wanted, line]) => {
        const { code, out, error } = await calendars(...argv);
        assert.deepEqual([code, out], [wanted, ''], `${argv.join(' ')}: ${error}`);
        assert.match(error, line);
      }),
    );
  });

  test('holidays are those that the authorities publish, with where they are from', async () => {
    const { code, out, error } = await calendars(
      ...['holidays', '--country', 'GB', '--region', 'ENG', '--years', '2026-2028'],
    );
    assert.equal(code, 0, error);
    const calendar = parsed(out);
    assert.equal(calendar.name, 'gb-eng-holidays');
    assert.equal(calendar.timezone, 'Europe/London');
    assert.deepEqual([calendar.valid_from, calendar.valid_until], ['2026-01-01', '2028-12-31']);
    assert.match(calendar.attribution ?? '', /England, United Kingdom.*date-holidays 3\.\S+ .*CC BY-SA 3\.0/);
    assert.match(error, /known to err/);
    // The bank holidays of England and Wales in 2026, as gov.uk lists them, and Boxing Day itself, a Saturday.
    const of2026 = (calendar.holidays ?? []).flatMap((one) =>
      typeof one === 'object' && 'date' in one && one.date.startsWith('2026') ? [one.date.slice(5)] : [],
    );
    assert.deepEqual(of2026, [
      ...['01-01', '04-03', '04-06', '05-04', '05-25', '08-31', '12-25', '12-26', '12-28'],
    ]);
  });

  test('a region within a region, and codes in any letter case', async () => {
    const { code, out, error } = await calendars(
      ...['holidays', '--country', 'de', '--region', 'by-A', '--years', '2026', '--name', 'augsburg'],
    );
    assert.equal(code, 0, error);
    const { attribution, holidays } = parsed(out);
    assert.match(attribution ?? '', /Stadt Augsburg, Bayern, Germany/);
    // Augsburg alone has the Peace Festival.
    assert.ok(
      (holidays ?? []).some((one) => typeof one === 'object' && 'date' in one && one.date === '2026-08-08'),
    );
  });

  test('holidays that are parts of days become closings', async () => {
    const { code, out, error } = await calendars(
      ...['holidays', '--country', 'at', '--years', '2026', '--types', 'bank,observance', '--language', 'en'],
    );
    assert.equal(code, 0, error);
    const eve = parsed(out).overrides?.find(({ reason }) => reason === 'Christmas Eve');
    assert.deepEqual(eve, {
      from: '2026-12-24T13:00:00Z',
      to: '2026-12-24T23:00:00Z',
      open: false,
      reason: 'Christmas Eve',
    });
  });

  test('a country, region, type or zone that must be said is asked for', async () => {
    const cases: [string[], RegExp][] = [
      [['--country', 'XX', '--years', '2026'], /does not know the country XX\. It knows .*GB/],
      [
        ['--country', 'GB', '--region', 'XXX', '--years', '2026'],
        /the region XXX of United Kingdom\. It knows .*ENG/,
      ],
      [['--country', 'US', '--years', '2026'], /--timezone America\/New_York \|/],
      [['--country', 'GB', '--years', '2026', '--types', 'bnk'], /--types takes public, bank/],
    ];
    await Promise.all(
      cases.map(async ([argv, line]) => {
        const { code, out, error } = await calendars('holidays', ...argv);
        assert.deepEqual([code, out], [2, ''], argv.join(' '));
        assert.match(error, line);
      }),
    );
  });

  test('--help and a wrong command say how it is used', async () => {
    const help = await calendars('--help');
    assert.deepEqual([help.code, help.error], [0, '']);
    assert.match(help.out, /^usage: npm run calendars/);
    const wrong = await runScript('src/cli/calendars.ts', ['frobnicate']);
    assert.deepEqual([wrong.code, wrong.out], [2, '']);
    assert.match(wrong.error, /^usage: npm run calendars/);
  });
});
