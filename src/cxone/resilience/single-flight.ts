import type { Scope } from './scope.ts';
import { abortable } from './scope.ts';

interface Flight<T> {
  result: Promise<T>;
  waiting: number;
  deadline: number;
  abandon: AbortController;
}

/**
 * One run for all who want the same thing at the same time. A run lasts as long as its most patient caller, and is
 * aborted when the last of them has left.
 */
export const createSingleFlight = <T>() => {
  const flights = new Map<string, Flight<T>>();

  const start = (key: string, deadline: number, run: (scope: Scope) => Promise<T>): Flight<T> => {
    const abandon = new AbortController();
    const flight: Flight<T> = {
      waiting: 0,
      deadline,
      abandon,
      result: Promise.resolve().then(() => run(scope)),
    };
    const scope: Scope = {
      get deadline() {
        return flight.deadline;
      },
      signal: abandon.signal,
      committed: abandon.signal,
    };
    const land = (): void => {
      if (flights.get(key) === flight) flights.delete(key);
    };
    flight.result.then(land, land);
    flights.set(key, flight);
    return flight;
  };

  return async (key: string, scope: Scope, run: (shared: Scope) => Promise<T>): Promise<T> => {
    scope.signal.throwIfAborted();
    const flight = flights.get(key) ?? start(key, scope.deadline, run);
    flight.deadline = Math.max(flight.deadline, scope.deadline);
    flight.waiting += 1;
    try {
      return await abortable(flight.result, scope.signal);
    } finally {
      flight.waiting -= 1;
      if (flight.waiting === 0 && scope.signal.aborted) {
        // Whoever comes next starts anew instead of joining a run that is being aborted.
        if (flights.get(key) === flight) flights.delete(key);
        flight.abandon.abort(scope.signal.reason);
      }
    }
  };
};
