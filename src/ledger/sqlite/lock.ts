import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readSync,
  realpathSync,
  statSync,
  writeSync,
} from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** How long a new process waits for the old one to end. */
const HANDOVER_MS = 5_000;

const IN_USE =
  'another process uses it. One process can; several instances need PostgreSQL (DATABASE_URL=postgres://…)';

/** Where SQLite keeps `application_id` in a database file, and what a copy of `ledger:backup` has there. */
const APPLICATION_ID_AT = 68;
const BACKUP_MARK = Buffer.from('cxbk');

/** A database file that this process alone may write. */
interface Held {
  /** Its real path: the name of the log and the lock, whatever link it was opened by. */
  readonly file: string;
  /** @throws Error when the file or its lock is no longer the one that was opened */
  check(): void;
  close(): void;
}

/**
 * Holds a lock beside the database for as long as the process lives, whatever ends it: the leases of an earlier run are
 * those of a process that has ended. Files are for their owner alone.
 * @throws Error in one line that says what to do
 */
export function hold(name: string): Held {
  if (!existsSync(name)) closeSync(openSync(name, 'a', 0o600));
  const file = realpathSync(name);
  const status = statSync(file);
  if (!status.isFile())
    throw new Error('it is no regular file: name a file, which is made when it is missing');
  if (status.nlink > 1)
    throw new Error('it has a second name (a hard link), which would have a log of its own: remove one');
  const lockFile = `${file}-lock`;
  const unlocked = !existsSync(lockFile);
  closeSync(openSync(lockFile, 'a', 0o600));
  for (const path of [file, lockFile, `${file}-wal`, `${file}-shm`])
    // Only other users lose rights: a file that its owner made read-only stays so, and the first write reports it.
    if (existsSync(path)) chmodSync(path, statSync(path).mode & 0o700);
  const lock = new DatabaseSync(lockFile, { timeout: HANDOVER_MS });
  try {
    exclusive(lock);
    // Before SQLite sees the file, or it would play the log into it.
    acceptBackup(file);
    // Without its lock, only SQLite itself can tell whether another process has the database open.
    if (unlocked) refuseIfOpen(file);
  } catch (error) {
    lock.close();
    throw error;
  }
  const [own, ownLock] = [identity(file), identity(lockFile)];
  return {
    file,
    check() {
      if (identity(file) !== own)
        throw new Error(`the database file ${file} was deleted or replaced; put it back, or start again`);
      if (identity(lockFile) !== ownLock)
        throw new Error(`the lock file ${lockFile} was deleted or replaced; start again`);
    },
    close: () => lock.close(),
  };
}

/** What a file is, whatever it is called; empty when there is none. */
function identity(file: string): string {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? '' : `${found.dev}:${found.ino}`;
}

function exclusive(database: DatabaseSync): void {
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    throw new Error(IN_USE, { cause: error });
  }
}

/** In exclusive mode, SQLite opens a database that nothing else has open, by the file itself and not by its name. */
function refuseIfOpen(file: string): void {
  if (statSync(file).size === 0) return;
  const database = new DatabaseSync(file, { timeout: HANDOVER_MS });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    exclusive(database);
    database.exec('ROLLBACK');
  } finally {
    database.close();
  }
}

/**
 * A restored backup is taken once it stands alone: SQLite would play the log of the database before into it.
 * @throws Error when there is such a log
 */
function acceptBackup(file: string): void {
  const mark = Buffer.alloc(BACKUP_MARK.length);
  withFile(file, 'r', (descriptor) => readSync(descriptor, mark, 0, mark.length, APPLICATION_ID_AT));
  if (!mark.equals(BACKUP_MARK)) return;
  if ((statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) {
    throw new Error(
      `it is a restored backup beside the log of another database: move ${file}-wal and ${file}-shm away`,
    );
  }
  writeMark(file, Buffer.alloc(BACKUP_MARK.length));
}

/** Marks a copy as one that was not yet opened by a service. */
export const markBackup = (file: string): void => writeMark(file, BACKUP_MARK);

const writeMark = (file: string, mark: Buffer): void =>
  withFile(file, 'r+', (descriptor) => {
    writeSync(descriptor, mark, 0, mark.length, APPLICATION_ID_AT);
    fsyncSync(descriptor);
  });

function withFile(file: string, flags: string, work: (descriptor: number) => void): void {
  const descriptor = openSync(file, flags);
  try {
    work(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
