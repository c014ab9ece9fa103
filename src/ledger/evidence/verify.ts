import { columnsOf, type Content, type Entry, GENESIS, hashOf, type Head } from '../journal/entry.ts';
import type { Archived, ChainHead } from './checkpoint.ts';
import type { NamedCheckpoint } from './directory.ts';

/** The first thing in a chain that is not as it was written. */
export interface Finding {
  chain: string;
  sequence: number;
  requestId: string | null;
  reason: string;
}

export const describe = ({ chain, sequence, requestId, reason }: Finding): string =>
  `chain ${chain}, entry ${sequence}${requestId === null ? '' : `, record ${requestId}`}: ${reason}.`;

/** An entry as a database or a file gives it: nothing about it is certain. */
export type StoredEntry = { [Column in keyof Entry]: unknown };

type Anchor = ChainHead & { file: string };

/** Entries after a checkpoint's head are not dated before that checkpoint. `at` is epoch milliseconds. */
interface Bound {
  /** The last entry that the checkpoint has. */
  after: number;
  at: number;
  file: string;
}

/** What signed checkpoints say of the chains. */
export interface Anchors {
  byChain: Map<string, Anchor[]>;
  archived: Map<string, Archived>;
  /** For each chain, in order. */
  bounds: Map<string, Bound[]>;
  /** For chains that no checkpoint has. */
  newest: Bound | undefined;
  /** The newest checkpoint says that the service had stopped. */
  closed: boolean;
  /** How far the clocks of instances may be apart (ms). */
  skewMs: number;
  /** Not all chains are to be expected. */
  partial?: boolean;
}

/** Entries of a group may be written in another order than they were dated in. */
const REORDER_MS = 10_000;

/**
 * `anchoring` say how far the chains had got; `all`, oldest first, may also say that a chain was archived, and what was
 * not there yet.
 */
export function anchorsOf(anchoring: NamedCheckpoint[], all: NamedCheckpoint[], skewMs = 0): Anchors {
  const byChain = new Map<string, Anchor[]>();
  for (const { file, checkpoint } of anchoring) {
    for (const head of checkpoint.heads) {
      const known = byChain.get(head.chain) ?? [];
      byChain.set(head.chain, known);
      const last = known.at(-1);
      // A chain that has ended is in every later checkpoint: once is enough.
      if (last?.sequence !== head.sequence || last.hash !== head.hash || last.ended !== head.ended)
        known.push({ ...head, file });
    }
  }
  const archived = new Map(
    all.flatMap(({ checkpoint }) => checkpoint.archived.map((one) => [one.chain, one] as const)),
  );
  return {
    byChain,
    archived,
    ...boundsOf(all),
    closed: all.at(-1)?.checkpoint.closed ?? false,
    skewMs,
  };
}

/** A chain's first bound is the last checkpoint that lacks the chain; each further one the last of the same head. */
function boundsOf(all: NamedCheckpoint[]): Pick<Anchors, 'bounds' | 'newest'> {
  const bounds = new Map<string, Bound[]>();
  let before: Bound | undefined;
  for (const { file, checkpoint } of all) {
    const at = Date.parse(checkpoint.at);
    for (const { chain, sequence, at: headAt } of checkpoint.heads) {
      const known = bounds.get(chain) ?? (before === undefined ? [] : [before]);
      bounds.set(chain, known);
      // By the chain's own clock, where that is known.
      const bound = { after: sequence, at: headAt === null ? 0 : Date.parse(headAt), file };
      if (known.at(-1)?.after === sequence && sequence > 0) known[known.length - 1] = bound;
      else known.push(bound);
    }
    if (checkpoint.archived.length === 0) before = { after: 0, at: Math.max(at, before?.at ?? at), file };
  }
  return { bounds, newest: before };
}

export interface Summary {
  chains: number;
  entries: number;
  /** Entries that no checkpoint has, and the youngest of them (epoch milliseconds). */
  beyond: number;
  youngest: number;
  /** Archived chains of which a part is still there. */
  leftovers: string[];
}

export const emptySummary = (): Summary => ({ chains: 0, entries: 0, beyond: 0, youngest: 0, leftovers: [] });

/**
 * Reads all entries, ordered by chain and sequence, in one pass, and yields the first finding of each chain. Counts into
 * `summary`.
 */
export async function* findings(
  entries: AsyncIterable<StoredEntry> | Iterable<StoredEntry>,
  anchors: Anchors,
  summary: Summary = emptySummary(),
): AsyncGenerator<Finding> {
  const { byChain, archived, partial = false } = anchors;
  let walk: ReturnType<typeof createWalk> | undefined;
  const seen = new Set<string>();
  for await (const entry of entries) {
    const chain = String(entry.chain);
    if (walk?.chain !== chain) {
      yield* walk?.end() ?? [];
      seen.add(chain);
      summary.chains += 1;
      walk = createWalk(chain, anchors, summary);
    }
    summary.entries += 1;
    yield* walk.next(entry);
  }
  yield* walk?.end() ?? [];

  if (partial) return;
  for (const [chain, known] of byChain) {
    const last = known.at(-1);
    if (last === undefined || seen.has(chain) || isArchived(known, archived.get(chain))) continue;
    const reason = `the whole chain is missing; ${last.file} has it to entry ${last.sequence}`;
    yield { chain, sequence: 1, requestId: null, reason };
  }
}

