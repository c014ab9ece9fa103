/** What a log is written to: standard output, or what a test puts in its place. */
export interface Sink {
  write(text: string): unknown;
  /** Characters or bytes that were taken and have not left yet. */
  readonly writableLength: number;
}

export interface Destination {
  /** For pino: takes one line and never waits. */
  write(line: string): void;
  /** Hands over the buffered lines; for the end of the process. */
  flush(): void;
  /** Resolves when all that was buffered has left, or after `limitMs` when the reader does not read. */
  drained(limitMs: number): Promise<void>;
}

/** How far a reader may fall behind before lines are dropped: some 10,000 lines. */
const LIMIT_BYTES = 4 * 1024 * 1024;
const POLL_MS = 5;

/**
 * Writes lines without ever waiting for the reader: those of one turn of the event loop go out together, and beyond the
 * limit they are dropped. `onDrop` is told of each at once; `onRoom` of how many there were, as soon as there is room again.
 */
export function createDestination(
  sink: Sink,
  {
    limitBytes = LIMIT_BYTES,
    onDrop = () => {},
    onRoom,
  }: { limitBytes?: number; onDrop?: () => void; onRoom: (lines: number) => void },
): Destination {
  let pending = '';
  let dropped = 0;
  let scheduled = false;

  function flush(): void {
    scheduled = false;
    const text = pending;
    pending = '';
    if (text !== '') sink.write(text);
  }

  return {
    write(line) {
      if (sink.writableLength + pending.length > limitBytes) {
        dropped += 1;
        onDrop();
        return;
      }
      pending += line;
      if (!scheduled) {
        scheduled = true;
        setImmediate(flush);
      }
      if (dropped > 0) {
        const lines = dropped;
        dropped = 0;
        onRoom(lines);
      }
    },
    flush,
    async drained(limitMs) {
      flush();
      const end = performance.now() + limitMs;
      while (sink.writableLength > 0 && performance.now() < end) {
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
    },
  };
}
