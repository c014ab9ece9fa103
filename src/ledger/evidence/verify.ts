import { columnsOf, type Content, type Entry, GENESIS, hashOf, type Head } from '../journal/entry.ts';
import type { Archived, EndedHead } from './checkpoint.ts';
import type { NamedCheckpoint } from './directory.ts';

/** The first thing in a chain that is not as it was written. */
export interface Finding {
  chain: string;
  sequence: number;
  requestId: string | null;
  reason: string;
}

/** An entry as a database or a file gives it: nothing about it is certain. */
export type StoredEntry = { [Column in keyof Entry]: unknown };

type Anchor = EndedHead & { file: string };

/** What signed checkpoints say of the chains. */
export interface Anchors {
  byChain: Map<string, Anchor[]>;
  archived: Map<string, Archived>;
  /** Not all chains are to be expected. */
  partial?: boolean;
}

/** `anchoring` say how far the chains had got; `all` may also say that a chain was archived. */
export function anchorsOf(anchoring: NamedCheckpoint[], all: NamedCheckpoint[]): Anchors {
  const byChain = new Map<string, Map<string, Anchor>>();
  for (const { file, checkpoint } of anchoring) {
    for (const head of checkpoint.heads) {
      const known = byChain.get(head.chain) ?? new Map<string, Anchor>();
      byChain.set(head.chain, known);
      // A chain that has ended is in every later checkpoint: once is enough.
      const key = `${head.sequence} ${head.hash} ${head.ended}`;
      if (!known.has(key)) known.set(key, { ...head, file });
    }
  }
  const archived = new Map(
    all.flatMap(({ checkpoint }) => checkpoint.archived.map((one) => [one.chain, one] as const)),
  );
  return {
    byChain: new Map([...byChain].map(([chain, anchors]) => [chain, [...anchors.values()]])),
    archived,
  };
}

export interface Summary {
  chains: number;
  entries: number;
}

/**
 * Reads all entries, ordered by chain and sequence, in one pass, and yields the first finding of each chain. Counts into
 * `summary`.
 */
export async function* findings(
  entries: AsyncIterable<StoredEntry> | Iterable<StoredEntry>,
  { byChain, archived, partial = false }: Anchors,
  summary: Summary = { chains: 0, entries: 0 },
): AsyncGenerator<Finding> {
  let walk: ChainWalk | undefined;
  const seen = new Set<string>();

  function* leave(): Generator<Finding> {
    const finding = walk?.end();
    if (finding !== undefined) yield finding;
  }

  for await (const entry of entries) {
    const chain = String(entry.chain);
    if (walk?.chain !== chain) {
      yield* leave();
      seen.add(chain);
      summary.chains += 1;
      walk = createWalk(chain, byChain.get(chain) ?? [], archived.get(chain));
    }
    summary.entries += 1;
    const finding = walk.next(entry);
    if (finding !== undefined) yield finding;
  }
  yield* leave();

  if (partial) return;
  for (const [chain, anchors] of byChain) {
    const last = anchors.at(-1);
    if (last === undefined || seen.has(chain) || isArchived(anchors, archived.get(chain))) continue;
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

interface ChainWalk {
  readonly chain: string;
  next(entry: StoredEntry): Finding | undefined;
  end(): Finding | undefined;
}

/** Follows one chain; silent after its first finding, since everything after that is in doubt. */
function createWalk(chain: string, anchors: Anchor[], archived: Archived | undefined): ChainWalk {
  let head: Head = { chain, sequence: 0, hash: GENESIS };
  let broken = false;
  const anchorAt = new Map<number, Anchor[]>();
  for (const anchor of anchors) {
    anchorAt.set(anchor.sequence, [...(anchorAt.get(anchor.sequence) ?? []), anchor]);
  }
  const ended = anchors.find((anchor) => anchor.ended);

  const found = (sequence: number, requestId: unknown, reason: string): Finding => {
    broken = true;
    return { chain, sequence, requestId: typeof requestId === 'string' ? requestId : null, reason };
  };

  return {
    chain,
    next(entry) {
      if (broken) return undefined;
      // What is left of an archived chain begins somewhere: the entry before is in the archive.
      const resumes = archived !== undefined && head.sequence === 0 && Number(entry.sequence) > 1;
      if (resumes && typeof entry.hash === 'string') {
        head = { chain, sequence: Number(entry.sequence), hash: entry.hash };
        return undefined;
      }
      const sequence = head.sequence + 1;
      if (entry.sequence !== sequence) {
        return found(sequence, null, `it is missing; the next one is ${String(entry.sequence)}`);
      }
      if (ended !== undefined && sequence > ended.sequence) {
        return found(sequence, entry.request_id, `it follows the end of the chain in ${ended.file}`);
      }
      const wrong = difference(entry, head);
      if (wrong !== undefined) return found(sequence, entry.request_id, wrong);
      head = { chain, sequence, hash: String(entry.hash) };
      const contradicted = anchorAt.get(sequence)?.find(({ hash }) => hash !== head.hash);
      return (
        contradicted &&
        found(sequence, entry.request_id, `it is not what ${contradicted.file} was signed for`)
      );
    },
    end() {
      if (broken) return undefined;
      const beyond = anchors.find(({ sequence }) => sequence > head.sequence);
      if (beyond === undefined || isArchived(anchors, archived)) return undefined;
      return found(
        head.sequence + 1,
        null,
        `it is cut off; ${beyond.file} has the chain to entry ${beyond.sequence}`,
      );
    },
  };
}

/** How an entry differs from one that follows `head`, in words, or undefined when it does not. */
function difference(stored: StoredEntry, head: Head): string | undefined {
  if (typeof stored.entry !== 'string') return 'its text is not text';
  if (hashOf(head.hash, stored.entry) !== stored.hash)
    return 'it does not fit its hash and the one before it';
  let content: Content & { chain: unknown; sequence: unknown };
  let columns: ReturnType<typeof columnsOf>;
  try {
    content = JSON.parse(stored.entry) as typeof content;
    columns = columnsOf(content, head.chain, head.sequence + 1);
  } catch {
    return 'its text is not an entry';
  }
  const read: Record<string, unknown> = { ...columns, chain: content.chain, sequence: content.sequence };
  const column = Object.keys(read).find((name) => read[name] !== stored[name as keyof StoredEntry]);
  return column && `its column ${column} is not what its text says`;
}
