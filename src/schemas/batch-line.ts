import { Type } from '@sinclair/typebox';

const index = Type.Integer({ description: 'The item’s place in the batch, from 0.' });

/** A line of a batch's answer. */
export const BatchLine = Type.Union(
  [
    Type.Object(
      {
        index,
        status: Type.Integer({ description: 'The HTTP status that the item alone would have had.' }),
        audit_record: Type.Ref('AuditRecord'),
      },
      { title: 'BatchSuccess', additionalProperties: false },
    ),
    Type.Object(
      {
        index,
        status: Type.Integer({ description: 'The HTTP status that the item alone would have had.' }),
        problem: Type.Ref('Problem'),
      },
      { title: 'BatchFailure', additionalProperties: false },
    ),
    Type.Object(
      {
        summary: Type.Object(
          {
            total: Type.Integer(),
            succeeded: Type.Integer(),
            failed: Type.Integer(),
            elapsed_ms: Type.Integer(),
          },
          { title: 'BatchTotals', additionalProperties: false },
        ),
      },
      { title: 'BatchSummary', description: 'The last line.', additionalProperties: false },
    ),
  ],
  { title: 'BatchLine' },
);
