import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSandbox } from '../../src/sandbox/index.ts';
import type { Cluster } from '../support/postgres.ts';
import { type Lifetime, startProcess } from '../support/process.ts';
import { freePort } from '../support/server.ts';
import { EXAMPLE, pointingTo } from '../support/service.ts';
import { until } from '../support/until.ts';
import { createSender } from './sender.ts';

const DEPLOY = join(import.meta.dirname, '../../deploy');
const CALLERS = 8;
const ACTIONS = Array.from({ length: CALLERS }, (_, n) => `Shift_Window_Date_0${n + 1}`);

/**
 * What compose starts, as processes: two instances on one PostgreSQL behind HAProxy with its own configuration, and
 * Prometheus with its own. Under load each instance is stopped and started again: no caller notices.
 */
export async function rollingRestart(t: Lifetime, cluster: Cluster, directory: string) {
  const sandbox = await startSandbox();
  t.after(() => sandbox.close());
  const env = {
    ...pointingTo(sandbox),
    DATABASE_URL: await cluster.createDatabase(),
    LOG_LEVEL: 'info',
    // As in production: the balancer has to see a red readiness before the instance ends.
    SHUTDOWN_DRAIN_MS: '3000',
  };
  const ports = [await freePort(), await freePort()] as const;
  const start = async (port: number) => {
    const service = startProcess(t, { ...env, PORT: String(port) }, { bundle: true });
    await service.listening;
    return service;
  };
  const services = [await start(ports[0]), await start(ports[1])];
  const [front, watch] = [await freePort(), await freePort()];
  const named = (file: string) =>
    readFileSync(join(DEPLOY, file), 'utf8')
      .replaceAll('dates-1:3000', `127.0.0.1:${ports[0]}`)
      .replaceAll('dates-2:3000', `127.0.0.1:${ports[1]}`);
  const balancer = join(directory, 'haproxy.cfg');
  writeFileSync(balancer, named('haproxy.cfg').replace('bind :3000', `bind 127.0.0.1:${front}`));
  await running(t, 'haproxy', ['-db', '-f', balancer]);
  const monitor = join(directory, 'prometheus.yml');
  writeFileSync(
    monitor,
    named('prometheus/prometheus.yml')
      .replace('rules.yaml', join(DEPLOY, 'prometheus/rules.yaml'))
      .replace('scrape_interval: 15s', 'scrape_interval: 1s'),
  );
  await running(t, 'prometheus', [
    `--config.file=${monitor}`,
    `--storage.tsdb.path=${join(directory, 'data')}`,
    `--web.listen-address=127.0.0.1:${watch}`,
    '--enable-feature=exemplar-storage',
    '--log.level=error',
  ]);
  const url = `http://127.0.0.1:${front}`;
  const caller = createSender(url, '', CALLERS);
  t.after(() => caller.close());
  await until(async () => (await caller.send('GET', '/health/ready')).status === 200);

  const answered: Record<string, number> = {};
  let worstMs = 0;
  const stop = new AbortController();
  const load = ACTIONS.map(async (action_name) => {
    while (!stop.signal.aborted) {
      const body = JSON.stringify({ ...EXAMPLE, action_name });
      const { status, ms, code } = await caller.send('POST', '/manipulations', body);
      const name = code === undefined ? String(status) : `${status} ${code}`;
      answered[name] = (answered[name] ?? 0) + 1;
      worstMs = Math.max(worstMs, Math.round(ms));
    }
  });
  const stopMs: number[] = [];
  for (const [n, port] of ports.entries()) {
    await sleep(2_000);
    const began = performance.now();
    assert.deepEqual(await services[n]?.stop(), { code: 0, signal: null });
    stopMs.push(Math.round(performance.now() - began));
    await sleep(2_000);
    services[n] = await start(port);
  }
  await sleep(4_000);
  stop.abort();
  await Promise.all(load);
  const up = await upInPrometheus(watch);
  for (const service of services) assert.deepEqual(await service.stop(), { code: 0, signal: null });
  return { answered, worstMs, stopMs, upInPrometheus: up };
}

/** How many instances Prometheus reaches. */
async function upInPrometheus(port: number): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=sum(up)`);
  const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
  return Number(data.result[0]?.value[1] ?? 0);
}

/** @throws when the program is not there */
async function running(t: Lifetime, program: string, args: string[]): Promise<ChildProcess> {
  const child = spawn(program, args, { stdio: 'ignore' });
  await once(child, 'spawn');
  const ended = once(child, 'exit');
  t.after(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  return child;
}
