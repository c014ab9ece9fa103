import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

test('the demo prints the audit record, a gap, a refusal with its remedy and a due date, and exits 0', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/demo.ts'], { cwd: ROOT });
  const told = [
    /status +SUCCESS/,
    /computedValue +2024-02-29T12:30:00\.000-05:00/,
    /output_timestamp +2026-03-08T03:30:00\.000-04:00/,
    /resolution +gap_shifted/,
    /detail .*did you mean "America\/New_York"/,
    /calendar +uk-support/,
    /output_timestamp +2026-04-07T11:00:00\.000\+01:00/,
  ];
  for (const each of told) assert.match(stdout, each);
});
