import type { Lifetime } from '../support/process.ts';
import { client, EXAMPLE } from '../support/service.ts';
import { stall, stalledClients } from './clients.ts';
import { startTarget } from './target.ts';
import { residentMegabytes } from './target.ts';

/** 600 sockets of every stalled kind against a service process: others are served, and the sockets are gone in time. */
export async function slowClients(t: Lifetime, directory: string, sockets: number) {
  const { service, url } = await startTarget(t, directory);
  const { get, post } = client(url);
  const kinds = stalledClients(JSON.stringify(EXAMPLE));
  const began = performance.now();
  const held = await Promise.all(
    Array.from({ length: sockets }, (_, n) => stall(url, kinds[n % kinds.length] ?? { title: '', sent: '' })),
  );
  let served = 0;
  let refused = 0;
  let peakMegabytes = 0;
  const goneAfter = new Map<string, number>();
  const open = () => held.filter((socket) => !socket.destroyed).length;
  while (open() > 0 && performance.now() - began < 180_000) {
    for (const answer of [await get('/health/live'), await post('/manipulations', EXAMPLE)]) {
      if (answer.status === 200) served += 1;
      else refused += 1;
    }
    peakMegabytes = Math.max(peakMegabytes, residentMegabytes(service.pid));
    for (const [n, socket] of held.entries()) {
      const { title = '' } = kinds[n % kinds.length] ?? {};
      // A client that does not read does not see that its socket has ended until it does.
      if (socket.isPaused() && performance.now() - began > 90_000) socket.resume();
      if (socket.destroyed) goneAfter.set(title, goneAfter.get(title) ?? performance.now() - began);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await service.kill();
  return {
    sockets,
    left: open(),
    served,
    refused,
    peakMegabytes,
    secondsUntilGone: Object.fromEntries([...goneAfter].map(([title, ms]) => [title, Math.round(ms / 1000)])),
  };
}
