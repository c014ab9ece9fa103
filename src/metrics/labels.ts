/** The sets that labels take their values from: bounded, known at the start. */
export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'];
export const OUTCOMES = ['success', 'failed', 'unknown'];
export const ENDPOINTS = ['token', 'discovery', 'list', 'read', 'write'];
export const REQUEST_OUTCOMES = [
  'ok',
  'client_error',
  'rate_limited',
  'server_error',
  'timeout',
  'reset',
  'unsent',
  'invalid',
  'abandoned',
];
export const RETRY_REASONS = [
  'rate_limited',
  'server_error',
  'client_error',
  'timeout',
  'reset',
  'unsent',
  'unauthorized',
  'conflict',
];
export const CIRCUIT_STATES = ['closed', 'open', 'half_open'];
export const DELIVERY_OUTCOMES = ['delivered', 'retry', 'dead', 'refused'];
export const LEDGER_OPERATIONS = ['begin', 'dispatch', 'complete'];
export const REPLAY_OUTCOMES = ['replayed', 'in_progress', 'key_reused'];
export const AUTH_FAILURES = [
  'missing',
  'unknown_key',
  'token_expired',
  'token_refused',
  'unavailable',
  'scope',
];
