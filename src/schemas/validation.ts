/** How bodies are validated (Ajv): nothing is coerced or dropped, defaults are filled in, `operation` chooses the branch. */
export const VALIDATION = {
  coerceTypes: false,
  removeAdditional: false,
  useDefaults: true,
  allErrors: false,
  discriminator: true,
  // The code that Ajv would shorten runs as fast without that, and is compiled in half the time.
  code: { optimize: false },
} as const;
