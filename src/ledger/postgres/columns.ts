/** Rows to insert, as one array for each column: however many, it is one statement. */
export const columns = (rows: readonly object[], ...names: string[]): unknown[] =>
  names.map((name) => rows.map((row) => (row as Record<string, unknown>)[name]));
