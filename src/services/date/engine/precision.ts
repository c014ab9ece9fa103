import type { RoundingMode } from '../../../schemas/manipulation.ts';
import { floorDiv } from './gregorian.ts';

/** Nanoseconds in one unit of the last decimal place of a second that is kept. */
export const unitOf = (digits: number): bigint => UNITS[digits] ?? 1n;

const UNITS = [1_000_000_000n, 100_000_000n, 10_000_000n, 1_000_000n];

/**
 * Rounds to a multiple of `unit` on the time line: towards zero and towards the past are the same there, before 1970 too,
 * as in Temporal's own rounding of instants.
 */
export function roundNs(value: bigint, unit: bigint, mode: RoundingMode): bigint {
  const below = floorDiv(value, unit) * unit;
  const twice = (value - below) * 2n;
  if (twice === 0n) return below;
  return roundsUp(mode, twice, unit, below) ? below + unit : below;
}

function roundsUp(mode: RoundingMode, twice: bigint, unit: bigint, below: bigint): boolean {
  switch (mode) {
    case 'floor':
    case 'trunc':
      return false;
    case 'ceil':
    case 'expand':
      return true;
    case 'halfFloor':
    case 'halfTrunc':
      return twice > unit;
    case 'halfCeil':
    case 'halfExpand':
      return twice >= unit;
    case 'halfEven':
      return twice > unit || (twice === unit && (below / unit) % 2n !== 0n);
  }
}

const MIRRORED: Partial<Record<RoundingMode, RoundingMode>> = {
  floor: 'ceil',
  ceil: 'floor',
  halfFloor: 'halfCeil',
  halfCeil: 'halfFloor',
};

/** Rounds an amount rather than a place on the time line: `trunc` is towards zero, `expand` away from it. */
export const roundSigned = (value: bigint, unit: bigint, mode: RoundingMode): bigint =>
  value < 0n ? -roundNs(-value, unit, MIRRORED[mode] ?? mode) : roundNs(value, unit, mode);
