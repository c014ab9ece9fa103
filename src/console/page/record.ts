/** One record: its time line, and what today's tz database would make of the same request. */
import { get, type Problem } from './api.ts';
import { pathOf, problemPath } from './address.ts';
import { copyButton, h, problemText } from './dom.ts';
import { preview } from './preview.ts';
import { valuesOf } from './request.ts';
import { durationText } from './time.ts';

export interface AuditRecord {
  request_id: string;
  timestamp: string;
  caller: string;
  action_id: string | null;
  action_name: string;
  operation: string;
  target_timezone: string;
  input_timestamp: string;
  output_timestamp: string | number;
  output_instant: string | null;
  tzdb_version: string;
  latency_ms: number;
  upstream_ms: number;
  attempts: number;
  webhook: { id: string; status: string; attempts: number } | null;
  calendar: { name: string; sha256: string } | null;
  status: string;
  error: { code: string; detail: string } | null;
}

interface Event {
  kind: string;
  at: string;
  detail: string | null;
}
interface History {
  /** The request as it was accepted, defaults filled in; null for records of versions that did not keep it. */
  request: Record<string, unknown> | null;
  events: Event[];
}

export async function recordPage(main: HTMLElement, id: string): Promise<void> {
  const path = `/audit-records/${encodeURIComponent(id)}`;
  const [{ value: record, problem }, { value: history }] = await Promise.all([
    get<AuditRecord>(path),
    get<History>(`${path}/history`),
  ]);
  if (record === undefined) {
    main.replaceChildren(h('h1', {}, 'One record'), problemOf(problem));
    return;
  }
  main.replaceChildren(
    h('p', { class: 'crumbs' }, h('a', { href: '/console/records' }, 'Records')),
    h(
      'div',
      { class: 'headline' },
      h('h1', {}, record.action_name, ' ', badge(record.status)),
      copyButton('Copy link', () => location.href),
    ),
    h(
      'p',
      { class: 'becomes' },
      h('span', {}, record.operation),
      ' ',
      h('code', {}, record.input_timestamp),
      ' → ',
      h('code', {}, String(record.output_timestamp)),
    ),
    ...(record.error === null
      ? []
      : [
          h(
            'p',
            { class: 'warning' },
            h('a', { href: problemPath(record.error.code) }, record.error.code),
            `: ${record.error.detail}`,
          ),
        ]),
    h(
      'div',
      { class: 'columns even' },
      h(
        'section',
        { class: 'card', 'aria-label': 'Time line' },
        h('h2', {}, 'Time line'),
        timeLine(record, history?.events ?? []),
        again(record, history?.request ?? null),
      ),
      h('section', { class: 'card', 'aria-label': 'The record' }, h('h2', {}, 'The record'), facts(record)),
    ),
  );
}

const STATES: Record<string, string> = { SUCCESS: 'ok', PROCESSING: 'wait', UNKNOWN: 'wait' };
export const badge = (status: string): HTMLElement =>
  h('span', { class: `badge ${STATES[status] ?? 'off'}` }, status);

const problemOf = (problem: Problem | undefined) =>
  problemText(problem?.title ?? 'Not found', problem?.detail ?? '');

const NAMES: Record<string, string> = {
  accepted: 'Accepted',
  computed: 'Computed',
  dispatched: 'Dispatched',
  attempt: 'Sent to CXone',
  outcome: 'Outcome',
  webhook: 'Webhook',
};
const EXPLAINED: Record<string, string> = { dispatched: 'from here on a write may have left' };

