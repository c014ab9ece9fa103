import { constants, type DatabaseSync } from 'node:sqlite';

/** What the archive lifts while it drops a chain. */
export const ENTRIES_REMAIN = `CREATE TRIGGER entries_remain BEFORE DELETE ON entries
    BEGIN SELECT RAISE(ABORT, 'an entry of the ledger is never deleted'); END;`;

/**
 * `entries` is the ledger: it only ever grows. The other tables say what is going on now (whose intent is unfinished,
 * which key is taken, where a webhook is) and change with it, in the same transactions.
 */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE entries (
    chain TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    kind TEXT NOT NULL,
    request_id TEXT NOT NULL,
    place TEXT,
    caller TEXT,
    action_name TEXT,
    status TEXT,
    entry TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (chain, sequence)
  ) STRICT;
  CREATE UNIQUE INDEX entries_by_request ON entries (request_id, kind);
  CREATE INDEX intents_by_place ON entries (place) WHERE kind = 'intent';
  CREATE INDEX intents_by_caller ON entries (caller, place) WHERE kind = 'intent';
  CREATE INDEX intents_by_action ON entries (action_name, place) WHERE kind = 'intent';
  CREATE INDEX failures_by_place ON entries (status, place) WHERE kind = 'outcome' AND status <> 'SUCCESS';
  CREATE TRIGGER entries_stay BEFORE UPDATE ON entries
    BEGIN SELECT RAISE(ABORT, 'an entry of the ledger is never changed'); END;
  ${ENTRIES_REMAIN}

  CREATE TABLE unfinished (
    request_id TEXT PRIMARY KEY,
    place TEXT NOT NULL,
    writer TEXT NOT NULL,
    dispatched INTEGER NOT NULL,
    caller TEXT,
    key TEXT,
    webhook_url TEXT
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE keys (
    caller TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    request_id TEXT NOT NULL,
    settled INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (caller, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX keys_by_expiry ON keys (expires_at) WHERE settled = 1;

  CREATE TABLE deliveries (
    id TEXT PRIMARY KEY,
    request_id TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL,
    body TEXT NOT NULL,
    status TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    answered INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    failed_at INTEGER,
    error TEXT
  ) STRICT;
  CREATE INDEX deliveries_by_due ON deliveries (due_at) WHERE status = 'pending';
  CREATE INDEX deliveries_by_age ON deliveries (created_at) WHERE status = 'pending';
  CREATE INDEX deliveries_by_failure ON deliveries (failed_at) WHERE status = 'failed';

  CREATE TABLE checks (id INTEGER PRIMARY KEY, at INTEGER NOT NULL) STRICT;
  `,
];

/** Brings the schema up to date, in one transaction. */
export function migrate(database: DatabaseSync): void {
  const version = versionOf(database);
  if (version === MIGRATIONS.length) return;
  if (version > MIGRATIONS.length) {
    throw new Error(`The ledger was written by a newer version of this service (schema ${version}).`);
  }
  database.exec('BEGIN IMMEDIATE');
  try {
    for (const migration of MIGRATIONS.slice(version)) database.exec(migration);
    database.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

const versionOf = (database: DatabaseSync): number =>
  Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);

/** What a connection that only appends has no use for, on any table. */
const NEVER = new Set([
  constants.SQLITE_ALTER_TABLE,
  constants.SQLITE_ATTACH,
  constants.SQLITE_CREATE_TABLE,
  constants.SQLITE_CREATE_TRIGGER,
  constants.SQLITE_CREATE_TEMP_TRIGGER,
  constants.SQLITE_DROP_INDEX,
  constants.SQLITE_DROP_TABLE,
  constants.SQLITE_DROP_TRIGGER,
]);

const APPEND_ONLY = new Set(['entries', 'sqlite_master', 'sqlite_schema']);

/**
 * Takes from a connection the right to change or delete an entry, or the triggers that forbid it. Node 24 before 24.10
 * has no authorizer: there, the triggers stand alone.
 */
export function forbidChanges(database: DatabaseSync): void {
  // REPLACE deletes: this makes it fire the trigger too.
  database.exec('PRAGMA recursive_triggers = ON');
  if (!('setAuthorizer' in database)) return;
  database.setAuthorizer((action, table) => {
    const changes = action === constants.SQLITE_UPDATE || action === constants.SQLITE_DELETE;
    const denied = NEVER.has(action) || (changes && table !== null && APPEND_ONLY.has(table));
    return denied ? constants.SQLITE_DENY : constants.SQLITE_OK;
  });
}
