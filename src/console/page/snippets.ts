/** The request in the languages of those who will send it. */
export const LANGUAGES = ['curl', 'TypeScript', 'Python'] as const;
export type Language = (typeof LANGUAGES)[number];

const indented = (value: unknown) => JSON.stringify(value, null, 2);

/** A shell's single-quoted word. */
const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** JSON as a Python literal. */
function python(value: unknown, indent = ''): string {
  const inner = `${indent}    `;
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map((one) => python(one, indent)).join(', ')}]`;
  if (typeof value !== 'object') return JSON.stringify(value);
  const lines = Object.entries(value).map(
    ([key, one]) => `${inner}${JSON.stringify(key)}: ${python(one, inner)},\n`,
  );
  return `{\n${lines.join('')}${indent}}`;
}

/** `path` is where it goes: /manipulations with an action to write to, else the preview. */
export function snippet(language: Language, origin: string, path: string, request: object): string {
  const url = `${origin}${path}`;
  const writes = path === '/manipulations';
  switch (language) {
    case 'curl':
      return [
        `curl -sS ${quoted(url)} \\`,
        `  -H 'content-type: application/json' \\`,
        `  -H "authorization: Bearer $KEY" \\`,
        ...(writes ? [`  -H "idempotency-key: $(uuidgen)" \\`] : []),
        `  -d ${quoted(indented(request))}`,
      ].join('\n');
    case 'TypeScript':
      return `import { createClient } from 'cxone-date-service-client';

const dates = createClient({ baseUrl: ${JSON.stringify(origin)}, apiKey: process.env.KEY });
const answer = await dates.${writes ? 'manipulate' : 'preview'}(${indented(request)});
console.log(answer.output_timestamp);`;
    case 'Python':
      return `import json, os, urllib.request${writes ? ', uuid' : ''}

request = urllib.request.Request(
    ${JSON.stringify(url)},
    method="POST",
    headers={
        "content-type": "application/json",
        "authorization": f"Bearer {os.environ['KEY']}",${writes ? '\n        "idempotency-key": str(uuid.uuid4()),' : ''}
    },
    data=json.dumps(${python(request, '    ')}).encode(),
)
with urllib.request.urlopen(request) as response:
    answer = json.load(response)`;
  }
}
