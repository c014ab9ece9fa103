import type { BeginArguments, CompleteArguments } from '../store.ts';

/** Which intents are in nobody's hand. */
export interface Free {
  /** Of this process, those it works on. */
  held: string[];
  /** A process that was not heard of for so long is gone; null while silence says nothing. */
  leaseSeconds: number | null;
}

/** What the writing connection is asked to do. */
export type WriteOperation =
  | { name: 'begin'; argument: BeginArguments }
  | { name: 'dispatch'; argument: { requestId: string; now: number } }
  | { name: 'complete'; argument: CompleteArguments }
  | { name: 'take'; argument: Free & { limit: number } }
  | { name: 'countFree'; argument: Free }
  | { name: 'beat' };

export type Begin = Extract<WriteOperation, { name: 'begin' }>;
export type Dispatch = Extract<WriteOperation, { name: 'dispatch' }>;
export type Complete = Extract<WriteOperation, { name: 'complete' }>;

export const requestIdOf = (operation: WriteOperation): string | undefined => {
  switch (operation.name) {
    case 'begin':
      return operation.argument.intent.request_id;
    case 'dispatch':
    case 'complete':
      return operation.argument.requestId;
    default:
      return undefined;
  }
};
