/**
 * The full comparison with numpy: node test/services/date/business/numpy-full.ts [--cases 100000] [--seed 1]
 * [--python python3]. With --store it writes down the answers that the test falls back to. Exits with 1 at any difference.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { askNumpy, randomCases, STORED, STORED_CASES, STORED_SEED } from './numpy.ts';
import { compareWorkingDays } from './working-days-oracle.ts';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    python: { type: 'string', default: 'python3' },
    store: { type: 'boolean', default: false },
  },
});

if (values.store) {
  const { questions, answers } = askNumpy(randomCases(STORED_CASES, STORED_SEED), values.python);
  writeFileSync(STORED, `${JSON.stringify({ questions, answers: answers.flat().join(' ') }, null, 2)}\n`);
} else {
  const cases = randomCases(Number(values.cases), Number(values.seed));
  const { differences, skipped } = compareWorkingDays(cases, askNumpy(cases, values.python).answers);
  console.log(
    `${cases.length} cases, ${skipped} on days that their clock left out, ${differences.length} differences`,
  );
  for (const difference of differences.slice(0, 10)) console.log(JSON.stringify(difference));
  process.exitCode = differences.length === 0 ? 0 : 1;
}
