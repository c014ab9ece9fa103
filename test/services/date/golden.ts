import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Problem } from '../../../src/errors.ts';
import type { Preview } from '../../../src/services/date/index.ts';
import { implementation } from './on-both.ts';

interface GoldenCase {
  id: string;
  request: Preview;
  expect: { code?: string; output_timestamp?: string | number; output_instant?: string };
  why: string;
}

export const goldenCases = JSON.parse(
  readFileSync(new URL('../../golden/datetime.json', import.meta.url), 'utf8'),
) as GoldenCase[];

/** Every golden case, on the Temporal that is in place when this is called, and every example of the operations. */
export async function goldenSuite(expected: 'native' | 'polyfill'): Promise<void> {
  const { compute, operations } = await import('../../../src/services/date/index.ts');

  describe(`golden cases on ${expected} Temporal`, () => {
    it('runs on that implementation', async () => {
      assert.equal(await implementation(), expected);
    });

    for (const { id, request, expect, why } of goldenCases) {
      it(`${id}: ${why}`, () => {
        if (expect.code !== undefined) {
          assert.throws(
            () => compute(request),
            (error) => error instanceof Problem && error.code === expect.code,
          );
          return;
        }
        const answer = compute(request);
        assert.deepEqual({ ...answer, ...expect }, answer);
        assert.equal(answer.accuracy_valid, true);
      });
    }
  });

  describe(`examples of the operations on ${expected} Temporal`, () => {
    for (const { name, examples } of operations) {
      for (const { title, request, answer } of examples) {
        it(`${name}: ${title}`, () => {
          const computed = compute(request as unknown as Preview);
          assert.deepEqual({ ...computed, ...answer }, computed);
          assert.equal(computed.accuracy_valid, true);
        });
      }
    }
  });
}
