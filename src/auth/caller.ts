/** Who calls, and what it may do. */
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

/** Who calls while `AUTH_MODE` is `off`. */
export const ANONYMOUS: Caller = { id: 'anonymous', scopes: new Set(SCOPES) };
