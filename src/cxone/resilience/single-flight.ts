import type { Clock } from '../../services/ports.ts';
import { assertOpen, type Scope, waitWithin } from './scope.ts';

interface Flight<T> {
  result: Promise<T>;
  waiting: number;
  deadline: number;
  ended: boolean;
  abandon: AbortController;
}

/**
 * One run for all callers that want the same thing at the same time. A run lasts until the latest deadline among its callers, and
 * is aborted when the last of them has given up.
 */
export const createSingleFlight = <T>(clock: Pick<Clock, 'monotonic' | 'after'>) => {
  const flights = new Map<string, Flight<T>>();

  const start = (key: string, scope: Scope, run: (shared: Scope) => Promise<T>): Flight<T> => {
    const abandon = new AbortController();
    const shared: Scope = {
      get deadline() {
        return flight.deadline;
      },
      signal: abandon.signal,
      caller: scope.caller,
      traceparent: scope.traceparent,
    };
    const flight: Flight<T> = {
      waiting: 0,
      deadline: scope.deadline,
      ended: false,
      abandon,
      result: Promise.resolve().then(() => run(shared)),
    };
    const end = (): void => {
      flight.ended = true;
      if (flights.get(key) === flight) flights.delete(key);
    };
    flight.result.then(end, end);
    flights.set(key, flight);
    return flight;
  };

  return async (key: string, scope: Scope, run: (shared: Scope) => Promise<T>): Promise<T> => {
    assertOpen(clock, scope);
    const flight = flights.get(key) ?? start(key, scope, run);
    flight.deadline = Math.max(flight.deadline, scope.deadline);
    flight.waiting += 1;
    try {
      return await waitWithin(clock, scope, flight.result);
    } finally {
      flight.waiting -= 1;
      if (flight.waiting === 0 && !flight.ended) {
        // A later caller starts anew instead of joining a run that is being aborted.
        if (flights.get(key) === flight) flights.delete(key);
        flight.abandon.abort();
      }
    }
  };
};
