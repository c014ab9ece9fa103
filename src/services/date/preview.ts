import type { NextTransition } from '../../schemas/next-transition.ts';
import { Temporal } from '../temporal.ts';
import { type Computation, computeWhole } from './compute.ts';
import type { Context } from './operation.ts';
import type { Manipulation, Preview } from './request-schema.ts';

/** A manipulation, and when the target zone's offset changes next. Pure. Throws only `Problem`. */
export function preview(
  manipulation: Manipulation | Preview,
  context: Context = {},
): Computation & { next_transition: NextTransition } {
  const { computation, zone, epochNs } = computeWhole(manipulation, context);
  return { ...computation, next_transition: nextTransition(zone, epochNs) };
}

function nextTransition(zone: string, epochNs: bigint): NextTransition {
  const before = new Temporal.ZonedDateTime(epochNs, zone);
  const after = before.getTimeZoneTransition('next');
  if (after === null || after.year > 9999) return null;
  return {
    instant: after.toInstant().toString(),
    offset_before: before.offset,
    offset_after: after.offset,
  };
}
