import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Problem } from '../../../../src/errors.ts';
import { compute } from '../../../../src/services/date/index.ts';

const ZONE = 'America/New_York';

function next(
  recurrence_rule: string,
  source_timestamp: string,
  more: { gap_policy?: 'skip' | 'compatible' } = {},
): string {
  const common = { target_timezone: ZONE, precision_limit: 0, operation: 'NEXT_OCCURRENCE' } as const;
  return String(compute({ ...common, ...more, source_timestamp, recurrence_rule }).output_timestamp);
}

/** The occurrences one after the other, on the clock of New York, until there is none or there are enough. */
function occurrences(rule: string, from: string, most: number, more = {}): string[] {
  const found: string[] = [];
  let source = from;
  while (found.length < most) {
    try {
      source = next(rule, source, more);
    } catch (error) {
      assert.ok(error instanceof Problem && error.code === 'NO_OCCURRENCE', String(error));
      found.push('end');
      return found;
    }
    found.push(source.slice(0, 16));
  }
  return found;
}

/** The examples of RFC 5545 3.8.5.3, with what it says they give. */
const examples: [rule: string, start: string, expected: string[]][] = [
  [
    'FREQ=DAILY;COUNT=3',
    '19970902T090000',
    ['1997-09-02T09:00', '1997-09-03T09:00', '1997-09-04T09:00', 'end'],
  ],
  [
    'FREQ=DAILY;INTERVAL=10;COUNT=5',
    '19970902T090000',
    ['1997-09-02T09:00', '1997-09-12T09:00', '1997-09-22T09:00'],
  ],
  ['FREQ=WEEKLY;UNTIL=19970915T130000Z', '19970902T090000', ['1997-09-02T09:00', '1997-09-09T09:00', 'end']],
  [
    'FREQ=WEEKLY;INTERVAL=2;WKST=SU;COUNT=8;BYDAY=TU,TH',
    '19970902T090000',
    ['1997-09-02T09:00', '1997-09-04T09:00', '1997-09-16T09:00', '1997-09-18T09:00', '1997-09-30T09:00'],
  ],
  [
    'FREQ=MONTHLY;COUNT=10;BYDAY=1FR',
    '19970905T090000',
    ['1997-09-05T09:00', '1997-10-03T09:00', '1997-11-07T09:00'],
  ],
  [
    'FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU',
    '19970907T090000',
    ['1997-09-07T09:00', '1997-09-28T09:00', '1997-11-02T09:00', '1997-11-30T09:00'],
  ],
  [
    'FREQ=MONTHLY;COUNT=6;BYDAY=-2MO',
    '19970922T090000',
    ['1997-09-22T09:00', '1997-10-20T09:00', '1997-11-17T09:00'],
  ],
  [
    'FREQ=MONTHLY;BYMONTHDAY=-3',
    '19970928T090000',
    ['1997-09-28T09:00', '1997-10-29T09:00', '1997-11-28T09:00'],
  ],
  [
    'FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1',
    '19970930T090000',
    ['1997-09-30T09:00', '1997-10-01T09:00', '1997-10-31T09:00'],
  ],
  [
    'FREQ=YEARLY;COUNT=10;BYMONTH=6,7',
    '19970610T090000',
    ['1997-06-10T09:00', '1997-07-10T09:00', '1998-06-10T09:00'],
  ],
  [
    'FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200',
    '19970101T090000',
    ['1997-01-01T09:00', '1997-04-10T09:00', '1997-07-19T09:00', '2000-01-01T09:00'],
  ],
  ['FREQ=YEARLY;BYDAY=20MO', '19970519T090000', ['1997-05-19T09:00', '1998-05-18T09:00', '1999-05-17T09:00']],
  [
    'FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO',
    '19970512T090000',
    ['1997-05-12T09:00', '1998-05-11T09:00', '1999-05-17T09:00'],
  ],
  [
    'FREQ=YEARLY;BYMONTH=3;BYDAY=TH',
    '19970313T090000',
    ['1997-03-13T09:00', '1997-03-20T09:00', '1997-03-27T09:00', '1998-03-05T09:00'],
  ],
  [
    'FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13',
    '19970902T090000',
    ['1998-02-13T09:00', '1998-03-13T09:00', '1998-11-13T09:00', '1999-08-13T09:00'],
  ],
  [
    'FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8',
    '19961105T090000',
    ['1996-11-05T09:00', '2000-11-07T09:00', '2004-11-02T09:00'],
  ],
  [
    'FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3',
    '19970904T090000',
    ['1997-09-04T09:00', '1997-10-07T09:00', '1997-11-06T09:00', 'end'],
  ],
  [
    'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2',
    '19970929T090000',
    ['1997-09-29T09:00', '1997-10-30T09:00', '1997-11-27T09:00'],
  ],
  [
    'FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T210000Z',
    '19970902T090000',
    ['1997-09-02T09:00', '1997-09-02T12:00', '1997-09-02T15:00', 'end'],
  ],
  [
    'FREQ=MINUTELY;INTERVAL=90;COUNT=4',
    '19970902T090000',
    ['1997-09-02T09:00', '1997-09-02T10:30', '1997-09-02T12:00', '1997-09-02T13:30', 'end'],
  ],
  [
    'FREQ=DAILY;BYHOUR=9,10;BYMINUTE=0,40',
    '19970902T090000',
    ['1997-09-02T09:00', '1997-09-02T09:40', '1997-09-02T10:00', '1997-09-02T10:40', '1997-09-03T09:00'],
  ],
  [
    'FREQ=MINUTELY;INTERVAL=40;BYHOUR=9,10',
    '19970902T090000',
    ['1997-09-02T09:00', '1997-09-02T09:40', '1997-09-02T10:20', '1997-09-03T09:00'],
  ],
  [
    'FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO',
    '19970805T090000',
    ['1997-08-05T09:00', '1997-08-10T09:00', '1997-08-19T09:00', '1997-08-24T09:00', 'end'],
  ],
  [
    'FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU',
    '19970805T090000',
    ['1997-08-05T09:00', '1997-08-17T09:00', '1997-08-19T09:00', '1997-08-31T09:00', 'end'],
  ],
  [
    'FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5',
    '20070115T090000',
    [
      '2007-01-15T09:00',
      '2007-01-30T09:00',
      '2007-02-15T09:00',
      '2007-03-15T09:00',
      '2007-03-30T09:00',
      'end',
    ],
  ],
];

