import { Problem } from '../../errors.ts';
import type { ActionRef, Budget, Clock, DateProcessing } from '../../services/ports.ts';
import type { Events } from '../../services/events.ts';
import { createExpiringCache } from '../../shared/expiring-cache.ts';
import { asProblem, Failure, isConflict, isTransient, leavesDoubt, mayArriveLate } from '../http/failure.ts';
import { LIMITS } from '../options.ts';
import { fullJitter, type Resilience } from '../resilience/resilience.ts';
import { pause, type Scope } from '../resilience/scope.ts';
import { canBeWrittenAgain, holds, isConditional, isUnchanged, type Representation } from './action.ts';
import type { ActionsApi } from './actions-api.ts';

/** How long a failing tenant is given before the old value is taken as proof that a conditional write was not applied. */
const SETTLING_MS = 1000;

/** Says that the action of a name is not (or no longer) the one of that id. */
export class Gone extends Problem {
  constructor(action: ActionRef) {
    super(
      'ACTION_NOT_FOUND',
      `The data action "${action.name}" was deleted or renamed while it was being written.`,
    );
  }
}

/** A write in doubt: its answer was lost, or says nothing about whether it was applied. */
interface Doubt {
  basis: Representation;
  failure: Failure;
}

/** What has happened so far to one update. */
interface Seen {
  /** The write that has to be read back before anything else is written. */
  doubt: Doubt | undefined;
  /** A write in doubt was not seen, and may still be applied: in the end that is `UNKNOWN`. */
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
 * Read-modify-write of one action, under its lock. Throws a `Failure` or a `Problem`, `Gone` among them; a problem's `effect`
 * is that of all the writes it sent.
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

  /** Reads the action until the deadline, and waits for an open circuit to close, too. */
  const readInDoubt = async (action: ActionRef, scope: Scope, lost: unknown): Promise<Representation> => {
    for (;;) {
      try {
        return await resilience.retrying(scope, () => read(action, scope));
      } catch (error) {
        const seconds =
          error instanceof Problem && error.code === 'CIRCUIT_OPEN' ? error.retryAfterSeconds : undefined;
        if (seconds === undefined || clock.monotonic() + seconds * 1000 >= scope.deadline)
          throw asUnknown(lost);
        await pause(clock, scope, seconds * 1000);
      }
    }
  };

  /**
   * Nothing is read before `begun` has resolved. `beforeWrite` is started before the first read, or at once when nothing is
   * read, and no write leaves before it has resolved.
   */
  return async (
    action: ActionRef,
    value: DateProcessing,
    scope: Scope,
    spent: Budget['spent'],
    {
      begun,
      beforeWrite,
      isHeld,
    }: {
      begun: Promise<unknown> | undefined;
      beforeWrite: () => Promise<void> | undefined;
      isHeld: () => boolean;
    },
  ): Promise<void> => {
    let basis = take(action.id);
    const seen: Seen = { doubt: undefined, late: false, conflict: undefined };

    /** Waits for the ledger, whose time is not the tenant's. */
    const apart = async (step: Promise<unknown>): Promise<void> => {
      const from = clock.monotonic();
      await step;
      spent.upstreamMs -= clock.monotonic() - from;
    };

    /** Whether the write in doubt was applied. Throws when that cannot be told. */
    const wasApplied = (write: Doubt, current: Representation): boolean => {
      if (holds(current, value)) return true;
      seen.doubt = undefined;
      // Another write has come since: over ours, or instead of it.
      if (!isUnchanged(write.basis, current)) throw asUnknown(write.failure);
      // The old value is no proof, since the write may be applied later; one that is conditional cannot harm a newer value.
      seen.late ||=
        write.failure.kind === 'timeout' || (mayArriveLate(write.failure) && !isConditional(write.basis));
      return false;
    };

    const write = async (current: Representation): Promise<void> => {
      try {
        const answered = await api.write(current, value, scope, () => {
          spent.attempts += 1;
          spent.attemptedAt.push(clock.now());
        });
        if (answered && canBeWrittenAgain(current, answered)) latest.set(action.id, answered);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        if (error.status === 404) throw new Gone(action);
        if (leavesDoubt(error)) seen.doubt = { basis: current, failure: error };
        // It was not applied, and no other write can be lost by trying again with the same.
        else if (isTransient(error) && isConditional(current)) basis = current;
        throw error;
      }
    };

    /** Gives up when another round as long as the last would not end in time: its write would only leave a doubt. */
    const pauseAfterConflict = async (failure: Failure, conflicts: number, began: number): Promise<void> => {
      seen.conflict = failure;
      const pauseMs = fullJitter(clock, conflicts);
      const now = clock.monotonic();
      if (now + pauseMs + 2 * (now - began) >= scope.deadline) throw conflict(failure);
      events.emit('cxone.retry', { reason: 'conflict' });
      await pause(clock, scope, pauseMs);
    };

    const round = async (): Promise<void> => {
      for (let conflicts = 1; ; conflicts += 1) {
        const began = clock.monotonic();
        const allowed = beforeWrite();
        if (begun !== undefined && basis === undefined) await apart(begun);
        const current = basis ?? (await read(action, scope));
        basis = undefined;
        if (seen.late && holds(current, value)) return;
        if (seen.doubt && wasApplied(seen.doubt, current)) return;
        if (allowed) await apart(allowed);
        if (!isHeld()) throw lockLost(spent.attempts > 0);
        try {
          await write(current);
          return;
        } catch (error) {
          if (!(error instanceof Failure) || !isConflict(error)) throw error;
          await pauseAfterConflict(error, conflicts, began);
        }
      }
    };

    /** No more tries, but what became of the last one is still worth a read. */
    const settle = async (doubt: Doubt, error: unknown): Promise<boolean> => {
      let current = await readInDoubt(action, scope, error);
      const left = scope.deadline - clock.monotonic();
      const mayStillCome = isConditional(doubt.basis) && mayArriveLate(doubt.failure);
      if (mayStillCome && !holds(current, value) && left > 2 * SETTLING_MS) {
        await pause(clock, scope, SETTLING_MS);
        current = await readInDoubt(action, scope, error);
      }
      return wasApplied(doubt, current);
    };

    try {
      await resilience.retrying(scope, round);
    } catch (error) {
      if (seen.doubt && (await settle(seen.doubt, error))) return;
      if (seen.late) throw asUnknown(error);
      throw seen.conflict && clock.monotonic() >= scope.deadline ? conflict(seen.conflict) : error;
    }
  };
};
