import { hash } from 'node:crypto';
import pg from 'pg';
import type { Clock } from '../../services/ports.ts';
import { createGroupCommit, type Settled } from '../../shared/group-commit.ts';
import { unavailable } from '../unavailable.ts';
import { connectionOf, problemOf } from './pool.ts';

/** PostgreSQL ends a session that is silent for so long, and its locks with it: those of an instance that hangs. */
const SESSION_TIMEOUT_MS = 8_000;
const HEARTBEAT_MS = 2_000;
/** A lock counts as held for so long after the last heartbeat was sent that PostgreSQL answered: well within its timeout. */
const HELD_MS = 5_000;
/** An unlocking is announced; an instance that died announces nothing. */
const RETRY_MS = 250;
/** How long an instance whose lock another one wants leaves it alone after a release. */
const YIELD_MS = 5;
const LARGEST_GROUP = 256;

const CHANNEL = 'ledger_locks';

type Ask = { lock: string; what: 'try' | 'unlock' };

interface Session {
  alive: boolean;
  /** When the last statement was sent that has been answered, on the monotonic clock. */
  answered: number;
  submit(ask: Ask): Promise<unknown>;
  beat(): Promise<void>;
  end(): Promise<void>;
}

/** A lock that is held; `isHeld` is false as soon as that cannot be sure any more. */
export interface Lock {
  isHeld(): boolean;
  /** Unlocks, and does not wait for it. With `yields`, another instance that wants the lock gets it first. */
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
  /** Called when a lock may be free. */
  const waiting = new Map<string, Set<() => void>>();
  /** Locks of ours that other instances want. */
  const wanted = new Set<string>();
  const yieldUntil = new Map<string, number>();

  function notified(payload: string, from: number, ownPid: number): void {
    if (from === ownPid) return;
    const [what, lock = ''] = payload.split(' ');
    if (what === 'wanted') wanted.add(lock);
    else for (const wake of waiting.get(lock) ?? []) wake();
  }

  async function open(): Promise<Session> {
    const client = new pg.Client({ ...connectionOf(connectionString), statement_timeout: 4_000 });
    let ownPid = 0;
    const lost = (): void => {
      session.alive = false;
      if (current === session) current = undefined;
      wanted.clear();
      for (const set of waiting.values()) for (const wake of set) wake();
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
    }, LARGEST_GROUP);
    const session: Session = {
      alive: true,
      answered: clock.monotonic(),
      submit: (one) => group.submit(one),
      async beat() {
        await ask('SELECT 1');
      },
      end: async () => {
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
    return opening.catch((error: unknown) => {
      throw problemOf(error);
    });
  }

  // The first manipulation does not wait for the connection; should it fail, the first heartbeat tries again.
  session().catch(() => undefined);
  const stopped = new AbortController();
  const beating = beat().catch(() => undefined);
  async function beat(): Promise<void> {
    let failing = false;
    for (;;) {
      await clock.sleep(HEARTBEAT_MS, stopped.signal);
      await session()
        .then((one) => one.beat())
        .then(
          () => {
            failing = false;
          },
          (error: unknown) => {
            if (!failing) warn('The session that holds the locks on actions was lost; trying again.', error);
            failing = true;
          },
        );
    }
  }

  /** Resolves when the lock may be free, after a while in any case; rejects when the signal aborts. */
  async function mayBeFree(signal: AbortSignal, freed: Promise<undefined>): Promise<void> {
    const nap = new AbortController();
    const abort = () => nap.abort();
    signal.addEventListener('abort', abort, { once: true });
    try {
      await Promise.race([freed, clock.sleep(RETRY_MS, nap.signal).catch(() => undefined)]);
    } finally {
      nap.abort();
      signal.removeEventListener('abort', abort);
    }
    signal.throwIfAborted();
  }

  function listen(lock: string): { freed: Promise<undefined>; stop: () => void } {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const set = waiting.get(lock) ?? new Set();
    const wake = () => resolve(undefined);
    waiting.set(lock, set.add(wake));
    const stop = (): void => {
      set.delete(wake);
      if (set.size === 0) waiting.delete(lock);
    };
    return { freed: promise, stop };
  }

  /** One try. An abort is answered at once; a lock that is acquired after it is given back. */
  async function attempt(lock: string, signal: AbortSignal): Promise<Session | undefined> {
    const held = await session().catch(async () => {
      // A connection that cannot be made at first is no reason to refuse a manipulation that has time.
      await clock.sleep(RETRY_MS, signal);
      return session();
    });
    const trying = held.submit({ lock, what: 'try' }).catch((error: unknown) => {
      throw problemOf(error);
    });
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const abort = () => reject(signal.reason as Error);
    aborted.catch(() => undefined);
    signal.addEventListener('abort', abort, { once: true });
    try {
      return (await Promise.race([trying, aborted])) === true ? held : undefined;
    } catch (error) {
      trying.then(
        (got) => got === true && held.submit({ lock, what: 'unlock' }).catch(() => undefined),
        () => undefined,
      );
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

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
        const { freed, stop } = listen(lock);
        try {
          const held = await attempt(lock, signal);
          if (held !== undefined) {
            wanted.delete(lock);
            return {
              isHeld: () => held.alive && clock.monotonic() - held.answered < HELD_MS,
              isWanted: () => wanted.has(lock),
              release() {
                if (wanted.delete(lock)) yieldUntil.set(lock, clock.monotonic() + YIELD_MS);
                // A session that ended has given it back.
                if (held.alive) held.submit({ lock, what: 'unlock' }).catch(() => undefined);
              },
            };
          }
          await mayBeFree(signal, freed);
        } finally {
          stop();
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

/** A key as PostgreSQL's advisory locks have them: 64 bits. */
const lockOf = (key: string): string =>
  Buffer.from(hash('sha256', key, 'hex').slice(0, 16), 'hex')
    .readBigInt64BE()
    .toString();
