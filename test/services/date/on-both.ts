/**
 * A suite that must hold on the runtime's own Temporal and on the polyfill. The runner gives each test file a process of
 * its own, so a file that takes the native one away before anything loads it tests the polyfill.
 */
export const runtimeHasTemporal = 'Temporal' in globalThis;

export function withoutNativeTemporal(): void {
  Reflect.deleteProperty(globalThis, 'Temporal');
}

/** Fails when the seam gave us something other than what the file means to test. */
export async function implementation(): Promise<'native' | 'polyfill'> {
  const { Temporal } = await import('../../../src/services/temporal.ts');
  return 'Temporal' in globalThis && Temporal === globalThis.Temporal ? 'native' : 'polyfill';
}
