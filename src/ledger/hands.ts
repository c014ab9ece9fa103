import type { Clock } from '../services/ports.ts';

/** What a manipulation may spend at the ledger beside its time at the tenant: three writes that all time out. */
const LEDGER_MS = 60_000;
/** How long what was put off stays so: the first time, doubled each time, at most. */
const FIRST_REST_MS = 5_000;
const LONGEST_REST_MS = 120_000;

/**
 * Which intents this process is working on; whatever else is unfinished is in nobody's hand. Nothing is worked on for
 * longer than `deadlineMs` and what the ledger may take: after that it counts as let go, so that no fault of ours leaves an
 * intent without an outcome for ever.
 */
export function createHands(clock: Pick<Clock, 'monotonic'>, deadlineMs: number) {
  /** Until when each is in hand at the longest. */
  const inHand = new Map<string, number>();
  /** Until when each rests; how long it did is remembered for a while after that. */
  const resting = new Map<string, { until: number; restMs: number }>();

  function held(): string[] {
    const now = clock.monotonic();
    for (const [requestId, until] of inHand) if (until <= now) inHand.delete(requestId);
    return [...inHand.keys()];
  }

  return {
    take(requestId: string): void {
      inHand.set(requestId, clock.monotonic() + deadlineMs + LEDGER_MS);
    },
    letGo(requestId: string): void {
      inHand.delete(requestId);
      const rest = resting.get(requestId);
      if (rest !== undefined) rest.until = clock.monotonic();
    },
    /** Lets go of what cannot be settled now, for a while, so that there is time for others. */
    putOff(requestId: string): void {
      const restMs = Math.min(2 * (resting.get(requestId)?.restMs ?? FIRST_REST_MS / 2), LONGEST_REST_MS);
      inHand.delete(requestId);
      resting.set(requestId, { until: clock.monotonic() + restMs, restMs });
    },
    /** It has its outcome. */
    settled(requestId: string): void {
      inHand.delete(requestId);
      resting.delete(requestId);
    },
    /** What is being worked on. */
    held,
    /** That, and what was put off. */
    heldOrPutOff(): string[] {
      const now = clock.monotonic();
      // Another instance may have settled it.
      for (const [id, { until }] of resting) if (until < now - 2 * LONGEST_REST_MS) resting.delete(id);
      return [...held(), ...[...resting].flatMap(([id, { until }]) => (until > now ? [id] : []))];
    },
  };
}
