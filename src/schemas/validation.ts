/** How bodies are validated (Ajv): nothing is coerced or dropped, defaults are filled in, `operation` chooses the branch. */
export const VALIDATION = {
  coerceTypes: false,
  removeAdditional: false,
  useDefaults: true,
  allErrors: false,
  discriminator: true,
} as const;
