import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { EXAMPLE } from '../support/service.ts';
import { createSender } from './sender.ts';

/** What others see while a service is attacked. They run in a thread of their own: the attacker is busy, too. */
export interface Seen {
  probes: number;
  probesWorstMs: number;
  /** How late this thread's own timers were: what the machine adds to each figure. */
  machineWorstMs: number;
  victim: { sent: number; succeeded: number; worstMs: number; failed: Record<string, number> };
  /** From the end of the attack until three writes in a row took less than half a second. */
  recoveryMs: number;
}

export interface Bystanders {
  url: string;
  victimKey: string;
  seconds: number;
}

const EVERY_MS = 50;

async function watch({ url, victimKey, seconds }: Bystanders): Promise<Seen> {
  const victim = createSender(url, victimKey, 10);
  const prober = createSender(url, '', 2);
  const write = () => victim.send('POST', '/manipulations', JSON.stringify(EXAMPLE));
  const seen: Seen = {
    probes: 0,
    probesWorstMs: 0,
    machineWorstMs: 0,
    victim: { sent: 0, succeeded: 0, worstMs: 0, failed: {} },
    recoveryMs: 0,
  };
  await write();
  parentPort?.postMessage('ready');
  const end = performance.now() + seconds * 1_000;

  async function suffer(): Promise<void> {
    const answers: Promise<void>[] = [];
    while (performance.now() < end) {
      seen.victim.sent += 1;
      const answer = write().then(({ status, ms, code = String(status) }) => {
        if (status === 200) seen.victim.succeeded += 1;
        else seen.victim.failed[code] = (seen.victim.failed[code] ?? 0) + 1;
        seen.victim.worstMs = Math.max(seen.victim.worstMs, Math.round(ms));
      });
      answers.push(answer);
      await sleep(500);
    }
    await Promise.all(answers);
  }

  async function probe(): Promise<void> {
    while (performance.now() < end) {
      for (const path of ['/health/live', '/metrics']) {
        const { ms, status } = await prober.send('GET', path);
        seen.probes += 1;
        seen.probesWorstMs = Math.max(seen.probesWorstMs, status === 200 ? Math.round(ms) : Infinity);
      }
      const from = performance.now();
      await sleep(EVERY_MS);
      seen.machineWorstMs = Math.max(seen.machineWorstMs, Math.round(performance.now() - from - EVERY_MS));
    }
  }

  const suffering = suffer();
  await probe();
  for (let quick = 0; quick < 3 && performance.now() - end < 60_000;) {
    const { status, ms } = await write();
    quick = status === 200 && ms < 500 ? quick + 1 : 0;
  }
  seen.recoveryMs = Math.round(performance.now() - end);
  await suffering;
  victim.close();
  prober.close();
  return seen;
}

parentPort?.postMessage(await watch(workerData as Bystanders));
