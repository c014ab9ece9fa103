import type { Static, TObject } from '@sinclair/typebox';
import { Problem } from '../../errors.ts';
import type { computedFields } from '../../schemas/audit-record.ts';
import { commonFields } from '../../schemas/manipulation.ts';
import { expectedInstant, isInstantAccurate, isLengthAccurate } from './accuracy/index.ts';
import { createBudget } from './budget.ts';
import { dateOf, floorDiv, isLeapYear, NS_PER_DAY } from './engine/gregorian.ts';
import { formatUtc, type Writer, writerOf } from './format.ts';
import { calendarOf } from './business/find-calendar.ts';
import type { NamedCalendar } from './business/named-calendar.ts';
import {
  type Context,
  type Count,
  defaultsOf,
  type Length,
  type Operation,
  type StepResult,
} from './operation.ts';
import { operations } from './operations/index.ts';
import { roundNs, unitOf } from './engine/precision.ts';
import type { Manipulation, Preview } from './request-schema.ts';
import { writeLength } from './output/length.ts';
import { readSource } from './input/source.ts';
import { tzdbVersion } from './input/tzdb.ts';
import { resolveZone } from './input/zones.ts';
import { offsetAt } from './engine/offsets.ts';
import { type Moment } from './engine/local-time.ts';

export type Computation = Static<TObject<typeof computedFields>> & {
  /** The source as given; an epoch as its decimal text. */
  input_timestamp: string;
  /** The zone's id in its proper case; a Windows name mapped to IANA, a link kept. */
  target_timezone: string;
};

/** A request with every default filled in, whose own fields only its operation knows. */
type FilledRequest = Parameters<Operation['compute']>[0]['request'] & {
  operation: string;
  target_timezone: string;
  calendar?: string;
};

interface Ready {
  operation: Operation;
  defaults: Record<string, unknown>;
}

const ready = new Map<string, Ready>(
  (operations as readonly Operation[]).map((operation) => [
    operation.name,
    { operation, defaults: defaultsOf({ ...commonFields, ...operation.fields }) },
  ]),
);

export interface Computed {
  computation: Computation;
  operation: Operation;
  input: Parameters<Operation['compute']>[0];
  writer: Writer;
  /** The zone that the source names or is read in, if any. */
  sourceZone: string | null;
  /** Of a sequence. */
  steps: readonly StepResult[];
  /** The moment that was written, or the other end of a length: what a preview asks the zone's changes around. */
  epochNs: bigint;
  /** The moment before it was rounded; undefined for a length or a count. */
  exactNs: bigint | undefined;
}

/**
 * One manipulation, and what a preview needs beside it. It answers the same for the same request and context, under the
 * same tz database.
 * @throws Problem and nothing else
 */
export function computeWhole(manipulation: Manipulation | Preview, context: Context = {}): Computed {
  const found = ready.get(manipulation.operation);
  if (found === undefined) throw unknownOperation();
  const request = { ...found.defaults, ...manipulation } as FilledRequest;
  const zone = resolveZone(request.target_timezone);
  const source = readSource(request, context);
  const writer = writerOf(request);
  const { digits } = writer;
  const unit = unitOf(digits);
  const budget = context.budget ?? createBudget();
  const calendar = calendarOf(context, request.calendar);
  const input = { source, zone, digits, unit, request, calendar, context, budget };
  const { operation } = found;
  const result = operation.compute(input);
  const { steps } = result;
  const told = 'until' in result ? toldDistance(result, input) : toldMoment(result, input, writer);
  const decided = calendar ?? steps?.findLast((step) => step.calendar !== null)?.calendar ?? null;
  // Written out: V8 asks its runtime for each property that follows a spread.
  const computation: Computation = {
    input_timestamp: source.text,
    target_timezone: zone,
    output_timestamp: told.value,
    output_instant: told.instant,
    resolution: told.resolution,
    leap_day: told.leapDay,
    discarded_nanoseconds: told.discarded,
    tzdb_version: tzdbVersion,
    accuracy_valid: told.accurate,
    calendar: refOf(decided),
    steps: steps?.map((step) => writtenStep(step, input, writer)) ?? null,
  };
  return {
    computation,
    operation,
    input,
    writer,
    sourceZone: source.zone,
    steps: steps ?? [],
    epochNs: told.epochNs,
    exactNs: told.exactNs,
  };
}

