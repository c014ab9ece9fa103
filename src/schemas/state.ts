import { type Static, Type } from '@sinclair/typebox';
import { nullable } from './nullable.ts';

/** Whether it is open, and until when that stays so. */
export const State = Type.Object(
  {
    open: Type.Boolean(),
    reason: nullable(
      Type.String(),
      'Of the holiday or the override that decides; null for the week’s hours.',
    ),
    changes_at: nullable(
      Type.String(),
      'When it next opens or closes, RFC 3339; null where no change is within reach.',
    ),
    seconds_until_change: nullable(Type.Number(), 'From the moment that was asked about.'),
  },
  { title: 'OpenState', additionalProperties: false },
);

export type State = Static<typeof State>;
