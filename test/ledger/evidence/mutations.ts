import { hash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { ENTRY_COLUMNS, type Entry } from '../../../src/ledger/journal/entry.ts';
import type { Random } from '../../support/random.ts';

/** What an attacker with the file, and without the triggers, may do to a ledger. Each returns what it did. */
export const MUTATIONS: Readonly<Record<string, (db: DatabaseSync, random: Random) => string>> = {
  /** One character of one column, or a column emptied. */
  edit(db, random) {
    const row = anyRow(db, random);
    const column = random.pick(ENTRY_COLUMNS);
    const value = row[column];
    const changed =
      typeof value === 'number' ? value + 1_000_000 : value === null ? 'x' : oneCharacter(value, random);
    set(db, row, column, changed);
    return `${column} of ${name(row)}`;
  },
  /** A text changed together with its own hash, by an attacker who knows how hashes are made. */
  rehash(db, random) {
    const row = anyRow(db, random);
    const entry = oneCharacter(row.entry, random);
    const before = db
      .prepare('SELECT hash FROM entries WHERE chain = ? AND sequence = ?')
      .get(row.chain, row.sequence - 1);
    const previous = typeof before?.['hash'] === 'string' ? before['hash'] : '0'.repeat(64);
    set(db, row, 'entry', entry);
    set(db, row, 'hash', hash('sha256', previous + entry));
    return `text and hash of ${name(row)}`;
  },
  /** Two entries that change places, their hashes with them or not. */
  swap(db, random) {
    const [one, other] = [anyRow(db, random), anyRow(db, random)];
    if (one.chain === other.chain && one.sequence === other.sequence)
      return MUTATIONS['delete']?.(db, random) ?? '';
    const columns: (keyof Entry)[] = random.integer(0, 1) === 0 ? ENTRY_COLUMNS.slice(2) : ['entry'];
    for (const column of columns)
      db.prepare(`UPDATE entries SET ${column} = ? WHERE chain = ? AND sequence = ?`);
    db.exec('DROP INDEX entries_by_request');
    for (const column of columns) {
      set(db, one, column, other[column]);
      set(db, other, column, one[column]);
    }
    return `${name(one)} and ${name(other)}`;
  },
  delete(db, random) {
    const row = anyRow(db, random);
    db.prepare('DELETE FROM entries WHERE chain = ? AND sequence = ?').run(row.chain, row.sequence);
    return name(row);
  },
  /** A copy of an entry somewhere else: in the middle, those behind it moved up, or at the end, properly hashed. */
  insert(db, random) {
    const [what, where] = [anyRow(db, random), anyRow(db, random)];
    db.exec('DROP INDEX entries_by_request');
    const last = Number(
      db.prepare('SELECT max(sequence) AS last FROM entries WHERE chain = ?').get(where.chain)?.['last'],
    );
    const atEnd = random.integer(0, 1) === 0;
    const sequence = atEnd ? last + 1 : where.sequence;
    if (!atEnd) {
      const move = 'UPDATE entries SET sequence = sequence + ? WHERE chain = ? AND sequence >= ?';
      db.prepare(move).run(1_000_000, where.chain, sequence);
      db.prepare(move).run(-999_999, where.chain, 1_000_000);
    }
    const before = db
      .prepare('SELECT hash FROM entries WHERE chain = ? AND sequence = ?')
      .get(where.chain, sequence - 1);
    const place = { chain: where.chain, sequence };
    const parsed = { ...(JSON.parse(what.entry) as object), ...place };
    const entry = JSON.stringify(parsed);
    const previous = typeof before?.['hash'] === 'string' ? before['hash'] : '0'.repeat(64);
    const inserted = { ...what, ...place, entry, hash: hash('sha256', previous + entry) };
    db.prepare(
      `INSERT INTO entries (${ENTRY_COLUMNS.join()}) VALUES (${ENTRY_COLUMNS.map(() => '?').join()})`,
    ).run(...ENTRY_COLUMNS.map((column) => inserted[column]));
    return `${name(what)} as entry ${sequence} of chain ${where.chain}`;
  },
  /** The end of a chain gone, or the chain whole: only a checkpoint can tell. */
  cut(db, random) {
    const row = anyRow(db, random);
    db.prepare('DELETE FROM entries WHERE chain = ? AND sequence >= ?').run(row.chain, row.sequence);
    return `${name(row)} and what follows`;
  },
};

const name = ({ chain, sequence }: Entry): string => `entry ${sequence} of chain ${chain}`;

function anyRow(db: DatabaseSync, random: Random): Entry {
  const count = Number(db.prepare('SELECT count(*) AS count FROM entries').get()?.['count']);
  const row = db
    .prepare('SELECT * FROM entries ORDER BY chain, sequence LIMIT 1 OFFSET ?')
    .get(random.integer(0, count - 1));
  return row as unknown as Entry;
}

function set(
  db: DatabaseSync,
  { chain, sequence }: Entry,
  column: string,
  value: string | number | null,
): void {
  db.prepare(`UPDATE entries SET ${column} = ? WHERE chain = ? AND sequence = ?`).run(value, chain, sequence);
}

/** One character turned into another one. */
function oneCharacter(text: string, random: Random): string {
  const at = random.integer(0, text.length - 1);
  const other = text[at] === '7' ? '8' : '7';
  return text.slice(0, at) + other + text.slice(at + 1);
}
