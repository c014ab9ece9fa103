/**
 * The one seam to Temporal: the runtime's own where it has one (Node 26), else the polyfill, which is loaded only then.
 * The types are the runtime's in both cases.
 */
export const Temporal: typeof globalThis.Temporal =
  'Temporal' in globalThis
    ? globalThis.Temporal
    : ((await import('@js-temporal/polyfill')).Temporal as unknown as typeof globalThis.Temporal);
