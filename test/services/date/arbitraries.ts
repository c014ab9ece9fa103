import fc from 'fast-check';
import { zoneList } from './zone-list.ts';

export const zone = fc.constantFrom(...zoneList);

const ms = fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(2100, 0, 1) });

/** Transitions of a few zones with odd clocks, to be near of. */
const transitions = [
  '2026-03-08T07:00:00Z',
  '2026-11-01T06:00:00Z',
  '2026-03-29T01:00:00Z',
  '2026-10-25T01:00:00Z',
  '2026-04-04T15:00:00Z',
  '2026-10-03T15:30:00Z',
  '2011-12-30T10:00:00Z',
  '2018-11-04T03:00:00Z',
  '1987-10-25T02:31:00Z',
  '1972-01-07T00:44:30Z',
].map((text) => Date.parse(text));

/** Epoch nanoseconds from 1900 to 2100, often near a change of clocks. */
export const moment: fc.Arbitrary<bigint> = fc
  .tuple(
    fc.oneof(
      ms,
      fc
        .tuple(
          fc.constantFrom(...transitions),
          fc.oneof(fc.integer({ min: -90_000, max: 90_000 }), fc.integer({ min: -4_000, max: 4_000 })),
        )
        .map(([at, seconds]) => at + seconds * 1000),
    ),
    fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 999_999 })),
  )
  .map(([epochMs, ns]) => BigInt(epochMs) * 1_000_000n + BigInt(ns));

export const zoneWithClocks = fc.oneof(
  zone,
  fc.constantFrom(
    'America/New_York',
    'Europe/Berlin',
    'Australia/Lord_Howe',
    'Pacific/Apia',
    'America/Sao_Paulo',
    'America/St_Johns',
    'Africa/Monrovia',
  ),
);

export const source = (epochNs: bigint) => ({
  source_epoch: { value: String(epochNs), unit: 'nanosecond' as const },
});
