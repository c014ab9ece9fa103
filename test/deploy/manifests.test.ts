import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import pkg from '../../package.json' with { type: 'json' };
import { Environment, loadConfig, longestStopMs } from '../../src/config.ts';

const DEPLOY = fileURLToPath(new URL('../../deploy/', import.meta.url));
const KUBERNETES = join(DEPLOY, 'kubernetes');
const VERSIONS = ['1.31', '1.33'];

const read = (path: string): unknown => parse(readFileSync(join(DEPLOY, path), 'utf8'), { merge: true });
const manifests = readdirSync(KUBERNETES).filter((name) => name.endsWith('.yaml'));
const known = new Set([
  'CALENDARS_DIR',
  ...Object.keys(Environment.properties).flatMap((name) => [name, `${name}_FILE`]),
]);
/** In whole seconds, with the defaults. */
const longestStop = longestStopMs(loadConfig({})) / 1000;

test('every manifest fits the schemas of Kubernetes', (t) => {
  const found = spawnSync('python3', ['-c', 'import kubernetes_validate']);
  if (found.status !== 0) {
    process.stderr.write('SKIPPED: kubernetes-validate is not here (pip install kubernetes-validate)\n');
    t.skip('kubernetes-validate is not installed');
    return;
  }
  // Kinds that Kubernetes itself does not know: kustomize's own, and the Prometheus operator's.
  const own = manifests.filter((name) => !['kustomization.yaml', 'servicemonitor.yaml'].includes(name));
  const files = [...own, '../../examples/kubernetes/cronjob.yaml'];
  assert.ok(files.length >= 7);
  const script = `
import sys, yaml, kubernetes_validate
for path in sys.argv[2:]:
    for document in yaml.safe_load_all(open(path)):
        kubernetes_validate.validate(document, sys.argv[1], strict=True)
`;
  for (const version of VERSIONS) {
    const said = spawnSync(
      'python3',
      ['-c', script, version, ...files.map((name) => join(KUBERNETES, name))],
      { encoding: 'utf8' },
    );
    assert.equal(said.status, 0, said.stderr);
  }
});

test('the kustomization names every manifest, and files that are there', () => {
  const { resources, configMapGenerator } = read('kubernetes/kustomization.yaml') as {
    resources: string[];
    configMapGenerator: { files: string[] }[];
  };
  const apart = ['kustomization.yaml', 'secret.example.yaml'];
  assert.deepEqual(resources.toSorted(), manifests.filter((name) => !apart.includes(name)).toSorted());
  for (const file of configMapGenerator.flatMap(({ files }) => files)) {
    assert.ok(existsSync(join(KUBERNETES, file)), file);
  }
});

interface Deployment {
  spec: {
    template: {
      spec: {
        terminationGracePeriodSeconds: number;
        containers: { env: { name: string }[]; ports: { name: string }[] }[];
      };
    };
  };
}

interface Compose {
  services: Record<
    string,
    {
      image?: string;
      environment?: Record<string, string>;
      ports?: string[];
      stop_grace_period?: string;
      read_only?: boolean;
      cap_drop?: string[];
      restart?: string;
      mem_limit?: string;
    }
  >;
}

test('both deployments set only variables that the service reads', () => {
  const [container] = (read('kubernetes/deployment.yaml') as Deployment).spec.template.spec.containers;
  const compose = read('compose.yaml') as Compose;
  const names = [
    ...(container?.env.map(({ name }) => name) ?? []),
    ...Object.keys(compose.services['dates-1']?.environment ?? {}),
  ];
  assert.deepEqual(
    names.filter((name) => !known.has(name)),
    [],
  );
});

test('both deployments wait longer for a stop than the service takes', () => {
  const { spec } = (read('kubernetes/deployment.yaml') as Deployment).spec.template;
  assert.ok(spec.terminationGracePeriodSeconds > longestStop);
  for (const name of ['dates-1', 'dates-2']) {
    const grace = (read('compose.yaml') as Compose).services[name]?.stop_grace_period ?? '';
    assert.ok(Number.parseInt(grace, 10) > longestStop, `${name}: ${grace}`);
  }
  const operations = readFileSync(
    fileURLToPath(new URL('../../docs/operations.md', import.meta.url)),
    'utf8',
  );
  assert.ok(operations.includes(`**${longestStop} s** with the`));
});

test('compose is reachable from this machine only, and each container is confined', () => {
  for (const [name, service] of Object.entries((read('compose.yaml') as Compose).services)) {
    for (const port of service.ports ?? []) assert.match(port, /^127\.0\.0\.1:/, name);
    assert.equal(service.read_only, true, name);
    assert.deepEqual(service.cap_drop, ['ALL'], name);
    assert.equal(service.restart, 'unless-stopped', name);
    assert.ok(service.mem_limit, name);
  }
});

test('the manifests name the version that package.json names, and the changelog has a section for it', () => {
  const { images } = read('kubernetes/kustomization.yaml') as { images: { newTag: string }[] };
  assert.deepEqual(
    images.map(({ newTag }) => newTag),
    [pkg.version],
  );
  const notes = spawnSync(process.execPath, ['scripts/release-notes.ts', pkg.version], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    encoding: 'utf8',
  });
  assert.equal(notes.status, 0, notes.stderr);
  assert.match(notes.stdout, /^### /);
});

