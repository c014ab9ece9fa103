/**
 * The full comparison with other implementations: temporal-polyfill, and Python's zoneinfo where there is a python3.
 *
 *   node test/services/date/differential.ts [--cases 200000] [--seed 1]
 *
 * Exits with 1 at any difference. A small sample of the first part runs with the tests.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { compute, type Preview, tzdbVersion } from '../../../src/services/date/index.ts';
import { Temporal } from '../../../src/services/temporal.ts';
import { randomCases } from './oracle.ts';
import { createRandom } from '../../support/random.ts';
import { zoneList } from './zone-list.ts';

const { values } = parseArgs({
  options: { cases: { type: 'string', default: '200000' }, seed: { type: 'string', default: '1' } },
});
const count = Number(values.cases);
const seed = Number(values.seed);

function againstTemporalPolyfill(): number {
  let differences = 0;
  for (const { request, expected } of randomCases(count, seed)) {
    const { output_timestamp, accuracy_valid } = compute(request);
    if (output_timestamp === expected && accuracy_valid) continue;
    if (++differences <= 20) console.log({ request, expected, output_timestamp, accuracy_valid });
  }
  console.log(`temporal-polyfill: ${count} manipulations, ${differences} differences (tzdb ${tzdbVersion})`);
  return differences;
}

type Question =
  | { kind: 'offsets'; zone: string; seconds: number[] }
  | { kind: 'local'; zone: string; local: number; disambiguation: 'compatible' | 'earlier' | 'later' }
  | { kind: 'add'; zone: string; epoch: number; days: number; minutes: number };

function askPython(questions: Question[]): unknown[] | null {
  const script = fileURLToPath(new URL('zoneinfo_oracle.py', import.meta.url));
  const input = questions.map((question) => JSON.stringify(question)).join('\n');
  const { status, stdout, error } = spawnSync('python3', [script], {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  if (error !== undefined || status !== 0) return null;
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

const YEAR_SECONDS = 31_556_952;

/** Zones for which both tz databases say the same all the years through, every six days. */
function commonZones(): string[] | null {
  const seconds = Array.from({ length: 200 * 61 }, (_, i) => -70 * YEAR_SECONDS + i * 6 * 86_400);
  const names = zoneList.filter((zone) => !/^[+-]/.test(zone));
  const answers = askPython(names.map((zone) => ({ kind: 'offsets', zone, seconds })));
  if (answers === null) return null;
  return names.filter((zone, index) => {
    const theirs = answers[index];
    return (
      Array.isArray(theirs) &&
      seconds.every((second, i) => {
        const moment = Temporal.Instant.fromEpochMilliseconds(second * 1000).toZonedDateTimeISO(zone);
        return moment.offsetNanoseconds / 1e9 === theirs[i];
      })
    );
  });
}

function requestOf(question: Exclude<Question, { kind: 'offsets' }>): Preview {
  const { zone } = question;
  const common = { target_timezone: zone, output_format: 'epoch_milliseconds' } as const;
  if (question.kind === 'local') {
    const source_timestamp = new Date(question.local / 1000).toISOString().slice(0, -1);
    return {
      ...common,
      source_timestamp,
      source_timezone: zone,
      disambiguation: question.disambiguation,
      operation: 'CONVERT',
    };
  }
  const source_epoch = { value: question.epoch / 1000, unit: 'millisecond' as const };
  const duration = `P${question.days}DT${question.minutes}M`;
  return { ...common, source_epoch, operation: 'ADD', duration };
}

function randomQuestion(
  random: ReturnType<typeof createRandom>,
  zones: string[],
): Exclude<Question, { kind: 'offsets' }> {
  const zone = random.pick(zones);
  const ms = random.integer(Date.UTC(1901, 0, 1), Date.UTC(2099, 0, 1));
  const next = Temporal.Instant.fromEpochMilliseconds(ms)
    .toZonedDateTimeISO(zone)
    .getTimeZoneTransition('next');
  const isNear = next !== null && next.year < 2099 && random.next() < 0.75;
  const epoch = (isNear ? next.epochMilliseconds : ms) + random.integer(-10_800, 10_800) * 1000;
  if (random.next() < 0.5) {
    const offset =
      Temporal.Instant.fromEpochMilliseconds(epoch).toZonedDateTimeISO(zone).offsetNanoseconds / 1e6;
    const disambiguation = random.pick(['compatible', 'earlier', 'later'] as const);
    return { kind: 'local', zone, local: (epoch + Math.round(offset / 1000) * 1000) * 1000, disambiguation };
  }
  return {
    kind: 'add',
    zone,
    epoch: epoch * 1000,
    days: random.integer(0, 40),
    minutes: random.integer(0, 3000),
  };
}

function againstPython(): number {
  const zones = commonZones();
  if (zones === null) {
    console.log('zoneinfo: no python3 here, not compared');
    return 0;
  }
  const random = createRandom(seed);
  const questions = Array.from({ length: count }, () => randomQuestion(random, zones));
  const answers = askPython(questions) ?? [];
  let differences = 0;
  for (const [index, question] of questions.entries()) {
    const ours = compute(requestOf(question)).output_timestamp;
    if (ours === Number(answers[index]) / 1000) continue;
    if (++differences <= 20) console.log({ question, ours, theirs: answers[index] });
  }
  const apart = zoneList.filter((zone) => !/^[+-]/.test(zone) && !zones.includes(zone));
  console.log(
    `zoneinfo: ${count} manipulations in ${zones.length} zones, ${differences} differences` +
      ` (left out, as its tz database is another release there: ${apart.join(', ') || 'none'})`,
  );
  return differences;
}

process.exitCode = againstTemporalPolyfill() + againstPython() === 0 ? 0 : 1;
