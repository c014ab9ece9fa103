/**
 * Works on items of a stream at the same time and yields results as they finish. Items with the same key are worked on
 * one after another, in their order. Nothing is read ahead: while the consumer does not ask, or `limit` items are in
 * flight, no further item is taken, so that memory stays constant however long the stream is.
 * @param work must not throw; a failure of one item is a result like any other
 */
export async function* concurrently<Item, Result>(
  items: AsyncIterable<Item>,
  {
    limit,
    keyOf,
    work,
  }: { limit: number; keyOf: (item: Item) => string; work: (item: Item) => Promise<Result> },
): AsyncGenerator<Result> {
  const source = items[Symbol.asyncIterator]();
  const lastOf = new Map<string, Promise<void>>();
  const finished: Result[] = [];
  const state: State = { inFlight: 0, reading: false, ended: false, failure: null };
  let wake = Promise.withResolvers<undefined>();

  const start = (item: Item) => {
    state.inFlight += 1;
    const key = keyOf(item);
    const run = (lastOf.get(key) ?? Promise.resolve())
      .then(() => work(item))
      .then((result) => {
        finished.push(result);
        state.inFlight -= 1;
        if (lastOf.get(key) === run) lastOf.delete(key);
        wake.resolve(undefined);
      });
    lastOf.set(key, run);
  };

  const read = async () => {
    state.reading = true;
    try {
      const next = await source.next();
      if (next.done) state.ended = true;
      else start(next.value);
    } catch (error) {
      state.ended = true;
      state.failure = { error };
    }
    state.reading = false;
    wake.resolve(undefined);
  };

  try {
    for (;;) {
      const result = finished.shift();
      if (result !== undefined) {
        yield result;
        continue;
      }
      if (state.ended && state.inFlight === 0) break;
      if (!state.ended && !state.reading && state.inFlight < limit) void read();
      await wake.promise;
      wake = Promise.withResolvers<undefined>();
    }
  } finally {
    await source.return?.();
  }
  if (state.failure) throw state.failure.error;
}

interface State {
  inFlight: number;
  reading: boolean;
  ended: boolean;
  failure: { error: unknown } | null;
}
