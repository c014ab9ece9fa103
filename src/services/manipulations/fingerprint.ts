import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Manipulation } from '../date/index.ts';

/** What an idempotency key stands for: SHA-256 (hex) over the canonical JSON (RFC 8785) of the validated body. */
export const fingerprintOf = (request: Manipulation): string =>
  hash('sha256', canonicalize(request) ?? '', 'hex');
