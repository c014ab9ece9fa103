/** Look: the latest records, live; a search; problems by code; the state of what the service stands on. */
import { get, metrics } from './api.ts';
import { pathOf } from './address.ts';
import { h } from './dom.ts';
import { type AuditRecord, badge } from './record.ts';
import { durationText, lengthText } from './time.ts';

const EVERY_MS = 2_000;
const STATUSES = ['SUCCESS', 'FAILED', 'UNKNOWN', 'PROCESSING'];

interface Page {
  items: AuditRecord[];
}
interface Ready {
  status: string;
  dependencies: Record<string, { state: string; detail?: string }>;
}
type Sample = NonNullable<Awaited<ReturnType<typeof metrics>>>[number];

/** A UUID, bare or as the id of its webhook message. */
const recordIdOf = (search: string): string | undefined =>
  /^(?:msg_)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i.exec(search.trim())?.[1];

/** @param signal ends the polling when the page is left */
export async function recordsPage(
  main: HTMLElement,
  given: { search: string; status: string },
  signal: AbortSignal,
): Promise<void> {
  const state = { ...given };
  const list = h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Latest records' });
  const health = h('section', { class: 'card tiles', 'aria-label': 'State' });
  const problems = h('section', { class: 'card', 'aria-label': 'Problems by code' });
  const search = h('input', {
    id: 'search',
    type: 'search',
    value: state.search,
    placeholder: 'request id, action, idempotency key or webhook id',
    spellcheck: 'false',
  });
  const status = h('select', { id: 'status', change: () => update() });
  status.append(
    h('option', { value: '' }, 'any status'),
    ...STATUSES.map((one) => h('option', { value: one }, one)),
  );
  status.value = state.status;

  const update = (): void => {
    state.search = search.value.trim();
    state.status = status.value;
    history.replaceState(null, '', pathOf({ page: 'records', ...state }));
    void refreshList();
  };
  const find = async (): Promise<void> => {
    const id = recordIdOf(search.value);
    if (id !== undefined) {
      window.dispatchEvent(new CustomEvent('go', { detail: pathOf({ page: 'record', id }) }));
      return;
    }
    update();
  };
  const refreshList = async (): Promise<void> => {
    list.replaceChildren(...(await found(state)));
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
          void find();
        },
      },
      h('label', { for: 'search', class: 'visually-hidden' }, 'Search'),
      search,
      h('label', { for: 'status', class: 'visually-hidden' }, 'Status'),
      status,
      h('button', { class: 'primary' }, 'Find'),
    ),
    h('section', { class: 'card', 'aria-label': 'Records' }, h('h2', {}, 'Latest records'), list),
    problems,
  );
  const refresh = async (): Promise<void> => {
    const [samples] = await Promise.all([metrics(), refreshList()]);
    health.replaceChildren(...(await tiles(samples)));
    problems.replaceChildren(...problemRows(samples));
  };
  await refresh();
  const timer = setInterval(() => {
    if (!document.hidden) void refresh();
  }, EVERY_MS);
  signal.addEventListener('abort', () => clearInterval(timer));
}

async function found({ search, status }: { search: string; status: string }): Promise<HTMLElement[]> {
  const filters = (names: Record<string, string>) =>
    new URLSearchParams({ limit: '25', ...(status !== '' && { status }), ...names }).toString();
  const query =
    search === '' ? [filters({})] : [filters({ action_name: search }), filters({ idempotency_key: search })];
  const answers = await Promise.all(query.map((one) => get<Page>(`/audit-records?${one}`)));
  const problem = answers.every((one) => one.problem !== undefined) ? answers[0]?.problem : undefined;
  if (problem !== undefined) return [h('p', { class: 'warning' }, problem.detail)];
  const items = answers.flatMap(({ value }) => value?.items ?? []);
  const unique = [...new Map(items.map((item) => [item.request_id, item])).values()];
  if (unique.length === 0) {
    return [
      h(
        'p',
        { class: 'hint' },
        search === '' ? 'Nothing has been recorded yet.' : `Nothing is recorded under “${search}”.`,
      ),
    ];
  }
  const head = ['Accepted', 'Action', 'Operation', 'Written', 'Took', 'Status'];
  return [
    h(
      'table',
      {},
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          head.map((name) => h('th', { scope: 'col' }, name)),
        ),
      ),
      h('tbody', {}, unique.map(row)),
    ),
  ];
}

