import { createLocalCoordinator, takenOf } from '../../services/coordinator.ts';
import type { Clock, Coordinator } from '../../services/ports.ts';
import { createBatcher, type Settled } from '../../shared/group-commit.ts';
import type { Connections } from './pool.ts';

/** How often those who wait for another instance look whether it is their turn. */
const LOOK_MS = 15;
/** A holder that has not been heard of for so long has lost its turn. */
const TURN_LEASE_SECONDS = 8;
const LARGEST_BATCH = 256;

/** What PostgreSQL is asked about turns: to give back what is not held any more, or a ticket for a key. */
type Ask = 'give back' | { key: string; signal: AbortSignal };

interface Ticket {
  ticket: number;
  /** Nobody is before it. */
  first: boolean;
}

interface Waiter {
  key: string;
  /** Its turn has come, or (`false`) its ticket is not known any more. */
  end(ours: boolean): void;
}

/**
 * Agreement of all instances. Within an instance, those who want the same key queue in memory; only the first of them
 * draws a ticket, so that a key costs the database one row per instance, and waiting for it holds no connection.
 */
export function createCoordinator(
  pool: Connections,
  writer: string,
  clock: Clock,
  warn: (message: string, cause: unknown) => void,
) {
  const local = createLocalCoordinator(clock);
  /** Our tickets; any other one of ours was drawn without our hearing of it, or could not be given back when it ended. */
  const held = new Set<number>();
  const waiting = new Map<number, Waiter>();
  let looking: Promise<void> | undefined;

  // One batch at a time: no ticket is being drawn while those that are not held are deleted.
  const asks = createBatcher<Ask>(async (batch) => {
    if (batch.includes('give back')) {
      await pool.rows('DELETE FROM turns WHERE holder = $1 AND ticket <> ALL($2)', [writer, [...held]]);
    }
    // Who has left meanwhile gets none; of the others of this process, no two want the same key at once.
    const keyOf = (ask: Ask) => (ask === 'give back' || ask.signal.aborted ? [] : [ask.key]);
    const keys = batch.map(keyOf);
    const drawn = await draw(keys.flat());
    for (const { ticket } of drawn.values()) held.add(ticket);
    return keys.map(([key]): Settled => ({
      ok: true,
      value: key === undefined ? undefined : drawn.get(key),
    }));
  }, LARGEST_BATCH);

  async function draw(keys: string[]): Promise<Map<string, Ticket>> {
    if (keys.length === 0) return new Map();
    const rows = (await pool.rows(
      `SELECT wanted.key, turn.mine AS ticket, turn.first FROM unnest($1::text[]) WITH ORDINALITY AS wanted (key, n),
         LATERAL take_turn(wanted.key, $2, $3) AS turn ORDER BY n`,
      [inOrder(keys), writer, TURN_LEASE_SECONDS],
    )) as (Ticket & { key: string })[];
    return new Map(rows.map((row) => [row.key, row]));
  }

  /** Gives back what is not held; rejects when that has to be done later. */
  async function giveBack(): Promise<void> {
    await asks.submit('give back');
  }

  async function look(): Promise<void> {
    let told = false;
    while (waiting.size > 0) {
      await clock.sleep(LOOK_MS);
      const byKey = new Map([...waiting].map(([ticket, { key }]) => [key, ticket]));
      const keys = inOrder(byKey.keys());
      const rows = (await pool
        .rows(
          `SELECT ticket, seen.known, seen.first
           FROM unnest($1::bigint[], $2::text[]) WITH ORDINALITY AS waiting (ticket, key, n),
             LATERAL look(ticket, key, $3, $4) AS seen ORDER BY n`,
          [keys.map((key) => byKey.get(key)), keys, writer, TURN_LEASE_SECONDS],
        )
        // While PostgreSQL is away nobody's turn comes; who waits has a deadline.
        .catch((error: unknown) => {
          if (!told) warn('It cannot be found out whose turn it is at an action; trying again.', error);
          told = true;
          return [];
        })) as { ticket: number; known: boolean; first: boolean }[];
      for (const { ticket, known, first } of rows) {
        if (first || !known) waiting.get(ticket)?.end(known);
      }
    }
    looking = undefined;
  }

  /** Resolves to false when the ticket is lost. */
  function comes(ticket: number, key: string): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    waiting.set(ticket, { key, end: resolve });
    looking ??= look();
    return promise;
  }

  /** Works when it is the turn of a ticket. Without a value when the ticket is lost: a crash of PostgreSQL takes them all. */
  async function inTurn<T>(
    key: string,
    signal: AbortSignal,
    work: () => Promise<T>,
  ): Promise<{ value: T } | undefined> {
    const drawing = asks.submit({ key, signal }) as Promise<Ticket | undefined>;
    const { promise: left, reject } = Promise.withResolvers<never>();
    const leave = () => reject(signal.reason as Error);
    left.catch(() => undefined);
    signal.addEventListener('abort', leave, { once: true });
    try {
      const drawn = await Promise.race([drawing, left]);
      if (drawn === undefined) throw signal.reason;
      if (!drawn.first && !(await Promise.race([comes(drawn.ticket, key), left]))) return undefined;
      return { value: await work() };
    } finally {
      signal.removeEventListener('abort', leave);
      drawing.then((drawn) => drawn && leaveTurn(drawn)).catch(() => undefined);
    }
  }

  /** Waits for nothing: what cannot be given back now is given back with the next beat. */
  function leaveTurn({ ticket }: Ticket): void {
    waiting.delete(ticket);
    held.delete(ticket);
    giveBack().catch(() => undefined);
  }

  const coordinator: Coordinator = {
    exclusive: (key, signal, work) =>
      local.exclusive(key, signal, async () => {
        for (;;) {
          const done = await inTurn(key, signal, work);
          if (done !== undefined) return done.value;
        }
      }),

    async reserve(bucket, slots, intervalMs, burst) {
      const rows = await pool.rows(
        `INSERT INTO buckets AS b (name, arrival)
         VALUES ($1, extract(epoch FROM clock_timestamp()) * 1000 + $2::float8 * $3::float8)
         ON CONFLICT (name) DO UPDATE
         SET arrival = greatest(b.arrival, extract(epoch FROM clock_timestamp()) * 1000) + $2::float8 * $3::float8
         RETURNING greatest(0, arrival - ($2::float8 + $4::float8 - 1) * $3::float8
           - extract(epoch FROM clock_timestamp()) * 1000)::float8 AS wait`,
        [bucket, slots, intervalMs, burst],
      );
      return (rows as { wait: number }[])[0]?.wait ?? 0;
    },

    async take(bucket, intervalMs, burst) {
      // The database's clock decides. A bucket is never further from full than its size, so that a clock that is set
      // back costs one bucket at most. A refused token leaves it as it is.
      const rows = await pool.rows(
        `WITH moment AS (SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now),
           taken AS (
             INSERT INTO buckets AS b (name, arrival) SELECT $1, now + $2::float8 FROM moment
             ON CONFLICT (name) DO UPDATE
             SET arrival = least(greatest(b.arrival, excluded.arrival - $2::float8), excluded.arrival + ($3::float8 - 2) * $2::float8) + $2::float8
             WHERE greatest(b.arrival, excluded.arrival - $2::float8) <= excluded.arrival - $2::float8 + ($3::float8 - 1) * $2::float8 + 0.001
               OR b.arrival > excluded.arrival + $3::float8 * $2::float8
             RETURNING arrival
           )
         SELECT (SELECT arrival FROM taken) - now AS taken,
           (SELECT arrival FROM buckets WHERE name = $1) - now AS before FROM moment`,
        [bucket, intervalMs, burst],
      );
      const { taken, before } = (rows as { taken: string | null; before: string | null }[])[0] ?? {};
      const fullMs = Math.min(Math.max(Number(taken ?? before ?? 0), 0), burst * intervalMs);
      return takenOf(taken !== null, fullMs, intervalMs, burst);
    },
  };
  return { coordinator, giveBack, idle: () => asks.idle() };
}

/** Who takes the locks of several keys takes them in this order, so that two instances cannot block each other. */
const inOrder = (keys: Iterable<string>): string[] => [...keys].sort();
