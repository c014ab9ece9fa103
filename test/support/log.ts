import type { Sink } from '../../src/plugins/logging.ts';

export interface LogLine {
  level: number;
  msg: string;
  [field: string]: unknown;
}

/** A reader of the log that keeps up, and what it has read. */
export function readLog(): { sink: Sink; lines(): LogLine[]; texts(): string[] } {
  let text = '';
  const texts = () => text.split('\n').filter((line) => line !== '');
  return {
    sink: { write: (chunk) => (text += chunk), writableLength: 0 },
    lines: () => texts().map((line) => JSON.parse(line) as LogLine),
    texts,
  };
}
