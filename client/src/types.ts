import type { components, operations } from './openapi.ts';

type Schemas = components['schemas'];

/** What `POST /manipulations` takes: `operation` says which fields it has. */
export type Manipulation = Schemas['ManipulationRequest'];
/** What `POST /manipulations/preview` takes. */
export type PreviewRequest = Schemas['PreviewRequest'];
export type Preview = Schemas['Preview'];
export type AuditRecord = Schemas['AuditRecord'];
export type AuditRecordList = Schemas['AuditRecordList'];
export type AuditRecordQuery = NonNullable<operations['listAuditRecords']['parameters']['query']>;
/** A line of a batch: an item's record or problem, or the summary, which is the last. */
export type BatchLine = Schemas['BatchLine'];
export type Problem = Schemas['Problem'];
export type ProblemCode = Schemas['ProblemCode'];
export type WebhookEvent = Schemas['WebhookEvent'];
