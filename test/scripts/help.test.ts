import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import pkg from '../../package.json' with { type: 'json' };

for (const name of [
  'demo',
  'sandbox',
  'keys',
  'calendars',
  'audit:verify',
  'audit:recheck',
  'ledger:backup',
] as const) {
  test(`npm run ${name} answers --help and does nothing else`, () => {
    const [program = '', ...args] = pkg.scripts[name].split(' ');
    assert.equal(program, 'node');
    const { status, stdout, stderr } = spawnSync(process.execPath, [...args, '--help'], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    assert.match(stdout, /npm run|usage/);
  });
}
