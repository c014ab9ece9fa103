import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { hashApiKey, parseApiKeys } from '../auth/api-keys.ts';
import { SCOPES } from '../auth/caller.ts';

const USAGE = `usage: npm run keys -- create --id NAME --scopes SCOPE[,SCOPE...]

Prints a new API key, once, and its line for API_KEYS_FILE, which holds only its hash.
Scopes: ${SCOPES.join(', ')}.

Exit code: 0 done; 2 a name or a scope that the file could not hold.`;

/**
 * Makes an API key of 256 random bits.
 * @returns the key, to be shown once, and its line for `API_KEYS_FILE`, which holds only its hash
 * @throws Error for an id or a scope that the file could not hold
 */
export function createKey(id: string, scopes: string): { key: string; line: string } {
  const key = `cxd_${randomBytes(32).toString('base64url')}`;
  const line = `${id} ${scopes} sha256:${hashApiKey(key).toString('hex')}`;
  parseApiKeys(line);
  return { key, line };
}

function main(argv: string[]): number {
  try {
    const { positionals, values } = parseArgs({
      args: argv,
      allowPositionals: true,
      options: { id: { type: 'string' }, scopes: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
    if (values.help === true) {
      process.stdout.write(`${USAGE}\n`);
      return 0;
    }
    if (positionals.join(' ') !== 'create' || !values.id || !values.scopes) throw new Error(USAGE);
    const { key, line } = createKey(values.id, values.scopes);
    process.stdout.write(
      `The key, shown this once; give it to the caller:\n\n  ${key}\n\nIts line for API_KEYS_FILE:\n\n  ${line}\n`,
    );
    return 0;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return 2;
  }
}

if (import.meta.main) process.exitCode = main(process.argv.slice(2));
