import { type Static, Type } from '@sinclair/typebox';
import { nullable } from './nullable.ts';

const Transition = Type.Object(
  {
    instant: Type.String({
      format: 'date-time',
      description: 'The first moment of the new offset, in UTC.',
      examples: ['2024-03-10T07:00:00Z'],
    }),
    offset_before: Type.String({
      description: 'Offset until then, `±HH:MM`, with seconds where the zone has them.',
      examples: ['-05:00'],
    }),
    offset_after: Type.String({ description: 'Offset from then on.', examples: ['-04:00'] }),
  },
  { title: 'Transition', additionalProperties: false },
);

/** The next change of a zone's offset from UTC after a moment. */
export const NextTransition = nullable(
  Transition,
  'The target zone’s next change of offset after the result, or null when none is known.',
);

/** The last change before it, or at it. */
export const PreviousTransition = nullable(
  Transition,
  'The target zone’s last change of offset up to the result, or null when none is known.',
);

export type NextTransition = Static<typeof NextTransition>;