/** What the ledger says happened when; the bar is the share of the whole that passed before it. */
function timeLine(record: AuditRecord, events: Event[]): HTMLElement {
  const [first, last] = [events[0], events.at(-1)];
  const whole = first === undefined || last === undefined ? 0 : Date.parse(last.at) - Date.parse(first.at);
  const items = events.map(({ kind, at, detail }, i) => {
    const since = Date.parse(at) - Date.parse(events[i - 1]?.at ?? at);
    const failed = detail !== null && /^(FAILED|UNKNOWN)|\bfailed\b/.test(detail);
    return h(
      'li',
      { class: failed ? 'failed' : null },
      h('span', { class: 'what' }, NAMES[kind] ?? kind),
      h('span', { class: 'detail' }, detail ?? EXPLAINED[kind] ?? ''),
      h(
        'span',
        { class: 'when' },
        h('time', { datetime: at }, at.slice(11)),
        since > 0 ? h('span', { class: 'since' }, ` +${durationText(since)}`) : '',
      ),
      since > 0 && whole > 0
        ? h('meter', { min: 0, max: whole, value: since, 'aria-label': `share of ${durationText(whole)}` })
        : null,
    );
  });
  const ended = record.status !== 'PROCESSING';
  const spent = ended
    ? `${durationText(record.latency_ms)} until the outcome, ${durationText(record.upstream_ms)} of them at CXone, in ${record.attempts} write${record.attempts === 1 ? '' : 's'}.`
    : 'It is still being worked on.';
  return h(
    'div',
    {},
    h('p', { class: 'hint' }, record.timestamp.slice(0, 10), ', UTC. ', spent),
    h('ol', { class: 'timeline' }, items),
  );
}

function facts(record: AuditRecord): HTMLElement {
  const rows = Object.entries(record).map(([name, value]) => {
    const text = value === null ? '—' : typeof value === 'object' ? JSON.stringify(value) : String(value);
    return [h('dt', {}, name), h('dd', {}, text)];
  });
  return h('dl', { class: 'facts' }, rows);
}

/** `now` meant the moment at which the record was accepted, and a calendar is the one of today. */
function requestOf(record: AuditRecord, request: Record<string, unknown>): Record<string, unknown> {
  const isNow = request['source_timestamp'] === 'now';
  return isNow ? { ...request, source_timestamp: record.timestamp } : request;
}

/** Two ways to take the request up again. */
function again(record: AuditRecord, kept: Record<string, unknown> | null): HTMLElement {
  if (kept === null) {
    const why = 'This record was made by a version that did not keep requests: it cannot be computed again.';
    return h('p', { class: 'hint' }, why);
  }
  const request = requestOf(record, kept);
  const result = h('div', { class: 'again', role: 'status' });
  return h(
    'div',
    {},
    h(
      'div',
      { class: 'buttons' },
      h(
        'button',
        { type: 'button', class: 'primary', click: () => void computeAgain(record, request, result) },
        'Compute it again today',
      ),
      h(
        'a',
        { class: 'button', href: pathOf({ page: 'try', values: valuesOf(withoutDefaults(request)) }) },
        'Load into the form',
      ),
    ),
    result,
  );
}

const DEFAULTS: Record<string, unknown> = {
  disambiguation: 'compatible',
  duration_format: 'iso8601',
  offset_conflict: 'reject',
  output_format: 'rfc3339',
  output_locale: 'en-US',
  overflow: 'constrain',
  precision_limit: 3,
  source_format: 'rfc3339',
};
/** What says no more than the default keeps the address short; the form shows it all the same. */
const withoutDefaults = (request: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(request).filter(([name, value]) => DEFAULTS[name] !== value));

async function computeAgain(
  record: AuditRecord,
  request: Record<string, unknown>,
  into: HTMLElement,
): Promise<void> {
  const { action_name: _action, ...asked } = request;
  const { value, problem } = await preview(asked, new AbortController().signal);
  if (problem !== undefined) {
    into.replaceChildren(h('p', { class: 'warning' }, `Today it is refused: ${problem.detail}`));
    return;
  }
  const same = value.output_timestamp === record.output_timestamp;
  const database =
    value.tzdb_version === record.tzdb_version
      ? `the same tz database (${value.tzdb_version})`
      : `tz database ${value.tzdb_version} instead of ${record.tzdb_version}`;
  const calendar =
    record.calendar === null
      ? ''
      : value.calendar?.sha256 === record.calendar.sha256
        ? `, and the same version of the calendar ${record.calendar.name}`
        : `, and the calendar ${record.calendar.name} has changed since`;
  into.replaceChildren(
    same
      ? h(
          'p',
          {},
          h('span', { class: 'badge ok' }, 'the same'),
          ` It comes out the same under ${database}${calendar}.`,
        )
      : h(
          'div',
          { class: 'warning' },
          h('p', {}, `It comes out differently under ${database}${calendar}.`),
          h('dl', {}, h('dt', {}, 'recorded'), h('dd', {}, h('del', {}, String(record.output_timestamp)))),
          h('dl', {}, h('dt', {}, 'today'), h('dd', {}, h('ins', {}, String(value.output_timestamp)))),
        ),
  );
}
