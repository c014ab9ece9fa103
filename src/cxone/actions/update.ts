import { Problem } from '../../errors.ts';
import type { ActionRef, Budget, Clock, DateProcessing, UpdateHooks } from '../../services/ports.ts';
import type { Events } from '../../services/events.ts';
import { canBeWrittenAgain, holds, isConditional, isUnchanged, type Representation } from './action.ts';
import type { ActionsApi } from './actions-api.ts';
import { createExpiringCache } from '../../shared/expiring-cache.ts';
import { asProblem, Failure, isConflict, isTransient, leavesDoubt } from '../http/failure.ts';
import { LIMITS } from '../options.ts';
import { fullJitter, type Resilience } from '../resilience/resilience.ts';
import type { Scope } from '../resilience/scope.ts';

/** Says that the action of a name is not (or no longer) the one of that id. */
export class Gone extends Problem {
  constructor(action: ActionRef) {
    super(
      'ACTION_NOT_FOUND',
      `The data action "${action.name}" was deleted or renamed while it was being written.`,
    );
  }
}

/** A write whose answer was lost. */
interface Doubt {
  basis: Representation;
  failure: Failure;
}

/** What has happened so far to one update. */
interface Seen {
  /** The write that has to be read back before anything else is written. */
  doubt: Doubt | undefined;
  /** A write that timed out here was not seen, but may still be applied there. */
  late: boolean;
  conflict: Failure | undefined;
}

interface Deps {
  clock: Clock;
  events: Events;
  api: ActionsApi;
  resilience: Resilience;
}

const conflict = (failure: Failure): Problem =>
  new Problem(
    'ACTION_CONFLICT',
    `The data action kept changing while it was being written, until the time was up. ${failure.message} Try again when fewer others write to it.`,
    { cause: failure },
  );

/** Another instance may be at the action by now. */
const lockLost = (sent: boolean): Problem =>
  new Problem(
    'LEDGER_UNAVAILABLE',
    sent
      ? 'The lock on the data action was lost after a write was sent. Look at the data action before sending it again.'
      : 'The lock on the data action was lost before the write. Nothing was written: send it again.',
    { effect: sent ? 'unknown' : 'none' },
  );

const asUnknown = (error: unknown): Problem => {
  if (error instanceof Problem && error.effect === 'unknown') return error;
  const { code, message, retryAfterSeconds } = asProblem(error);
  return new Problem(
    code,
    `${message} A write was sent before, and whether it was applied is not known: look at the data action.`,
    { effect: 'unknown', cause: error, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) },
  );
};

/**
 * Read-modify-write of one action. The caller sees to it that nobody else of ours writes to that action at the same time.
 * Throws a `Failure` or a `Problem`, `Gone` among them; a problem's `effect` is that of all the writes it sent.
 */
export const createUpdate = ({ clock, events, api, resilience }: Deps) => {
  /** Versioned actions as our last write left them: the next write is conditional on that and needs no read. */
  const latest = createExpiringCache<Representation>(clock, {
    entries: LIMITS.representationEntries,
    ttlMs: LIMITS.representationTtlMs,
  });

  const take = (id: string): Representation | undefined => {
    const representation = latest.get(id);
    latest.delete(id);
    return representation;
  };

  const read = async (action: ActionRef, scope: Scope): Promise<Representation> => {
    try {
      const representation = await api.read(action.id, scope);
      if (representation.name !== action.name) throw new Gone(action);
      return representation;
    } catch (error) {
      throw error instanceof Failure && error.status === 404 ? new Gone(action) : error;
    }
  };

  const update = async (
    action: ActionRef,
    value: DateProcessing,
    scope: Scope,
    spent: Budget['spent'],
    { beforeWrite, isHeld }: UpdateHooks = {},
  ): Promise<void> => {
    let basis = take(action.id);
    const allowed = beforeWrite?.();
    // It is awaited before the first write; should the read fail first, that is what is told.
    allowed?.catch(() => undefined);
    const seen: Seen = { doubt: undefined, late: false, conflict: undefined };

    /** Once a write has left, its fate is followed to the deadline, whether its caller is still there or not. */
    const following: Scope = {
      deadline: scope.deadline,
      committed: scope.committed,
      get signal() {
        return seen.doubt ? scope.committed : scope.signal;
      },
    };

    /** Whether the write in doubt was applied. Throws when nobody can tell. */
    const wasApplied = (write: Doubt, current: Representation): boolean => {
      if (holds(current, value)) return true;
      seen.doubt = undefined;
      // Somebody has written since: over ours, or instead of it.
      if (!isUnchanged(write.basis, current)) throw asUnknown(write.failure);
      seen.late ||= write.failure.kind === 'timeout';
      return false;
    };

    const put = async (current: Representation): Promise<void> => {
      await allowed;
      if (isHeld?.() === false) throw lockLost(spent.attempts > 0);
      try {
        const answered = await api.write(current, value, following, () => (spent.attempts += 1));
        if (answered && canBeWrittenAgain(current, answered)) latest.set(action.id, answered);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        if (error.status === 404) throw new Gone(action);
        if (leavesDoubt(error)) seen.doubt = { basis: current, failure: error };
        // It was not applied, and nobody else's write can be lost by trying again with the same.
        else if (isTransient(error) && isConditional(current)) basis = current;
        throw error;
      }
    };

    /** Gives up when another round as long as the last would not end in time: its write would only leave a doubt. */
    const pauseAfterConflict = async (failure: Failure, conflicts: number, began: number): Promise<void> => {
      seen.conflict = failure;
      const pause = fullJitter(clock, conflicts);
      const now = clock.monotonic();
      if (now + pause + 2 * (now - began) >= scope.deadline) throw conflict(failure);
      events.emit('cxone.retry', { reason: 'conflict' });
      await clock.sleep(pause, scope.signal);
    };

    const writeOnce = async (): Promise<void> => {
      for (let conflicts = 1; ; conflicts += 1) {
        const began = clock.monotonic();
        const current = basis ?? (await read(action, following));
        basis = undefined;
        if (seen.late && holds(current, value)) return;
        if (seen.doubt && wasApplied(seen.doubt, current)) return;
        try {
          await put(current);
          return;
        } catch (error) {
          if (!(error instanceof Failure) || !isConflict(error)) throw error;
          await pauseAfterConflict(error, conflicts, began);
        }
      }
    };

    try {
      await resilience.retrying(following, writeOnce);
    } catch (error) {
      // No more tries, but what became of the last one is still worth a read.
      if (seen.doubt && wasApplied(seen.doubt, await readInDoubt(action, following, error))) return;
      if (seen.late) throw asUnknown(error);
      throw seen.conflict && scope.committed.aborted ? conflict(seen.conflict) : error;
    }
  };

  /** What the action holds, however long that takes up to the deadline: an open circuit is waited for, too. */
  const readInDoubt = async (action: ActionRef, scope: Scope, lost: unknown): Promise<Representation> => {
    for (;;) {
      try {
        return await resilience.retrying(scope, () => read(action, scope));
      } catch (error) {
        const pause =
          error instanceof Problem && error.code === 'CIRCUIT_OPEN' ? error.retryAfterSeconds : undefined;
        if (pause === undefined || clock.monotonic() + pause * 1000 >= scope.deadline) throw asUnknown(lost);
        await clock.sleep(pause * 1000, scope.committed);
      }
    }
  };

  return update;
};
