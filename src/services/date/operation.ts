import type { Static, TObject, TProperties } from '@sinclair/typebox';
import { type commonFields, type Defaulted, type OperationShape } from '../../schemas/manipulation.ts';
import type { Warning } from '../../schemas/preview.ts';
import type { Budget } from './budget.ts';
import type { DifferenceUnit } from './engine/difference.ts';
import type { Calendars, NamedCalendar } from './business/named-calendar.ts';
import type { Moment } from './engine/local-time.ts';

/** Fields as an operation sees them: those with a default are there. */
type Filled<Fields extends TProperties> = Static<TObject<Fields>> & {
  [K in keyof Fields as Fields[K] extends Defaulted<infer _> ? K : never]-?: Fields[K] extends Defaulted<
    infer T
  >
    ? Static<T>
    : never;
};

/** What comes from outside of a request. */
export interface Context {
  /** The moment of acceptance, in epoch milliseconds: what `now` stands for. Without it, `now` is refused. */
  readonly now?: number;
  /** The budget of the request; one of its own where none is given. */
  readonly budget?: Budget;
  /** The named calendars; without them, `calendar` is refused. */
  readonly calendars?: Calendars;
}

/** What an operation computes from. */
export interface Input<Fields extends TProperties> {
  source: Moment;
  /** The target zone's id. */
  zone: string;
  /** Decimal places of seconds that will be written, and the nanoseconds of one unit of the last of them. */
  digits: number;
  unit: bigint;
  /** The common fields and the operation's own, defaults filled in. */
  request: Filled<typeof commonFields> & Filled<Fields>;
  /** The calendar that the request names. */
  calendar: NamedCalendar | null;
  context: Context;
  /** What the whole request may cost; every search spends from it. */
  budget: Budget;
}

/** A length of time, written by `duration_format`. */
export interface Length {
  /**
   * Its ends (epoch nanoseconds) on the clock of a zone, and the end before it was rounded to the precision. Time that
   * was counted in pieces runs from 0 to its sum, in UTC.
   */
  fromNs: bigint;
  toNs: bigint;
  exactNs: bigint;
  zone: string;
  /** Of the ISO 8601 text. */
  largestUnit: DifferenceUnit;
  /** The other moment that the request names. */
  until: Moment;
}

/** A number of things, written as it is. */
export interface Count {
  count: number;
  until: Moment;
}

/** A moment, exact, before it is rounded to the precision; or how far it is to another. */
export type Result = Moment | Length | Count;

/** What a step of a sequence came to. */
export interface StepResult {
  operation: string;
  calendar: NamedCalendar | null;
  result: Result;
  /** What of it is legal but a trap; worked out for a preview only. */
  warnings(): Warning[];
}

export interface Example {
  title: string;
  request: Record<string, unknown>;
  /** The part of the answer that the example is about. */
  answer: { output_timestamp: string | number; resolution?: string };
}

/** Everything there is to know of an operation; the request schema, the OpenAPI document, tests and docs follow from it. */
export interface Operation<
  Name extends string = string,
  Fields extends TProperties = TProperties,
> extends OperationShape<Name, Fields> {
  readonly examples: readonly [Example, ...Example[]];
  /** @throws Problem and nothing else */
  compute(input: Input<Fields>): Result & { steps?: readonly StepResult[] };
  /** Of an operation that recurs, the result after any moment. */
  following?(input: Input<Fields>): (afterNs: bigint) => bigint | null;
  /** What is legal in its own fields but a trap. */
  warnings?(input: Input<Fields>): Warning[];
}

export const defineOperation = <const Name extends string, Fields extends TProperties>(
  operation: Operation<Name, Fields>,
): Operation<Name, Fields> => operation;

/** The defaults stand in the schemas and nowhere else. */
export function defaultsOf(fields: TProperties): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) =>
      field.default === undefined ? [] : [[name, field.default as unknown]],
    ),
  );
}
