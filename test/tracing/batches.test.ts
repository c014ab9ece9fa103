import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SpanKind } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { createBatches } from '../../src/tracing/batches.ts';
import { attributeOf, requestHead, shapeOf } from '../../src/tracing/span.ts';
import { tracesIn } from '../support/otlp.ts';

const HEAD = requestHead({
  resource: resourceFromAttributes({ 'service.name': 'batches' }),
  scope: { name: 'test', version: '1' },
});

/** Batches whose requests are taken, or refused, when the test says so. Spans are told apart by their names. */
function batches(limits: { batch: number; queue: number; delayMs: number }) {
  const sent: string[] = [];
  const losses: [number, string][] = [];
  const arrivals: (() => void)[] = [];
  let open: { resolve: () => void; reject: (error: Error) => void } | undefined;
  const made = createBatches(HEAD, limits, {
    send(body) {
      const spans = tracesIn(body).flatMap((traces) => traces.spans);
      sent.push(spans.map(({ name }) => name).join());
      arrivals.shift()?.();
      return new Promise((resolve, reject) => (open = { resolve, reject }));
    },
    lost: (spans, reason) => losses.push([spans, reason]),
  });
  return {
    add: (name: string, own?: Buffer) =>
      made.add({
        shape: shapeOf(name, SpanKind.INTERNAL, {}, false),
        traceId: '0af7651916cd43dd8448eb211c80319c',
        spanId: 'b7ad6b7169203331',
        parentId: undefined,
        start: 1,
        end: 2,
        own,
      }),
    close: made.close,
    sent,
    losses,
    arrival: () => new Promise<void>((resolve) => void arrivals.push(resolve)),
    take: () => open?.resolve(),
    refuse: (reason: string) => open?.reject(new Error(reason)),
  };
}

const HOUR = 3_600_000;

test('a batch that is full is sent at once, and the next one when that was taken', async () => {
  const { add, sent, arrival, take, close } = batches({ batch: 2, queue: 10, delayMs: HOUR });
  const first = arrival();
  for (const span of ['a', 'b', 'c', 'dé', 'e']) add(span);
  await first;
  assert.deepEqual(sent, ['a,b']);
  const second = arrival();
  take();
  await second;
  assert.deepEqual(sent.slice(1), ['c,dé']);
  const third = arrival();
  take();
  const closed = close();
  await third;
  take();
  await closed;
  assert.deepEqual(sent.slice(2), ['e']);
});

test('a batch that is not full is sent after the delay', async () => {
  const { add, sent, arrival, take, close } = batches({ batch: 100, queue: 100, delayMs: 1 });
  const first = arrival();
  add('1');
  // The timer keeps no process alive: something has to.
  const alive = setInterval(() => undefined, HOUR);
  await first;
  clearInterval(alive);
  take();
  await close();
  assert.deepEqual(sent, ['1']);
});

test('spans beyond the queue are lost, and told of when there is room again', async () => {
  const { add, sent, losses, arrival, take, close } = batches({ batch: 2, queue: 3, delayMs: HOUR });
  const first = arrival();
  for (let span = 1; span <= 8; span += 1) add(String(span));
  await first;
  assert.deepEqual(losses, []);
  const second = arrival();
  take();
  const closed = close();
  await second;
  assert.deepEqual(losses, [[5, 'there was no room for them']]);
  take();
  await closed;
  assert.deepEqual(sent, ['1,2', '3']);
});

test('a batch that is refused is lost, and told of with the reason; the next one is sent', async () => {
  const { add, sent, losses, arrival, take, refuse, close } = batches({ batch: 1, queue: 9, delayMs: HOUR });
  const first = arrival();
  add('1');
  add('2');
  await first;
  const second = arrival();
  refuse('Bad Request');
  await second;
  take();
  await close();
  assert.deepEqual(losses, [[1, 'Bad Request']]);
  assert.deepEqual(sent, ['1', '2']);
});

test('spans that take more room than others are sent sooner, and one that no batch could hold is lost', async () => {
  const { add, sent, losses, arrival, take, close } = batches({ batch: 3, queue: 9, delayMs: HOUR });
  const path = attributeOf('url.path');
  const first = arrival();
  for (const name of ['a', 'b', 'c']) add(name, path('x'.repeat(16_000)));
  add('too long', path('x'.repeat(70_000)));
  await first;
  const closed = close();
  for (let more = arrival(); sent.join() !== 'a,b,c'; more = arrival()) {
    take();
    await more;
  }
  take();
  await closed;
  assert.deepEqual(losses, [[1, 'there was no room for them']]);
});
