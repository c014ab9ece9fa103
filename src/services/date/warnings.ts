import type { Warning } from '../../schemas/preview.ts';
import type { Computed } from './compute.ts';
import { TZDB_OLD_DAYS, tzdbAgeDays, tzdbVersion } from './input/tzdb.ts';

/** Names that many take for a place with summer time, and what has it. */
const FIXED: Record<string, string> = {
  EST: 'America/New_York',
  MST: 'America/Denver',
  HST: 'Pacific/Honolulu, which has none either',
};

/** What a request says that is legal but a trap. */
export function warningsOf({ input, operation, sourceZone, steps }: Computed): Warning[] {
  const zones = new Set([input.zone, ...(sourceZone === null ? [] : [sourceZone])]);
  const warnings = [...zones].flatMap(zoneWarnings);
  const { now } = input.context;
  const age = now === undefined ? 0 : tzdbAgeDays(tzdbVersion, now);
  if (age > TZDB_OLD_DAYS) {
    warnings.push({
      code: 'OLD_TZDB',
      detail: `The tz database ${tzdbVersion} is ${age} days old: changes of clocks that were announced since are not in it. docs/tzdb.md tells how to renew it.`,
    });
  }
  const ofSteps = steps.flatMap((step) => step.warnings());
  return [...warnings, ...(operation.warnings?.(input) ?? []), ...ofSteps];
}

function zoneWarnings(zone: string): Warning[] {
  const place = FIXED[zone];
  if (place !== undefined) {
    return [
      {
        code: 'FIXED_ZONE',
        detail: `${zone} is a fixed offset without summer time. For a place, name it: ${place}.`,
      },
    ];
  }
  if (/^Etc\/GMT[+-](?!0$)/.test(zone)) {
    const direction = zone.includes('+') ? 'behind' : 'ahead of';
    return [
      {
        code: 'REVERSED_ZONE',
        detail: `${zone} has its sign the other way round (POSIX): it is ${zone.slice(8)} hours ${direction} UTC. Write an offset such as ${zone.includes('+') ? '-' : '+'}${zone.slice(8).padStart(2, '0')}:00 to be plain.`,
      },
    ];
  }
  return [];
}
