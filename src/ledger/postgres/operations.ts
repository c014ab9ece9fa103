import type { BeginArguments, CompleteArguments, DispatchArguments } from '../store.ts';

/** The operations of the writing connection. */
export type WriteOperation =
  | { name: 'begin'; argument: BeginArguments }
  | { name: 'dispatch'; argument: DispatchArguments }
  | { name: 'complete'; argument: CompleteArguments };

export const requestIdOf = ({ name, argument }: WriteOperation): string =>
  name === 'begin' ? argument.intent.request_id : argument.requestId;

export type Begin = Extract<WriteOperation, { name: 'begin' }>;

/** The requests that a group begins. */
export const begunIn = (operations: readonly WriteOperation[]): Set<string> =>
  new Set(operations.filter(({ name }) => name === 'begin').map(requestIdOf));

/** Rows to insert, as one array for each column. */
export const columns = (rows: readonly object[], ...names: string[]): unknown[] =>
  names.map((name) => rows.map((row) => (row as Record<string, unknown>)[name]));

/** Parts a group so that no two of one id are together, in their order. */
export function rounds<T>(group: readonly T[], idOf: (one: T) => string): T[][] {
  const parted: T[][] = [];
  const used = new Map<string, number>();
  for (const one of group) {
    const id = idOf(one);
    const round = (used.get(id) ?? -1) + 1;
    used.set(id, round);
    (parted[round] ??= []).push(one);
  }
  return parted;
}
