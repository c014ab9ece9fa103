/** What the service writes for the example manipulation, with the fields that a test changes. */
export const dateProcessing = (change: Record<string, unknown> = {}) => ({
  sourceField: 'input_datetime',
  targetField: 'processed_datetime',
  computedValue: '2024-02-29T12:30:00.000-05:00',
  timezone: 'America/New_York',
  dstAdjustment: true,
  precision: 3,
  ...change,
});
