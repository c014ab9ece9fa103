/** One record: its time line, and what today's tz database would make of the same request. */
import { get, type Problem } from './api.ts';
import { pathOf } from './address.ts';
import { h } from './dom.ts';
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
  latency_ms: number | null;
  upstream_ms: number | null;
  attempts: number;
  webhook: { id: string; status: string; attempts: number } | null;
  status: string;
  error: { code: string; detail: string } | null;
}

export interface History {
  /** The request as it was accepted, defaults filled in; null for records of versions that did not keep it. */
  request: Record<string, unknown> | null;
  events: { kind: string; at: string; detail: string | null }[];
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
  const again = h('div', { class: 'again', role: 'status' });
  const request = history?.request ?? null;
  main.replaceChildren(
    h('p', { class: 'crumbs' }, h('a', { href: '/console/records' }, 'Records')),
    h('h1', {}, record.action_name, ' ', badge(record.status)),
    h(
      'div',
      { class: 'columns even' },
      h(
        'section',
        { class: 'card', 'aria-label': 'Time line' },
        h('h2', {}, 'Time line'),
        timeLine(record, history),
        request === null
          ? h(
              'p',
              { class: 'hint' },
              'This record does not hold its request, so that it cannot be loaded or computed again.',
            )
          : h(
              'div',
              { class: 'buttons' },
              h(
                'a',
                { class: 'button', href: pathOf({ page: 'try', values: valuesOf(request) }) },
                'Load into the form',
              ),
              h(
                'button',
                { type: 'button', click: () => void computeAgain(record, request, again) },
                'Compute it again today',
              ),
            ),
        again,
      ),
      h('section', { class: 'card', 'aria-label': 'The record' }, h('h2', {}, 'The record'), facts(record)),
    ),
  );
}

export const badge = (status: string): HTMLElement =>
  h(
    'span',
    { class: `badge ${status === 'SUCCESS' ? 'ok' : status === 'PROCESSING' ? 'wait' : 'off'}` },
    status,
  );

const problemOf = (problem: Problem | undefined) =>
  h(
    'section',
    { class: 'card problem' },
    h('h2', {}, problem?.title ?? 'Not found'),
    h('p', {}, problem?.detail ?? ''),
  );

const NAMES: Record<string, string> = {
  accepted: 'Accepted and computed',
  dispatched: 'Write dispatched',
  outcome: 'Outcome recorded',
  webhook: 'Webhook',
};

/** What the ledger says happened when; of an old service only the record itself speaks. */
function timeLine(record: AuditRecord, history: History | undefined): HTMLElement {
  const started = Date.parse(record.timestamp);
  const derived = [
    { kind: 'accepted', at: record.timestamp, detail: null },
    ...(record.latency_ms === null
      ? []
      : [
          { kind: 'outcome', at: new Date(started + record.latency_ms).toISOString(), detail: record.status },
        ]),
  ];
  const events = history?.events ?? derived;
  let before = started;
  const items = events.map(({ kind, at, detail }) => {
    const since = Date.parse(at) - before;
    before = Date.parse(at);
    return h(
      'li',
      {},
      h('span', { class: 'what' }, NAMES[kind] ?? kind, detail === null ? '' : `: ${detail}`),
      h(
        'span',
        { class: 'when' },
        h('time', { datetime: at }, at),
        since > 0 ? ` (+${durationText(since)})` : '',
      ),
    );
  });
  const spent =
    record.latency_ms === null
      ? 'It is still being worked on.'
      : `${durationText(record.latency_ms)} in all, ${durationText(record.upstream_ms ?? 0)} of them at CXone, in ${record.attempts} write attempt${record.attempts === 1 ? '' : 's'}.`;
  return h('div', {}, h('ol', { class: 'timeline' }, items), h('p', {}, spent));
}

function facts(record: AuditRecord): HTMLElement {
  const rows = Object.entries(record).map(([name, value]) => {
    const text = value === null ? '—' : typeof value === 'object' ? JSON.stringify(value) : String(value);
    return [h('dt', {}, name), h('dd', {}, text)];
  });
  return h('dl', { class: 'facts' }, rows);
}

async function computeAgain(
  record: AuditRecord,
  request: Record<string, unknown>,
  into: HTMLElement,
): Promise<void> {
  const { action_name: _action, webhook_url: _webhook, ...rest } = request;
  const { value, problem } = await preview(rest, new AbortController().signal);
  if (problem !== undefined) {
    into.replaceChildren(h('p', { class: 'warning' }, problem.detail));
    return;
  }
  const same = value.output_timestamp === record.output_timestamp;
  const versions =
    value.tzdb_version === record.tzdb_version
      ? `under the same tz database (${value.tzdb_version})`
      : `under tz database ${value.tzdb_version} instead of ${record.tzdb_version}`;
  into.replaceChildren(
    same
      ? h('p', {}, h('span', { class: 'badge ok' }, 'the same'), ` It comes out the same ${versions}.`)
      : h(
          'p',
          { class: 'warning' },
          `It comes out differently ${versions}: `,
          h('del', {}, String(record.output_timestamp)),
          ' → ',
          h('ins', {}, String(value.output_timestamp)),
        ),
  );
}
