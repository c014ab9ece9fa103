import { hash } from 'node:crypto';
import pg from 'pg';
import type { Clock } from '../../services/ports.ts';
import { createGroupCommit, type Settled } from '../../shared/group-commit.ts';
import { unavailable } from '../unavailable.ts';
import { connectionOf, fail } from './pool.ts';

/** PostgreSQL ends a session that is silent for so long, and its locks with it: those of an instance that hangs. */
const SESSION_TIMEOUT_MS = 8_000;
const HEARTBEAT_MS = 2_000;
/** A lock counts as held for so long after the last heartbeat was sent that PostgreSQL answered: well within its timeout. */
const HELD_MS = 5_000;
/** An unlocking is announced; an instance that died announces nothing. */
const RETRY_MS = 250;
/** How long an instance whose lock another one wants leaves it alone after a release. */
const YIELD_MS = 5;
const CHANNEL = 'ledger_locks';

type Ask = { lock: string; what: 'try' | 'unlock' };

interface Session {
  alive: boolean;
  /** When the last statement was sent that has been answered, on the monotonic clock. */
  answered: number;
  tryLock(lock: string): Promise<unknown>;
  /** Does not wait for it. */
  unlock(lock: string): void;
  beat(): Promise<unknown>;
  end(): Promise<void>;
}

/** A lock that is held; `isHeld` is false as soon as that cannot be sure any more. */
export interface Lock {
  isHeld(): boolean;
  /** Unlocks, and does not wait for it. Another instance that wants the lock gets it first. */
  release(): void;
  /** Whether another instance has asked for it since it was acquired. */
  isWanted(): boolean;
}

/**
 * Session advisory locks, all on one connection, which die with its session. A waiter announces itself (NOTIFY), is
 * told of its release, and tries again. Tries that come together are one statement.
 */
