import assert from 'node:assert/strict';
import { it } from 'node:test';
import { compute } from '../../../src/services/date/index.ts';
import { randomCases } from './oracle.ts';

const SAMPLE = 1500;
const SEED = 20260329;

it(`agrees with another Temporal on ${SAMPLE} random manipulations`, () => {
  for (const { request, expected } of randomCases(SAMPLE, SEED)) {
    const { output_timestamp, accuracy_valid } = compute(request);
    assert.equal(output_timestamp, expected, JSON.stringify(request));
    assert.equal(accuracy_valid, true, JSON.stringify(request));
  }
});
