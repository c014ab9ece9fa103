/** The state of what the service stands on: the tenant, the ledger, the outbox and the chain. */
import { get, type metrics } from './api.ts';
import { problemPath } from './address.ts';
import { h } from './dom.ts';
import { lengthText } from './time.ts';

interface Ready {
  dependencies: Record<string, { state: string; detail?: string }>;
}
export type Sample = NonNullable<Awaited<ReturnType<typeof metrics>>>[number];

/** The same as in deploy/prometheus/rules.yaml. */
const OLD_CHECKPOINT_SECONDS = 7_200;

const CSS: Record<string, string> = { ok: 'ok', degraded: 'wait' };

const valueOf = (samples: Sample[], name: string, label = ''): number | undefined =>
  samples.find((sample) => sample.name === name && sample.labels.includes(label))?.value;

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;

interface Tile {
  name: string;
  state: string;
  detail: string;
}

/** What is known; of a service that has its metrics elsewhere, its readiness alone. */
export async function tiles(samples: Sample[] | undefined): Promise<HTMLElement[]> {
  // A service that is not ready says so with 503 and the same body, which is no problem document.
  const response = await fetch('/health/ready', { cache: 'no-store' }).catch(() => undefined);
  const ready = (await response?.json().catch(() => undefined)) as Ready | undefined;
  if (ready === undefined)
    return [tile({ name: 'Service', state: 'failed', detail: 'It cannot be reached.' })];
  const { ledger, cxone, process } = ready.dependencies;
  const all: Tile[] = [
    { name: 'Tenant', state: cxone?.state ?? 'ok', detail: cxone?.detail ?? tenant(samples) },
    { name: 'Ledger', state: ledger?.state ?? 'ok', detail: ledger?.detail ?? inFlight(samples) },
    ...(samples === undefined ? [] : [outbox(samples), chain(samples)]),
    ...(process === undefined || process.state === 'ok'
      ? []
      : [{ name: 'Process', state: process.state, detail: process.detail ?? '' }]),
  ];
  return all.map(tile);
}

const tile = ({ name, state, detail }: Tile) =>
  h(
    'div',
    { class: 'tile' },
    h('h2', {}, name, ' ', h('span', { class: `badge ${CSS[state] ?? 'off'}` }, state)),
    h('p', { class: 'hint' }, detail),
  );

function tenant(samples: Sample[] | undefined): string {
  if (samples === undefined) return '';
  const circuit = ['closed', 'open', 'half_open'].find(
    (state) => valueOf(samples, 'cxone_circuit_state', `"${state}"`) === 1,
  );
  const rate = valueOf(samples, 'cxone_rate_per_second') ?? 0;
  return `circuit ${(circuit ?? 'unknown').replace('_', ' ')}, up to ${Math.round(rate)} requests a second`;
}

function inFlight(samples: Sample[] | undefined): string {
  if (samples === undefined) return '';
  const running = valueOf(samples, 'manipulations_in_flight') ?? 0;
  const unreconciled = valueOf(samples, 'ledger_unreconciled_intents') ?? 0;
  return `${running} in flight, ${unreconciled} to be reconciled`;
}

function outbox(samples: Sample[]): Tile {
  const size = valueOf(samples, 'webhook_outbox_size') ?? 0;
  const dead = valueOf(samples, 'webhook_dead_letters') ?? 0;
  const oldest = valueOf(samples, 'webhook_outbox_oldest_seconds') ?? 0;
  const age = oldest > 0 ? `, the oldest for ${lengthText(oldest)}` : '';
  return {
    name: 'Outbox',
    state: dead > 0 ? 'degraded' : 'ok',
    detail: `${counted(size, 'webhook')} to deliver${age}, ${counted(dead, 'dead letter')}`,
  };
}

function chain(samples: Sample[]): Tile {
  const age = valueOf(samples, 'audit_checkpoint_age_seconds');
  if (age === undefined || Number.isNaN(age))
    return { name: 'Chain', state: 'ok', detail: 'hashed; no signed checkpoints are configured' };
  const state = age > OLD_CHECKPOINT_SECONDS ? 'degraded' : 'ok';
  return { name: 'Chain', state, detail: `signed ${lengthText(age)} ago` };
}

interface Guide {
  title: string;
  means: string;
  remedy: string;
}
const guides = new Map<string, Promise<Guide | undefined>>();

function guideOf(code: string): Promise<Guide | undefined> {
  const known = guides.get(code) ?? get<Guide>(problemPath(code)).then(({ value }) => value);
  guides.set(code, known);
  return known;
}

/** Each code that was answered since the start, the most frequent first, with what to do about it. */
export async function problemRows(samples: Sample[] | undefined): Promise<HTMLElement[]> {
  const title = h('h2', {}, 'Recent problems');
  if (samples === undefined)
    return [
      title,
      h('p', { class: 'hint' }, 'This service has its metrics on another listener: see METRICS_PORT.'),
    ];
  const found = samples
    .filter(({ name, value }) => name === 'problems_total' && value > 0)
    .map(({ labels, value }) => ({ code: /code="([^"]+)"/.exec(labels)?.[1] ?? '', count: value }))
    .filter(({ code }): boolean => code !== '')
    .sort((a, b) => b.count - a.count);
  if (found.length === 0) return [title, h('p', { class: 'hint' }, 'None since the service was started.')];
  const rows = await Promise.all(
    found.map(async ({ code, count }) => {
      const guide = await guideOf(code);
      return h(
        'li',
        {},
        h('span', { class: 'count' }, `${count}×`),
        h(
          'span',
          {},
          h('a', { href: problemPath(code) }, code),
          guide === undefined
            ? null
            : h('span', { class: 'hint' }, ` ${guide.title}. `, inline(guide.remedy)),
        ),
      );
    }),
  );
  return [title, h('ul', { class: 'plain problems' }, rows)];
}

/** Markdown's code is all that a remedy has of it. */
const inline = (text: string) => text.split('`').map((part, i) => (i % 2 === 0 ? part : h('code', {}, part)));
