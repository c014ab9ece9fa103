import { createLocalCoordinator } from '../../../services/coordinator.ts';
import type { Clock, Coordinator } from '../../../services/ports.ts';
import { createBatcher, type Settled } from '../batcher.ts';
import type { Connections } from './pool.ts';

/** How often those who wait for another instance look whether it is their turn. */
const LOOK_MS = 15;
/** A holder that has not been heard of for so long has lost its turn. */
const TURN_LEASE_SECONDS = 8;
const LARGEST_BATCH = 256;

/** What PostgreSQL is asked about turns: to give back what is not held any more, or a ticket for a key. */
type Ask = { giveBack: true } | { draw: string };

interface Drawn {
  key: string;
  ticket: number;
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
export function createCoordinator(pool: Connections, writer: string, clock: Clock) {
  const local = createLocalCoordinator(clock);
  /** Our tickets; any other one of ours was drawn without our hearing of it, or could not be given back when it ended. */
  const held = new Set<number>();
  const waiting = new Map<number, Waiter>();
  let looking: Promise<void> | undefined;

  // One batch at a time: no ticket is being drawn while those that are not held are deleted.
  const asks = createBatcher<Ask>(async (batch) => {
    if (batch.some((ask) => 'giveBack' in ask)) {
      await pool.rows('DELETE FROM turns WHERE holder = $1 AND ticket <> ALL($2)', [writer, [...held]]);
    }
    const drawn = await draw(batch.flatMap((ask) => ('draw' in ask ? [ask.draw] : [])));
    for (const { ticket } of drawn.values()) held.add(ticket);
    return batch.map((ask): Settled => ({
      ok: true,
      value: 'draw' in ask ? drawn.get(ask.draw) : undefined,
    }));
  }, LARGEST_BATCH);

  /** Within this process a key is asked for once at a time. */
  async function draw(keys: string[]): Promise<Map<string, Drawn>> {
    if (keys.length === 0) return new Map();
    const rows = (await pool.rows(
      // Sorted: two instances that draw for several keys at once do so in the same order, and cannot block each other.
      `SELECT wanted.key, turn.mine AS ticket, turn.first FROM unnest($1::text[]) WITH ORDINALITY AS wanted (key, n),
         LATERAL take_turn(wanted.key, $2, $3) AS turn ORDER BY n`,
      [keys.toSorted(), writer, TURN_LEASE_SECONDS],
    )) as Drawn[];
    return new Map(rows.map((row) => [row.key, row]));
  }

  /** Gives back what is not held; throws when that has to be done later. */
  async function giveBack(): Promise<void> {
    await asks.submit({ giveBack: true });
  }

  async function look(): Promise<void> {
    while (waiting.size > 0) {
      await clock.sleep(LOOK_MS);
      const asked = [...waiting].map(([ticket, { key }]) => ({ ticket, key }));
      const rows = (await pool
        .rows(
          `SELECT ticket, EXISTS (SELECT FROM turns WHERE turns.ticket = waiting.ticket) AS known,
             is_first(ticket, key, $3) AS first
           FROM unnest($1::bigint[], $2::text[]) AS waiting (ticket, key)`,
          [asked.map(({ ticket }) => ticket), asked.map(({ key }) => key), TURN_LEASE_SECONDS],
        )
        // While PostgreSQL is away nobody's turn comes; who waits has a deadline.
        .catch(() => [])) as { ticket: number; known: boolean; first: boolean }[];
      for (const { ticket, known, first } of rows) {
        if (first || !known) waiting.get(ticket)?.end(known);
      }
    }
    looking = undefined;
  }

  /** Resolves to false when the ticket is lost. */
  async function comes({ ticket, key }: Drawn, signal: AbortSignal): Promise<boolean> {
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    const leave = () => reject(signal.reason as Error);
    signal.addEventListener('abort', leave, { once: true });
    if (signal.aborted) leave();
    waiting.set(ticket, { key, end: resolve });
    looking ??= look();
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', leave);
      waiting.delete(ticket);
    }
  }

  /** Works when it is the turn of a ticket. Without a value when the ticket is lost: a crash of PostgreSQL takes them all. */
  async function inTurn<T>(
    key: string,
    signal: AbortSignal,
    work: () => Promise<T>,
  ): Promise<{ value: T } | undefined> {
    const drawn = (await asks.submit({ draw: key })) as Drawn;
    try {
      if (!drawn.first && !(await comes(drawn, signal))) return undefined;
      return { value: await work() };
    } finally {
      held.delete(drawn.ticket);
      // What could not be given back now is given back with the next beat.
      await giveBack().catch(() => undefined);
    }
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
  };
  return { coordinator, giveBack };
}
