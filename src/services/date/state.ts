import type { State } from '../../schemas/state.ts';
import type { Budget } from './budget.ts';
import type { Schedule } from './business/schedule.ts';
import { stateAt } from './business/state.ts';
import { NS_PER_SECOND } from './engine/gregorian.ts';
import { writerOf } from './format.ts';

const rfc3339 = writerOf({ output_format: 'rfc3339', output_locale: 'en-US', precision_limit: 0 });

/** A whole second as RFC 3339 on a zone's clock. */
export const formatMoment = (epochNs: bigint, zone: string): string => String(rfc3339.write(epochNs, zone));

/** Whether it is open at a moment, told on a zone's clock. @throws Problem `NO_OCCURRENCE` */
export function stateOf(schedule: Schedule, epochNs: bigint, zone: string, budget: Budget): State {
  const { open, reason, changesAt } = stateAt(schedule, epochNs, { disambiguation: 'compatible', budget });
  if (changesAt === null) return { open, reason, changes_at: null, seconds_until_change: null };
  const changeNs = BigInt(changesAt) * NS_PER_SECOND;
  return {
    open,
    reason,
    changes_at: formatMoment(changeNs, zone),
    seconds_until_change: Number((changeNs - epochNs) / 1_000_000n) / 1000,
  };
}
