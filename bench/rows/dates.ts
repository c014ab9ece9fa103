/**
 * The date service, operation by operation, beside libraries that can do the same: a source text is read, the operation
 * done in the target zone, and the local time written with its offset. What a library answers otherwise is counted as
 * wrong; the sources lie beside the changes of clocks on purpose. The service does more in its time: strict reading, the
 * second opinion, the instant in UTC.
 */
import { spawnSync } from 'node:child_process';
import { TZDate } from '@date-fns/tz';
import * as jsTemporal from '@js-temporal/polyfill';
import { addMonths, formatISO, startOfMonth } from 'date-fns';
import dayjs from 'dayjs';
import dayjsTimezone from 'dayjs/plugin/timezone.js';
import dayjsUtc from 'dayjs/plugin/utc.js';
import { DateTime } from 'luxon';
import moment from 'moment-timezone';
import * as temporalPolyfill from 'temporal-polyfill';
import { compute, type Preview } from '../../src/services/date/index.ts';
import { type Figure, median, ratios } from '../support/figures.ts';

dayjs.extend(dayjsUtc);
dayjs.extend(dayjsTimezone);

const ROUNDS = 15;
const PER_ROUND = 400;
const ZONE = 'America/New_York';

const SOURCES = [
  '2024-02-27T15:30:00Z',
  '2024-01-31T23:30:00Z',
  '2024-02-10T07:30:00Z',
  '2024-03-10T06:59:59Z',
  '2024-03-10T07:00:00Z',
  '2024-10-03T05:30:00Z',
  '2024-11-03T05:30:00Z',
  '2024-11-03T06:30:00Z',
];

type Work = 'CONVERT' | 'ADD_OFFSET' | 'ADD' | 'START_OF';
type Way = Record<Work, (source: string) => string>;

const REQUESTS: Record<Work, object> = {
  CONVERT: { operation: 'CONVERT' },
  ADD_OFFSET: { operation: 'ADD_OFFSET', offset_minutes: 120 },
  ADD: { operation: 'ADD', duration: 'P1M' },
  START_OF: { operation: 'START_OF', unit: 'month' },
};
const WORKS = Object.keys(REQUESTS) as Work[];

function service(work: Work): (source: string) => string {
  const rest = { target_timezone: ZONE, precision_limit: 0, ...REQUESTS[work] };
  return (source_timestamp) =>
    String(compute({ source_timestamp, ...rest } as unknown as Preview).output_timestamp);
}

type TemporalLike = Pick<typeof Temporal, 'Instant'>;

function temporal({ Instant }: TemporalLike): Way {
  const zoned = (source: string) => Instant.from(source).toZonedDateTimeISO(ZONE);
  const text = (value: Temporal.ZonedDateTime) => value.toString({ timeZoneName: 'never' });
  return {
    CONVERT: (source) => text(zoned(source)),
    ADD_OFFSET: (source) => text(zoned(source).add({ minutes: 120 })),
    ADD: (source) => text(zoned(source).add({ months: 1 })),
    START_OF: (source) => text(zoned(source).with({ day: 1 }).startOfDay()),
  };
}

const luxonZoned = (source: string) => DateTime.fromISO(source, { zone: ZONE });
const luxonText = (value: DateTime) => value.toISO({ suppressMilliseconds: true }) ?? '';
const fnsZoned = (source: string) => new TZDate(source, ZONE);
const dayjsZoned = (source: string) => dayjs.utc(source).tz(ZONE);
const momentZoned = (source: string) => moment.tz(source, ZONE);

