import { randomUUID } from 'node:crypto';

/**
 * A UUID of version 7 (RFC 9562): it begins with the time, so that ids made one after the other lie side by side in the
 * indexes of the ledger. With random ones, each commit writes a page of its own for each record: twice the bytes.
 */
export function newRecordId(now: number = Date.now()): string {
  const time = now.toString(16).padStart(12, '0');
  // The rest of a random one, its version replaced.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
