import { collectDefaultMetrics, type Metric, Registry } from 'prom-client';

/** What of Node's own metrics is left out: Prometheus' linter refuses their names. */
const REFUSED =
  /^nodejs_(active_(handles|requests|resources)_total|eventloop_utilization_(histogram|summary))$/;
/** Written as a comment in the text form, for people, since the linter refuses its unit; Prometheus reads OpenMetrics. */
const OPEN_METRICS_ONLY = 'tzdb_age_days';

export interface Exposition {
  registry: Registry;
  /** The metrics in the form that the scraper asks for; exemplars are in OpenMetrics only. */
  scrape(accept: string | undefined): Promise<{ type: string; body: string }>;
}

/** The registry, with Node's default metrics, and how it is read. */
export function createExposition(): Exposition {
  // The library takes exemplars in a registry of that form only; it is read in both forms through `view`.
  const registry = new Registry(Registry.OPENMETRICS_CONTENT_TYPE);
  collectDefaultMetrics({ register: registry });
  for (const { name } of registry.getMetricsAsArray()) {
    if (REFUSED.test(name)) registry.removeSingleMetric(name);
  }
  return {
    registry,
    async scrape(accept) {
      const openMetrics = accept?.includes('application/openmetrics-text') === true;
      const form = view(registry, openMetrics);
      const body = await form.metrics();
      return {
        type: form.contentType,
        body: openMetrics ? body : body + (await comment(registry.getSingleMetric(OPEN_METRICS_ONLY))),
      };
    },
  };
}

/**
 * The same metrics to be written in one form. The library renames a counter for good when it writes OpenMetrics, so each
 * metric is stood for by an object of its own.
 */
function view(registry: Registry, openMetrics: boolean): Registry {
  const form = openMetrics ? new Registry(Registry.OPENMETRICS_CONTENT_TYPE) : new Registry();
  for (const metric of registry.getMetricsAsArray()) {
    if (openMetrics || metric.name !== OPEN_METRICS_ONLY)
      form.registerMetric(Object.create(metric) as Metric);
  }
  return form;
}

async function comment(metric: Metric | undefined): Promise<string> {
  const [value] = (await metric?.get())?.values ?? [];
  return value === undefined ? '' : `# In OpenMetrics: ${OPEN_METRICS_ONLY} ${value.value}\n`;
}