export function createLocks(
  connectionString: string,
  clock: Clock,
  warn: (message: string, cause: unknown) => void,
) {
  let opening: Promise<Session> | undefined;
  let current: Session | undefined;
  let closed = false;
  /** Called when a lock may be free. Of this instance, one at a time waits for a lock. */
  const waiting = new Map<string, () => void>();
  /** Locks of ours that other instances want. */
  const wanted = new Set<string>();
  const yieldUntil = new Map<string, number>();

  function notified(payload: string, from: number, ownPid: number): void {
    if (from === ownPid) return;
    const [what, lock = ''] = payload.split(' ');
    if (what === 'wanted') wanted.add(lock);
    else waiting.get(lock)?.();
  }

  async function open(): Promise<Session> {
    const client = new pg.Client({ ...connectionOf(connectionString), statement_timeout: 4_000 });
    let ownPid = 0;
    const lost = (): void => {
      session.alive = false;
      if (current === session) current = undefined;
      wanted.clear();
      for (const wake of waiting.values()) wake();
    };
    client.on('error', lost);
    client.on('end', lost);
    client.on('notification', ({ payload = '', processId }) => notified(payload, processId, ownPid));
    /** Any failure ends the session, and its locks with it: there is no doubt about what is held. */
    const ask = async (sql: string, values?: unknown[]): Promise<Record<string, unknown>[]> => {
      const sent = clock.monotonic();
      try {
        const { rows } = await client.query<Record<string, unknown>>(sql, values);
        session.answered = sent;
        return rows;
      } catch (error) {
        lost();
        client.end().catch(() => undefined);
        throw error;
      }
    };
    const group = createGroupCommit<Ask>(async (asks) => {
      // In the order of asking: an unlocking of one's own comes before the next try.
      const rows = await ask(
        `SELECT CASE what WHEN 'unlock' THEN pg_advisory_unlock(lock)
           ELSE pg_try_advisory_lock(lock) END AS done, lock, what
         FROM unnest($1::bigint[], $2::text[]) WITH ORDINALITY AS asked (lock, what, n) ORDER BY n`,
        [asks.map(({ lock }) => lock), asks.map(({ what }) => what)],
      );
      const news = asks.flatMap(({ lock, what }, i) =>
        what === 'unlock' ? [`free ${lock}`] : rows[i]?.['done'] === true ? [] : [`wanted ${lock}`],
      );
      if (news.length > 0)
        await ask(`SELECT pg_notify('${CHANNEL}', news) FROM unnest($1::text[]) AS news`, [news]);
      return rows.map((row): Settled => ({ ok: true, value: row['done'] }));
    });
    const session: Session = {
      alive: true,
      answered: clock.monotonic(),
      tryLock: (lock) => group.submit({ lock, what: 'try' }),
      unlock: (lock) => void group.submit({ lock, what: 'unlock' }).catch(() => undefined),
      beat: () => ask('SELECT 1'),
      async end() {
        lost();
        await client.end().catch(() => undefined);
      },
    };
    await client.connect();
    const [self] = await ask('SELECT pg_backend_pid() AS pid');
    ownPid = Number(self?.['pid']);
    await ask(`SET idle_session_timeout TO ${SESSION_TIMEOUT_MS}`);
    await ask(`LISTEN ${CHANNEL}`);
    return session;
  }

  async function session(): Promise<Session> {
    if (closed) throw unavailable('it is closed');
    if (current?.alive === true) return current;
    opening ??= open()
      .then((opened) => (current = opened))
      .finally(() => {
        opening = undefined;
      });
    return opening.catch(fail);
  }

  // The first manipulation does not wait for the connection; should it fail, the first heartbeat tries again.
  session().catch(() => undefined);
  const stopped = new AbortController();
  const beating = beat().catch(() => undefined);
  async function beat(): Promise<void> {
    for (let failing = false; ;) {
      await clock.sleep(HEARTBEAT_MS, stopped.signal);
      try {
        await (await session()).beat();
        failing = false;
      } catch (error) {
        if (!failing) warn('The session that holds the locks on actions was lost; trying again.', error);
        failing = true;
      }
    }
  }

  /** One try. An abort is answered at once; a lock that is acquired after it is given back. */
  async function attempt(lock: string, signal: AbortSignal): Promise<Session | undefined> {
    const held = await session().catch(async () => {
      // A connection that cannot be made at first is no reason to refuse a manipulation that has time.
      await clock.sleep(RETRY_MS, signal);
      return session();
    });
    const trying = held.tryLock(lock);
    try {
      return (await unlessAborted(trying.catch(fail), signal)) === true ? held : undefined;
    } catch (error) {
      trying.then(
        (got) => got === true && held.unlock(lock),
        () => undefined,
      );
      throw error;
    }
  }

  const lockOn = (held: Session, lock: string): Lock => ({
    isHeld: () => held.alive && clock.monotonic() - held.answered < HELD_MS,
    isWanted: () => wanted.has(lock),
    release() {
      if (wanted.delete(lock)) yieldUntil.set(lock, clock.monotonic() + YIELD_MS);
      // A session that ended has released it.
      if (held.alive) held.unlock(lock);
    },
  });

  return {
    /** @throws Problem `LEDGER_UNAVAILABLE`; the signal's reason when it aborts first */
    async acquire(key: string, signal: AbortSignal): Promise<Lock> {
      const lock = lockOf(key);
      const pause = (yieldUntil.get(lock) ?? 0) - clock.monotonic();
      yieldUntil.delete(lock);
      if (pause > 0) await clock.sleep(pause, signal);
      for (;;) {
        signal.throwIfAborted();
        // Before the try: a release right after it is not missed.
        const freed = new AbortController();
        waiting.set(lock, () => freed.abort());
        try {
          const held = await attempt(lock, signal);
          if (held !== undefined) {
            wanted.delete(lock);
            return lockOn(held, lock);
          }
          await clock.sleep(RETRY_MS, AbortSignal.any([signal, freed.signal])).catch(() => undefined);
        } finally {
          waiting.delete(lock);
        }
      }
    },
    async close(): Promise<void> {
      closed = true;
      stopped.abort();
      await beating;
      await opening?.catch(() => undefined);
      await current?.end();
    },
  };
}

/** What `work` resolves to; rejects with the signal's reason when it aborts first. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  return Promise.race([work, aborted]).finally(() => signal.removeEventListener('abort', abort));
}

/** A key as PostgreSQL's advisory locks have them: 64 bits. */
const lockOf = (key: string): string =>
  Buffer.from(hash('sha256', key, 'hex').slice(0, 16), 'hex')
    .readBigInt64BE()
    .toString();
