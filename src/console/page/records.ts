/** Look: the latest records, live; a search; problems by code; the state of what the service stands on. */
import { get, metrics } from './api.ts';
import { pathOf } from './address.ts';
import { announce, h, headRow } from './dom.ts';
import { problemRows, tiles } from './health.ts';
import { type AuditRecord, badge } from './record.ts';
import { durationText } from './time.ts';

const EVERY_MS = 2_000;
const MOST = 25;
const STATUSES = ['SUCCESS', 'FAILED', 'UNKNOWN', 'PROCESSING'];

interface Page {
  items: AuditRecord[];
}

/** A UUID; that of a record has a page of its own. */
const isUuid = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

/** @param signal ends the polling when the page is left */
export async function recordsPage(
  main: HTMLElement,
  given: { search: string; status: string },
  signal: AbortSignal,
): Promise<void> {
  const state = { ...given };
  const list = h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Latest records' });
  const health = h('section', { class: 'card tiles', 'aria-label': 'State' });
  const problems = h('section', { class: 'card', 'aria-label': 'Recent problems' });
  const live = h('small', { class: 'live' }, 'live');
  const search = h('input', {
    id: 'search',
    type: 'search',
    value: state.search,
    placeholder: 'request id, action, idempotency key or webhook id',
    spellcheck: 'false',
    autocomplete: 'off',
  });
  const status = h('select', { id: 'status', change: () => void update() });
  status.append(
    h('option', { value: '' }, 'any status'),
    ...STATUSES.map((one) => h('option', { value: one }, one)),
  );
  status.value = state.status;

  const update = async (): Promise<void> => {
    state.search = search.value.trim();
    state.status = status.value;
    if (isUuid(state.search)) {
      window.dispatchEvent(new CustomEvent('go', { detail: pathOf({ page: 'record', id: state.search }) }));
      return;
    }
    history.replaceState(null, '', pathOf({ page: 'records', ...state }));
    await refreshList();
    announce(`${list.querySelectorAll('tbody tr').length} records found`);
  };

  let shown = '';
  const refreshList = async (): Promise<void> => {
    const found = await foundBy(state);
    // What has not changed is left alone: a reader may be in it.
    const text = JSON.stringify(found);
    if (text === shown) return;
    const known = new Set([...list.querySelectorAll('a')].map(({ pathname }) => pathname));
    const focused =
      document.activeElement instanceof HTMLAnchorElement ? document.activeElement.pathname : '';
    shown = text;
    list.replaceChildren(...listed(found, state.search, known));
    for (const link of list.querySelectorAll('a')) if (link.pathname === focused) link.focus();
  };

  main.replaceChildren(
    h('h1', {}, 'Look'),
    health,
    h(
      'form',
      {
        class: 'card toolbar',
        role: 'search',
        submit: (event) => {
          event.preventDefault();
          void update();
        },
      },
      h('label', { for: 'search', class: 'visually-hidden' }, 'Search'),
      search,
      h('label', { for: 'status', class: 'visually-hidden' }, 'Status'),
      status,
      h('button', { class: 'primary' }, 'Find'),
    ),
    h('section', { class: 'card', 'aria-label': 'Records' }, h('h2', {}, 'Latest records ', live), list),
    problems,
  );
  let beside = '';
  const refresh = async (): Promise<void> => {
    const [samples] = await Promise.all([metrics(), refreshList()]);
    const [state_, rows] = await Promise.all([tiles(samples), problemRows(samples)]);
    const html = [...state_, ...rows].map(({ outerHTML }) => outerHTML).join('');
    if (html === beside || signal.aborted) return;
    beside = html;
    health.replaceChildren(...state_);
    problems.replaceChildren(...rows);
  };
  await refresh();
  const timer = setInterval(() => {
    if (!document.hidden) void refresh();
  }, EVERY_MS);
  signal.addEventListener('abort', () => clearInterval(timer));
}

type Found = { items: AuditRecord[] } | { problem: string };

/** What a search may mean, all of it at once: an action, an idempotency key, a webhook. */
async function foundBy({ search, status }: { search: string; status: string }): Promise<Found> {
  const names = search === '' ? [undefined] : ['action_name', 'idempotency_key', 'webhook_id'];
  const answers = await Promise.all(
    names.map((name) => {
      const query = new URLSearchParams({ limit: String(MOST) });
      if (status !== '') query.set('status', status);
      if (name !== undefined) query.set(name, search);
      return get<Page>(`/audit-records?${query}`);
    }),
  );
  const [first] = answers;
  if (first?.problem !== undefined && answers.every(({ value }) => value === undefined))
    return { problem: first.problem.detail };
  const items = answers.flatMap(({ value }) => value?.items ?? []);
  return { items: [...new Map(items.map((item) => [item.request_id, item])).values()] };
}

function listed(found: Found, search: string, known: Set<string>): HTMLElement[] {
  if ('problem' in found) return [h('p', { class: 'warning' }, found.problem)];
  if (found.items.length === 0) {
    const text =
      search === ''
        ? 'Nothing has been recorded yet. What is written appears here by itself.'
        : `Nothing is recorded under “${search}”.`;
    return [h('p', { class: 'hint' }, text)];
  }
  const head = ['Accepted (UTC)', 'Status', 'Action', 'Operation', 'Written', 'Took'];
  const isNew = ({ request_id }: AuditRecord) =>
    known.size > 0 && !known.has(pathOf({ page: 'record', id: request_id }));
  return [
    h(
      'table',
      { class: 'stack' },
      headRow(head),
      h(
        'tbody',
        {},
        found.items.map((record) => row(record, head, isNew(record))),
      ),
    ),
  ];
}

function row(record: AuditRecord, head: string[], isNew: boolean): HTMLElement {
  const accepted = record.timestamp.replace('T', ' ').replace('Z', '');
  const cells = [
    h('a', { href: pathOf({ page: 'record', id: record.request_id }) }, accepted),
    [badge(record.status), record.error === null ? null : h('small', {}, ` ${record.error.code}`)],
    record.action_name,
    record.operation,
    h('code', {}, String(record.output_timestamp)),
    record.status === 'PROCESSING' ? '—' : durationText(record.latency_ms),
  ];
  return h(
    'tr',
    { class: isNew ? 'new' : null },
    cells.map((cell, i) => h('td', { 'data-name': head[i] ?? '' }, h('span', {}, cell))),
  );
}
