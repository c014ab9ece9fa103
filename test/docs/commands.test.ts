/**
 * Runs every command and request of README.md and docs, in the order of the document and as it stands there, but for
 * those with a reason before them: `<!-- not run: the reason -->`. What is replaced: ports, by free ones; `npm start`, by the
 * service in this process (test/start.test.ts starts it as a reader does). A block of JSON behind a command is what the
 * command is to print, or a part of it.
 */
import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync } from 'node:child_process';
import {
  createWriteStream,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pkg from '../../package.json' with { type: 'json' };
import { createKey } from '../../src/cli/keys.ts';
import { startService } from '../support/service.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { type Block, blocksOf } from './blocks.ts';
import { installClient } from '../support/client-package.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ADDRESS = 'http://127.0.0.1:3000';

/** Documents whose commands another test runs. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'docs/calendars.md': 'test/docs/calendars.test.ts',
  'docs/dates.md': 'scripts/dates-doc.ts, which computes every answer in it',
};

/** Kinds that cannot be run: drawings. */
const DRAWINGS = ['', 'mermaid'];

/** Fields whose values are another time's: only their type is compared. */
const VOLATILE = [
  'request_id',
  'timestamp',
  'action_id',
  'trace_id',
  'tzdb_version',
  'latency_ms',
  'upstream_ms',
  'id',
];

const DOCUMENTS = ['README.md', 'client/README.md', ...globSync('docs/**/*.md', { cwd: ROOT })].filter(
  (path) => !Object.hasOwn(ELSEWHERE, path),
);

const lacking = ['curl', 'openssl', 'npm'].filter(
  (program) => spawnSync(program, [program === 'openssl' ? 'version' : '--version']).status !== 0,
);

/** Where the commands run: the project by links, with places of its own for what they write. */
function workplace(t: TestContext): string {
  const directory = temporaryDirectory(t);
  for (const name of ['package.json', 'src', 'scripts', 'examples', 'client', 'docs', 'deploy']) {
    symlinkSync(join(ROOT, name), join(directory, name));
  }
  mkdirSync(join(directory, 'data'));
  mkdirSync(join(directory, 'node_modules'));
  symlinkSync(join(ROOT, 'node_modules/.bin'), join(directory, 'node_modules/.bin'));
  symlinkSync(clientPackage, join(directory, 'node_modules/cxone-date-service-client'));
  return directory;
}

const clientPackage = mkdtempSync(join(tmpdir(), 'client-'));
after(() => rmSync(clientPackage, { recursive: true, force: true }));

before(() => installClient(clientPackage));

/** A document while it is run from top to bottom. */
function reader(t: TestContext) {
  const directory = workplace(t);
  const database = `sqlite:${join(directory, 'data/ledger.db')}`;
  const addresses = new Map<string, string>();
  const env: Record<string, string | undefined> = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    DATABASE_URL: database,
    LOG_LEVEL: 'silent',
  };
  let service: Awaited<ReturnType<typeof startService>> | undefined;

  const replaced = (text: string): string =>
    [...addresses].reduce((all, [written, real]) => all.replaceAll(written, real), text);

  async function start(given: Record<string, string>): Promise<void> {
    await service?.app.close();
    service = await startService(t, {
      DATABASE_URL: database,
      ...(env['WEBHOOK_SECRET'] !== undefined && { WEBHOOK_SECRET: env['WEBHOOK_SECRET'] }),
      ...(given['API_KEYS_FILE'] !== undefined && { AUTH_MODE: 'required' }),
      ...Object.fromEntries(
        Object.entries(given).map(([name, value]) => [
          name,
          /_(FILE|DIR)$/.test(name) ? join(directory, value) : replaced(value),
        ]),
      ),
    });
    addresses.set(ADDRESS, service.url);
  }

  /** A program that stays: `PORT=4001 npx node FILE > LOG &`. */
  async function background(line: string): Promise<void> {
    const [, assignments = '', file = '', log = ''] =
      /^((?:\w+=\S+ )*)npx node (\S+) > (\S+) &$/.exec(line) ?? [];
    assert.notEqual(file, '', `this test cannot start: ${line}`);
    const own = assignmentsIn(assignments);
    const child = spawn(process.execPath, [file], {
      cwd: directory,
      env: { ...env, ...own, PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    t.after(() => void child.kill('SIGKILL'));
    child.stdout.setEncoding('utf8').pipe(createWriteStream(join(directory, log)));
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout.on('data', (text: string) => {
        const [found] = /http:\/\/127\.0\.0\.1:\d+/.exec(text) ?? [];
        if (found !== undefined) resolve(found);
      });
      child.once('exit', (code) => reject(new Error(`${line} ended with ${code}`)));
    });
    addresses.set(`http://127.0.0.1:${own['PORT']}`, url);
  }

  /** Variables that a block sets are there in the next ones. */
  async function shell(text: string): Promise<string> {
    if (text.trim() === '') return '';
    const script = `set -ae\n${replaced(text)}\nenv -0 > .variables\n`;
    const { stdout } = await run('sh', ['-c', script], { cwd: directory, env });
    for (const variable of readFileSync(join(directory, '.variables'), 'utf8').split('\0')) {
      const at = variable.indexOf('=');
      if (at > 0 && /^[A-Z_]+$/.test(variable.slice(0, at)))
        env[variable.slice(0, at)] = variable.slice(at + 1);
    }
    return stdout;
  }

  return {
    async commands(text: string): Promise<string> {
      let waiting: string[] = [];
      let printed = '';
      for (const line of text.split('\n')) {
        const [starting, assignments = ''] = /^((?:\w+=\S+ )*)npm start(?: &)?$/.exec(line) ?? [];
        if (starting === undefined && !line.endsWith(' &')) {
          waiting.push(line);
          continue;
        }
        printed += await shell(waiting.join('\n'));
        waiting = [];
        await (starting === undefined ? background(line) : start(assignmentsIn(assignments)));
      }
      return printed + (await shell(waiting.join('\n')));
    },
    /** A service that wants a key, which is `$DATES_KEY` from then on. */
    async wantKey(): Promise<void> {
      const { key, line } = createKey('reader', 'manipulations:write,manipulations:preview,audit:read');
      writeFileSync(join(directory, 'keys'), `${line}\n`);
      env['DATES_KEY'] = key;
      await start({ API_KEYS_FILE: 'keys' });
    },
    async program(command: string, extension: string, text: string): Promise<void> {
      const file = join(directory, `block.${extension}`);
      writeFileSync(file, replaced(text));
      await run(command, [file], { cwd: directory, env });
    },
  };
}

const assignmentsIn = (text: string): Record<string, string> =>
  Object.fromEntries([...text.matchAll(/(\w+)=(\S+) /g)].map(([, name = '', value = '']) => [name, value]));

/** Fails unless all of `example` is in `actual`. */
function contains(actual: unknown, example: unknown, path: string): void {
  if (typeof example !== 'object' || example === null) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (VOLATILE.includes(name)) assert.equal(typeof actual, typeof example, path);
    else assert.deepEqual(actual, example, path);
    return;
  }
  assert.equal(typeof actual, 'object', path);
  for (const [name, member] of Object.entries(example)) {
    contains((actual as Record<string, unknown> | null)?.[name], member, `${path}/${name}`);
  }
}

