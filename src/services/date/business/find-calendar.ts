import { Problem } from '../../../errors.ts';
import type { Context } from '../operation.ts';
import type { NamedCalendar } from './named-calendar.ts';

/**
 * The calendar that a request or a step names, or null.
 * @throws Problem `CALENDAR_NOT_FOUND` or `INVALID_CALENDAR`
 */
export function calendarOf({ calendars }: Context, name: string | undefined): NamedCalendar | null {
  if (name === undefined) return null;
  if (calendars !== undefined) return calendars.find(name);
  throw new Problem(
    'CALENDAR_NOT_FOUND',
    `There is no calendar ${name}: this service has none. Its operator sets CALENDARS_DIR; GET /calendars then lists them. Or give opening_hours, weekend and holidays in the request.`,
  );
}