const isArchived = (anchors: Anchor[], archived: Archived | undefined): boolean =>
  archived !== undefined &&
  anchors.every(
    ({ sequence, hash }) =>
      sequence < archived.sequence || (sequence === archived.sequence && hash === archived.hash),
  );

/** Follows one chain; silent after its first finding, since everything after that is in doubt. */
function createWalk(
  chain: string,
  { byChain, archived: allArchived, bounds, newest, skewMs }: Anchors,
  summary: Summary,
) {
  const anchors = byChain.get(chain) ?? [];
  const archived = allArchived.get(chain);
  const dated = bounds.get(chain) ?? (newest === undefined ? [] : [newest]);
  const covered = Math.max(0, ...(bounds.get(chain) ?? []).map(({ after }) => after));
  let head: Head = { chain, sequence: 0, hash: GENESIS };
  let passed = 0;
  let latest = 0;
  let broken = false;
  const anchorsAt = Map.groupBy(anchors, ({ sequence }) => sequence);
  const ended = anchors.find((anchor) => anchor.ended);

  const found = (sequence: number, requestId: unknown, reason: string): Finding[] => {
    broken = true;
    return [{ chain, sequence, requestId: typeof requestId === 'string' ? requestId : null, reason }];
  };

  /** What is wrong with an entry's time. Entries that a checkpoint lacks were written after it. */
  function misdated(sequence: number, at: number): string | undefined {
    if (!(at >= latest - REORDER_MS)) return 'its time is before that of the entry before it';
    latest = Math.max(latest, at);
    while ((dated[passed]?.after ?? sequence) < sequence) passed += 1;
    const bound = dated[passed - 1];
    const allowance = REORDER_MS + (bound?.after === 0 ? skewMs : 0);
    if (bound !== undefined && at < bound.at - allowance)
      return `it is dated ${new Date(at).toISOString()}, before ${bound.file}, which does not have it`;
    if (sequence > covered && archived === undefined) {
      summary.beyond += 1;
      summary.youngest = Math.max(summary.youngest, at);
    }
    return undefined;
  }

  return {
    chain,
    /** What is wrong with the next entry, and so with the chain from there on. */
    next(entry: StoredEntry): Finding[] {
      if (broken) return [];
      // Of an archived chain that was dropped in part, the entry before is in the archive only.
      const resumes = archived !== undefined && head.sequence === 0 && Number(entry.sequence) > 1;
      if (resumes && typeof entry.hash === 'string') {
        summary.leftovers.push(chain);
        head = { chain, sequence: Number(entry.sequence), hash: entry.hash };
        return [];
      }
      const sequence = head.sequence + 1;
      if (entry.sequence !== sequence)
        return found(sequence, null, `it is missing; the next one is ${String(entry.sequence)}`);
      const wrong = (reason: string) => found(sequence, entry.request_id, reason);
      if (ended !== undefined && sequence > ended.sequence)
        return wrong(`it follows the end of the chain in ${ended.file}`);
      const read = contentOf(entry, head);
      const reason = typeof read === 'string' ? read : misdated(sequence, read.at);
      if (reason !== undefined) return wrong(reason);
      head = { chain, sequence, hash: String(entry.hash) };
      const contradicted = anchorsAt.get(sequence)?.find(({ hash }) => hash !== head.hash);
      return contradicted === undefined ? [] : wrong(`it is not what ${contradicted.file} was signed for`);
    },
    /** What is missing where the chain ends. */
    end(): Finding[] {
      if (broken) return [];
      if (archived !== undefined && (head.sequence !== archived.sequence || head.hash !== archived.hash))
        return found(
          head.sequence,
          null,
          `the chain was archived to entry ${archived.sequence} and is another one here`,
        );
      const beyond = anchors.find(({ sequence }) => sequence > head.sequence);
      if (beyond === undefined) return [];
      const reason = `it is cut off; ${beyond.file} has the chain to entry ${beyond.sequence}`;
      return found(head.sequence + 1, null, reason);
    },
  };
}

/** The time of an entry (epoch milliseconds), or in words how it differs from one that follows `head`. */
function contentOf(stored: StoredEntry, head: Head): { at: number } | string {
  if (typeof stored.entry !== 'string') return 'its text is not text';
  if (hashOf(head.hash, stored.entry) !== stored.hash)
    return 'it does not fit its hash and the one before it';
  let content: Content & { at: string; chain: unknown; sequence: unknown };
  let columns: ReturnType<typeof columnsOf>;
  try {
    content = JSON.parse(stored.entry) as typeof content;
    columns = columnsOf(content, head.chain, head.sequence + 1);
  } catch {
    return 'its text is not an entry';
  }
  const read: Record<string, unknown> = { ...columns, chain: content.chain, sequence: content.sequence };
  const column = Object.keys(read).find((name) => read[name] !== (stored[name as keyof StoredEntry] ?? null));
  return column === undefined
    ? { at: Date.parse(content.at) }
    : `its column ${column} is not what its text says`;
}
