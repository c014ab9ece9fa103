/** A caller, and what it may do. */
export interface Caller {
  /** `key:ID`, `jwt:ISSUER#SUBJECT` or `anonymous`: what records, idempotency keys and limits belong to. */
  id: string;
  scopes: ReadonlySet<string>;
}

export const SCOPES: readonly string[] = [
  'manipulations:write',
  'manipulations:preview',
  'audit:read',
  'audit:read:all',
];

/** The caller of every request while `AUTH_MODE` is `off`. */
export const ANONYMOUS: Caller = { id: 'anonymous', scopes: new Set(SCOPES) };