const NOT_RUN = /^not run: (.{10,})$/;

for (const path of DOCUMENTS) {
  const blocks = blocksOf(readFileSync(join(ROOT, path), 'utf8')).filter(
    ({ kind }) => !DRAWINGS.includes(kind),
  );
  if (blocks.length === 0) continue;
  test(`${path} does what it says`, async (t) => {
    if (lacking.length > 0) {
      process.stderr.write(`SKIPPED: ${path} needs ${lacking.join(' and ')}\n`);
      t.skip(`this machine has no ${lacking.join(' and no ')}`);
      return;
    }
    const doc = reader(t);
    let printed: string | undefined;
    for (const block of blocks) {
      if (block.comment !== undefined && NOT_RUN.test(block.comment)) printed = undefined;
      else printed = await runBlock(doc, block, `${path}:${block.line}`, printed);
    }
  });
}

async function runBlock(
  doc: ReturnType<typeof reader>,
  { kind, text, comment }: Block,
  where: string,
  printed: string | undefined,
): Promise<string | undefined> {
  if (comment?.startsWith('setup: a service that wants a key') === true) await doc.wantKey();
  switch (kind) {
    case 'sh':
      return doc.commands(text).catch((cause: unknown) => {
        throw new Error(`${where} fails: ${(cause as Error).message}`, { cause });
      });
    case 'json':
      assert.ok(printed !== undefined, `${where} has no command before it: say why it is not run`);
      contains(JSON.parse(printed), JSON.parse(text), where);
      return printed;
    case 'ts':
      await doc.program(process.execPath, 'ts', text);
      return undefined;
    case 'python':
      if (spawnSync('python3', ['--version']).status === 0) await doc.program('python3', 'py', text);
      else process.stderr.write(`SKIPPED: ${where}: there is no python3 on this machine\n`);
      return undefined;
    default:
      throw new Error(`${where} is ${kind}, which this test cannot run: say why, in <!-- not run: … -->`);
  }
}

const ALL = globSync('**/*.md', { cwd: ROOT, exclude: (name) => /^(node_modules|\.git|dist)$/.test(name) });

test('every script that a document names is there', () => {
  const scripts = Object.keys(pkg.scripts);
  for (const path of ALL) {
    const text = readFileSync(join(ROOT, path), 'utf8');
    for (const [command, name = ''] of text.matchAll(/npm run (?:--silent )?([a-z][\w:-]*)/g)) {
      assert.ok(scripts.includes(name), `${path}: ${command}`);
    }
  }
});

test('every link in a document leads to a file that is there', () => {
  assert.ok(ALL.length > 15);
  for (const path of ALL) {
    const text = readFileSync(join(ROOT, path), 'utf8');
    for (const [link, target = ''] of text.matchAll(/\]\((?!https?:)([^)#\s]+)(?:#[^)]*)?\)/g)) {
      assert.ok(existsSync(join(ROOT, dirname(path), target)), `${path}: ${link}`);
    }
  }
});
