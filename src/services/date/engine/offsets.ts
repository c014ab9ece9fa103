import { Problem } from '../../../errors.ts';
import { Temporal } from '../../temporal.ts';
import { floorDiv, NS_PER_DAY, NS_PER_SECOND } from './gregorian.ts';

/** Temporal.Instant's limit. */
const LIMIT_NS = 100_000_000n * NS_PER_DAY;

/**
 * No zone of the tz database ever changed its offset twice within six days (a test goes through them all), so a block of
 * six days that has the same offset at both ends has it throughout. Looking that up is many times quicker than asking
 * Temporal, and most requests are about the same few months.
 */
const BLOCK_SECONDS = 6 * 86_400;
const BLOCKS_KEPT = 64;

/** Of a block: its offset; `varies`; or `seen`, once asked about, as a second question makes the look at its ends worthwhile. */
type Block = bigint | 'varies' | 'seen';

const blocksOfZone = new Map<string, Map<number, Block>>();

function blocksOf(zone: string): Map<number, Block> {
  let blocks = blocksOfZone.get(zone);
  if (blocks === undefined) {
    blocks = new Map();
    blocksOfZone.set(zone, blocks);
  } else if (blocks.size >= BLOCKS_KEPT) {
    blocks.clear();
  }
  return blocks;
}

/** The offset from UTC at that moment of a zone (an id that `resolveZone` gave), in nanoseconds. Throws `OUT_OF_RANGE`. */
export function offsetAt(zone: string, epochNs: bigint): bigint {
  checkRange(epochNs);
  const block = Math.floor(Number(floorDiv(epochNs, NS_PER_SECOND)) / BLOCK_SECONDS);
  const blocks = blocksOf(zone);
  let known = blocks.get(block);
  if (known === undefined) {
    blocks.set(block, 'seen');
  } else if (known === 'seen') {
    known = offsetOfBlock(zone, block);
    blocks.set(block, known);
  }
  return typeof known === 'bigint' ? known : ask(zone, epochNs);
}

function offsetOfBlock(zone: string, block: number): Block {
  const start = BigInt(block * BLOCK_SECONDS) * NS_PER_SECOND;
  const end = start + BigInt(BLOCK_SECONDS) * NS_PER_SECOND;
  if (start < -LIMIT_NS || end > LIMIT_NS) return 'varies';
  const offset = ask(zone, start);
  return offset === ask(zone, end) ? offset : 'varies';
}

const ask = (zone: string, epochNs: bigint): bigint =>
  BigInt(new Temporal.ZonedDateTime(epochNs, zone).offsetNanoseconds);

/** Throws `OUT_OF_RANGE` for what no Temporal.Instant can hold. */
export function checkRange(epochNs: bigint): void {
  if (epochNs > LIMIT_NS || epochNs < -LIMIT_NS) throw outOfRange();
}

export const outOfRange = (): Problem =>
  new Problem(
    'OUT_OF_RANGE',
    'The result is outside the years 0000 to 9999: use a source or an amount nearer to today.',
  );
