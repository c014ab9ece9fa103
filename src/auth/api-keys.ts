import { createHash, timingSafeEqual } from 'node:crypto';
import type { Caller } from './caller.ts';
import { SCOPES } from './caller.ts';

export interface ApiKey extends Caller {
  hash: Buffer;
}

/** SHA-256 suffices: a key has 256 random bits, so that there is nothing to guess. */
export const hashApiKey = (key: string): Buffer => createHash('sha256').update(key).digest();

/** All keys are compared, each in constant time, so that nothing can be learned from how long it takes. */
export function findApiKey(keys: readonly ApiKey[], presented: string): ApiKey | undefined {
  const hash = hashApiKey(presented);
  let found: ApiKey | undefined;
  for (const key of keys) if (timingSafeEqual(key.hash, hash)) found = key;
  return found;
}

/**
 * One key a line: `ID SCOPE[,SCOPE...] sha256:HEX`. Empty lines and lines that start with `#` are passed over.
 * @returns keys whose caller id is `key:ID`, so that no token's subject can be the same
 * @throws Error that names the first line which is wrong
 */
export function parseApiKeys(text: string): ApiKey[] {
  return text.split('\n').flatMap((line, index) => {
    if (/^\s*(#|$)/.test(line)) return [];
    const match = /^\s*([\w.@-]{1,128})\s+(\S+)\s+sha256:([0-9a-f]{64})\s*$/.exec(line);
    if (!match) throw new Error(`API_KEYS_FILE line ${index + 1} is not "ID SCOPES sha256:HEX".`);
    const [, id = '', scopes = '', hash = ''] = match;
    const unknown = scopes.split(',').find((scope) => !SCOPES.includes(scope));
    if (unknown !== undefined) {
      throw new Error(
        `API_KEYS_FILE line ${index + 1} has the scope "${unknown}", which is none of ${SCOPES.join(', ')}.`,
      );
    }
    return [{ id: `key:${id}`, scopes: new Set(scopes.split(',')), hash: Buffer.from(hash, 'hex') }];
  });
}
