import fp from 'fastify-plugin';
import { type CalendarStore, noCalendars, openCalendars } from '../services/calendars/store.ts';
import type { Events } from '../services/events.ts';
import type { Clock } from '../services/ports.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** The named calendars, always those of the last version that fits. */
    calendars: CalendarStore;
  }
}

/** Reads the calendars, and goes on reading them when they change, until the service ends. */
export default fp(
  async (app, { directory, events, clock }: { directory: string | null; events: Events; clock: Clock }) => {
    const store = directory === null ? noCalendars : await openCalendars(directory, { events, clock });
    app.decorate('calendars', store);
    app.addHook('onClose', () => store.close());
  },
  { name: 'calendars' },
);
