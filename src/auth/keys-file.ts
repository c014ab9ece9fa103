import { readFileSync } from 'node:fs';
import { type ApiKey, parseApiKeys } from './api-keys.ts';

export interface KeysFileOptions {
  /** Milliseconds that only grow. */
  monotonic: () => number;
  warn: (message: string) => void;
  info: (message: string) => void;
}

/** How old what was read may be: a withdrawn key ends within a second. */
const FRESH_MS = 500;

/**
 * The keys of `API_KEYS_FILE`, read again when the file has changed. While it cannot be read or has a wrong line, the
 * last good keys stay in use, and one log line says why.
 * @throws Error when the file cannot be used at the start
 */
export function openKeysFile(path: string, { monotonic, warn, info }: KeysFileOptions): () => ApiKey[] {
  let text = readFileSync(path, 'utf8');
  let keys = parseApiKeys(text);
  let readAt = monotonic();
  let lastFault = '';

  return () => {
    if (monotonic() - readAt < FRESH_MS) return keys;
    readAt = monotonic();
    try {
      const now = readFileSync(path, 'utf8');
      if (now !== text || lastFault !== '') {
        keys = parseApiKeys(now);
        text = now;
        lastFault = '';
        info(`API_KEYS_FILE was read again: ${keys.length} keys.`);
      }
    } catch (error) {
      const { message } = error as Error;
      if (message !== lastFault) warn(`${message} The keys read before stay in use.`);
      lastFault = message;
    }
    return keys;
  };
}
