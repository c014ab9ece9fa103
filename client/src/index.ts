export { type Client, type ClientOptions, createClient, type ManipulateOptions } from './client.ts';
export { NoAnswerError, ProblemError } from './errors.ts';
export type { RetryOptions, Time } from './retry.ts';
export type { CallOptions } from './send.ts';
export type {
  AuditRecord,
  AuditRecordList,
  AuditRecordQuery,
  BatchLine,
  Manipulation,
  Preview,
  PreviewRequest,
  Problem,
  ProblemCode,
  WebhookEvent,
} from './types.ts';
export { verifyWebhook, WebhookRejected } from './webhooks.ts';
