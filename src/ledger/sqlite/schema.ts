import { constants, type DatabaseSync } from 'node:sqlite';
import { migrationsFor } from '../migrations.ts';

/** The trigger that the archive drops while it deletes a chain. */
export const ENTRIES_REMAIN = `CREATE TRIGGER entries_remain BEFORE DELETE ON entries
    BEGIN SELECT RAISE(ABORT, 'an entry of the ledger is never deleted'); END;`;

const MIGRATIONS = migrationsFor('sqlite');

/** Brings the schema up to date, in one transaction. */
export function migrate(database: DatabaseSync): void {
  const version = versionOf(database);
  const pending = MIGRATIONS.after(version);
  if (pending.length === 0) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    for (const sql of pending) database.exec(sql);
    database.exec(`PRAGMA user_version = ${MIGRATIONS.latest}`);
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
