/** The tenant's own time, so that a test can move it. */
export interface TenantClock {
  /** Epoch milliseconds. */
  now(): number;
  /** Milliseconds that never go backwards. */
  monotonic(): number;
}

export const machineClock: TenantClock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};
