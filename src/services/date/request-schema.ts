import type { Static } from '@sinclair/typebox';
import { previewFields, requestFields, requestUnion } from '../../schemas/manipulation.ts';
import { operations } from './operations/index.ts';

export const ManipulationRequest = requestUnion(
  'ManipulationRequest',
  requestFields,
  operations,
  ({ examples }) => examples.map(({ request }) => ({ action_name: 'Production_Date_Processor', ...request })),
);

export const PreviewRequest = requestUnion('PreviewRequest', previewFields, operations, ({ examples }) =>
  examples.map(({ request }) => request),
);

export type Manipulation = Static<typeof ManipulationRequest>;
export type Preview = Static<typeof PreviewRequest>;
