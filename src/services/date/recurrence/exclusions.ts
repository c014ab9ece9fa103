import { NS_PER_SECOND } from '../engine/gregorian.ts';
import { firstMomentOf } from '../engine/local-time.ts';
import type { ZoneClock } from '../engine/zone-clock.ts';

/** What EXDATE takes out. Moments are epoch seconds, days epoch days of the rule's zone. */
export interface Excluded {
  excludedMoments: ReadonlySet<number>;
  excludedDays: ReadonlySet<number>;
}

/** The moment itself when it may occur; else the next at which an occurrence need be looked for. */
export type Exclusions = (epoch: number) => number;

/** A day that is excluded whole is passed over at once, however often the rule occurs in it. */
export function exclusionsOf(
  { excludedMoments, excludedDays }: Excluded,
  zone: string,
  clock: ZoneClock,
): Exclusions {
  if (excludedDays.size === 0) {
    return excludedMoments.size === 0
      ? (epoch) => epoch
      : (epoch) => (excludedMoments.has(epoch) ? epoch + 1 : epoch);
  }
  return (epoch) => {
    let day = Math.floor((epoch + clock.offset(epoch)) / 86_400);
    if (!excludedDays.has(day)) return excludedMoments.has(epoch) ? epoch + 1 : epoch;
    while (excludedDays.has(day + 1)) day++;
    // Clocks that go back over midnight show the day again after the next one has begun.
    return Math.max(epoch + 1, Number(firstMomentOf(day + 1, zone) / NS_PER_SECOND));
  };
}
