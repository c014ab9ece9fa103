import { Type } from '@sinclair/typebox';
import type { CalendarRef } from '../../../schemas/calendar-ref.ts';
import type { Schedule, Validity } from './schedule.ts';
import type { WorkingDays } from './working-days.ts';

/** Part of a file's name, and of a path. */
export const CALENDAR_NAME = '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$';

/** A calendar of `CALENDARS_DIR`, ready to compute with. */
export interface NamedCalendar extends CalendarRef {
  /** Its opening hours and its days are on this zone’s clock. */
  zone: string;
  /** Null when it has no opening hours. */
  schedule: Schedule | null;
  workingDays: WorkingDays;
  valid: Validity;
}

/** Where an operation finds the calendar that a request names. */
export interface Calendars {
  /** @throws Problem `CALENDAR_NOT_FOUND` or `INVALID_CALENDAR` */
  find(name: string): NamedCalendar;
}

/** Of every operation that takes hours or holidays. */
export const calendarField = {
  calendar: Type.Optional(
    Type.String({
      pattern: CALENDAR_NAME,
      maxLength: 64,
      description:
        'The name of a calendar, instead of hours, weekend and holidays in the request. Its hours and days are on the clock of its own zone, whatever `target_timezone`.',
      examples: ['uk-support'],
    }),
  ),
};
