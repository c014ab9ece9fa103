/** Makes requests.http, for editors that can send it, from the operations' examples: `npm run readme`; `--check` in CI. */
import { operations } from '../src/services/date/operations/index.ts';
import { EXAMPLE_REQUEST } from '../src/schemas/examples.ts';
import { writeOrCheck } from './generated.ts';

interface Shown {
  title: string;
  line: string;
  headers?: readonly string[];
  body?: string;
}

const JSON_BODY = 'content-type: application/json';
const json = (value: unknown) => JSON.stringify(value, null, 2);

const previews = operations.flatMap(({ name, examples }): Shown[] =>
  examples.map(({ title, request }) => ({
    title: `${name}: ${title}`,
    line: 'POST {{url}}/manipulations/preview',
    headers: [JSON_BODY],
    body: json(request),
  })),
);

const requests: Shown[] = [
  {
    title: 'Compute, write into the data action, announce',
    line: 'POST {{url}}/manipulations',
    headers: [JSON_BODY, 'idempotency-key: requests-http-1'],
    body: json(EXAMPLE_REQUEST),
  },
  {
    title: 'Several at once: a line per item as it finishes',
    line: 'POST {{url}}/manipulations/batch',
    headers: ['content-type: application/x-ndjson'],
    body: [0, 60].map((offset_minutes) => JSON.stringify({ ...EXAMPLE_REQUEST, offset_minutes })).join('\n'),
  },
  { title: 'The newest records', line: 'GET {{url}}/audit-records?limit=5' },
  { title: 'What failed', line: 'GET {{url}}/audit-records?status=FAILED' },
  { title: 'The calendars', line: 'GET {{url}}/calendars' },
  { title: 'Could a manipulation be taken?', line: 'GET {{url}}/health/ready' },
  ...previews,
];

const text = `# Generated from the operations' examples by "npm run readme"; do not edit.
# For the REST clients of VS Code and JetBrains. Without authentication the key is not looked at.

@url = http://127.0.0.1:3000
@key = paste-a-key-here

${requests
  .map(({ title, line, headers = [], body }) =>
    [
      `### ${title}`,
      line,
      'authorization: Bearer {{key}}',
      ...headers,
      ...(body === undefined ? [] : ['', body]),
      '',
    ].join('\n'),
  )
  .join('\n')}`;

process.exitCode = writeOrCheck('requests.http', text, 'npm run readme');
