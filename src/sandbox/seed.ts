import { createHash } from 'node:crypto';
import type { Action } from './actions.ts';

/** Stable over runs, and in the form of a UUID. */
function idOf(key: string): string {
  const hex = createHash('sha256').update(key).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Other people's configuration, in as many forms as there are people. */
const CONFIGURATIONS: readonly ((n: number) => Record<string, unknown>)[] = [
  () => ({
    request: {
      method: 'GET',
      urlTemplate: 'https://crm.example/customers/${input.id}',
      headers: { accept: 'json' },
    },
    response: { translationMap: { tier: '$.customer.tier' }, successTemplate: '{"tier": ${tier}}' },
  }),
  (n) => ({ retries: n % 4, timeoutSeconds: 30, tags: ['nightly', `team-${n % 7}`], owner: null }),
  (n) => ({
    dateProcessing: {
      sourceField: 'input_datetime',
      targetField: 'processed_datetime',
      computedValue: '2023-11-05T01:30:00.000-04:00',
      timezone: 'America/New_York',
      dstAdjustment: true,
      precision: 3,
    },
    queue: { skills: [101 + n, 202 + n], overflow: { after: 'PT45S', to: { skill: 900, priority: 1 } } },
  }),
  (n) => ({
    schema: { type: 'object', properties: { when: { type: 'string', maxLength: n } } },
    strict: false,
  }),
  () => ({
    steps: [
      { run: 'lookup', with: { key: 'ani' } },
      { run: 'assign', with: [1, [2, [3, {}]], ''] },
    ],
  }),
  () => ({}),
];

/** Fields beside the configuration that the tutorial does not name, and that no write may lose. */
const EXTRAS: readonly ((n: number) => Record<string, unknown>)[] = [
  () => ({}),
  (n) => ({ category: 'Scheduling', createdBy: { id: 4000 + n, name: 'Ana Müller' } }),
  () => ({ labels: ['prod', 'ünïcödé 🗓'], description: 'Line one\nline two — with "quotes"' }),
  (n) => ({ integrationId: idOf(`integration ${n}`), secure: false, config: { deprecated: true } }),
];

const pick = <T>(list: readonly T[], n: number): T => {
  const item = list[n % list.length];
  if (item === undefined) throw new RangeError('the list is empty');
  return item;
};

function action(name: string, n: number, more: Record<string, unknown> = {}): Action {
  return {
    id: idOf(`${n} ${name}`),
    name,
    type: pick(['date', 'rest', 'studio'], n),
    enabled: n % 5 !== 3,
    ...pick(EXTRAS, n)(n),
    configuration: pick(CONFIGURATIONS, n)(n),
    ...more,
  };
}

const numbered = (prefix: string, count: number, digits: number): string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}${String(i + 1).padStart(digits, '0')}`);

/**
 * Names that a careless lookup confuses. `Production_Date_Processor` is one of many that contain it and not the first;
 * `Shift_Window_Date` comes after 55 that begin with it, which is page 3; two actions are called
 * `Duplicate_Date_Processor`.
 */
const NAMES: readonly string[] = [
  'Legacy_Production_Date_Processor',
  'Production_Date_Processor_EU',
  'Production_Date',
  'production_date_processor',
  'Production_Date_Processor_2',
  'Production_Date_Processor',
  'Production_Date_Processor ',
  'Production_Date_Processor_Retired',
  'Duplicate_Date_Processor',
  'Staging_Date_Processor',
  'Duplicate_Date_Processor',
  'Callback Window = 100% (Zürich & "Genève") + 1',
  '日本語の日付処理',
  ...numbered('Shift_Window_Date_', 55, 2),
  'Shift_Window_Date',
  'Overnight_Callback',
  'Holiday_Calendar_Sync',
  'Contract_Renewal_Reminder',
  'Bare_Action',
];

/** The JSON texts of the tenant's actions, the same on every start; `extra` adds `Bulk_0001` and so on. */
export function* seed(extra: number): Generator<string> {
  let n = 0;
  for (const name of NAMES) {
    const more = name === 'Bare_Action' ? { configuration: null } : {};
    yield JSON.stringify(action(name, n++, more));
  }
  // An id that must be encoded in a path.
  yield JSON.stringify(action('Imported_Date_Processor', n++, { id: 'legacy/0007 ä' }));
  // A number that JavaScript's own cannot hold: reading and writing back must not change it.
  const counter = JSON.stringify(action('Ledger_Date_Processor', n++, { configuration: { accountId: 0 } }));
  yield counter.replace('"accountId":0', '"accountId":9007199254740993,"rate":1.10');
  for (const name of numbered('Bulk_', extra, 4)) yield JSON.stringify(action(name, n++));
}