type FilledInput = Parameters<Operation['compute']>[0] & {
  request: FilledRequest;
  source: ReturnType<typeof readSource>;
};

/** What an operation came to, as it is told. */
interface Told {
  value: string | number;
  instant: string | null;
  resolution: Moment['resolution'];
  leapDay: boolean;
  discarded: number;
  accurate: boolean;
  epochNs: bigint;
  exactNs: bigint | undefined;
}

function toldDistance(result: Length | Count, { source, zone, request }: FilledInput): Told {
  const { until } = result;
  const isCount = 'count' in result;
  // A count is its own text: there is nothing in it to read in another way.
  const value = isCount ? result.count : writeLength(result, request.duration_format);
  return {
    value,
    instant: null,
    resolution: source.resolution,
    leapDay: onLeapDay(source.epochNs, zone) || onLeapDay(until.epochNs, zone),
    discarded: isCount ? 0 : Number(result.exactNs - result.toNs),
    accurate: isCount
      ? Number.isSafeInteger(result.count)
      : isLengthAccurate({ value, format: request.duration_format, digits: request.precision_limit }, result),
    epochNs: until.epochNs,
    exactNs: undefined,
  };
}

function toldMoment(result: Moment, input: FilledInput, writer: Writer): Told {
  const { source, zone, digits, unit, request, context } = input;
  const written = roundNs(result.epochNs, unit, request.rounding_mode);
  const expected = expectedInstant(request, source.zone, context.now) ?? result.epochNs;
  const value = writer.write(written, zone);
  const { output_format: format, output_pattern: pattern, output_locale: locale } = request;
  return {
    value,
    instant: formatUtc(written, request.precision_limit),
    resolution: resolutionOf(source, result),
    leapDay: onLeapDay(source.epochNs, zone) || (written !== source.epochNs && onLeapDay(written, zone)),
    discarded: Number(result.epochNs - written),
    accurate: isInstantAccurate({ value, format, zone, digits, pattern, locale }, expected),
    epochNs: written,
    exactNs: result.epochNs,
  };
}

const refOf = (calendar: NamedCalendar | null) =>
  calendar === null ? null : { name: calendar.name, sha256: calendar.sha256 };

/** What a step came to, written as the whole would be. */
function writtenStep({ operation, calendar, result }: StepResult, input: FilledInput, writer: Writer) {
  const { zone, unit, request } = input;
  const value =
    'count' in result
      ? result.count
      : 'until' in result
        ? writeLength(result, request.duration_format)
        : writer.write(roundNs(result.epochNs, unit, request.rounding_mode), zone);
  return { operation, output_timestamp: value, calendar: refOf(calendar) };
}

/** How the result's local time was settled; how the source's was, where the result's needed no settling. */
const resolutionOf = (source: Moment, result: Moment): Moment['resolution'] =>
  result.resolution === 'exact' ? source.resolution : result.resolution;

/** One manipulation. @throws Problem and nothing else */
export const compute = (manipulation: Manipulation | Preview, context: Context = {}): Computation =>
  computeWhole(manipulation, context).computation;

/** Whether a moment falls on 29 February in that zone; the zone is asked only when it may. */
function onLeapDay(epochNs: bigint, zone: string): boolean {
  const { year, month, day } = dateOf(Number(floorDiv(epochNs, NS_PER_DAY)));
  if (!isLeapYear(year) || !((month === 2 && day >= 28) || (month === 3 && day === 1))) return false;
  const local = dateOf(Number(floorDiv(epochNs + offsetAt(zone, epochNs), NS_PER_DAY)));
  return local.month === 2 && local.day === 29;
}

const unknownOperation = (): Problem =>
  new Problem('VALIDATION_FAILED', `operation is one of ${[...ready.keys()].join(', ')}.`, {
    errors: [{ path: '/operation', message: 'must be a known operation' }],
  });
