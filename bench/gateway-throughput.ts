/**
 * 1,000 writes through a tenant that allows 100 requests a second and a burst of 20, over real sockets and in real time.
 *
 *     node bench/gateway-throughput.ts [requests a second that the gateway may send, 100]
 */
import { createGateway } from '../src/cxone/gateway.ts';
import { startSandbox } from '../src/sandbox/index.ts';
import { systemClock } from '../src/services/clock.ts';
import { createLocalCoordinator } from '../src/services/coordinator.ts';
import { createEvents } from '../src/services/events.ts';
import type { Budget } from '../src/services/ports.ts';

const ITEMS = 1000;
const TENANT = { perSecond: 100, burst: 20 };
const WORKERS = 32;
const ratePerSecond = Number(process.argv[2] ?? 100);

const budget = (): Budget => ({
  deadline: systemClock.monotonic() + 60_000,
  signal: new AbortController().signal,
  spent: { upstreamMs: 0, attempts: 0 },
});

const run = async (actions: number, versions: 'none' | 'version') => {
  const sandbox = await startSandbox({ extraActions: actions, settings: { versions, rateLimit: TENANT } });
  const gateway = createGateway(
    {
      baseUrl: sandbox.url,
      tokenUrl: `${sandbox.url}/api/v2/oauth2/token`,
      grant: 'client_credentials',
      clientId: sandbox.clientId,
      clientSecret: sandbox.clientSecret,
      clientAuth: 'body',
      scope: 'dataactions:write dataactions:read',
      deadlineMs: 60_000,
      attemptTimeoutMs: 5000,
      maxAttempts: 4,
      ratePerSecond,
      maxConcurrent: 64,
    },
    { clock: systemClock, events: createEvents(), coordinator: createLocalCoordinator(systemClock) },
  );

  let next = 0;
  const work = async (): Promise<void> => {
    for (let item = next++; item < ITEMS; item = next++) {
      const name = `Bulk_${String((item % actions) + 1).padStart(4, '0')}`;
      await gateway.update(
        await gateway.find(name, budget()),
        {
          sourceField: 'input_datetime',
          targetField: 'processed_datetime',
          computedValue: new Date(Date.UTC(2024, 1, 29) + item).toISOString(),
          timezone: 'UTC',
          dstAdjustment: false,
          precision: 3,
        },
        budget(),
      );
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: WORKERS }, work));
  const elapsed = (performance.now() - started) / 1000;

  const requests = sandbox.requests.filter(({ endpoint }) => endpoint !== 'token');
  const limited = requests.filter(({ status }) => status === 429).length;
  const ideal = (requests.length - limited - TENANT.burst) / TENANT.perSecond;
  const written = requests.filter(({ applied }) => applied).length;
  await gateway.close();
  await sandbox.close();
  return {
    actions,
    versions,
    written,
    requests: requests.length,
    'answered 429': `${((100 * limited) / requests.length).toFixed(2)} %`,
    seconds: elapsed.toFixed(2),
    'of the ideal time': (elapsed / ideal).toFixed(3),
  };
};

console.log(
  `${ITEMS} writes, at up to ${ratePerSecond}/s, through a tenant that allows ${TENANT.perSecond}/s`,
);
console.table([await run(50, 'version'), await run(50, 'none'), await run(ITEMS, 'none')]);
