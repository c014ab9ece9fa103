import type { Warning } from '../../../schemas/preview.ts';
import { dateOf } from '../engine/gregorian.ts';
import { parseRecurrence } from './text.ts';

/** What of a rule (which has been read before) most readers would expect otherwise, or libraries read otherwise. */
export function ruleWarnings(text: string, sourceNs: bigint, zone: string): Warning[] {
  const { rule, start } = parseRecurrence(text, sourceNs, zone);
  const warnings: Warning[] = [];
  const day = dateOf(Math.floor(start.local / 86_400)).day;
  const named = rule.byMonthDay ?? (rule.byDay === null ? [day] : []);
  const late = named.filter((one) => one > 28);
  if (
    rule.freq === 'MONTHLY' &&
    rule.bySetPos === null &&
    late.length > 0 &&
    !named.some((one) => one <= 28)
  ) {
    warnings.push({
      code: 'SHORT_MONTHS_LEFT_OUT',
      detail: `Months that have no day ${late.join(' or ')} are left out (RFC 5545). For the last day of every month, write BYMONTHDAY=-1.`,
    });
  }
  if (
    rule.freq === 'YEARLY' &&
    rule.byMonthDay !== null &&
    rule.byMonth === null &&
    rule.byYearDay === null
  ) {
    warnings.push({
      code: 'EVERY_MONTH',
      detail:
        'YEARLY with BYMONTHDAY and without BYMONTH means that day of every month (RFC 5545); some libraries take the month of DTSTART only. Write BYMONTH to be plain.',
    });
  }
  if (rule.byWeekNo !== null && rule.interval > 1) {
    warnings.push({
      code: 'WEEKS_OVER_NEW_YEAR',
      detail:
        'BYWEEKNO with INTERVAL: days of a week that lies over New Year count for the calendar year that they are in here; some libraries take the year that the week belongs to.',
    });
  }
  return warnings;
}

/** A step over all days of the month beside days of the week. */
export function cronWarnings(text: string): Warning[] {
  const [, , day = '', , weekday = ''] = text.trim().split(/\s+/);
  const isStep = (field: string) => /^\*\/\d/.test(field);
  const isNamed = (field: string) => !field.startsWith('*') && field !== '?';
  if (!((isStep(day) && isNamed(weekday)) || (isStep(weekday) && isNamed(day)))) return [];
  return [
    {
      code: 'BOTH_DAYS',
      detail: `Day of month ${day} and day of week ${weekday} must both hold, as one of them begins with a star (Vixie's cron); some libraries take either.`,
    },
  ];
}
