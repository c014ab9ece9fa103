import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { malformed } from '../errors.ts';
import { nullable } from '../schemas/nullable.ts';
import { problemResponses } from '../schemas/problem.ts';
import { State } from '../schemas/state.ts';
import { CALENDAR_SCHEMA_PATH, CalendarFile } from '../services/calendars/schema.ts';
import { answerOf, summaryOf } from '../services/calendars/answer.ts';
import type { CalendarStore } from '../services/calendars/store.ts';
import type { Clock } from '../services/ports.ts';

const PROBLEMS = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'AUTHENTICATION_UNAVAILABLE',
  'RATE_LIMITED',
  'INTERNAL_ERROR',
  'OVERLOADED',
  'SHUTTING_DOWN',
] as const;

/** They change seldom, and a change is taken up within seconds anyway. */
const CACHE = 'private, max-age=5';

const digest = Type.String({
  description: 'SHA-256 (hex) of the whole calendar as canonical JSON (RFC 8785).',
});
const { $schema: _schema, timezone: _zone, ...fileFields } = CalendarFile.properties;

const Summary = Type.Object(
  { name: Type.String(), timezone: Type.String(), sha256: digest },
  { title: 'CalendarSummary', additionalProperties: false },
);

const Whole = Type.Object(
  {
    ...fileFields,
    timezone: Type.String(),
    sha256: digest,
    state: nullable(State, 'At `at`; null without opening hours.'),
    next_changes: Type.Array(
      Type.Object(
        {
          at: Type.String({ description: 'RFC 3339, on the calendar’s clock.' }),
          open: Type.Boolean({ description: 'Whether it opens or closes then.' }),
          reason: nullable(Type.String()),
        },
        { additionalProperties: false },
      ),
      { description: 'The next ten.' },
    ),
  },
  { title: 'Calendar', additionalProperties: false },
);

const EXAMPLE_SUMMARY = {
  name: 'uk-support',
  timezone: 'Europe/London',
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
};
const EXAMPLE = {
  ...EXAMPLE_SUMMARY,
  opening_hours: [{ days: [1, 2, 3, 4, 5], open: '08:00', close: '18:00' }],
  holidays: [{ month: 12, day: 25, reason: 'Christmas Day' }],
  state: {
    open: true,
    reason: null,
    changes_at: '2026-12-24T18:00:00Z',
    seconds_until_change: 21_600,
  },
  next_changes: [{ at: '2026-12-24T18:00:00+00:00', open: false, reason: null }],
};

const SCHEMA_TEXT = JSON.stringify(CalendarFile);

/** The named calendars, whether it is open, and how their files are written. */
export const calendarRoutes: FastifyPluginAsyncTypebox<{
  calendars: CalendarStore;
  clock: Pick<Clock, 'now'>;
}> = async (app, { calendars, clock }) => {
  app.get(
    CALENDAR_SCHEMA_PATH,
    { config: { open: true }, schema: { hide: true } },
    async (_request, reply) => {
      reply.header('cache-control', 'public, max-age=3600').type('application/schema+json');
      return reply.send(SCHEMA_TEXT);
    },
  );

  app.get(
    '/calendars',
    {
      config: { scope: 'manipulations:preview' },
      schema: {
        tags: ['calendars'],
        operationId: 'listCalendars',
        summary: 'List the calendars',
        description: 'The calendars that a request may name, with the digest of the version in use.',
        response: {
          200: {
            description: 'By name.',
            content: {
              'application/json': {
                schema: Type.Object({ items: Type.Array(Summary) }, { title: 'CalendarList' }),
                examples: { one: { summary: 'One calendar', value: { items: [EXAMPLE_SUMMARY] } } },
              },
            },
          },
          ...problemResponses(...PROBLEMS),
        },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', CACHE);
      return { items: calendars.list().map(summaryOf) };
    },
  );

  app.get(
    '/calendars/:name',
    {
      config: { scope: 'manipulations:preview' },
      schema: {
        tags: ['calendars'],
        operationId: 'getCalendar',
        summary: 'One calendar, whether it is open, and what changes next',
        description:
          'What it says, with all that it extends; its state at `at`, or now; and its next ten changes.',
        params: Type.Object({ name: Type.String({ maxLength: 256, examples: ['uk-support'] }) }),
        querystring: Type.Object(
          {
            at: Type.Optional(
              Type.String({
                format: 'date-time',
                description: 'RFC 3339; now when it is left out.',
                examples: ['2026-12-24T12:00:00Z'],
              }),
            ),
          },
          { additionalProperties: false },
        ),
        response: {
          200: {
            description: 'The calendar.',
            content: {
              'application/json': {
                schema: Whole,
                examples: { open: { summary: 'Open until the evening', value: EXAMPLE } },
              },
            },
          },
          ...problemResponses('VALIDATION_FAILED', 'CALENDAR_NOT_FOUND', 'INVALID_CALENDAR', ...PROBLEMS),
        },
      },
    },
    async (request, reply) => {
      const { at } = request.query;
      const epochMs = at === undefined ? clock.now() : Date.parse(at);
      if (Number.isNaN(epochMs)) throw malformed('at is not a moment: write it as 2026-12-24T12:00:00Z.');
      const answer = answerOf(calendars.find(request.params.name), epochMs);
      reply.header('cache-control', CACHE);
      return answer;
    },
  );
};
