import type { Clock } from '../../services/ports.ts';

/** What a manipulation may spend at the ledger beside its time at the tenant: three writes that all time out. */
const LEDGER_MS = 60_000;

/**
 * Which intents this process is working on; whatever else is unfinished is in nobody's hand. Nothing is worked on for
 * longer than `deadlineMs` and what the ledger may take: after that it counts as let go, so that no fault of ours leaves an
 * intent without an outcome for ever.
 */
export function createHands(clock: Pick<Clock, 'monotonic'>, deadlineMs: number) {
  /** Since when; the oldest first. */
  const since = new Map<string, number>();

  return {
    take(requestId: string): void {
      since.delete(requestId);
      since.set(requestId, clock.monotonic());
    },
    letGo(requestId: string): void {
      since.delete(requestId);
    },
    held(): string[] {
      const oldest = clock.monotonic() - deadlineMs - LEDGER_MS;
      for (const [requestId, at] of since) {
        if (at > oldest) break;
        since.delete(requestId);
      }
      return [...since.keys()];
    },
  };
}
