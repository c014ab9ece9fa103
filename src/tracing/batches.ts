import { closeRequest, lengthOf, type RequestHead, type Span, writeSpan } from './span.ts';

export interface BatchLimits {
  /** Spans sent at once. */
  batch: number;
  /** Spans that wait while a batch is on its way; what comes beyond that is lost. */
  queue: number;
  /** How long a span waits for others, in milliseconds. */
  delayMs: number;
}

interface Batch {
  bytes: Buffer;
  length: number;
  spans: number;
}

/** Room for a batch: a span takes between 120 and 220 bytes, and more only where a path or an id is long. */
const BYTES_PER_SPAN = 256;
/** Nothing that a span says is longer: Node bounds a path, with all headers, at 16 kB. */
const LONGEST_SPAN = 64 * 1024;

/**
 * Gathers spans into batches, and sends one batch at a time. A span is written into the bytes that are going to be sent as
 * soon as it has ended, so that no object of it outlives a collection of the young generation.
 */
export function createBatches(
  head: RequestHead,
  limits: BatchLimits,
  {
    send,
    lost,
  }: {
    /** Resolves when the bytes were taken, and are not looked at any more. */
    send: (body: Buffer) => Promise<void>;
    lost: (spans: number, reason: string) => void;
  },
) {
  const size = head.bytes.length + limits.batch * BYTES_PER_SPAN + LONGEST_SPAN;
  const full: Batch[] = [];
  let spare: Buffer | undefined;
  let filling: Batch | undefined;
  let sending: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let waiting = 0;
  /** Of those that found no room. */
  let overflow = 0;

  function fresh(): Batch {
    const bytes = spare ?? Buffer.allocUnsafeSlow(size);
    spare = undefined;
    timer = setTimeout(flush, limits.delayMs).unref();
    bytes.set(head.bytes);
    return { bytes, length: head.bytes.length, spans: 0 };
  }

  function flush(): void {
    clearTimeout(timer);
    if (filling !== undefined) full.push(filling);
    filling = undefined;
    sending ??= sendAll().finally(() => (sending = undefined));
  }

  async function sendAll(): Promise<void> {
    for (let next = full.shift(); next !== undefined; next = full.shift()) {
      const { bytes, length, spans } = next;
      try {
        await send(closeRequest(bytes, head, length));
      } catch (error) {
        lost(spans, error instanceof Error ? error.message : String(error));
      }
      waiting -= spans;
      spare = bytes;
      if (overflow > 0) lost(overflow, 'there was no room for them');
      overflow = 0;
    }
  }

  return {
    add: (span: Span): void => {
      if (waiting >= limits.queue || lengthOf(span) > LONGEST_SPAN) {
        overflow += 1;
        return;
      }
      filling ??= fresh();
      filling.length = writeSpan(filling.bytes, filling.length, span);
      filling.spans += 1;
      waiting += 1;
      if (filling.spans >= limits.batch || filling.length > size - LONGEST_SPAN) flush();
    },
    /** Sends what there is; resolves when that was taken or lost. */
    close: async (): Promise<void> => {
      flush();
      await sending;
    },
  };
}
