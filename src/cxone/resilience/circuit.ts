import {
  circuitBreaker,
  CircuitState,
  CountBreaker,
  DelegateBackoff,
  handleWhen,
  type IHalfOpenAfterBackoffContext,
} from 'cockatiel';
import { Problem } from '../../errors.ts';
import type { Clock } from '../../services/ports.ts';
import { Failure, isIllness } from '../http/failure.ts';

/** More than half of the last 20 requests failed, of at least 10. */
const BREAKER = { threshold: 0.5, size: 20, minimumNumberOfCalls: 10 };
const FIRST_BREAK_MS = 1000;
const LONGEST_BREAK_MS = 10_000;

const STATES = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half_open',
  [CircuitState.Isolated]: 'open',
} as const;

export type CircuitStateName = (typeof STATES)[CircuitState];

/** A probe that ended without an answer. It proves nothing, and cockatiel would take it for a recovery. */
class Inconclusive extends Error {}

const isAnswer = (error: unknown): boolean => error instanceof Failure && error.kind === 'status';

/**
 * Leaves a failing tenant alone for a while, then lets one request through to see. Where cockatiel would let the others
 * wait for that probe, they fail at once here: a probe that hangs must not hang them all.
 */
export const createCircuit = (
  what: string,
  {
    clock,
    onChange,
  }: { clock: Pick<Clock, 'now'>; onChange: (state: CircuitStateName, problem: Problem) => void },
) => {
  let openUntil = 0;
  const breaker = circuitBreaker(
    handleWhen((error) => error instanceof Inconclusive || (error instanceof Failure && isIllness(error))),
    {
      breaker: new CountBreaker(BREAKER),
      halfOpenAfter: new DelegateBackoff<IHalfOpenAfterBackoffContext>(({ attempt }) => {
        const breakMs = Math.min(LONGEST_BREAK_MS, FIRST_BREAK_MS * 2 ** (attempt - 1));
        openUntil = clock.now() + breakMs;
        return breakMs;
      }),
    },
  );

  const problem = (): Problem =>
    new Problem(
      'CIRCUIT_OPEN',
      `${what} has been failing and is left alone for a moment. Try again after the time in Retry-After.`,
      { retryAfterSeconds: Math.max(1, Math.ceil((openUntil - clock.now()) / 1000)) },
    );

  breaker.onStateChange((state) => onChange(STATES[state], problem()));

  const assertPassable = (): void => {
    const resting = breaker.state === CircuitState.Open && clock.now() < openUntil;
    if (resting || breaker.state === CircuitState.HalfOpen) throw problem();
  };

  const probe = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await breaker.execute(async () => {
        try {
          return await work();
        } catch (error) {
          throw isAnswer(error) ? error : new Inconclusive('', { cause: error });
        }
      });
    } catch (error) {
      throw error instanceof Inconclusive ? error.cause : error;
    }
  };

  return {
    /**
     * Runs `work`, or throws `CIRCUIT_OPEN` at once. `work` calls what it is given before it sends anything, if it has had
     * to wait until then: meanwhile the circuit may have opened.
     */
    async execute<T>(work: (assertStillPassable: () => void) => Promise<T>): Promise<T> {
      assertPassable();
      // From here to the start of the probe nothing is awaited, so that there is one of them only.
      if (breaker.state === CircuitState.Open) return probe(() => work(() => undefined));
      return breaker.execute(() => work(assertPassable));
    },
    state: () => STATES[breaker.state],
  };
};
