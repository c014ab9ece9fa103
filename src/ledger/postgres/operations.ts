import type { BeginArguments, CompleteArguments, DispatchArguments } from '../store.ts';

/** The operations of the writing connection. */
export type WriteOperation =
  | { name: 'begin'; argument: BeginArguments }
  | { name: 'dispatch'; argument: DispatchArguments }
  | { name: 'complete'; argument: CompleteArguments };

export const requestIdOf = ({ name, argument }: WriteOperation): string =>
  name === 'begin' ? argument.intent.request_id : argument.requestId;

export type Begin = Extract<WriteOperation, { name: 'begin' }>;

/** Rows to insert, as one array for each column. */
export const columns = (rows: readonly object[], ...names: string[]): unknown[] =>
  names.map((name) => rows.map((row) => (row as Record<string, unknown>)[name]));
