import { Type } from '@sinclair/typebox';
import { Problem } from '../../../errors.ts';
import { dayOf, daysInMonth } from '../engine/gregorian.ts';
import { noSuchDay, quote } from './text.ts';

/** More holidays than thirty years have. */
export const MAX_DATES = 500;

export const DATE_PATTERN = String.raw`^\d{4}-\d{2}-\d{2}$`;

export const date = (description: string) =>
  Type.String({ pattern: DATE_PATTERN, maxLength: 10, description, examples: ['2026-12-25'] });

export const dates = (description: string) =>
  Type.Array(date('`YYYY-MM-DD`'), { maxItems: MAX_DATES, description });

const SHAPE = new RegExp(DATE_PATTERN);

/** The epoch days of a list of `YYYY-MM-DD` that stands at that path. Throws `VALIDATION_FAILED`. */
export const parseDates = (texts: readonly string[], path: string): number[] =>
  texts.map((text, index) => parseDate(text, () => `${path}/${index}`));

/** The epoch day of `YYYY-MM-DD`. Throws `VALIDATION_FAILED` with that path for a day that does not exist. */
export function parseDate(text: string, path: () => string): number {
  const year = Number(text.slice(0, 4));
  const month = Number(text.slice(5, 7));
  const day = Number(text.slice(8, 10));
  if (SHAPE.test(text) && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)) {
    return dayOf(year, month, day);
  }
  const days = daysInMonth(year, month);
  const why = SHAPE.test(text) ? `: ${noSuchDay(year, month, days)}` : '';
  throw new Problem(
    'VALIDATION_FAILED',
    `${quote(text)} is not a date of the calendar, written YYYY-MM-DD${why}.`,
    {
      errors: [{ path: path(), message: 'must be a date that exists' }],
    },
  );
}
