/** The date service: pure functions over Temporal. */
export { type Computation, compute } from './compute.ts';
export { operations } from './operations/index.ts';
export { preview } from './preview.ts';
export { type Manipulation, ManipulationRequest, type Preview, PreviewRequest } from './request-schema.ts';
export { tzdbVersion } from './input/zones.ts';
