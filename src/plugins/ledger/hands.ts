import type { Clock } from '../../services/ports.ts';

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
  const putOff = new Map<string, { until: number; restMs: number }>();

  const later = (requests: Iterable<[string, number]>): string[] => {
    const now = clock.monotonic();
    return [...requests].flatMap(([requestId, until]) => (until > now ? [requestId] : []));
  };

  return {
    take(requestId: string): void {
      inHand.set(requestId, clock.monotonic() + deadlineMs + LEDGER_MS);
    },
    letGo(requestId: string): void {
      inHand.delete(requestId);
      putOff.delete(requestId);
    },
    /** Lets go of what cannot be settled now, for a while, so that there is time for others. */
    putOff(requestId: string): void {
      const restMs = Math.min(2 * (putOff.get(requestId)?.restMs ?? FIRST_REST_MS / 2), LONGEST_REST_MS);
      inHand.delete(requestId);
      putOff.set(requestId, { until: clock.monotonic() + restMs, restMs });
    },
    /** What is being worked on. */
    held: (): string[] => later(inHand),
    /** That, and what was put off. */
    heldOrPutOff(): string[] {
      return later([...inHand, ...[...putOff].map(([id, { until }]): [string, number] => [id, until])]);
    },
  };
}
