/** Calendars: a month with opening hours and holidays, the state now, the next changes. */
import { get, type Problem } from './api.ts';
import { pathOf } from './address.ts';
import { h, headRow, problemText } from './dom.ts';
import { dayOf, type Holiday, hoursByDate, holidaysOf, monthAfter, weeksOf } from './month.ts';
import { preview } from './preview.ts';
import { type CalendarAnswer, calendarAt, calendarSpans } from './spans.ts';
import { lengthText, stampText } from './time.ts';

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const DAY_MS = 86_400_000;
/** More than a month can have of one rule. */
const MOST_OCCURRENCES = 20;

export async function calendarsPage(
  main: HTMLElement,
  name: string | undefined,
  given: string | undefined,
): Promise<void> {
  const heading = h('h1', {}, 'Calendars');
  const { value, problem } = await get<{ items: { name: string; timezone: string }[] }>('/calendars');
  if (problem !== undefined) {
    main.replaceChildren(heading, problemOf(problem));
    return;
  }
  const wanted = name ?? value.items[0]?.name;
  if (wanted === undefined) {
    main.replaceChildren(heading, emptyCard());
    return;
  }
  const month = /^\d{4}-(0[1-9]|1[0-2])$/.test(given ?? '')
    ? (given ?? '')
    : new Date().toISOString().slice(0, 7);
  const chosen = await calendarAt(wanted);
  const links = value.items.map((one) =>
    h(
      'li',
      {},
      h(
        'a',
        {
          class: 'chip',
          href: pathOf({ page: 'calendars', name: one.name, month: given }),
          'aria-current': one.name === wanted ? 'page' : null,
        },
        one.name,
        h('small', {}, ` ${one.timezone}`),
      ),
    ),
  );
  const body =
    chosen.value === undefined
      ? [problemOf(chosen.problem)]
      : [
          h(
            'div',
            { class: 'columns calendar' },
            await monthCard(chosen.value, wanted, month),
            h('div', {}, stateCard(chosen.value), holidayCard(chosen.value)),
          ),
        ];
  main.replaceChildren(
    heading,
    h('nav', { class: 'examples', 'aria-label': 'Calendars' }, h('ul', { class: 'chips' }, links)),
    ...body,
  );
}

const problemOf = ({ title, detail }: Problem) => problemText(title, detail);

const emptyCard = () =>
  h(
    'section',
    { class: 'card' },
    h('h2', {}, 'There are none yet'),
    h(
      'p',
      {},
      'Put files such as ',
      h('code', {}, 'uk-support.json'),
      ' into the folder that ',
      h('code', {}, 'CALENDARS_DIR'),
      ' names; they are read at once, and again when they change.',
    ),
  );

/** A moment on the clock of a zone; UTC where this browser does not know the zone. */
function clockOf(zone: string): (epochMs: number) => { date: string; time: string } {
  const options = { dateStyle: 'short', timeStyle: 'short', hourCycle: 'h23' } as const;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('sv-SE', { ...options, timeZone: zone });
  } catch {
    format = new Intl.DateTimeFormat('sv-SE', { ...options, timeZone: 'UTC' });
  }
  return (epochMs) => {
    const [date = '', time = ''] = format.format(epochMs).split(' ');
    return { date, time };
  };
}

/** The dates that the recurrence rules of a calendar give in some weeks, as the service reads the rules. */
async function holidaysByRule({ holidays = [], timezone }: CalendarAnswer, first: string, last: string) {
  const rules = holidays.filter(
    (one): one is Holiday & { recurrence_rule: string } =>
      typeof one !== 'string' && one.recurrence_rule !== undefined,
  );
  const before = new Date(Date.parse(first) - DAY_MS).toISOString().slice(0, 10);
  const found = await Promise.all(
    rules.map(async (holiday) => {
      const request = {
        operation: 'NEXT_OCCURRENCE',
        source_timestamp: `${before}T12:00:00`,
        source_timezone: timezone,
        target_timezone: timezone,
        recurrence_rule: holiday.recurrence_rule,
        occurrences: MOST_OCCURRENCES,
      };
      const { value } = await preview(request, new AbortController().signal);
      return (value?.occurrences ?? []).map(({ output_timestamp }) => ({
        date: String(output_timestamp).slice(0, 10),
        holiday,
      }));
    }),
  );
  return found.flat().filter(({ date }) => date >= first && date <= last);
}

