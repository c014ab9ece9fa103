import { type Static, type TObject, type TProperties, Type } from '@sinclair/typebox';
import { Problem } from '../../../errors.ts';
import type { OperationShape } from '../../../schemas/manipulation.ts';
import { calendarOf } from '../business/find-calendar.ts';
import {
  defaultsOf,
  defineOperation,
  type Example,
  type Input,
  type Operation,
  type StepResult,
} from '../operation.ts';

const MOST_STEPS_IN_SEQUENCE = 8;

/** A step as the request writes it: an operation and its own fields. */
type StepOf<Shape> =
  Shape extends OperationShape<infer Name, infer Fields>
    ? Static<TObject<Fields>> & { operation: Name }
    : never;

const examples: readonly [Example, ...Example[]] = [
  {
    title: 'Due at the end of the working day that is three working days away',
    request: {
      source_timestamp: '2026-06-04T16:20:00+02:00',
      target_timezone: 'Europe/Berlin',
      operation: 'SEQUENCE',
      steps: [
        { operation: 'ADD_BUSINESS_DAYS', days: 3 },
        {
          operation: 'NEXT_CLOSING',
          opening_hours: [{ days: [1, 2, 3, 4, 5], open: '08:00', close: '17:30' }],
        },
      ],
    },
    answer: { output_timestamp: '2026-06-09T17:30:00.000+02:00' },
  },
  {
    title: 'How many hours are left of this month',
    request: {
      source_timestamp: '2026-06-29T12:00:00Z',
      target_timezone: 'UTC',
      operation: 'SEQUENCE',
      steps: [
        { operation: 'ROUND', smallest_unit: 'hour' },
        { operation: 'UNTIL', until_timestamp: '2026-07-01T00:00:00Z' },
      ],
      duration_format: 'hours',
    },
    answer: { output_timestamp: 36 },
  },
];

/** The operation that runs others one after the other. */
export function sequenceOf<const Steps extends readonly Operation[]>(operations: Steps) {
  const known = new Map(
    (operations as readonly Operation[]).map((operation) => [
      operation.name,
      { operation, defaults: defaultsOf(operation.fields) },
    ]),
  );
  const fields = {
    steps: Type.Unsafe<StepOf<Steps[number]>[]>({
      type: 'array',
      minItems: 2,
      maxItems: MOST_STEPS_IN_SEQUENCE,
      description:
        'Operations with their own fields, in order; each works on the exact result of the one before. Only the last may answer a length or a number.',
      examples: [
        [
          { operation: 'ADD', duration: 'P1M' },
          { operation: 'ROLL_TO_BUSINESS_DAY', roll: 'following' },
        ],
      ],
      items: {
        type: 'object',
        required: ['operation'],
        discriminator: { propertyName: 'operation' },
        oneOf: (operations as readonly Operation[]).map(({ name, summary, fields }) =>
          Type.Object(
            { operation: Type.Literal(name, { description: summary }), ...fields },
            { title: `${name} step`, additionalProperties: false },
          ),
        ),
      },
    }),
  };

  return defineOperation({
    name: 'SEQUENCE',
    summary: 'Several operations, each on the result of the one before',
    doc: 'Runs 2 to 8 operations and writes the last result once. The common fields hold for every step; nothing is rounded to the precision between them. `steps` in the answer has the value of each.',
    fields,
    examples,
    compute(input) {
      const steps: StepResult[] = [];
      let { source } = input;
      const all = input.request.steps as unknown as readonly Step[];
      for (const [index, step] of all.entries()) {
        const result = runStep(input, source, step, index);
        steps.push(result);
        if (!('until' in result.result)) source = result.result;
        else if (index < all.length - 1) throw lengthBetween(index, step.operation);
      }
      const last = steps.at(-1);
      return last === undefined ? source : { ...last.result, steps };
    },
  });

  function runStep(
    { request, ...input }: Input<typeof fields>,
    source: Input<TProperties>['source'],
    step: Step,
    index: number,
  ): StepResult {
    const found = known.get(step.operation);
    if (found === undefined) throw unknownStep(index);
    const path = `/steps/${index}`;
    try {
      const calendar = calendarOf(input.context, step.calendar);
      const own = { ...input, source, calendar, request: { ...request, ...found.defaults, ...step } };
      return {
        operation: step.operation,
        calendar,
        result: found.operation.compute(own),
        warnings: () =>
          (found.operation.warnings?.(own) ?? []).map(({ code, detail }) => ({
            code,
            detail: `Step ${index + 1} (${step.operation}): ${detail}`,
          })),
      };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      throw new Problem(error.code, `Step ${index + 1} (${step.operation}): ${error.message}`, {
        errors: (error.errors ?? [{ path: '', message: error.message }]).map((one) => ({
          ...one,
          path: path + one.path,
        })),
      });
    }
  }
}

interface Step {
  operation: string;
  calendar?: string;
}

const unknownStep = (index: number): Problem =>
  new Problem('VALIDATION_FAILED', `Step ${index + 1} names no operation that can be a step.`, {
    errors: [{ path: `/steps/${index}/operation`, message: 'must be an operation other than SEQUENCE' }],
  });

const lengthBetween = (index: number, operation: string): Problem =>
  new Problem(
    'VALIDATION_FAILED',
    `Step ${index + 1} (${operation}) answers a length or a number, on which no step can go on: make it the last.`,
    { errors: [{ path: `/steps/${index}/operation`, message: 'must be the last step' }] },
  );