const row = (record: AuditRecord): HTMLElement =>
  h(
    'tr',
    {},
    h(
      'td',
      {},
      h(
        'a',
        { href: pathOf({ page: 'record', id: record.request_id }) },
        record.timestamp.replace('T', ' ').replace('Z', ''),
      ),
    ),
    h('td', {}, record.action_name),
    h('td', {}, record.operation),
    h('td', {}, String(record.output_timestamp)),
    h('td', {}, record.latency_ms === null ? '—' : durationText(record.latency_ms)),
    h('td', {}, badge(record.status), record.error === null ? null : h('small', {}, ` ${record.error.code}`)),
  );

const value = (samples: Sample[], name: string) => samples.find((sample) => sample.name === name)?.value;

async function tiles(samples: Sample[] | undefined): Promise<HTMLElement[]> {
  // A service that is not ready says so with 503 and the same body, which the API module hands on as a problem.
  const response = await fetch('/health/ready', { cache: 'no-store' }).catch(() => undefined);
  const ready = (await response?.json().catch(() => undefined)) as Ready | undefined;
  const tile = (name: string, state: string, detail: string) =>
    h(
      'div',
      { class: 'tile' },
      h('h2', {}, name),
      h('p', { class: `badge ${css(state)}` }, state),
      h('p', { class: 'hint' }, detail),
    );
  const dependencies = Object.entries(ready?.dependencies ?? {}).map(([name, { state, detail }]) =>
    tile(name === 'cxone' ? 'CXone' : name.charAt(0).toUpperCase() + name.slice(1), state, detail ?? ''),
  );
  if (ready === undefined) return [tile('Service', 'failed', 'It cannot be reached.')];
  if (samples === undefined) return dependencies;
  const size = value(samples, 'webhook_outbox_size');
  const dead = value(samples, 'webhook_dead_letters') ?? 0;
  const oldest = value(samples, 'webhook_outbox_oldest_seconds') ?? 0;
  const age = value(samples, 'audit_checkpoint_age_seconds');
  return [
    ...dependencies,
    tile(
      'Outbox',
      dead > 0 ? 'degraded' : 'ok',
      `${size ?? 0} on their way${oldest > 0 ? `, the oldest for ${lengthText(oldest)}` : ''}; ${dead} dead letter${dead === 1 ? '' : 's'}`,
    ),
    tile(
      'Chain',
      'ok',
      age === undefined || !(age > 0)
        ? 'no checkpoints are configured'
        : `last checkpoint ${lengthText(age)} ago`,
    ),
  ];
}

const css = (state: string) => (state === 'ok' ? 'ok' : state === 'degraded' ? 'wait' : 'off');

function problemRows(samples: Sample[] | undefined): HTMLElement[] {
  const title = h('h2', {}, 'Problems since the start, by code');
  if (samples === undefined)
    return [title, h('p', { class: 'hint' }, 'Metrics have a listener of their own here.')];
  const counted = samples
    .filter(({ name, value: count }) => name === 'problems_total' && count > 0)
    .map(({ labels, value: count }) => ({ code: /code="([^"]+)"/.exec(labels)?.[1] ?? '?', count }))
    .sort((a, b) => b.count - a.count);
  if (counted.length === 0) return [title, h('p', { class: 'hint' }, 'None.')];
  return [
    title,
    h(
      'ul',
      { class: 'plain' },
      counted.map(({ code, count }) =>
        h(
          'li',
          {},
          h('strong', {}, String(count)),
          ' ',
          h('a', { href: `/problems/${code.toLowerCase().replaceAll('_', '-')}` }, code),
          h('span', { class: 'hint' }, ' what it means and what to do'),
        ),
      ),
    ),
  ];
}
