import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { freePort } from '../support/server.ts';
import { EXAMPLE, startService } from '../support/service.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const DEPLOY = fileURLToPath(new URL('../../deploy/', import.meta.url));

interface Rule {
  alert?: string;
  record?: string;
  expr: string;
  annotations?: { summary: string; runbook_url: string };
}

const rules = (
  parse(readFileSync(join(DEPLOY, 'prometheus/rules.yaml'), 'utf8')) as {
    groups: { rules: Rule[] }[];
  }
).groups.flatMap((group) => group.rules);
const alerts = rules.filter(({ alert }) => alert !== undefined);

/** Written by a job beside the service, which docs/operations.md describes. */
const NOT_OURS = new Set(['audit_verify_exit_code', 'up']);

function skipWithout(t: TestContext, program: string): boolean {
  if (!spawnSync(program, ['--version']).error) return false;
  process.stderr.write(`SKIPPED: ${program} is not here (Debian: apt-get install prometheus): ${t.name}\n`);
  t.skip(`${program} is not installed`);
  return true;
}

test('the rules are valid, and each alert fires when it should and not before', (t) => {
  if (skipWithout(t, 'promtool')) return;
  const promtool = (...args: string[]) =>
    execFileSync('promtool', args, { cwd: join(DEPLOY, 'prometheus'), encoding: 'utf8', stdio: 'pipe' });
  assert.match(promtool('check', 'rules', 'rules.yaml'), /SUCCESS/);
  assert.match(promtool('check', 'config', '--syntax-only', 'prometheus.yml'), /SUCCESS/);
  assert.match(promtool('test', 'rules', 'rules.test.yaml'), /SUCCESS/);
});

test('every alert has a test, and a runbook that its link opens', async (t) => {
  const { get } = await startService(t);
  const tested = readFileSync(join(DEPLOY, 'prometheus/rules.test.yaml'), 'utf8');
  const { runbooks } = (
    parse(readFileSync(join(DEPLOY, 'prometheus/prometheus.yml'), 'utf8')) as {
      global: { external_labels: { runbooks: string } };
    }
  ).global.external_labels;
  assert.equal(new URL(runbooks).pathname, '/');
  for (const { alert = '', annotations } of alerts) {
    assert.ok(tested.includes(`alertname: ${alert}\n`), `${alert} has no test`);
    const [label, path = ''] = annotations?.runbook_url.split(' }}') ?? [];
    assert.equal(label, '{{ $externalLabels.runbooks');
    const { status, body } = await get<string>(`/${path}`);
    assert.equal(status, 200, `${path} does not open`);
    assert.match(body, new RegExp(`<h1>${alert}</h1>\n<p>[<\\w]`), `${path} says nothing`);
  }
  assert.equal((await get('/runbooks/no-such-alert')).status, 404);
});

/** Every query of the dashboard, with its variables filled in. */
function dashboardQueries(): { title: string; expr: string }[] {
  const { panels } = JSON.parse(readFileSync(join(DEPLOY, 'grafana/cxone-date-service.json'), 'utf8')) as {
    panels: { title: string; targets?: { expr: string }[] }[];
  };
  return panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({
      title,
      expr: expr.replaceAll('$__rate_interval', '1m').replaceAll('$instance', '.*'),
    })),
  );
}

/** The names of metrics in a query: what is no function, keyword, label or value. */
function metricsIn(expr: string): string[] {
  const bare = expr
    .replaceAll(/\{[^}]*\}|\[[^\]]*\]|"[^"]*"/g, ' ')
    .replaceAll(/\b(by|on|without)\s*\([^)]*\)/g, ' ');
  return [...bare.matchAll(/[a-z_][a-z0-9_:]*(?!\w*\s*\()/gi)]
    .map(([name]) => name)
    .filter((name) => name.includes('_') && !/^(humanize|histogram_quantile|count_over)/.test(name));
}

test('every metric that an alert or a panel asks for is one that the service serves', async (t) => {
  const { get, post } = await startService(t);
  await post('/manipulations', EXAMPLE);
  const { body } = await get<string>('/metrics');
  const served = new Set([...body.matchAll(/^([a-z_]+)[{ ]/gm)].map(([, name]) => name));
  const recorded = new Set(rules.map(({ record }) => record));
  const asked = [...rules, ...dashboardQueries()].flatMap(({ expr }) => metricsIn(expr));
  assert.ok(asked.length > 60);
  const missing = asked.filter((name) => !served.has(name) && !recorded.has(name) && !NOT_OURS.has(name));
  assert.deepEqual([...new Set(missing)], []);
});

test('a real Prometheus finds data for every panel, and can evaluate every rule', async (t) => {
  if (skipWithout(t, 'prometheus')) return;
  const service = await startService(t);
  const directory = temporaryDirectory(t);
  const config = join(directory, 'prometheus.yml');
  const port = await freePort();
  writeFileSync(
    config,
    JSON.stringify({
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: [join(DEPLOY, 'prometheus/rules.yaml')],
      scrape_configs: [
        { job_name: 'cxone-date-service', static_configs: [{ targets: [new URL(service.url).host] }] },
      ],
    }),
  );
  const prometheus = spawn(
    'prometheus',
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--enable-feature=exemplar-storage',
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  );
  const ended = once(prometheus, 'exit');
  t.after(async () => {
    prometheus.kill('SIGTERM');
    await ended;
  });
  const ask = async <T>(path: string, parameters: Record<string, string> = {}): Promise<T | undefined> => {
    const response = await fetch(
      `http://127.0.0.1:${port}/api/v1/${path}?${new URLSearchParams(parameters).toString()}`,
    ).catch(() => undefined);
    return response?.ok ? ((await response.json()) as { data: T }).data : undefined;
  };
  const query = async (expr: string) =>
    (await ask<{ result: unknown[] }>('query', { query: expr }))?.result.length ?? 0;

  // Until there are two scrapes, there are no rates; each waits for what it needs, as long as it takes.
  const trace = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
  for (const { title, expr } of dashboardQueries()) {
    while ((await query(expr)) === 0) {
      await service.post('/manipulations', EXAMPLE, trace);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.ok((await query(expr)) > 0, title);
  }
  // OpenMetrics is what Prometheus asks for, so that the name with days is there as well.
  assert.equal(await query('tzdb_age_days'), 1);

  interface Group {
    rules: { name: string; health: string; lastError?: string }[];
  }
  const evaluated = async () =>
    (await ask<{ groups: Group[] }>('rules'))?.groups.flatMap((group) => group.rules) ?? [];
  while ((await evaluated()).some(({ health }) => health === 'unknown')) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const states = await evaluated();
  assert.equal(states.length, rules.length);
  assert.deepEqual(
    states.filter(({ health }) => health !== 'ok'),
    [],
  );
  const exemplars = await ask<unknown[]>('query_exemplars', {
    query: 'manipulation_duration_seconds_bucket',
    start: String(Date.now() / 1000 - 600),
    end: String(Date.now() / 1000 + 600),
  });
  assert.ok((exemplars ?? []).length > 0);
});
