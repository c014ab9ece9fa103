import { defineOperation } from '../operation.ts';

export const convert = defineOperation({
  name: 'CONVERT',
  summary: 'The same instant in the target zone',
  doc: 'Shows the source’s instant on the clock of the target zone. The instant never changes.',
  fields: {},
  examples: [
    {
      title: 'The first minute of summer time in Berlin',
      request: {
        source_timestamp: '2026-03-29T01:00:00Z',
        target_timezone: 'Europe/Berlin',
        operation: 'CONVERT',
      },
      answer: { output_timestamp: '2026-03-29T03:00:00.000+02:00' },
    },
    {
      title: 'A local time that New York’s clocks skip',
      request: {
        source_timestamp: '2026-03-08T02:30:00',
        source_timezone: 'America/New_York',
        target_timezone: 'America/New_York',
        operation: 'CONVERT',
      },
      answer: { output_timestamp: '2026-03-08T03:30:00.000-04:00', resolution: 'gap_shifted' },
    },
  ],
  compute: ({ source }) => source,
});
