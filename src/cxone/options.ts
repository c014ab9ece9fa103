/** How to reach a tenant of CXone and how hard it may be driven. Names follow the environment variables (`CXONE_…`). */
export interface CxoneOptions {
  /** Without a trailing slash; `discoveryUrl` replaces it by the tenant's own `api_endpoint`. */
  baseUrl: string;
  tokenUrl: string;
  /** OpenID Connect discovery, the issuer or the whole `/.well-known/openid-configuration` URL. */
  discoveryUrl?: string | undefined;
  grant: 'client_credentials' | 'password';
  clientId: string;
  clientSecret: string;
  /** The `username` and `password` of the grant `password`. */
  accessKeyId?: string | undefined;
  accessKeySecret?: string | undefined;
  clientAuth: 'body' | 'basic';
  scope: string;
  /** For one manipulation, everything included. The caller's `Budget` says when it ends. */
  deadlineMs: number;
  attemptTimeoutMs: number;
  maxAttempts: number;
  ratePerSecond: number;
  maxConcurrent: number;
}

/** Bounds that no deployment needs to change. */
export const LIMITS = {
  /** A page of 25 actions is some 100 kB; a body beyond this is not one that we asked for. */
  responseBytes: 4 * 1024 * 1024,
  /** A lookup never asks for more pages than this, and looks at no more actions. */
  pages: 400,
  pageSize: 25,
  listed: 10_000,
  linkCharacters: 4096,
  /** Operations that wait for a slot, per slot; one more is `OVERLOADED`. */
  queuedPerSlot: 8,
  lookupEntries: 1000,
  lookupTtlMs: 5 * 60_000,
  /** A larger action is read before each write instead of being kept. */
  representationCharacters: 64 * 1024,
  representationEntries: 500,
  representationTtlMs: 60_000,
  discoveryTtlMs: 60 * 60_000,
  /** What reached us from CXone is told to the caller up to this many characters. */
  messageCharacters: 300,
} as const;
