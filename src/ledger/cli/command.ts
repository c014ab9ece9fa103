/** The part of the configuration that the commands need. */
export interface CommandConfig {
  databaseUrl: string;
  checkpointKeyFile?: string | undefined;
  checkpointDir?: string | undefined;
  /** Null where there are none. */
  calendarsDir?: string | null;
}

/** Where a command writes, a line at a time. */
export interface Output {
  out: (line: string) => void;
  error: (line: string) => void;
}

/** Runs a command; resolves to its exit code. */
export type Command = (argv: string[], config: CommandConfig, output: Output) => Promise<number>;

/** The first line of what went wrong. */
export const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
