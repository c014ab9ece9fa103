/** Try: a form made from the operations' own schemas, and what the service makes of it as one types. */
import { get } from './api.ts';
import { pathOf } from './address.ts';
import { answerCard, problemCard, type Answered } from './answer.ts';
import { codeCard } from './code.ts';
import { announce, h } from './dom.ts';
import { fieldRow, shortText, showErrors } from './form.ts';
import { preview, previewFollowing, previewOwn, previewSource, RESULTS } from './preview.ts';
import { type OpenApi, type Operation, operationsOf, requestOf, type Values } from './request.ts';
import { sourceZone } from './source.ts';
import { calendarSpans } from './spans.ts';
import type { OpeningHours } from './timeline-scale.ts';

const DEBOUNCE_MS = 120;
const REST_MS = 300;
const NEW_YORK = { source_timezone: 'America/New_York', target_timezone: 'America/New_York' };
/** What the page shows at a first visit: a local time that the clocks skip. */
const FIRST: Values = { operation: 'CONVERT', source_timestamp: '2026-03-08T02:30:00', ...NEW_YORK };
const WEEK = '[{"days":[1,2,3,4,5],"open":"08:00","close":"17:30"}]';
const EXAMPLES: Record<string, Values> = {
  'A gap': FIRST,
  'A fold': { ...FIRST, source_timestamp: '2026-11-01T01:30:00' },
  'A month later': {
    operation: 'ADD',
    source_timestamp: '2026-01-31T09:00:00',
    duration: 'P1M',
    ...NEW_YORK,
  },
  'Working days': {
    operation: 'ADD_BUSINESS_DAYS',
    source_timestamp: '2026-12-23T16:00:00',
    source_timezone: 'Europe/London',
    target_timezone: 'Europe/London',
    days: '3',
    holidays: '["2026-12-25","2026-12-28"]',
  },
  'Opening hours': {
    operation: 'NEXT_OPENING',
    source_timestamp: '2026-03-06T18:00:00',
    opening_hours: WEEK,
    ...NEW_YORK,
  },
  'A cron in the gap': {
    operation: 'NEXT_OCCURRENCE',
    source_timestamp: '2026-03-06T12:00:00',
    cron: '30 2 * * *',
    ...NEW_YORK,
  },
};
const MAIN_FIELDS = ['source_timestamp', 'source_timezone', 'target_timezone'];
const OPTIONS = [
  'source_format',
  'source_epoch',
  'precision_limit',
  'rounding_mode',
  'disambiguation',
  'offset_conflict',
  'overflow',
  'output_format',
  'output_pattern',
  'output_locale',
  'duration_format',
  'also_in',
  'occurrences',
  'webhook_url',
];

let loaded: Promise<Operation[]> | undefined;
async function operations(): Promise<Operation[]> {
  loaded ??= get<OpenApi>('/openapi.json').then(({ value, problem }) => {
    if (problem !== undefined) throw new Error(problem.detail);
    return operationsOf(value);
  });
  return loaded;
}

