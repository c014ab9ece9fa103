/**
 * The date service: arithmetic of its own on the proleptic Gregorian calendar, with Temporal as the tz database. What it
 * keeps between calls are caches, bounded, that change no answer.
 */
export type { Calendars } from './business/named-calendar.ts';
export { type Computation, compute } from './compute.ts';
export type { Context } from './operation.ts';
export { operations } from './operations/index.ts';
export { preview } from './preview.ts';
export { type Manipulation, ManipulationRequest, type Preview, PreviewRequest } from './request-schema.ts';
export { tzdbAgeDays, tzdbAgeSeconds, tzdbVersion } from './input/tzdb.ts';
export { WINDOWS_ZONES } from './input/zones.ts';