describe('the examples of RFC 5545', () => {
  for (const [rule, start, expected] of examples) {
    it(rule, () => {
      const text = `DTSTART;TZID=${ZONE}:${start}\r\nRRULE:${rule}`;
      assert.deepEqual(occurrences(text, '1996-01-01T00:00:00Z', expected.length), expected);
    });
  }
});

describe('gaps and folds', () => {
  const from = '2026-03-01T00:00:00Z';
  const text = (rule: string, start = '20260307T023000') => `DTSTART;TZID=${ZONE}:${start}\nRRULE:${rule}`;

  it('leave out a time that the clocks skip, and do not count it', () => {
    assert.deepEqual(occurrences(text('FREQ=DAILY;COUNT=3'), from, 4), [
      '2026-03-07T02:30',
      '2026-03-09T02:30',
      '2026-03-10T02:30',
      'end',
    ]);
  });

  it('count it where it is moved behind the gap', () => {
    assert.deepEqual(occurrences(text('FREQ=DAILY;COUNT=3'), from, 4, { gap_policy: 'compatible' }), [
      '2026-03-07T02:30',
      '2026-03-08T03:30',
      '2026-03-09T02:30',
      'end',
    ]);
  });

  it('keep the order where one is moved behind a later one', () => {
    const rule = text('FREQ=DAILY;BYHOUR=2,3;BYMINUTE=15,30;COUNT=9');
    assert.deepEqual(occurrences(rule, '2026-03-08T05:00:00Z', 3, { gap_policy: 'compatible' }), [
      '2026-03-08T03:15',
      '2026-03-08T03:30',
      '2026-03-09T02:15',
    ]);
  });

  it('repeat an hour by hours but not by days', () => {
    const daily = text('FREQ=DAILY', '20261031T013000');
    assert.equal(next(daily, '2026-11-01T01:30:00-04:00'), '2026-11-02T01:30:00-05:00');
    const hourly = text('FREQ=HOURLY', '20261031T013000');
    assert.equal(next(hourly, '2026-11-01T01:30:00-04:00'), '2026-11-01T01:30:00-05:00');
  });
});

