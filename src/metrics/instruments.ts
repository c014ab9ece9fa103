import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** From 1 ms to 10 s. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** The label of a value that is not in its set, so that no input can add a series. */
export const OTHER = '_OTHER';

/** The values that each label can have. */
export type LabelSets = Record<string, readonly string[]>;

/** The series of a metric, looked up by their label values in their order. */
export interface Series<T> {
  /** Values that are not in the sets are counted as `_OTHER`. */
  at(...values: string[]): T;
  /** Made where it is missing: for values that are known to be bounded, such as route patterns. */
  exact(...values: string[]): T;
}

export interface Observer {
  /** `traceId` becomes the exemplar of the bucket, where the histogram has exemplars. */
  observe(seconds: number, traceId?: string | null): void;
}

/** A counter of which every series exists with 0 from the start. */
export function counter(registry: Registry, name: string, help: string, sets: LabelSets = {}) {
  const metric = new Counter<string>({ name, help, labelNames: Object.keys(sets), registers: [registry] });
  return series(sets, (labels) => {
    metric.inc(labels, 0);
    return metric.labels(labels);
  });
}

/** A scrape sees the last exemplar of a bucket only, so that one for each request would be work for nothing. */
const EXEMPLAR_EVERY_MS = 1_000;

function bucketOf(seconds: number): number {
  let bucket = 0;
  while (bucket < SECONDS.length && seconds > (SECONDS[bucket] ?? 0)) bucket += 1;
  return bucket;
}

/** A histogram in seconds of which every series exists with 0 from the start. */
export function histogram(
  registry: Registry,
  name: string,
  help: string,
  sets: LabelSets = {},
  { exemplars = false } = {},
): Series<Observer> {
  const metric = new Histogram<string>({
    name,
    help,
    labelNames: Object.keys(sets),
    buckets: SECONDS,
    registers: [registry],
    enableExemplars: exemplars,
  }) as Histogram<string> & { updateExemplar(labels: object, value: number, exemplarLabels: object): void };
  return series(sets, (labels) => {
    metric.zero(labels);
    const child = metric.labels(labels);
    const due = new Float64Array(SECONDS.length + 1);
    return {
      observe(seconds, traceId) {
        child.observe(seconds);
        if (!exemplars || !traceId) return;
        const bucket = bucketOf(seconds);
        const now = performance.now();
        if (now < (due[bucket] ?? 0)) return;
        due[bucket] = now + EXEMPLAR_EVERY_MS;
        metric.updateExemplar(labels, seconds, { trace_id: traceId });
      },
    };
  });
}

/** A gauge that is asked for its value when it is scraped. */
export function gauge(
  registry: Registry,
  name: string,
  help: string,
  read: () => number | Promise<number>,
): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    async collect() {
      this.set(await read());
    },
  });
}

/** A gauge of a state: 1 for the one that holds, 0 for the others. Returns what sets it. */
export function stateGauge(registry: Registry, name: string, help: string, states: readonly string[]) {
  const metric = new Gauge({ name, help, labelNames: ['state'], registers: [registry] });
  return (now: string) => {
    for (const state of states) metric.set({ state }, state === now ? 1 : 0);
  };
}

/** A gauge that is always 1 and carries facts as labels. */
export function info(registry: Registry, name: string, help: string, labels: Record<string, string>): void {
  new Gauge({ name, help, labelNames: Object.keys(labels), registers: [registry] }).set(labels, 1);
}

/** Makes every series once; `at` only looks it up, so that an observation allocates no labels. */
function series<T>(sets: LabelSets, make: (labels: Record<string, string>) => T): Series<T> {
  const names = Object.keys(sets);
  const known = names.map((name) => new Set(sets[name]));
  const children = new Map<string, T>();
  for (const values of product(names.map((name) => sets[name] ?? []))) child(values);

  function child(values: readonly string[]): T {
    const made = make(Object.fromEntries(names.map((name, index) => [name, values[index] ?? OTHER])));
    children.set(values.join('|'), made);
    return made;
  }
  function exact(...values: string[]): T {
    return children.get(values.join('|')) ?? child(values);
  }
  return {
    exact,
    at(...values) {
      const found = children.get(values.join('|'));
      return found ?? exact(...values.map((value, index) => (known[index]?.has(value) ? value : OTHER)));
    },
  };
}

function product(sets: readonly (readonly string[])[]): string[][] {
  return sets.reduce<string[][]>(
    (lists, set) => lists.flatMap((list) => set.map((value) => [...list, value])),
    [[]],
  );
}
