import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from './process.ts';
import type { Random } from '../support/random.ts';
import { ACTIONS, type Manipulation, until, type World } from './world.ts';

/** A request that a caller goes on sending until it has an answer to keep. */
interface Pending {
  request: Manipulation;
  key: string;
}

/** Callers that send one manipulation after the other, and outlive the services that they send them to. */
export interface Callers {
  /** Sends until `stop`: something new, or what has a key and no answer yet. */
  run(services: readonly Service[]): { stop(): Promise<void> };
  /** Sends again, one after the other, what still has no answer. Throws when that takes longer than `seconds`. */
  finish(services: readonly Service[], seconds?: number): Promise<void>;
  readonly sent: number;
  /** Requests whose answer was lost. */
  readonly lost: number;
}

/** An answer that says to come again: the first request runs, or nothing was done. */
const mayBeSentAgain = (status: number): boolean => status === 409 || status === 503;

export function createCallers(world: World, count: number, random: Random): Callers {
  const callers = Array.from({ length: count }, (): Pending[] => []);
  const counts = { sent: 0, lost: 0 };

  /** Whether there was an answer to keep. */
  async function sendOne(pending: Pending[], again: Pending | undefined, service: Service): Promise<boolean> {
    const request = again?.request ?? world.manipulation(random.pick(ACTIONS));
    const key = again?.key ?? (random.next() < 0.6 ? randomUUID() : undefined);
    counts.sent += 1;
    try {
      const reply = await world.send(service, request, key);
      if (!mayBeSentAgain(reply.status)) return true;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      counts.lost += 1;
    }
    if (key !== undefined) pending.push({ request, key });
    return false;
  }

  return {
    get sent() {
      return counts.sent;
    },
    get lost() {
      return counts.lost;
    },
    run(services) {
      const load = { goesOn: true };
      const calling = callers.map(async (pending) => {
        while (load.goesOn) {
          const again = random.next() < 0.5 ? pending.shift() : undefined;
          // What was lost is sent again after the restart, not to a process that is gone.
          if (!(await sendOne(pending, again, random.pick(services)))) await sleep(20);
        }
      });
      return {
        async stop() {
          load.goesOn = false;
          await Promise.all(calling);
        },
      };
    },
    async finish(services, seconds = 60) {
      await Promise.all(
        callers.map((pending) =>
          until(
            'every retry has its answer',
            async () => {
              const again = pending.shift();
              if (again !== undefined) await sendOne(pending, again, random.pick(services));
              return pending.length === 0;
            },
            seconds,
          ),
        ),
      );
    },
  };
}

/** Makes the tenant as slow as a real one, so that a kill at any time finds manipulations at every step. */
export function slowDown({ sandbox }: World, random: Random, times: number): void {
  for (let i = 0; i < times; i += 1) {
    for (const endpoint of ['read', 'write', 'webhook'] as const) {
      const when = random.next() < 0.5 ? ('before' as const) : ('after' as const);
      sandbox.fault(endpoint, { delayMs: Math.floor(random.next() * 40), when });
    }
    sandbox.fault('list', { delayMs: Math.floor(random.next() * 40) });
  }
}
