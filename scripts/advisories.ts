import { spawnSync } from 'node:child_process';

/**
 * Known vulnerabilities of what is shipped, from the registry's advisories. Exits 1 for a high or critical one. Where the
 * registry does not answer, that is said loudly and the exit is 0: a network is no fault of the change.
 */
const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
  encoding: 'utf8',
  timeout: 60_000,
  shell: process.platform === 'win32',
});

interface Report {
  metadata?: { vulnerabilities?: Record<string, number> };
}

const found = countsOf(stdout);
if (found === undefined) {
  console.error('SKIPPED: the registry did not answer, so that no advisories were looked at.');
} else {
  const serious = (found.high ?? 0) + (found.critical ?? 0);
  console.log(`advisories: ${JSON.stringify(found)}`);
  if (serious > 0) process.exitCode = 1;
}

function countsOf(text: string): Record<string, number> | undefined {
  try {
    return (JSON.parse(text) as Report).metadata?.vulnerabilities;
  } catch {
    return undefined;
  }
}
