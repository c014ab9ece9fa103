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

/** The process's own output. */
export const TERMINAL: Output = {
  out: (line) => void process.stdout.write(`${line}\n`),
  error: (line) => void process.stderr.write(`${line}\n`),
};

/** Runs a command; resolves to its exit code. */
export type Command = (argv: string[], config: CommandConfig, output: Output) => Promise<number>;

/** Exit codes: done, and nothing is wrong; something is wrong; it could not be done. */
export const OK = 0;
export const WRONG = 1;
export const FAILED = 2;

/** A command that says in one line, which begins with `prefix`, why it could not be done. */
export const command =
  (prefix: string, work: Command): Command =>
  async (argv, config, output) => {
    try {
      return await work(argv, config, output);
    } catch (problem) {
      output.error(`${prefix}${messageOf(problem)}`);
      return FAILED;
    }
  };

/** The first line of what went wrong. */
export const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
