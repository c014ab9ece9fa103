/**
 * What the common operations cost beside the bare Temporal calls they need, measured side by side in one run: the source
 * is read, the operation done, and the value written in the zone and in UTC. The service does more in that time (strict
 * reading, the checks, the second opinion).
 */
import { compute, type Preview } from '../src/services/date/index.ts';
import { Temporal } from '../src/services/temporal.ts';

const ROUNDS = 201;
const PER_ROUND = 500;

const source_timestamp = '2024-02-27T15:30:00.123Z';
const target_timezone = 'America/New_York';
const zoned = { fractionalSecondDigits: 3, timeZoneName: 'never' } as const;
const utc = { fractionalSecondDigits: 3 } as const;

const read = () => Temporal.Instant.from(source_timestamp);
const write = (result: Temporal.ZonedDateTime) => [result.toString(zoned), result.toInstant().toString(utc)];

const cases: { name: string; request: Preview; bare: () => unknown }[] = [
  {
    name: 'CONVERT',
    request: { source_timestamp, target_timezone, operation: 'CONVERT' },
    bare: () => write(read().toZonedDateTimeISO(target_timezone)),
  },
  {
    name: 'ADD_OFFSET',
    request: { source_timestamp, target_timezone, operation: 'ADD_OFFSET', offset_minutes: 120 },
    bare: () => write(read().add({ minutes: 120 }).toZonedDateTimeISO(target_timezone)),
  },
  {
    name: 'ADD PT90M',
    request: { source_timestamp, target_timezone, operation: 'ADD', duration: 'PT90M' },
    bare: () => write(read().toZonedDateTimeISO(target_timezone).add('PT90M')),
  },
  {
    name: 'ADD P1M',
    request: { source_timestamp, target_timezone, operation: 'ADD', duration: 'P1M' },
    bare: () => write(read().toZonedDateTimeISO(target_timezone).add('P1M')),
  },
];

/** Microseconds a call. */
function time(run: () => unknown): number {
  const start = process.hrtime.bigint();
  for (let i = 0; i < PER_ROUND; i++) run();
  return Number(process.hrtime.bigint() - start) / PER_ROUND / 1000;
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

console.log('operation     service µs   bare Temporal µs   ratio');
for (const { request, bare } of cases) {
  // Both are warm before anything is measured.
  for (let i = 0; i < 20; i++) {
    time(() => compute(request));
    time(bare);
  }
}
for (const { name, request, bare } of cases) {
  const rounds = Array.from({ length: ROUNDS }, () => ({
    service: time(() => compute(request)),
    bare: time(bare),
  }));
  const service = median(rounds.map((round) => round.service));
  const plain = median(rounds.map((round) => round.bare));
  // Of neighbours in time, so that what else the machine does falls on both.
  const ratio = median(rounds.map((round) => round.service / round.bare));
  console.log(
    `${name.padEnd(12)}  ${service.toFixed(2).padStart(10)}   ${plain.toFixed(2).padStart(16)}   ${ratio.toFixed(2).padStart(5)}`,
  );
}
