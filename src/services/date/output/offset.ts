import { NS_PER_SECOND } from '../engine/gregorian.ts';
import { pad2 } from '../input/text.ts';

/** An offset as `±HH:MM`, with seconds where it has them. */
export function fullOffset(offset: bigint): string {
  const seconds = Math.abs(Number(offset / NS_PER_SECOND));
  const text = `${offset < 0n ? '-' : '+'}${pad2(Math.floor(seconds / 3600))}:${pad2(Math.floor(seconds / 60) % 60)}`;
  return seconds % 60 === 0 ? text : `${text}:${pad2(seconds % 60)}`;
}
