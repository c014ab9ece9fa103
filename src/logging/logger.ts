import { pino, type Logger } from 'pino';
import { systemClock } from '../services/clock.ts';
import { causeOf } from './cause.ts';
import { createDestination, type Destination, type Sink } from './destination.ts';
import { createFold } from './fold.ts';

export interface ServiceLogger {
  log: Logger;
  destination: Destination;
}

/**
 * JSON lines that never hold up the service. An error is told by its message and those of its causes: no stack and no
 * object of a driver. Lines about the same failure are folded.
 */
export function createLogger(
  level: string,
  { sink = process.stdout, onDrop }: { sink?: Sink; onDrop: () => void },
): ServiceLogger {
  const destination = createDestination(sink, {
    onDrop,
    onRoom(lines) {
      log.warn(
        { event: 'log_dropped', lines },
        'lines were not written as the reader of the log did not keep up',
      );
    },
  });
  const fold = createFold(systemClock);
  const log: Logger = pino(
    {
      level,
      serializers: { err: (error: unknown) => causeOf(error) },
      hooks: {
        logMethod(args, method) {
          const [fields, message] = args as unknown as [{ err?: unknown } | string, string | undefined];
          if (typeof fields === 'string' || fields.err === undefined) {
            method.apply(this, args);
            return;
          }
          const key = `${message}|${causeOf(fields.err)}`;
          fold(
            key,
            (folded, text) => {
              method.apply(this, [folded, text] as typeof args);
            },
            { ...fields },
            message ?? '',
          );
        },
      },
    },
    destination,
  );
  return { log, destination };
}
