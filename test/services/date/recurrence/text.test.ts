import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compute } from '../../../../src/services/date/index.ts';

const next = (recurrence_rule: string, source_timestamp = '2026-06-10T12:00:00Z', target_timezone = 'UTC') =>
  String(
    compute({
      source_timestamp,
      target_timezone,
      precision_limit: 0,
      operation: 'NEXT_OCCURRENCE',
      recurrence_rule,
    }).output_timestamp,
  );

const answers: [what: string, rule: string, expected: string, source?: string][] = [
  [
    'whole days that are excluded cost one step each, not one for each occurrence in them',
    `DTSTART:20260601T000000Z\nRRULE:FREQ=MINUTELY;INTERVAL=5\nEXDATE;VALUE=DATE:${[11, 12, 13, 14, 15, 16, 17, 18].map((day) => `202606${day}`).join()}`,
    '2026-06-19T00:00:00Z',
    '2026-06-10T23:59:00Z',
  ],
  [
    'an RDATE stands although the rule never occurs',
    'DTSTART:20260101T090000Z\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\nRDATE:20260611T090000Z',
    '2026-06-11T09:00:00Z',
  ],
  [
    'an RDATE stands beside a rule by the second that never occurs',
    'DTSTART:20260101T090000Z\nRRULE:FREQ=SECONDLY;INTERVAL=60;BYSECOND=31\nRDATE:20260611T090000Z',
    '2026-06-11T09:00:00Z',
  ],
  [
    'a DTSTART that is a date has no times: BYHOUR, BYMINUTE and BYSECOND are ignored',
    'DTSTART;VALUE=DATE:20260601\nRRULE:FREQ=DAILY;BYHOUR=9;BYMINUTE=30;BYSECOND=5',
    '2026-06-11T00:00:00Z',
  ],
  [
    'five thousand working days are counted',
    'DTSTART:20150101T090000Z\nRRULE:FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;COUNT=5000',
    '2026-06-11T09:00:00Z',
  ],
  [
    'BYSECOND=60 is second 59',
    'DTSTART:20260601T090000Z\nRRULE:FREQ=DAILY;BYSECOND=60',
    '2026-06-11T09:00:59Z',
  ],
  ['a written second 60 is 59', 'DTSTART:20260601T090060Z\nRRULE:FREQ=DAILY', '2026-06-11T09:00:59Z'],
  ['a semicolon may end it', 'DTSTART:20260601T090000Z\nRRULE:FREQ=DAILY;', '2026-06-11T09:00:00Z'],
  [
    'a TZID may be quoted',
    'DTSTART;TZID="America/New_York":20260601T090000\nRRULE:FREQ=DAILY',
    '2026-06-10T13:00:00Z',
  ],
  [
    'a parameter that is not known is ignored',
    'DTSTART;X-MINE=1;LANGUAGE=en:20260601T090000Z\nRRULE;X-A="b:c;d":FREQ=DAILY',
    '2026-06-11T09:00:00Z',
  ],
  [
    'an RDATE may be a period, of which its start counts',
    'DTSTART:20200101T090000Z\nRRULE:FREQ=DAILY;COUNT=1\nRDATE;VALUE=PERIOD:20260612T090000Z/PT1H,20260611T080000Z/20260611T100000Z',
    '2026-06-11T08:00:00Z',
  ],
  [
    'a bare rule may begin with any part',
    'BYHOUR=9;BYMINUTE=0;BYSECOND=0;FREQ=DAILY',
    '2026-06-11T09:00:00Z',
  ],
];

describe('recurrence text', () => {
  for (const [what, rule, expected, source] of answers) {
    it(what, () => assert.equal(next(rule, source), expected));
  }

  for (const line of [
    'DTSTART;TZID=Europe/Berlin:20260601T090000Z\nRRULE:FREQ=DAILY',
    'DTSTART:20260601T090000\nRRULE:FREQ=DAILY\nEXDATE;TZID=UTC:20260611T090000Z',
  ]) {
    it(`refuses a TZID beside a time in UTC: ${JSON.stringify(line)}`, () => {
      assert.throws(() => next(line), { code: 'INVALID_RECURRENCE_RULE', message: /TZID.*Z/ });
    });
  }

  it('calls a rule that takes too long to count given up, not invalid', () => {
    const numbers = (length: number) => [...Array(length).keys()].join();
    const everySecond = `BYHOUR=${numbers(24)};BYMINUTE=${numbers(60)};BYSECOND=${numbers(60)}`;
    const rule = `DTSTART;TZID=Europe/Berlin:20000101T000000\nRRULE:FREQ=DAILY;COUNT=2000000000;${everySecond}`;
    assert.throws(() => next(rule), { code: 'NO_OCCURRENCE', message: /given up/ });
  });
});
