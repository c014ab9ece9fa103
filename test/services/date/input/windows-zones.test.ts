import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import windowsZones from '../../../../src/services/date/input/windows-zones.json' with { type: 'json' };
import { resolveZone } from '../../../../src/services/date/input/zones.ts';

describe('Windows zone names', () => {
  it('are those of CLDR and what it lacks', () => {
    const script = fileURLToPath(new URL('../../../../scripts/windows-zones.ts', import.meta.url));
    execFileSync(process.execPath, [script, '--check']);
  });

  it('include those of 2026', () => {
    assert.equal(resolveZone('Alberta Standard Time'), 'America/Edmonton');
    assert.equal(resolveZone('British Columbia Standard Time'), 'America/Vancouver');
    assert.equal(resolveZone('manitoba standard time'), 'America/Winnipeg');
  });

  it('all lead to zones of the runtime, under the names of the tz database', () => {
    for (const [name, id] of Object.entries(windowsZones)) {
      if (name === 'UTC') continue;
      assert.equal(resolveZone(name), id);
      assert.equal(resolveZone(name.toUpperCase()), id);
      assert.equal(resolveZone(id), id);
    }
    assert.equal(resolveZone('UTC'), 'UTC', 'the tz database knows that name itself');
    assert.equal(resolveZone('FLE Standard Time'), 'Europe/Kyiv');
    assert.equal(resolveZone('India Standard Time'), 'Asia/Kolkata');
  });
});
