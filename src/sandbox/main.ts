import { parseArgs } from 'node:util';
import { type Sandbox, startSandbox } from './index.ts';

const USAGE =
  'usage: npm run sandbox -- [--port N] [--host ADDRESS] [--extra-actions N] [--rate-per-second N]';

/** The sandbox tenant alone: `npm run sandbox -- --port 4000`. */
async function start(args: string[]): Promise<Sandbox> {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string', default: '0' },
      host: { type: 'string', default: '127.0.0.1' },
      'extra-actions': { type: 'string', default: '0' },
      'rate-per-second': { type: 'string' },
    },
  });
  const rate = values['rate-per-second'];
  const perSecond = rate === undefined ? undefined : wholeNumber('rate-per-second', rate);
  return startSandbox({
    port: wholeNumber('port', values.port, 65_535),
    host: values.host,
    extraActions: wholeNumber('extra-actions', values['extra-actions']),
    settings: perSecond === undefined ? {} : { rateLimit: { perSecond, burst: perSecond } },
  });
}

function wholeNumber(name: string, text: string, most = 1_000_000): number {
  if (/^\d{1,7}$/.test(text) && Number(text) <= most) return Number(text);
  throw new Error(`--${name} must be a whole number up to ${most}, not ${JSON.stringify(text)}`);
}

/** Listens until it is told to stop, and says how a service is pointed to it. */
async function serve(): Promise<void> {
  const sandbox = await start(process.argv.slice(2));
  const quoted = (value: string) => `'${value.replaceAll("'", `'\\''`)}'`;
  const environment = {
    CXONE_BASE_URL: sandbox.url,
    CXONE_CLIENT_ID: sandbox.clientId,
    CXONE_CLIENT_SECRET: sandbox.clientSecret,
  };
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${quoted(value)}`);
  process.stdout.write(`Sandbox tenant at ${sandbox.url}: ${variables.join(' ')} AUTH_MODE=off npm start\n`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void sandbox.close());
}

try {
  if (process.argv.includes('--help')) process.stdout.write(`${USAGE}\n`);
  else await serve();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n${USAGE}\n`);
  process.exitCode = 2;
}
