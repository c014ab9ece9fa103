import { Problem } from '../../errors.ts';
import type { Clock } from '../../services/ports.ts';

/** More than half of the last 20 requests failed, of at least 10. */
const WINDOW = 20;
const SMALLEST_SAMPLE = 10;
const THRESHOLD = 0.5;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 10_000;

export type CircuitState = 'closed' | 'open' | 'half_open';

/** What a request has shown: the party answered, it is failing, or nothing (the request was cut short or never sent). */
export type Shown = 'healthy' | 'failing' | 'nothing';

/** A request's leave to be sent; it is given back by `Circuit.ended`. */
export interface Pass {
  readonly probe: boolean;
  /** How often the circuit had changed its state: an answer to a request sent before says nothing about the state after. */
  readonly epoch: number;
}

export interface Circuit {
  state(): CircuitState;
  /** @throws Problem `CIRCUIT_OPEN` at once, with the time until the next probe */
  enter(): Pass;
  /** The same for a request that has had to wait since it entered. */
  assertStillPassable(pass: Pass): void;
  ended(pass: Pass, shown: Shown): void;
}

/**
 * Leaves a failing party alone for a while, then lets one request through to see. The others are refused while that probe
 * runs: a probe that hangs must not hang them all. Goes by the monotonic clock alone.
 */
export function createCircuit(
  what: string,
  {
    clock,
    onChange,
  }: { clock: Pick<Clock, 'monotonic'>; onChange: (state: CircuitState, problem: Problem) => void },
): Circuit {
  let state: CircuitState = 'closed';
  let epoch = 0;
  let sample: boolean[] = [];
  let failures = 0;
  let openUntil = 0;
  /** Probes in a row that have failed. */
  let failedProbes = 0;

  const problem = (): Problem =>
    new Problem(
      'CIRCUIT_OPEN',
      `${what} has been failing and is left alone for a moment. Try again after the time in Retry-After.`,
      { retryAfterSeconds: Math.max(1, Math.ceil((openUntil - clock.monotonic()) / 1000)) },
    );

  const change = (next: CircuitState): void => {
    state = next;
    epoch += 1;
    onChange(state, problem());
  };

  const open = (): void => {
    openUntil = clock.monotonic() + Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failedProbes);
    change('open');
  };

  const probed = (shown: Shown): void => {
    if (shown !== 'healthy') {
      // One that shows nothing is no reason for a longer pause.
      if (shown === 'failing') failedProbes += 1;
      open();
      return;
    }
    failedProbes = 0;
    sample = [];
    failures = 0;
    change('closed');
  };

  const counted = (shown: Shown): void => {
    if (shown === 'nothing') return;
    sample.push(shown === 'failing');
    if (shown === 'failing') failures += 1;
    if (sample.length > WINDOW && sample.shift()) failures -= 1;
    if (sample.length >= SMALLEST_SAMPLE && failures > THRESHOLD * sample.length) open();
  };

  return {
    state: () => state,
    enter() {
      if (state === 'closed') return { probe: false, epoch };
      if (state === 'half_open' || clock.monotonic() < openUntil) throw problem();
      change('half_open');
      return { probe: true, epoch };
    },
    assertStillPassable(pass) {
      if (pass.epoch !== epoch && state !== 'closed') throw problem();
    },
    ended(pass, shown) {
      if (pass.epoch !== epoch) return;
      if (pass.probe) probed(shown);
      else counted(shown);
    },
  };
}
