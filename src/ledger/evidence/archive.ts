import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Content, columnsOf } from '../journal/entry.ts';
import { HEADS, type HeadRow } from '../journal/records.ts';
import type { Archived, Signer } from './checkpoint.ts';
import { chainHead } from './checkpointer.ts';
import { storeCheckpoint, syncDirectory } from './directory.ts';
import type { Sql } from './statements.ts';
import { type Anchors, type Finding, findings, type StoredEntry } from './verify.ts';

/** Every column: a ledger that was not opened since the last migration lacks some. */
export const ALL_ENTRIES = `SELECT * FROM entries ORDER BY chain, sequence`;

const ONE_CHAIN = ALL_ENTRIES.replace('ORDER BY', 'WHERE chain = $1 ORDER BY');

/** A line of an archive: the entry's text as it was hashed, and its hash. */
const LINE = /^\{"entry":(.*),"hash":"([0-9a-f]{64})"\}$/;

/** The entries of an archive's file, as a database would give them. */
export async function* archivedEntries(file: string): AsyncGenerator<StoredEntry> {
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    const [, entry = '', hash = ''] = LINE.exec(line) ?? [];
    let content: Content & { chain: string; sequence: number };
    try {
      content = JSON.parse(entry) as typeof content;
    } catch {
      throw new Error(`${file} has a line that is not an entry`);
    }
    const { chain, sequence } = content;
    yield { chain, sequence, ...columnsOf(content, chain, sequence), entry, hash };
  }
}

interface ArchiveOptions {
  sql: Sql;
  /** Where the archives go. */
  directory: string;
  checkpointDirectory: string;
  signer: Signer;
  anchors: Anchors;
  /** Epoch milliseconds. */
  now: number;
  /** Chains whose last entry is older go (RFC 3339); never one of the current month, which may still grow. */
  before: string;
}

type ArchiveResult =
  { chain: string; done: Archived } | { chain: string; kept: string } | { chain: string; tampered: Finding };

/**
 * Writes old chains to files, signs a checkpoint that says so, and only then drops them from the database. Yields what
 * became of each chain that is old enough. A run that was cut short is simply run again.
 */
export async function* archive(options: ArchiveOptions): AsyncGenerator<ArchiveResult> {
  const { sql, now, anchors } = options;
  await mkdir(options.directory, { recursive: true });
  const month = `${new Date(now).toISOString().slice(0, 7)}-01`;
  const before = options.before < month ? options.before : month;
  const heads = (await sql.all(HEADS)) as HeadRow[];
  for (const head of heads) {
    const { chain } = head;
    if ((JSON.parse(head.entry) as { at: string }).at >= before) continue;
    const known = anchors.archived.get(chain);
    if (known?.sequence === head.sequence && known.hash === head.hash) {
      await drop(sql, chain);
      yield { chain, done: known };
      continue;
    }
    const kept = await reasonToKeep(sql, chain, now);
    if (kept !== undefined) {
      yield { chain, kept };
      continue;
    }
    yield await archiveChain(options, head, heads);
  }
}

async function archiveChain(
  options: ArchiveOptions,
  head: HeadRow,
  heads: HeadRow[],
): Promise<ArchiveResult> {
  const { sql, directory, checkpointDirectory, signer, anchors, now } = options;
  const { chain } = head;
  const file = `${chain}.ndjson`;
  const sha256 = await writeChain(sql, chain, join(directory, file));
  const anchor = { ...chainHead(head, true), file: 'the database' };
  const own = {
    ...anchors,
    partial: true,
    byChain: new Map([[chain, [...(anchors.byChain.get(chain) ?? []), anchor]]]),
  };
  // Read again from the disk: only entries that the archive has in full may be dropped.
  for await (const tampered of findings(archivedEntries(join(directory, file)), own))
    return { chain, tampered };
  const at = new Date(now).toISOString();
  const done: Archived = { chain, sequence: head.sequence, hash: head.hash, file, sha256 };
  const others = heads.filter((other) => other.chain !== chain).map((other) => chainHead(other, false));
  await storeCheckpoint(checkpointDirectory, signer, {
    at,
    closed: anchors.closed,
    heads: others,
    archived: [done],
  });
  await drop(sql, chain);
  return { chain, done };
}

/** Why a chain cannot go yet, or undefined. */
async function reasonToKeep(sql: Sql, chain: string, now: number): Promise<string | undefined> {
  const blocks: readonly (readonly [reason: string, sql: string, ...values: number[]])[] = [
    [
      'it has an intent that is not finished',
      `SELECT 1 FROM in_flight u JOIN entries e ON e.request_id = u.request_id WHERE e.chain = $1 LIMIT 1`,
    ],
    [
      'it has a webhook that is still on its way',
      `SELECT 1 FROM deliveries d JOIN entries e ON e.request_id = d.request_id
       WHERE e.chain = $1 AND d.status = 'pending' LIMIT 1`,
    ],
    [
      'it has a record that an idempotency key may still ask for',
      `SELECT 1 FROM keys k JOIN entries e ON e.request_id = k.request_id
       WHERE e.chain = $1 AND k.expires_at > $2 LIMIT 1`,
      now,
    ],
    [
      'it ends records that began in a chain that is kept',
      `SELECT 1 FROM entries o JOIN entries i ON i.request_id = o.request_id AND i.kind = 'intent'
       WHERE o.chain = $1 AND o.kind = 'outcome' AND i.chain <> $1 LIMIT 1`,
    ],
  ];
  for (const [reason, statement, ...values] of blocks) {
    if ((await sql.all(statement, [chain, ...values])).length > 0) return reason;
  }
  return undefined;
}

/** Writes a chain to a file, whole or not at all. Returns the file's SHA-256 (hex). */
async function writeChain(sql: Sql, chain: string, path: string): Promise<string> {
  const hash = createHash('sha256');
  async function* chunks() {
    let lines = '';
    for await (const row of sql.stream(ONE_CHAIN, [chain])) {
      const { entry, hash: own } = row as { entry: string; hash: string };
      lines += `{"entry":${entry},"hash":"${own}"}\n`;
      if (lines.length < 1_000_000) continue;
      hash.update(lines);
      yield lines;
      lines = '';
    }
    hash.update(lines);
    yield lines;
  }
  await writeFile(`${path}.tmp`, chunks(), { mode: 0o600, flush: true });
  await rename(`${path}.tmp`, path);
  await syncDirectory(dirname(path));
  return hash.digest('hex');
}

/** Entries dropped in one transaction: the service waits no longer than that takes. */
const DROP = 2_000;

async function drop(sql: Sql, chain: string): Promise<void> {
  const oldest = 'SELECT min(sequence) FROM entries WHERE chain = $1';
  for (let left = 1; left > 0;) {
    left = await sql.transaction(
      async (all) => {
        const range = `chain = $1 AND sequence < (${oldest}) + ${DROP}`;
        const ids = `SELECT request_id FROM entries WHERE ${range} AND kind = 'intent'`;
        await all(`DELETE FROM deliveries WHERE request_id IN (${ids})`, [chain]);
        await all(`DELETE FROM keys WHERE request_id IN (${ids})`, [chain]);
        await all(`DELETE FROM entries WHERE ${range}`, [chain]);
        return (await all('SELECT 1 FROM entries WHERE chain = $1 LIMIT 1', [chain])).length;
      },
      { drop: true },
    );
  }
}