const WAYS: Record<string, Way> = {
  ...(typeof Temporal === 'object' && { 'native Temporal': temporal(Temporal) }),
  '@js-temporal/polyfill': temporal(jsTemporal.Temporal as unknown as TemporalLike),
  'temporal-polyfill': temporal(temporalPolyfill.Temporal),
  luxon: {
    CONVERT: (source) => luxonText(luxonZoned(source)),
    ADD_OFFSET: (source) => luxonText(luxonZoned(source).plus({ minutes: 120 })),
    ADD: (source) => luxonText(luxonZoned(source).plus({ months: 1 })),
    START_OF: (source) => luxonText(luxonZoned(source).startOf('month')),
  },
  'date-fns with @date-fns/tz': {
    CONVERT: (source) => formatISO(fnsZoned(source)),
    ADD_OFFSET: (source) => formatISO(new TZDate(fnsZoned(source).getTime() + 7_200_000, ZONE)),
    ADD: (source) => formatISO(addMonths(fnsZoned(source), 1)),
    START_OF: (source) => formatISO(startOfMonth(fnsZoned(source))),
  },
  dayjs: {
    CONVERT: (source) => dayjsZoned(source).format(),
    ADD_OFFSET: (source) => dayjsZoned(source).add(120, 'minute').format(),
    ADD: (source) => dayjsZoned(source).add(1, 'month').format(),
    START_OF: (source) => dayjsZoned(source).startOf('month').format(),
  },
  'moment-timezone': {
    CONVERT: (source) => momentZoned(source).format(),
    ADD_OFFSET: (source) => momentZoned(source).add(120, 'minutes').format(),
    ADD: (source) => momentZoned(source).add(1, 'month').format(),
    START_OF: (source) => momentZoned(source).startOf('month').format(),
  },
};

/** Microseconds a call. */
function time(run: (source: string) => string): number {
  const began = process.hrtime.bigint();
  for (let i = 0; i < PER_ROUND; i += 1) run(SOURCES[i % SOURCES.length] ?? '');
  return Number(process.hrtime.bigint() - began) / PER_ROUND / 1000;
}

function wrong(run: (source: string) => string, work: Work): number {
  const right = service(work);
  return SOURCES.filter((source) => run(source) !== right(source)).length;
}

const measured = (ours: number, theirs: number, mistakes: number) =>
  `${ours.toFixed(1)} / ${theirs.toFixed(1)} µs${mistakes === 0 ? '' : `; **wrong for ${mistakes} of ${SOURCES.length}**`}`;

export async function dates(): Promise<Figure[]> {
  const zoneinfo = askZoneinfo();
  return WORKS.flatMap((work) => {
    const own = service(work);
    const figures = Object.entries(WAYS).map(([name, way]): Figure => {
      const theirs = way[work];
      for (let i = 0; i < 10; i += 1) {
        time(own);
        time(theirs);
      }
      const times = { own: [] as number[], theirs: [] as number[] };
      for (let round = 0; round < ROUNDS; round += 1) {
        times.own.push(time(own));
        times.theirs.push(time(theirs));
      }
      return {
        row: `${work}: time of ${name} against the date service’s`,
        measured: measured(median(times.own), median(times.theirs), wrong(theirs, work)),
        values: ratios(times.theirs, times.own),
      };
    });
    const python = zoneinfo?.[work];
    if (python === undefined) return figures;
    const mine = Array.from({ length: ROUNDS }, () => time(own));
    const mistakes = SOURCES.filter((source, i) => python.answers[i] !== own(source)).length;
    return [
      ...figures,
      {
        row: `${work}: time of Python’s zoneinfo against the date service’s`,
        measured: measured(median(mine), median(python.micros), mistakes),
        values: ratios(python.micros, mine),
      },
    ];
  });
}

type Zoneinfo = Record<Work, { micros: number[]; answers: string[] }>;

/** What Python answers, and how long it takes; undefined, and said, where there is no Python. */
function askZoneinfo(): Zoneinfo | undefined {
  const script = new URL('../support/zoneinfo_bench.py', import.meta.url).pathname;
  const { status, stdout } = spawnSync('python3', [script, String(ROUNDS), String(PER_ROUND)], {
    input: JSON.stringify({ zone: ZONE, sources: SOURCES }),
    encoding: 'utf8',
  });
  if (status === 0) return JSON.parse(stdout) as Zoneinfo;
  console.error('zoneinfo is not measured: there is no python3 that has it.');
  return undefined;
}
