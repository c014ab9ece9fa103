/** Try: a form made from the operations' own schemas, and what the service makes of it as one types. */
import { get, type Problem } from './api.ts';
import { pathOf } from './address.ts';
import { announce, h } from './dom.ts';
import { drawing } from './drawing.ts';
import { preview, previewSource, type Previewed } from './preview.ts';
import { type Field, type OpenApi, type Operation, operationsOf, requestOf, type Values } from './request.ts';
import { nextChange, sentences } from './sentence.ts';
import { LANGUAGES, type Language, snippet } from './snippets.ts';
import { offsetText } from './time.ts';
import type { OpeningHours } from './timeline-scale.ts';
import { zonePicker } from './zone-picker.ts';
import { type Zone, zonesOf } from './zones.ts';

const DEBOUNCE_MS = 120;
/** What the page shows to somebody who comes for the first time: a local time that the clocks skip. */
const FIRST: Values = {
  operation: 'CONVERT',
  source_timestamp: '2024-03-10T02:30:00',
  source_timezone: 'America/New_York',
  target_timezone: 'America/New_York',
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
/** What the document says of these at length, in the words that a form needs. */
const HINTS: Values = {
  source_timestamp: 'With an offset, with a [Zone], or a local date and time; or now.',
  source_timezone: 'Where a local source is meant; UTC when it is left out.',
  target_timezone: 'An id, a city, an abbreviation, a Windows name, or an offset such as +05:30.',
};
const ZONES = ['source_timezone', 'target_timezone'];

const readable = (name: string) => {
  const words = name.replaceAll('_', ' ').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
};

let loaded: Promise<Operation[]> | undefined;
async function operations(): Promise<Operation[]> {
  loaded ??= get<OpenApi>('/openapi.json').then(({ value, problem }) => {
    if (problem !== undefined) throw new Error(problem.detail);
    return operationsOf(value);
  });
  return loaded;
}

let known: Promise<Zone[]> | undefined;
function zones(): Promise<Zone[]> {
  known ??= get<Record<string, string>>('/console/windows-zones.json').then(({ value }) =>
    zonesOf(value ?? {}, new Date().getFullYear()),
  );
  return known;
}

let calendarNames: Promise<string[]> | undefined;
/** Calendars are offered where there are some; a service without them answers a problem, which is no matter here. */
function calendars(): Promise<string[]> {
  calendarNames ??= get<{ items?: { name: string }[] }>('/calendars').then(({ value }) =>
    (value?.items ?? []).map(({ name }) => name),
  );
  return calendarNames;
}

export async function tryPage(main: HTMLElement, given: Values): Promise<void> {
  const all = await operations();
  const values: Values = { ...(Object.keys(given).length === 0 ? FIRST : given) };
  let language: Language = 'curl';
  let pending = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const form = h('form', {
    class: 'card',
    'aria-label': 'The manipulation',
    submit: (event) => event.preventDefault(),
  });
  const answer = h('div', { class: 'answer' });
  main.replaceChildren(
    h('h1', { class: 'visually-hidden' }, 'Try a manipulation'),
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
    const { signal } = pending;
    timer = setTimeout(() => void compute(signal).catch(unlessAborted), delay);
  };

  const changed = (name: string, value: string): void => {
    values[name] = value;
    history.replaceState(null, '', pathOf({ page: 'try', values }));
    refresh();
  };

  const fieldRow = (field: Field): HTMLElement => {
    const id = `field-${field.name}`;
    const hint = `${id}-hint`;
    const control = controlOf(field, id, values[field.name] ?? '', changed);
    control.setAttribute('aria-describedby', `${hint} ${id}-error`);
    if (field.name === 'calendar') void offerCalendars(control, id);
    const isZone = ZONES.includes(field.name) && control instanceof HTMLInputElement;
    return h(
      'div',
      { class: 'field', 'data-field': field.name },
      h(
        'label',
        { for: id },
        readable(field.name),
        field.required || field.name === 'source_timestamp' ? null : h('small', {}, ' optional'),
      ),
      isZone ? zonePicker(control, zones, () => changed(field.name, control.value)) : control,
      h('p', { id: `${id}-error`, class: 'error', hidden: true }),
      h('p', { id: hint, class: 'hint' }, HINTS[field.name] ?? plain(firstSentence(field.description))),
    );
  };

  const build = (): void => {
    const current = operation();
    values['operation'] = current.name;
    const rest = (names: string[], inside: boolean) =>
      current.fields.filter(({ name }) => names.includes(name) === inside && name !== 'action_name');
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
    const named = [...MAIN_FIELDS, ...OPTIONS];
    const own = current.fields.filter(({ name }) => !named.includes(name) && name !== 'action_name');
    const options = rest(OPTIONS, true);
    const action = current.fields.filter(({ name }) => name === 'action_name');
    form.replaceChildren(
      h(
        'div',
        { class: 'field' },
        h('label', { for: 'field-operation' }, 'Operation'),
        select,
        h('p', { class: 'hint' }, plain(firstSentence(current.description))),
      ),
      ...MAIN_FIELDS.flatMap((name) => current.fields.filter((field) => field.name === name)).map(fieldRow),
      ...own.map(fieldRow),
      h(
        'details',
        { open: options.some(({ name }) => (values[name] ?? '') !== '') },
        h('summary', {}, 'More options'),
        ...[...options, ...action].map(fieldRow),
      ),
    );
  };

  const compute = async (signal: AbortSignal): Promise<void> => {
    const request = requestOf(operation(), values);
    const [outcome, source, hours] = await Promise.all([
      preview(request, signal),
      previewSource(request, signal),
      hoursOf(request),
    ]);
    if (signal.aborted) return;
    showErrors(form, outcome.problem);
    if (outcome.problem !== undefined) {
      answer.replaceChildren(problemCard(outcome.problem), snippetCard());
      announce(outcome.problem.detail);
      return;
    }
    const moment =
      source.value?.output_instant == null
        ? undefined
        : { epochMs: Date.parse(source.value.output_instant), offset: source.value.offset };
    const lines = sentences(request, outcome.value, moment);
    const zone = String(request['target_timezone']);
    const draw = (narrow: boolean) =>
      drawing(
        {
          zone,
          answer: outcome.value,
          source:
            moment === undefined || source.value === undefined ? undefined : { moment, answer: source.value },
          hours,
        },
        narrow,
      );
    answer.replaceChildren(
      h(
        'section',
        { class: 'card', 'aria-label': 'Result' },
        h(
          'output',
          { class: 'value', for: 'field-source_timestamp' },
          String(outcome.value.output_timestamp),
        ),
        h('p', { class: 'sentence' }, lines.join(' ')),
        ...warningsOf(outcome.value).map((text) => h('p', { class: 'warning' }, text)),
        h('div', { class: 'wide-only' }, draw(false)),
        h('div', { class: 'narrow-only' }, draw(true)),
        stateLine(outcome.value),
        resultTable(outcome.value, zone),
        factsOf(outcome.value),
      ),
      snippetCard(),
    );
    announce(lines[0] ?? '');
  };

  const snippetCard = (): HTMLElement => {
    const request = requestOf(operation(), values);
    const path = values['action_name'] ? '/manipulations' : '/manipulations/preview';
    const code = h('code', {}, snippet(language, location.origin, path, request));
    const copied = h(
      'button',
      {
        type: 'button',
        class: 'quiet',
        click: () => {
          void navigator.clipboard.writeText(code.textContent).then(() => {
            copied.textContent = 'Copied';
            announce('Copied');
          });
        },
      },
      'Copy',
    );
    const buttons = LANGUAGES.map((name) =>
      h(
        'button',
        {
          type: 'button',
          'aria-pressed': name === language ? 'true' : 'false',
          click: (event) => {
            language = name;
            code.textContent = snippet(language, location.origin, path, request);
            copied.textContent = 'Copy';
            for (const button of buttons)
              button.setAttribute('aria-pressed', String(button === event.currentTarget));
          },
        },
        name,
      ),
    );
    return h(
      'section',
      { class: 'card', 'aria-label': 'Copy as code' },
      h(
        'div',
        { class: 'toolbar' },
        h('div', { role: 'group', 'aria-label': 'Language', class: 'segments' }, buttons),
        copied,
      ),
      h('pre', { tabindex: 0, 'aria-label': 'The request as code' }, code),
    );
  };

  build();
  refresh(0);
}

const unlessAborted = (error: unknown): void => {
  if (!(error instanceof DOMException && error.name === 'AbortError')) throw error;
};

const firstSentence = (text: string) => /^.*?[.:](?=\s|$)/s.exec(text)?.[0] ?? text;
/** Descriptions are Markdown; of that only code and bold occur. */
const plain = (text: string) => text.replaceAll(/`|\*\*/g, '');

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

function controlOf(
  { name, kind, values, fallback, example }: Field,
  id: string,
  value: string,
  changed: (name: string, value: string) => void,
): Control {
  const report = () => changed(name, control.value);
  let control: Control;
  if (kind === 'choice' || kind === 'flag') {
    control = h('select', { id, name, change: report });
    const all = kind === 'flag' ? ['true', 'false'] : values;
    control.append(h('option', { value: '' }, fallback === undefined ? '—' : `${fallback} (default)`));
    control.append(...all.filter((one) => one !== fallback).map((one) => h('option', { value: one }, one)));
    control.value = value === fallback ? '' : value;
  } else if (kind === 'json') {
    control = h('textarea', {
      id,
      name,
      rows: 3,
      spellcheck: 'false',
      placeholder: example ?? fallback,
      input: report,
    });
    control.value = value;
  } else {
    const placeholder = fallback ?? example;
    control = h('input', {
      id,
      name,
      type: 'text',
      inputmode: kind === 'integer' ? 'numeric' : null,
      placeholder,
      spellcheck: 'false',
      autocomplete: 'off',
      input: report,
    });
    control.value = value;
  }
  return control;
}

async function offerCalendars(control: Control, id: string): Promise<void> {
  const names = await calendars();
  if (names.length === 0) return;
  const list = h('datalist', { id: `${id}-names` }, ...names.map((name) => h('option', { value: name })));
  control.setAttribute('list', list.id);
  control.after(list);
}

/** The hours that the drawing shows: the request's own, or its calendar's. */
async function hoursOf(request: Record<string, unknown>): Promise<OpeningHours[]> {
  const own = request['opening_hours'];
  if (Array.isArray(own)) return own.filter(isHours);
  const name = request['calendar'];
  if (typeof name !== 'string') return [];
  const { value } = await get<{ opening_hours?: unknown[] }>(`/calendars/${encodeURIComponent(name)}`);
  return (value?.opening_hours ?? []).filter(isHours);
}

const isHours = (value: unknown): value is OpeningHours =>
  typeof value === 'object' &&
  value !== null &&
  'days' in value &&
  Array.isArray(value.days) &&
  'open' in value &&
  'close' in value;

function showErrors(form: HTMLElement, problem: Problem | undefined): void {
  const messages = new Map(
    (problem?.errors ?? []).map(({ path, message }) => [path.split('/')[1] ?? '', message]),
  );
  for (const row of form.querySelectorAll<HTMLElement>('[data-field]')) {
    const name = row.dataset['field'] ?? '';
    const message = messages.get(name);
    const line = row.querySelector<HTMLElement>('.error');
    if (line !== null) {
      line.hidden = message === undefined;
      line.textContent = message ?? '';
    }
    const control = row.querySelector('input, select, textarea');
    if (message === undefined) control?.removeAttribute('aria-invalid');
    else control?.setAttribute('aria-invalid', 'true');
  }
}

const problemCard = ({ title, detail, code }: Problem): HTMLElement =>
  h(
    'section',
    { class: 'card problem', 'aria-label': 'Problem' },
    h('p', { class: 'code' }, code),
    h('h2', {}, title),
    h('p', {}, detail),
  );

const warningsOf = ({ warnings }: Previewed): string[] =>
  (warnings ?? []).map((one) => (typeof one === 'string' ? one : (one.message ?? one.detail ?? '')));

function stateLine({ state }: Previewed): HTMLElement | null {
  if (state === null || state === undefined) return null;
  const until = state.changes_at === null ? '' : `, until ${state.changes_at}`;
  const why = state.reason ? ` (${state.reason})` : '';
  return h(
    'p',
    {},
    h('span', { class: state.open ? 'badge ok' : 'badge off' }, state.open ? 'open' : 'closed'),
    ` at the source${until}${why}.`,
  );
}

/** The result, or the next five, in the target zone, in UTC and on the viewer's own clock. */
function resultTable(answer: Previewed, zone: string): HTMLElement | null {
  const moments = (answer.occurrences ?? [answer]).flatMap(({ output_instant }) => output_instant ?? []);
  if (moments.length === 0) return null;
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const clocks = [
    { name: zone, timeZone: zone },
    { name: 'UTC', timeZone: 'UTC' },
    { name: `${own} (yours)`, timeZone: own },
  ].filter(({ timeZone }, i, all) => all.findIndex((one) => one.timeZone === timeZone) === i);
  const write = (instant: string, timeZone: string) =>
    new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'medium', timeStyle: 'medium' }).format(
      new Date(instant),
    );
  const cell = (instant: string, timeZone: string) => {
    try {
      return h('td', {}, write(instant, timeZone));
    } catch {
      // A zone that this browser does not know; the value above says it all the same.
      return h('td', {}, '—');
    }
  };
  const title = moments.length > 1 ? `The next ${moments.length}` : 'On other clocks';
  return h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': title },
    h(
      'table',
      {},
      h('caption', {}, title),
      h('thead', {}, h('tr', {}, ...clocks.map(({ name }) => h('th', { scope: 'col' }, name)))),
      h(
        'tbody',
        {},
        ...moments.map((instant) => h('tr', {}, ...clocks.map(({ timeZone }) => cell(instant, timeZone)))),
      ),
    ),
    ...alsoIn(answer),
  );
}

const alsoIn = ({ also_in }: Previewed): HTMLElement[] =>
  (also_in ?? []).map(({ timezone, output_timestamp }) =>
    h('p', { class: 'hint' }, `${timezone}: ${output_timestamp}`),
  );

function factsOf(answer: Previewed): HTMLElement {
  const discarded = answer.discarded_nanoseconds;
  const facts: [string, string][] = [
    ['How the local time was settled', answer.resolution.replaceAll('_', ' ')],
    ['Offset there', offsetText(answer.offset)],
    ['Leap day', answer.leap_day ? 'yes' : 'no'],
    ['Cut off', discarded === 0 ? 'nothing' : `${discarded} ns`],
    ['Second opinion', answer.accuracy_valid ? 'agrees' : 'does not agree'],
    ['tz database', answer.tzdb_version],
    ...(answer.steps ?? []).map((step, i): [string, string] => [
      `Step ${i + 1}, ${step.operation}`,
      String(step.output_timestamp ?? step.value),
    ]),
  ];
  return h(
    'details',
    {},
    h('summary', {}, 'Details'),
    h('dl', {}, ...facts.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)])),
    nextChange(answer) === undefined ? null : h('p', { class: 'hint' }, nextChange(answer)),
  );
}
