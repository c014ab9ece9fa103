/** How far a 429 slows down, and how steeply the rate comes back: the constants of AWS's adaptive retry mode. */
const BETA = 0.7;
const CUBIC = 0.4;
const SLOWEST_PER_SECOND = 0.5;
/** A higher limit is approached and not jumped to, since it is not known yet whether the tenant bears it. */
const FIRST_PER_SECOND = 100;
const DOUBLING_MS = 250;
const SAMPLE_MS = 500;
/** How slowly the best of the last samples is forgotten: a sample may be poor because there was little to send. */
const DECAY = 0.9;
/** Fewer requests than these tell nothing. */
const SMALLEST_SAMPLE = 10;
/** Before there is a whole sample: requests within less time than this are a burst, not a rate. */
const SHORTEST_SAMPLE_MS = 125;
/** A request sent before a reduction has arrived after this time, even when its answer is still missing. */
const LONGEST_SETTLING_MS = 1000;

/** When a request was sent, counted in reductions, by which its answer is judged. */
export interface Ticket {
  /** How many reductions there had been. */
  readonly epoch: number;
  /** All that was sent before the last of them had been answered. */
  readonly settled: boolean;
}

export interface AdaptiveRate {
  /** Requests a second that may be sent now, or later if nothing happens until then. */
  perSecond(now: number): number;
  /** The tenant has throttled us, and the rate is not yet back at its limit. */
  isReduced(now: number): boolean;
  sent(now: number): Ticket;
  /** `lost` is neither: no answer came. */
  ended(ticket: Ticket, how: 'accepted' | 'throttled' | 'lost', now: number): void;
}

/**
 * The rate that a tenant bears, found by asking: quickly up to the limit until the first 429, then down to a share of what the tenant
 * really took, and back along CUBIC's curve, flat near the rate that failed and steeper beyond it (RFC 9438; the shape of
 * AWS's adaptive retry mode). As in TCP, what was sent before a reduction, or arrives among it, is no reason for another.
 * All times are in milliseconds of a monotonic clock.
 */
export const createAdaptiveRate = (limitPerSecond: number): AdaptiveRate => {
  let startedAt: number | undefined;
  /** The last time that it was slowed down: from which rate, and how long until it is there again. */
  let reduced: { at: number; from: number; recoveryS: number } | undefined;
  let epoch = 0;
  let inFlight = 0;
  let inFlightBefore = 0;
  let measured: number | undefined;
  let sample = { since: -Infinity, count: 0 };

  const perSecond = (now: number): number => {
    if (!reduced)
      return Math.min(limitPerSecond, FIRST_PER_SECOND * 2 ** ((now - (startedAt ?? now)) / DOUBLING_MS));
    const seconds = (now - reduced.at) / 1000 - reduced.recoveryS;
    return Math.min(limitPerSecond, Math.max(SLOWEST_PER_SECOND, CUBIC * seconds ** 3 + reduced.from));
  };

  const accepted = (now: number): void => {
    if (now - sample.since >= SAMPLE_MS) {
      // After a pause, or with next to nothing to do, there is nothing to go on.
      const telling = sample.count >= SMALLEST_SAMPLE && now - sample.since < 2 * SAMPLE_MS;
      const rate = (sample.count * 1000) / (now - sample.since);
      measured = telling ? Math.max(rate, DECAY * (measured ?? 0)) : undefined;
      sample = { since: now, count: 0 };
    }
    sample.count += 1;
  };

  /** Requests a second that the tenant took at best of late; Infinity when that is not known. */
  const taken = (now: number): number => {
    if (measured !== undefined) return measured;
    const since = Math.max(SHORTEST_SAMPLE_MS, now - sample.since);
    return sample.count < SMALLEST_SAMPLE ? Infinity : (sample.count * 1000) / since;
  };

  const reduce = (now: number): void => {
    const from = Math.max(SLOWEST_PER_SECOND, Math.min(perSecond(now), taken(now)));
    reduced = { at: now, from, recoveryS: Math.cbrt((from * (1 - BETA)) / CUBIC) };
    epoch += 1;
    inFlightBefore = inFlight;
  };

  return {
    perSecond,
    isReduced: (now) => reduced !== undefined && perSecond(now) < limitPerSecond,
    sent(now) {
      startedAt ??= now;
      inFlight += 1;
      return { epoch, settled: inFlightBefore === 0 || !reduced || now - reduced.at >= LONGEST_SETTLING_MS };
    },
    ended(ticket, how, now) {
      inFlight -= 1;
      if (ticket.epoch < epoch && inFlightBefore > 0) inFlightBefore -= 1;
      if (how === 'accepted') accepted(now);
      if (how === 'throttled' && ticket.settled && ticket.epoch === epoch) reduce(now);
    },
  };
};
