/**
 * The full comparison with croner and cron-parser: node test/services/date/recurrence/cron-full.ts [--cases 8000]
 * [--seed 1]. Exits with 1 at any difference. A sample runs with the tests.
 */
import { parseArgs } from 'node:util';
import { compareCrons } from './cron-oracle.ts';

const { values } = parseArgs({
  options: { cases: { type: 'string', default: '8000' }, seed: { type: 'string', default: '1' } },
});

for (const { library, compared, leftOut, differences } of compareCrons(
  Number(values.cases),
  Number(values.seed),
)) {
  console.log(
    `${library}: ${compared} cases, ${differences.length} differences (${leftOut} left out, see docs/dates.md)`,
  );
  for (const difference of differences.slice(0, 10)) console.log(JSON.stringify(difference));
  if (differences.length > 0) process.exitCode = 1;
}
