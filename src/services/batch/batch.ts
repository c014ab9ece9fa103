import { malformed, Problem } from '../../errors.ts';
import { newRecordId } from '../../shared/record-id.ts';
import { parseStrictJson, StrictJsonError } from '../../shared/strict-json.ts';
import { type Admission, waitedIn } from '../admission.ts';
import type { AuditRecord } from '../../schemas/audit-record.ts';
import type { ProblemDocument } from '../../schemas/problem.ts';
import { concurrently } from './concurrently.ts';
import type { Manipulation } from '../date/index.ts';
import type { Events } from '../events.ts';
import type { Manipulations } from '../manipulations/manipulate.ts';
import type { Clock } from '../ports.ts';

export type BatchResult = { index: number; status: number } & (
  { audit_record: AuditRecord } | { problem: ProblemDocument }
);

export interface BatchSummary {
  summary: { total: number; succeeded: number; failed: number; elapsed_ms: number };
}

export interface BatchDeps {
  manipulations: Pick<Manipulations, 'manipulate'>;
  clock: Pick<Clock, 'monotonic'>;
  events: Events;
  /** Calls when the next item may be looked at: of all batches together, one in a turn of the event loop. */
  inTurn: (look: () => void) => void;
}

export interface BatchContext {
  caller: string;
  trace: { traceId: string; traceparent: string } | null;
  /** Items that are worked on; the batch ends with a problem at the one beyond. */
  maxItems: number;
  /** Manipulations in flight at once. */
  limit: number;
  /** Where each item takes its slot, in turn with other callers. */
  admission: Pick<Admission, 'enter'>;
  /** Aborts when the client has gone away: items that have not started are not started. */
  gone: AbortSignal;
  /** Aborts when the service stops: what has not started is answered with `SHUTTING_DOWN`. */
  stopping: AbortSignal;
  /** The manipulation in a value that was just parsed. @throws Problem */
  validate: (value: unknown) => Manipulation;
  asProblem: (error: unknown) => Problem;
  documentOf: (problem: Problem, record?: AuditRecord) => ProblemDocument;
}

type Item = { index: number } & ({ request: Manipulation } | { problem: Problem });

/**
 * Manipulates each item and yields a result as it finishes, then a summary. One bad item never fails the others; items
 * for the same action are applied in their order. A body that breaks off ends with a problem in the place of its next item.
 */
export async function* batch(
  deps: BatchDeps,
  texts: AsyncIterable<string>,
  context: BatchContext,
): AsyncGenerator<BatchResult | BatchSummary> {
  const started = deps.clock.monotonic();
  let succeeded = 0;
  let failed = 0;
  const results = concurrently(items(deps, texts, context), {
    limit: context.limit,
    keyOf: (item) => ('request' in item ? item.request.action_name : ''),
    work: (item) => resultOf(deps, item, context),
  });
  for await (const result of results) {
    if (result === 'not started') continue;
    const outcome = result.status === 200 ? 'success' : 'failed';
    if (outcome === 'success') succeeded += 1;
    else failed += 1;
    deps.events.emit('batch.item', { outcome });
    yield result;
  }
  yield {
    summary: {
      total: succeeded + failed,
      succeeded,
      failed,
      elapsed_ms: Math.round(deps.clock.monotonic() - started),
    },
  };
}

async function* items(
  { inTurn }: BatchDeps,
  texts: AsyncIterable<string>,
  context: BatchContext,
): AsyncGenerator<Item> {
  let index = 0;
  try {
    for await (const text of texts) {
      if (context.gone.aborted) return;
      // Each item may compute for a few milliseconds: other requests get their turn between two of them.
      await new Promise<void>(inTurn);
      if (index >= context.maxItems) throw tooMany(context.maxItems);
      yield { index, ...parse(text, context) };
      index += 1;
    }
  } catch (error) {
    yield { index, problem: context.asProblem(error) };
  }
}

const tooMany = (maxItems: number) =>
  new Problem(
    'PAYLOAD_TOO_LARGE',
    `The batch has more than ${maxItems} items, and ends here. Send this item and those after it in another batch.`,
  );

function parse(text: string, context: BatchContext): { request: Manipulation } | { problem: Problem } {
  try {
    return { request: context.validate(parseStrictJson(text)) };
  } catch (error) {
    return {
      problem:
        error instanceof StrictJsonError
          ? malformed(
              `This item ${error.message}. Send a JSON object; in NDJSON, each on one line.`,
              error.message,
            )
          : context.asProblem(error),
    };
  }
}

async function resultOf(
  deps: BatchDeps,
  item: Item,
  context: BatchContext,
): Promise<BatchResult | 'not started'> {
  const failure = (problem: Problem, record?: AuditRecord) => ({
    index: item.index,
    status: problem.status,
    problem: context.documentOf(problem, record),
  });
  if ('problem' in item) return failure(item.problem);
  // A batch waits for its slots apart from the caller's single requests, which are not to be refused because of it.
  const slot = await context.admission.enter(`${context.caller} batch`, false);
  let waitedMs = 0;
  try {
    if (context.gone.aborted) return 'not started';
    if (context.stopping.aborted) {
      return failure(new Problem('SHUTTING_DOWN', 'This instance is stopping. Send this item again.'));
    }
    const { record, problem } = await deps.manipulations.manipulate(item.request, {
      requestId: newRecordId(),
      caller: context.caller,
      trace: context.trace,
    });
    waitedMs = waitedIn(record);
    return problem ? failure(problem, record) : { index: item.index, status: 200, audit_record: record };
  } catch (error) {
    return failure(context.asProblem(error));
  } finally {
    slot.release(waitedMs);
  }
}
