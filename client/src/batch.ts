import type { BatchLine, Manipulation } from './types.ts';

type Items = Iterable<Manipulation> | AsyncIterable<Manipulation>;

/** Items as NDJSON, made as they are asked for. */
export function ndjsonOf(items: Items): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  return new ReadableStream({
    async pull(controller) {
      const next = await iterator.next();
      if (next.done) controller.close();
      else controller.enqueue(encoder.encode(`${JSON.stringify(next.value)}\n`));
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}

/** The lines of an answer as they arrive. Leaving the loop cancels the rest. */
export async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<BatchLine, void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  let ended = false;
  try {
    while (!ended) {
      const { done, value } = await reader.read();
      ended = done;
      rest += done ? decoder.decode() : decoder.decode(value, { stream: true });
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') yield JSON.parse(line) as BatchLine;
    }
  } finally {
    if (!ended) await reader.cancel().catch(() => undefined);
  }
}
