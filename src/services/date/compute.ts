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
  const { steps, ...result } = operation.compute(input);
  const about = { operation, input, writer, sourceZone: source.zone, steps: steps ?? [] };
  const decided = calendar ?? steps?.findLast((step) => step.calendar !== null)?.calendar ?? null;
  const common = {
    input_timestamp: source.text,
    target_timezone: zone,
    tzdb_version: tzdbVersion,
    calendar: refOf(decided),
    steps: steps?.map((step) => writtenStep(step, about)) ?? null,
  };

  if ('until' in result) {
    const distance = 'count' in result ? writtenCount(result) : writtenLength(result, request);
    const leap_day = onLeapDay(source.epochNs, zone) || onLeapDay(result.until.epochNs, zone);
    const computation = {
      ...common,
      ...distance,
      output_instant: null,
      resolution: source.resolution,
      leap_day,
    };
    return { computation, ...about, epochNs: result.until.epochNs, exactNs: undefined };
  }

  const written = roundNs(result.epochNs, unit, request.rounding_mode);
  const expected = expectedInstant(request, source.zone, context.now) ?? result.epochNs;
  const value = writer.write(written, zone);
  const computation = {
    ...common,
    output_timestamp: value,
    output_instant: formatUtc(written, request.precision_limit),
    resolution: resolutionOf(source, result),
    leap_day: onLeapDay(source.epochNs, zone) || (written !== source.epochNs && onLeapDay(written, zone)),
    discarded_nanoseconds: Number(result.epochNs - written),
    accuracy_valid: isInstantAccurate(
      {
        value,
        format: request.output_format,
        zone,
        digits,
        pattern: request.output_pattern,
        locale: request.output_locale,
      },
      expected,
    ),
  };
  return { computation, ...about, epochNs: written, exactNs: result.epochNs };
}

const refOf = (calendar: NamedCalendar | null) =>
  calendar === null ? null : { name: calendar.name, sha256: calendar.sha256 };

/** What a step came to, written as the whole would be. */
function writtenStep(
  { operation, calendar, result }: StepResult,
  { input, writer }: Pick<Computed, 'input' | 'writer'>,
) {
  const { zone, unit, request } = input;
  const value =
    'count' in result
      ? result.count
      : 'until' in result
        ? writeLength(result, request.duration_format)
        : writer.write(roundNs(result.epochNs, unit, request.rounding_mode), zone);
  return { operation, output_timestamp: value, calendar: refOf(calendar) };
}

function writtenLength(length: Length, { duration_format, precision_limit }: FilledRequest) {
  const value = writeLength(length, duration_format);
  return {
    output_timestamp: value,
    discarded_nanoseconds: Number(length.exactNs - length.toNs),
    accuracy_valid: isLengthAccurate({ value, format: duration_format, digits: precision_limit }, length),
  };
}

/** A count is its own text: there is nothing in it to read in another way. */
const writtenCount = ({ count }: Count) => ({
  output_timestamp: count,
  discarded_nanoseconds: 0,
  accuracy_valid: Number.isSafeInteger(count),
});

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