interface Probe {
  httpGet: { path: string };
}

test('on Kubernetes two hardened replicas run with probes, bounded memory, and secrets as files that the example has', () => {
  const { replicas, template } = (
    read('kubernetes/deployment.yaml') as {
      spec: {
        replicas: number;
        template: {
          metadata: { labels: Record<string, string> };
          spec: {
            securityContext: { runAsNonRoot: boolean };
            containers: {
              env: { name: string; value: string }[];
              resources: { requests: Record<string, string>; limits: Record<string, string> };
              securityContext: { readOnlyRootFilesystem: boolean; capabilities: { drop: string[] } };
              startupProbe: Probe;
              livenessProbe: Probe;
              readinessProbe: Probe;
            }[];
            volumes: { name: string; configMap?: { name: string } }[];
          };
        };
      };
    }
  ).spec;
  assert.equal(replicas, 2);
  assert.equal(template.spec.securityContext.runAsNonRoot, true);
  const container = template.spec.containers[0];
  assert.ok(container);
  assert.equal(container.securityContext.readOnlyRootFilesystem, true);
  assert.deepEqual(container.securityContext.capabilities.drop, ['ALL']);
  assert.ok(container.resources.requests['cpu'] && container.resources.limits['memory']);
  assert.deepEqual(
    [container.startupProbe, container.livenessProbe, container.readinessProbe].map(
      ({ httpGet }) => httpGet.path,
    ),
    ['/health/live', '/health/live', '/health/ready'],
  );
  const { stringData } = read('kubernetes/secret.example.yaml') as { stringData: Record<string, string> };
  const mounted = container.env
    .filter(({ value }) => value.startsWith('/run/secrets/service/'))
    .map(({ name, value }) => {
      assert.match(name, /_FILE$/);
      return value.slice('/run/secrets/service/'.length);
    });
  assert.deepEqual(mounted.toSorted(), Object.keys(stringData).toSorted());
  assert.ok(template.spec.volumes.some(({ configMap }) => configMap?.name === 'calendars'));

  const labels = { 'app.kubernetes.io/name': 'cxone-date-service' };
  assert.deepEqual(template.metadata.labels, labels);
  const selector = (file: string, key: 'selector' | 'podSelector') =>
    (read(`kubernetes/${file}.yaml`) as { spec: Record<string, { matchLabels: object }> }).spec[key]
      ?.matchLabels;
  assert.deepEqual(selector('poddisruptionbudget', 'selector'), labels);
  assert.deepEqual(selector('networkpolicy', 'podSelector'), labels);
  assert.deepEqual(selector('servicemonitor', 'selector'), labels);
  const { spec: scaler } = read('kubernetes/horizontalpodautoscaler.yaml') as {
    spec: { scaleTargetRef: { name: string }; minReplicas: number };
  };
  assert.deepEqual([scaler.scaleTargetRef.name, scaler.minReplicas], ['cxone-date-service', replicas]);
});

test('in compose each part starts when what it needs is healthy, and the balancer asks for readiness', () => {
  const { services } = read('compose.yaml') as {
    services: Record<
      string,
      {
        healthcheck?: { test: string[] };
        depends_on?: Record<string, { condition: string }>;
        environment?: Record<string, string>;
      }
    >;
  };
  for (const name of ['dates-1', 'dates-2', 'balancer']) {
    const needs = Object.entries(services[name]?.depends_on ?? {});
    assert.ok(needs.length >= 2, name);
    for (const [needed, { condition }] of needs) {
      assert.equal(condition, 'service_healthy', `${name}: ${needed}`);
      // The service's own check is the image's.
      assert.ok(services[needed]?.healthcheck ?? needed.startsWith('dates-'), needed);
    }
  }
  // PostgreSQL answers on its socket before it has set the database up; over TCP only after.
  assert.ok(services['postgres']?.healthcheck?.test.includes('127.0.0.1'));
  const ledgers = ['dates-1', 'dates-2'].map((name) => services[name]?.environment?.['DATABASE_URL']);
  assert.equal(new Set(ledgers).size, 1);
  assert.match(ledgers[0] ?? '', /^postgres:/);
  const balancer = readFileSync(join(DEPLOY, 'haproxy.cfg'), 'utf8');
  assert.match(balancer, /option httpchk GET \/health\/ready/);
  for (const name of ['dates-1', 'dates-2'])
    assert.ok(balancer.includes(`server ${name} ${name}:3000`), name);
  assert.match(
    readFileSync(fileURLToPath(new URL('../../Dockerfile', import.meta.url)), 'utf8'),
    /^HEALTHCHECK /m,
  );
});

test('a release names its base image by a digest, and has an SBOM and provenance', () => {
  const { jobs } = read('../.github/workflows/release.yaml') as {
    jobs: { release: { steps: { run?: string }[] } };
  };
  const build = jobs.release.steps.find(({ run = '' }) => run.includes('buildx build'))?.run ?? '';
  assert.match(build, /digest=\$\(docker buildx imagetools inspect/);
  for (const argument of [
    '--build-arg BASE="node:26-slim@$digest"',
    '--sbom true',
    '--provenance mode=max',
  ]) {
    assert.ok(build.includes(argument), argument);
  }
  assert.ok(jobs.release.steps.some(({ run = '' }) => run.includes('npm sbom')));
});