async function monthCard(calendar: CalendarAnswer, name: string, month: string): Promise<HTMLElement> {
  const weeks = weeksOf(month);
  const dates = weeks.flat();
  const [first = '', last = ''] = [dates[0], dates.at(-1)];
  const from = Math.max(Date.parse(first) - DAY_MS, Date.parse(calendar.valid_from ?? first));
  const to = Math.min(Date.parse(last) + 2 * DAY_MS, Date.parse(calendar.valid_until ?? last) + 2 * DAY_MS);
  const [spans, byRule] = await Promise.all([
    calendar.opening_hours === undefined ? undefined : calendarSpans(name, from, to),
    holidaysByRule(calendar, first, last),
  ]);
  const clock = clockOf(calendar.timezone);
  const known = {
    month,
    open: calendar.opening_hours === undefined ? undefined : hoursByDate(spans ?? [], clock),
    holidays: holidaysOf(calendar, dates, byRule),
  };
  const today = clock(Date.now()).date;
  const title = new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
    new Date(`${month}-01T00:00:00Z`),
  );
  const cell = (date: string) => {
    const { inMonth, kind, text } = dayOf(calendar, date, known);
    const css = `${kind}${inMonth ? '' : ' outside'}${date === today ? ' today' : ''}`;
    return h(
      'td',
      { class: css },
      h(
        'time',
        { datetime: date, 'aria-current': date === today ? 'date' : null },
        String(Number(date.slice(8))),
      ),
      h('span', {}, text),
    );
  };
  const link = (to: string, text: string, name_: string) =>
    h(
      'a',
      { class: 'button', href: pathOf({ page: 'calendars', name, month: to }), 'aria-label': name_ },
      text,
    );
  return h(
    'section',
    { class: 'card', 'aria-label': `${name}, ${title}` },
    h(
      'div',
      { class: 'toolbar' },
      link(monthAfter(month, -1), '←', 'The month before'),
      h('h2', {}, title),
      link(monthAfter(month, 1), '→', 'The month after'),
    ),
    h(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': title },
      h(
        'table',
        { class: 'month' },
        headRow(WEEKDAYS),
        h(
          'tbody',
          {},
          weeks.map((week) => h('tr', {}, week.map(cell))),
        ),
      ),
    ),
    h(
      'p',
      { class: 'legend hint' },
      [
        ['open', 'open'],
        ['special', 'other hours'],
        ['holiday', 'holiday'],
        ['closed', 'closed'],
      ].map(([css, text]) => h('span', { class: css ?? '' }, text)),
      ` on the clocks of ${calendar.timezone}`,
    ),
  );
}

function stateCard({ state, next_changes: changes, name }: CalendarAnswer): HTMLElement {
  const now =
    state === null
      ? h('p', {}, 'It has no opening hours: it tells working days.')
      : h(
          'p',
          {},
          h('span', { class: state.open ? 'badge ok' : 'badge off' }, state.open ? 'open' : 'closed'),
          state.reason === null ? ' now' : ` now: ${state.reason}`,
          state.seconds_until_change === null
            ? '.'
            : `. It ${state.open ? 'closes' : 'opens'} in ${lengthText(state.seconds_until_change)}.`,
        );
  return h(
    'section',
    { class: 'card', 'aria-label': 'Now and next' },
    h('h2', {}, name),
    now,
    changes.length === 0
      ? null
      : h(
          'ul',
          { class: 'plain changes' },
          changes.map(({ at, open, reason }) =>
            h(
              'li',
              {},
              h('span', { class: open ? 'badge ok' : 'badge off' }, open ? 'opens' : 'closes'),
              ' ',
              h('time', { datetime: at }, stampText(at)),
              reason === null ? null : h('small', {}, ` ${reason}`),
            ),
          ),
        ),
  );
}

function holidayCard({
  extends: base,
  sha256,
  valid_from,
  valid_until,
  attribution,
}: CalendarAnswer): HTMLElement {
  const facts: [string, string | undefined][] = [
    ['Extends', base],
    ['Valid from', valid_from],
    ['Valid until', valid_until],
    ['Source', attribution],
    ['Digest', sha256.slice(0, 16)],
  ];
  return h(
    'section',
    { class: 'card', 'aria-label': 'About' },
    h('h2', {}, 'About it'),
    h(
      'dl',
      {},
      facts.map(([name, value]) => (value === undefined ? null : [h('dt', {}, name), h('dd', {}, value)])),
    ),
  );
}
