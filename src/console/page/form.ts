/** A row of the form for each field of an operation, made from its schema. */
import { get, type Problem } from './api.ts';
import { h } from './dom.ts';
import type { Field, Values } from './request.ts';
import { zonePicker } from './zone-picker.ts';
import { type Zone, zonesOf } from './zones.ts';

/** What the document says of these at length, in the words that a form needs. */
const HINTS: Values = {
  source_timestamp: 'With an offset, with a [Zone], or a local date and time; or now.',
  source_timezone: 'Where a local source is meant; UTC when it is left out.',
  target_timezone: 'An id, a city, an abbreviation, a Windows name, or an offset such as +05:30.',
  action_name: 'With it, the code below writes; without, it previews.',
};
const ZONES = ['source_timezone', 'target_timezone'];

const readable = (name: string) => {
  const words = name.replaceAll('_', ' ').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
};

const firstSentence = (text: string) => /^.*?\.(?=\s|$)/s.exec(text)?.[0] ?? text;
/** Descriptions are Markdown; of that only code and bold occur. */
const plain = (text: string) => text.replaceAll(/`|\*\*/g, '');
export const shortText = (description: string) => plain(firstSentence(description));

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

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** @param changed is told of every keystroke */
export function fieldRow(
  field: Field,
  value: string,
  changed: (name: string, value: string) => void,
): HTMLElement {
  const id = `field-${field.name}`;
  const hint = `${id}-hint`;
  const control = controlOf(field, id, value, changed);
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
    h('p', { id: hint, class: 'hint' }, HINTS[field.name] ?? shortText(field.description)),
  );
}

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
    const placeholder = example ?? fallback;
    control = h('textarea', { id, name, rows: 3, spellcheck: 'false', placeholder, input: report });
    control.value = value;
  } else {
    control = h('input', {
      id,
      name,
      type: 'text',
      inputmode: kind === 'integer' ? 'numeric' : null,
      placeholder: fallback ?? example,
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

/** Where a problem names no path: the field that it is about, whichever way its value is wrong. */
const FIELD_OF: Record<string, string> = {
  INVALID_TIMESTAMP: 'source_timestamp',
  LOCAL_TIME_AMBIGUOUS: 'source_timestamp',
  LOCAL_TIME_NONEXISTENT: 'source_timestamp',
  OFFSET_MISMATCH: 'source_timestamp',
  UNSUPPORTED_CRITICAL_ANNOTATION: 'source_timestamp',
  UNKNOWN_TIME_ZONE: 'target_timezone',
  INVALID_DURATION: 'duration',
  INVALID_CRON_EXPRESSION: 'cron',
  INVALID_RECURRENCE_RULE: 'recurrence_rule',
  CALENDAR_NOT_FOUND: 'calendar',
  INVALID_CALENDAR: 'calendar',
  WEBHOOK_URL_REFUSED: 'webhook_url',
};

/** What to say beside which field: the problem's own paths, or the field whose value its detail quotes. */
export function messagesOf(
  { errors = [], detail, code }: Pick<Problem, 'errors' | 'detail' | 'code'>,
  values: Values,
): Map<string, string> {
  if (errors.length > 0)
    return new Map(errors.map(({ path, message }) => [path.split('/')[1] ?? '', message]));
  const quoted = Object.keys(values).find(
    (name) => name !== 'operation' && values[name] !== '' && detail.includes(JSON.stringify(values[name])),
  );
  const name = quoted ?? FIELD_OF[code];
  return new Map(name === undefined ? [] : [[name, detail]]);
}

/** Puts each mistake beside its field, and takes away those of before. */
export function showErrors(form: HTMLElement, problem: Problem | undefined, values: Values): void {
  const messages = problem === undefined ? new Map<string, string>() : messagesOf(problem, values);
  for (const row of form.querySelectorAll<HTMLElement>('[data-field]')) {
    const message = messages.get(row.dataset['field'] ?? '');
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
