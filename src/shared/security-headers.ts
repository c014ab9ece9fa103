/**
 * For every answer, also those that are made before a route is known. A page that needs more than nothing says so in a
 * policy of its own. `Strict-Transport-Security` belongs to whatever terminates TLS in front of this service.
 */
export const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;
