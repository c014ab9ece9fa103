import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type Answer, askNumpy, randomCases, STORED_CASES, STORED_SEED, storedAnswers } from './numpy.ts';
import { compareWorkingDays } from './working-days-oracle.ts';

const cases = randomCases(STORED_CASES, STORED_SEED);
const stored = storedAnswers(cases);

/** Undefined where python3 or its numpy is missing. */
function fresh(): Answer[] | undefined {
  try {
    return askNumpy(cases).answers;
  } catch {
    return undefined;
  }
}

it(`working days are counted and rolled to as numpy does, in ${STORED_CASES} random cases`, (t) => {
  const now = fresh();
  t.diagnostic(
    now === undefined ? 'python3 has no numpy: its stored answers are used' : 'numpy was asked now',
  );
  if (now !== undefined) assert.deepEqual(now, stored, 'numpy answers as it did');
  const { differences, skipped } = compareWorkingDays(cases, stored);
  assert.deepEqual(differences.slice(0, 3), []);
  assert.ok(skipped < STORED_CASES / 100, `${skipped} on days that their clock left out`);
});
