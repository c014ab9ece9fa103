/**
 * Planted faults: this process is given a Temporal whose clocks in Berlin are an hour ahead. What is computed with it is
 * wrong, and the service must say so.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Preview } from '../../../../src/services/date/index.ts';

const HOUR_NS = 3_600_000_000_000;

const sound =
  'Temporal' in globalThis
    ? globalThis.Temporal
    : ((await import('@js-temporal/polyfill')).Temporal as unknown as typeof globalThis.Temporal);

class WrongInBerlin extends sound.ZonedDateTime {
  override get offsetNanoseconds(): number {
    return super.offsetNanoseconds + (this.timeZoneId === 'Europe/Berlin' ? HOUR_NS : 0);
  }
}

const faulty = Object.create(null, {
  ...Object.getOwnPropertyDescriptors(sound),
  ZonedDateTime: { value: WrongInBerlin },
}) as unknown;
Object.defineProperty(globalThis, 'Temporal', { value: faulty, configurable: true });

const { compute } = await import('../../../../src/services/date/index.ts');

const accuracyOf = (request: Record<string, unknown>) =>
  compute({ operation: 'CONVERT', ...request } as unknown as Preview).accuracy_valid;

describe('accuracy_valid with a fault in the zone', () => {
  for (const city of ['Berlin', 'Madrid']) {
    const isSound = city === 'Madrid';
    const target_timezone = `Europe/${city}`;
    const local = { source_timestamp: '2026-07-01T12:00:00', source_timezone: target_timezone };
    const instant = { source_timestamp: '2026-07-01T10:00:00Z' };

    it(`is ${isSound} for a local source in ${city}`, () => {
      assert.equal(accuracyOf({ ...local, target_timezone: 'UTC' }), isSound);
      assert.equal(
        accuracyOf({ ...local, target_timezone: 'UTC', operation: 'ADD_OFFSET', offset_minutes: 5 }),
        isSound,
      );
    });

    for (const output_format of ['rfc9557', 'cxone_studio', 'ole_automation_date']) {
      it(`is ${isSound} for ${output_format} on the clock of ${city}`, () => {
        assert.equal(accuracyOf({ ...instant, target_timezone, output_format }), isSound);
      });
    }
  }
});
