/** Writes the start of today's shift into a data action: `node nightly.ts`. Safe to start twice. */
import { createClient, ProblemError } from 'cxone-date-service-client';

const dates = createClient({
  baseUrl: process.env['DATES_URL'] ?? 'http://127.0.0.1:3000',
  apiKey: process.env['DATES_KEY'],
});

try {
  const record = await dates.manipulate(
    {
      action_name: 'Production_Date_Processor',
      source_timestamp: 'now',
      target_timezone: 'America/New_York',
      operation: 'START_OF',
      unit: 'day',
    },
    { idempotencyKey: `shift-start-${new Date().toISOString().slice(0, 10)}` },
  );
  console.log(`${record.status} ${record.output_timestamp} (${record.request_id})`);
} catch (error) {
  if (!(error instanceof ProblemError)) throw error;
  console.error(`${error.code}: ${error.message} (request ${error.requestId})`);
  process.exitCode = 1;
}
