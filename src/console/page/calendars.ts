/** Calendars: a month with opening hours and holidays, the state now, the next changes. */
import { get } from './api.ts';
import { pathOf } from './address.ts';
import { h } from './dom.ts';
import { type Calendar, monthAfter, weeksOf } from './month.ts';

interface Change {
  at: string;
  open: boolean;
  reason?: string | null;
}
interface State {
  open: boolean;
  reason?: string | null;
  changes_at: string | null;
}
type Answer = Calendar & { calendar?: Calendar; state?: State; now?: State; next_changes?: Change[] };

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

export async function calendarsPage(
  main: HTMLElement,
  name: string | undefined,
  month: string | undefined,
): Promise<void> {
  const { value, problem } = await get<{ items?: { name: string; timezone: string }[] }>('/calendars');
  const items = value?.items ?? [];
  const wanted = name ?? items[0]?.name;
  const links = items.map((one) =>
    h(
      'li',
      {},
      h(
        'a',
        {
          href: pathOf({ page: 'calendars', name: one.name, month }),
          'aria-current': one.name === wanted ? 'page' : null,
        },
        one.name,
      ),
      h('small', {}, ` ${one.timezone}`),
    ),
  );
  const heading = h('h1', {}, 'Calendars');
  if (problem !== undefined) {
    main.replaceChildren(heading, h('p', { class: 'warning' }, problem.detail));
    return;
  }
  if (wanted === undefined) {
    const hint = 'There are none. Put files into the folder that CALENDARS_DIR names; they are read at once.';
    main.replaceChildren(heading, h('p', { class: 'card' }, hint));
    return;
  }
  const answer = await get<Answer>(`/calendars/${encodeURIComponent(wanted)}`);
  main.replaceChildren(
    heading,
    h('nav', { class: 'card', 'aria-label': 'Calendars' }, h('ul', { class: 'chips' }, links)),
    answer.value === undefined
      ? h(
          'section',
          { class: 'card problem' },
          h('h2', {}, answer.problem.title),
          h('p', {}, answer.problem.detail),
        )
      : calendarCard(answer.value, wanted, month),
  );
}

function calendarCard(answer: Answer, name: string, given: string | undefined): HTMLElement {
  const calendar = answer.calendar ?? answer;
  const state = answer.state ?? answer.now;
  const month = given ?? new Date().toISOString().slice(0, 7);
  const link = (to: string, text: string) =>
    h('a', { class: 'button', href: pathOf({ page: 'calendars', name, month: to }) }, text);
  const title = new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
    new Date(`${month}-01T00:00:00Z`),
  );
  const changes = answer.next_changes ?? [];
  return h(
    'section',
    { class: 'card', 'aria-label': name },
    h('h2', {}, name, h('small', {}, ` ${calendar.timezone}`)),
    state === undefined
      ? null
      : h(
          'p',
          {},
          h('span', { class: state.open ? 'badge ok' : 'badge off' }, state.open ? 'open now' : 'closed now'),
          state.reason ? ` ${state.reason}` : '',
          state.changes_at === null ? '' : ` until ${state.changes_at}`,
        ),
    h(
      'div',
      { class: 'toolbar' },
      link(monthAfter(month, -1), '← earlier'),
      h('h3', {}, title),
      link(monthAfter(month, 1), 'later →'),
    ),
    h(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': title },
      h(
        'table',
        { class: 'month' },
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            WEEKDAYS.map((day) => h('th', { scope: 'col' }, day)),
          ),
        ),
        h(
          'tbody',
          {},
          weeksOf(calendar, month).map((week) =>
            h(
              'tr',
              {},
              week.map(({ date, inMonth, kind, text }) =>
                h(
                  'td',
                  { class: `${kind}${inMonth ? '' : ' outside'}` },
                  h('time', { datetime: date }, String(Number(date.slice(8)))),
                  h('span', {}, text),
                ),
              ),
            ),
          ),
        ),
      ),
    ),
    changes.length === 0
      ? null
      : h(
          'div',
          {},
          h('h3', {}, 'Next changes'),
          h(
            'ul',
            { class: 'plain' },
            changes.map(({ at, open, reason }) =>
              h(
                'li',
                {},
                h('time', { datetime: at }, at),
                ` ${open ? 'opens' : 'closes'}${reason ? `: ${reason}` : ''}`,
              ),
            ),
          ),
        ),
  );
}
