import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Command, CommandConfig } from '../../src/ledger/cli/command.ts';
import { type LedgerOptions, openLedger } from '../../src/ledger/open.ts';
import { createEvents } from '../../src/services/events.ts';
import type { Ledger } from '../../src/services/ports.ts';
import { DEADLINE_MS, testClock } from './support.ts';

export async function temporaryDirectory(t: Pick<TestContext, 'after'>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'ledger-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** A new Ed25519 key in a PEM file. */
export async function checkpointKey(directory: string, name = 'checkpoint.pem'): Promise<string> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const file = join(directory, name);
  await writeFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  return file;
}

export const openTestLedger = (options: Partial<LedgerOptions> & { databaseUrl: string }): Promise<Ledger> =>
  openLedger({
    idempotencyTtlHours: 48,
    deadlineMs: DEADLINE_MS,
    clock: testClock(),
    events: createEvents(),
    settlingSeconds: 0,
    ...options,
  });

/** Runs a command of the ledger and gives its exit code and all that it printed. */
export async function runCommand(command: Command, argv: string[], config: CommandConfig) {
  const lines: string[] = [];
  const line = (text: string) => void lines.push(text);
  const code = await command(argv, config, { out: line, error: line });
  return { code, text: lines.join('\n') };
}
