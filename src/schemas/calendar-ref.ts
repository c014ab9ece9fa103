import { type Static, Type } from '@sinclair/typebox';

/** Which calendar decided, and in which version. */
export const CalendarRef = Type.Object(
  {
    name: Type.String({ examples: ['uk-support'] }),
    sha256: Type.String({
      description: 'SHA-256 (hex) of the calendar as canonical JSON (RFC 8785), what it extends included.',
    }),
  },
  { title: 'CalendarRef', additionalProperties: false },
);

export type CalendarRef = Static<typeof CalendarRef>;