/** @param signal ends what is waited for when the page is left */
export async function tryPage(main: HTMLElement, given: Values, signal: AbortSignal): Promise<void> {
  const all = await operations();
  const values: Values = { ...(Object.keys(given).length === 0 ? FIRST : given) };
  let pending = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  signal.addEventListener('abort', () => {
    clearTimeout(timer);
    pending.abort();
  });

  const form = h('form', {
    class: 'card',
    'aria-label': 'The manipulation',
    submit: (event) => event.preventDefault(),
  });
  const answer = h('div', { class: 'answer' });
  // On a phone the answer is far below what is typed; a screen reader is told of it anyway.
  const strip = h('p', { class: 'strip', 'aria-hidden': 'true' });
  main.replaceChildren(
    h('h1', { class: 'visually-hidden' }, 'Try a manipulation'),
    examples(),
    strip,
    h('div', { class: 'columns' }, form, answer),
  );

  const operation = (): Operation => {
    const found = all.find(({ name }) => name === values['operation']) ?? all[0];
    if (found === undefined) throw new Error('The service describes no operations.');
    return found;
  };

  const refresh = (delay = DEBOUNCE_MS): void => {
    clearTimeout(timer);
    pending.abort();
    pending = new AbortController();
    const current = pending.signal;
    timer = setTimeout(() => void compute(current).catch(unlessAborted), delay);
  };

  const changed = (name: string, value: string): void => {
    values[name] = value;
    history.replaceState(null, '', pathOf({ page: 'try', values }));
    refresh();
  };

  const build = (): void => {
    const current = operation();
    values['operation'] = current.name;
    const row = (field: Operation['fields'][number]) => fieldRow(field, values[field.name] ?? '', changed);
    const select = h('select', {
      id: 'field-operation',
      change: () => {
        values['operation'] = select.value;
        history.replaceState(null, '', pathOf({ page: 'try', values }));
        build();
        refresh(0);
        document.querySelector<HTMLElement>('#field-operation')?.focus();
      },
    });
    select.append(
      ...all.map(({ name }) => h('option', { value: name, selected: name === current.name }, name)),
    );
    const named = [...MAIN_FIELDS, ...OPTIONS, 'action_name'];
    const own = current.fields.filter(({ name }) => !named.includes(name));
    const options = current.fields.filter(({ name }) => OPTIONS.includes(name));
    const action = current.fields.filter(({ name }) => name === 'action_name');
    form.replaceChildren(
      h(
        'div',
        { class: 'field' },
        h('label', { for: 'field-operation' }, 'Operation'),
        select,
        h('p', { class: 'hint' }, shortText(current.description)),
      ),
      ...MAIN_FIELDS.flatMap((name) => current.fields.filter((field) => field.name === name)).map(row),
      ...own.map(row),
      h(
        'details',
        { open: [...options, ...action].some(({ name }) => (values[name] ?? '') !== '') },
        h('summary', {}, 'More options'),
        ...[...action, ...options].map(row),
      ),
    );
  };

  const compute = async (current: AbortSignal): Promise<void> => {
    const request = requestOf(operation(), values);
    // The preview asks for no action; with one, the copied code writes.
    const { action_name: action, ...asked } = request;
    const code = codeCard(action === undefined ? '/manipulations/preview' : '/manipulations', request);
    const [outcome, source, own] = await Promise.all([
      preview(asked, current),
      previewSource(asked, current),
      sourceZone(asked) === asked['target_timezone'] ? undefined : previewOwn(asked, current),
    ]);
    current.throwIfAborted();
    showErrors(form, outcome.problem, values);
    if (outcome.problem !== undefined) {
      strip.textContent = outcome.problem.title;
      answer.replaceChildren(problemCard(outcome.problem), code);
      announce(outcome.problem.detail);
      return;
    }
    const hours = await openingsOf(asked, [source.value?.output_instant, outcome.value.output_instant]);
    current.throwIfAborted();
    const answered: Answered = {
      request: asked,
      answer: outcome.value,
      source: source.value,
      own: (own ?? source).value,
      following: [],
      hours,
    };
    strip.textContent = String(outcome.value.output_timestamp);
    const card = answerCard(answered);
    answer.replaceChildren(card, code);
    announce(card.querySelector('.sentence')?.textContent ?? '');
    if (outcome.value.occurrences !== undefined || outcome.value.output_instant === null) return;
    // Not at every keystroke: it is a call for each day.
    await pause(REST_MS, current);
    const following = await previewFollowing(asked, RESULTS - 1, current);
    current.throwIfAborted();
    if (following.length === 0) return;
    replaceCard(card, answerCard({ ...answered, following }));
  };

  build();
  refresh(0);
}

/** Keeps what was opened and where the focus was, as the reader may be in it already. */
function replaceCard(before: HTMLElement, after: HTMLElement): void {
  const [was, is] = [before.querySelector('details'), after.querySelector('details')];
  if (was !== null && is !== null) is.open = was.open;
  const focusable = 'summary, button, [tabindex], a';
  const at = [...before.querySelectorAll(focusable)].findIndex((one) => one === document.activeElement);
  before.replaceWith(after);
  if (at >= 0) after.querySelectorAll<HTMLElement>(focusable)[at]?.focus();
}

const examples = (): HTMLElement =>
  h(
    'nav',
    { class: 'examples', 'aria-label': 'Examples' },
    h('span', {}, 'Show me '),
    Object.entries(EXAMPLES).map(([name, values]) =>
      h('a', { class: 'chip', href: pathOf({ page: 'try', values }) }, name),
    ),
  );

/** @throws DOMException AbortError when it is not waited for any more */
const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds)).then(() => signal.throwIfAborted());

const unlessAborted = (error: unknown): void => {
  if (!(error instanceof DOMException && error.name === 'AbortError')) throw error;
};

const ROOM_MS = 2 * 86_400_000;
const LONGEST_MS = 40 * 86_400_000;

/** The hours that the drawing shows: the request's own, or its calendar's around the moments. */
async function openingsOf(
  request: Record<string, unknown>,
  moments: (string | null | undefined)[],
): Promise<Answered['hours']> {
  const { opening_hours: week, holidays, calendar } = request;
  if (Array.isArray(week)) {
    const days = Array.isArray(holidays) ? holidays.flatMap(specialDay) : [];
    return { week: week.filter(isHours), special: new Map(days) };
  }
  if (typeof calendar !== 'string') return undefined;
  const known = moments.flatMap((one) => (typeof one === 'string' ? Date.parse(one) : []));
  const [from, to] = [Math.min(...known) - ROOM_MS, Math.max(...known) + ROOM_MS];
  if (!(to - from < LONGEST_MS)) return undefined;
  const spans = await calendarSpans(calendar, from, to);
  return spans === undefined ? undefined : { spans };
}

/** A holiday with the hours of that day, none where it is closed. */
function specialDay(value: unknown): [string, { open: string; close: string } | undefined][] {
  if (typeof value === 'string') return [[value, undefined]];
  if (typeof value !== 'object' || value === null) return [];
  const { date, open, close } = value as Record<string, unknown>;
  if (typeof date !== 'string') return [];
  return [[date, typeof open === 'string' && typeof close === 'string' ? { open, close } : undefined]];
}

const isHours = (value: unknown): value is OpeningHours =>
  typeof value === 'object' &&
  value !== null &&
  'days' in value &&
  Array.isArray(value.days) &&
  'open' in value &&
  'close' in value;