describe('recurrence sets', () => {
  const start = `DTSTART;TZID=${ZONE}:20260105T090000`;

  it('add RDATEs and leave out EXDATEs, by the time or by the day', () => {
    const text = `${start}\nRRULE:FREQ=WEEKLY;COUNT=4\nRDATE;TZID=${ZONE}:20260107T120000,20260201T120000\nEXDATE;TZID=${ZONE}:20260112T090000\nEXDATE;VALUE=DATE:20260119`;
    assert.deepEqual(occurrences(text, '2026-01-01T00:00:00Z', 9), [
      '2026-01-05T09:00',
      '2026-01-07T12:00',
      '2026-01-26T09:00',
      '2026-02-01T12:00',
      'end',
    ]);
  });

  it('start at the source where they say nothing else', () => {
    assert.equal(next('FREQ=DAILY', '2026-01-05T09:00:00.25-05:00'), '2026-01-06T09:00:00-05:00');
    assert.equal(next('RRULE:FREQ=DAILY;COUNT=2', '2026-01-05T09:00:00-05:00'), '2026-01-06T09:00:00-05:00');
    assert.throws(() => next('FREQ=DAILY;COUNT=1', '2026-01-05T09:00:00-05:00'), { code: 'NO_OCCURRENCE' });
  });

  it('run on the clock of their own zone', () => {
    const berlin = 'DTSTART;TZID=Europe/Berlin:20260105T090000\nRRULE:FREQ=DAILY';
    assert.equal(next(berlin, '2026-03-20T09:00:00Z'), '2026-03-21T04:00:00-04:00');
    assert.equal(next(berlin, '2026-03-30T09:00:00Z'), '2026-03-31T03:00:00-04:00');
    const utc = 'DTSTART:20260105T090000Z\nRRULE:FREQ=DAILY';
    assert.equal(next(utc, '2026-03-20T10:00:00Z'), '2026-03-21T05:00:00-04:00');
    assert.equal(
      next('DTSTART:20260105T090000\nRRULE:FREQ=DAILY', '2026-03-20T10:00:00Z'),
      '2026-03-20T09:00:00-04:00',
    );
  });

  it('include the moment or the whole day of UNTIL', () => {
    assert.deepEqual(occurrences(`${start}\nRRULE:FREQ=DAILY;UNTIL=20260106`, '2026-01-01T00:00:00Z', 3), [
      '2026-01-05T09:00',
      '2026-01-06T09:00',
      'end',
    ]);
    assert.equal(
      occurrences(`${start}\nRRULE:FREQ=DAILY;UNTIL=20260106T135959Z`, '2026-01-01T00:00:00Z', 3).length,
      2,
    );
  });

  it('may be folded over lines, in any case', () => {
    assert.equal(
      next('dtstart:20260105T090000\r\nrrule:freq=we\r\n ekly', '2026-01-06T00:00:00Z'),
      '2026-01-12T09:00:00-05:00',
    );
  });

  const wrong = [
    '',
    'RRULE:',
    'FREQ=FORTNIGHTLY',
    'FREQ=DAILY;COUNT=0',
    'FREQ=DAILY;INTERVAL=0',
    'FREQ=DAILY;COUNT=2;UNTIL=20260101T000000Z',
    'FREQ=DAILY;FREQ=DAILY',
    'FREQ=DAILY;BYHOUR=24',
    'FREQ=DAILY;BYMONTHDAY=0',
    'FREQ=DAILY;BYDAY=1MO',
    'FREQ=DAILY;BYYEARDAY=1',
    'FREQ=WEEKLY;BYMONTHDAY=1',
    'FREQ=MONTHLY;BYWEEKNO=1',
    'FREQ=YEARLY;BYWEEKNO=1;BYDAY=1MO',
    'FREQ=DAILY;BYSETPOS=1',
    'FREQ=DAILY;BYEASTER=1',
    'FREQ=DAILY;RSCALE=HEBREW',
    'FREQ=DAILY;UNTIL=tomorrow',
    'DTSTART:20260230T000000\nRRULE:FREQ=DAILY',
    'DTSTART:20260105T090000',
    'RRULE:FREQ=DAILY\nRRULE:FREQ=WEEKLY',
    'EXRULE:FREQ=DAILY\nRRULE:FREQ=WEEKLY',
  ];
  for (const text of wrong) {
    it(`are refused when they are ${JSON.stringify(text)}`, () => {
      assert.throws(() => next(text, '2026-01-05T09:00:00Z'), { code: 'INVALID_RECURRENCE_RULE' });
    });
  }

  it('are refused in a zone that does not exist', () => {
    assert.throws(
      () => next('DTSTART;TZID=Mars/Olympus:20260105T090000\nRRULE:FREQ=DAILY', '2026-01-05T09:00:00Z'),
      {
        code: 'UNKNOWN_TIME_ZONE',
      },
    );
  });
});
