import type { Events } from '../services/events.ts';
import type { Clock, Ledger } from '../services/ports.ts';
import { startCheckpoints } from './evidence/checkpointer.ts';
import { createLedger } from './ledger.ts';
import type { openPostgres } from './postgres/store.ts';
import type { Store } from './store.ts';

/** What the ledger writes to the log; pino's shape. */
interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface LedgerOptions {
  /** `sqlite:PATH` (one process) or `postgres://…` (several instances). */
  databaseUrl: string;
  idempotencyTtlHours: number;
  /** What one manipulation may spend at the tenant. */
  deadlineMs: number;
  /** PEM of an Ed25519 private key, and the directory that signed checkpoints go to: both or neither. */
  checkpointKeyFile?: string | undefined;
  checkpointDir?: string | undefined;
  clock: Clock;
  events: Events;
  log?: Log | undefined;
  /** For how long after a start of PostgreSQL no lease is claimed: its instances come back first. Default 10. */
  settlingSeconds?: number | undefined;
  /** Seconds between webhook tries; Standard Webhooks' own unless a test needs it faster. */
  schedule?: readonly number[] | undefined;
}

/** Opens the ledger that the URL names. Throws an error with one line that says what to do when it cannot. */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const { databaseUrl, clock, log, checkpointKeyFile, checkpointDir } = options;
  const warn = (message: string, cause?: unknown) => log?.warn({ err: cause }, message);
  const store = await openStore(databaseUrl, {
    deadlineMs: options.deadlineMs,
    clock,
    warn,
    settlingSeconds: options.settlingSeconds,
  });
  try {
    const checkpoints =
      checkpointKeyFile === undefined || checkpointDir === undefined
        ? undefined
        : await startCheckpoints((closing) => store.heads(closing), {
            keyFile: checkpointKeyFile,
            directory: checkpointDir,
            clock,
            warn,
          });
    return createLedger(store, {
      ...options,
      warn,
      ...(checkpoints && { checkpointAgeSeconds: () => checkpoints.ageSeconds() }),
      notBefore: checkpoints?.startedAt,
      beforeClose: async () => checkpoints?.close(),
    });
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Only the engine that is used is loaded. */
async function openStore(url: string, options: Parameters<typeof openPostgres>[1]): Promise<Store> {
  if (url.startsWith('sqlite:')) {
    const { openSqlite } = await import('./sqlite/store.ts');
    return openSqlite(url.slice('sqlite:'.length), options);
  }
  if (/^postgres(ql)?:/.test(url)) {
    const { openPostgres } = await import('./postgres/store.ts');
    return openPostgres(url, options);
  }
  throw new Error('DATABASE_URL has to begin with sqlite: or postgres://');
}
