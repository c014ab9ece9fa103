import { pageHead } from './head.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';

/** The page's files, made once from the document. */
export interface DocsPage {
  html: string;
  style: string;
  script: string;
}

interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  format?: string;
  description?: string;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
}
interface Example {
  $ref?: string;
  summary?: string;
  value?: unknown;
}
interface Media {
  schema?: Schema;
  examples?: Record<string, Example>;
}
interface Response {
  $ref?: string;
  description?: string;
  content?: Record<string, Media>;
}
interface Operation {
  operationId: string;
  summary?: string;
  description?: string;
  tags?: string[];
  security?: object[];
  parameters?: { name: string; in: string; required?: boolean; description?: string; schema?: Schema }[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, Response>;
}
interface Document {
  info: { title: string; version: string; description?: string };
  tags?: { name: string; description?: string }[];
  paths: Record<string, Record<string, Operation>>;
  webhooks?: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, Schema>;
    examples: Record<string, Example>;
    responses: Record<string, Response>;
  };
}

interface Entry {
  method: string;
  path: string;
  operation: Operation;
}

/** The interface as a page to read: everything in it comes from the OpenAPI document. */
export function docsPage(openApiDocument: object): DocsPage {
  return { html: pageOf(openApiDocument as Document), style: STYLE, script: SCRIPT };
}

function pageOf(document: Document): string {
  const { info, components } = document;
  const entries = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Entry => ({ method, path, operation })),
  );
  const hooks = Object.entries(document.webhooks ?? {}).flatMap(([path, methods]) =>
    Object.values(methods).map((operation): Entry => ({ method: 'webhook', path, operation })),
  );
  const groups = (document.tags ?? [])
    .map((tag) => ({ ...tag, entries: entries.filter(({ operation }) => operation.tags?.[0] === tag.name) }))
    .filter((group) => group.entries.length > 0);
  const shown = [...groups, { name: 'webhooks', description: 'What the service sends.', entries: hooks }];
  const names = Object.keys(components.schemas);
  const dateOperations = (components.schemas['ManipulationRequest']?.oneOf ?? []).map(nameOf);

  const link = ({ method, path, operation }: Entry) =>
    `<li><a href="#${operation.operationId}"><span class="method">${method.toUpperCase()}</span> ${escape(path)}</a></li>`;
  return `${pageHead(`Interface · ${escape(info.title)}`)}<script src="/docs/script.js" defer></script>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<p class="brand"><a href="/docs"><img src="/console/icon.svg" alt="" width="28" height="28">${escape(info.title)}</a> <span class="version">${escape(info.version)}</span></p>
<nav aria-label="Pages"><a href="/console">Console</a> <a href="/openapi.json">openapi.json</a></nav>
</header>
<div class="columns">
<nav class="contents" aria-label="Contents">
<details open><summary>Contents</summary>
${shown.map((group) => `<h2>${escape(group.name)}</h2><ul>${group.entries.map(link).join('')}</ul>`).join('\n')}
<h2>date operations</h2><ul>${dateOperations.map((name) => `<li><a href="#${name}">${name}</a></li>`).join('')}</ul>
<ul><li><a href="#schemas">All schemas</a></li></ul>
</details>
</nav>
<main id="content" tabindex="-1">
<h1>The interface</h1>
<p>${prose(info.description)}</p>
<p>Send an API key or a token as <code>Authorization: Bearer …</code> where a route asks for it. What goes wrong is a <a href="#Problem">Problem</a>, whose <code>type</code> opens a page that tells more.</p>
${shown
  .map(
    (
      group,
    ) => `<section aria-label="${escape(group.name)}"><h2>${escape(group.name)}</h2><p>${prose(group.description)}</p>
${group.entries.map((entry) => entryOf(entry, components)).join('\n')}</section>`,
  )
  .join('\n')}
<section aria-label="date operations"><h2>date operations</h2>
<p>Each takes the <a href="#CommonFields">common fields</a> and its own.</p>
${dateOperations.map((name) => `<article id="${name}"><h3>${name}</h3>${schemaBody(components.schemas[`${name}Fields`] ?? {})}</article>`).join('\n')}</section>
<section aria-label="schemas" id="schemas"><h2>Schemas</h2>
${names
  .filter(
    (name) =>
      !dateOperations.includes(name) && !dateOperations.includes(name.replace(/^Preview|Fields$/g, '')),
  )
  .map(
    (name) =>
      `<details class="schema" id="${name}"><summary><code>${name}</code></summary>${schemaBody(components.schemas[name] ?? {})}</details>`,
  )
  .join('\n')}</section>
</main>
</div>
</body>
</html>
`;
}

function entryOf({ method, path, operation }: Entry, components: Document['components']): string {
  const id = operation.operationId;
  const { parameters = [], requestBody, responses } = operation;
  const answers = Object.entries(responses).map(([status, response]) => {
    const answer = response.$ref === undefined ? response : (components.responses[nameOf(response)] ?? {});
    return `<details${status.startsWith('2') ? ' open' : ''}><summary><strong>${status}</strong> ${prose(answer.description)}</summary>${bodiesOf(answer.content, `${id}-${status}`, components)}</details>`;
  });
  return `<article id="${id}">
<h3><span class="method ${method}">${method.toUpperCase()}</span> <span class="path">${escape(path)}</span></h3>
<p><strong>${prose(operation.summary)}.</strong> ${prose(operation.description)}</p>
<p class="access">${(operation.security ?? []).length > 0 ? 'Needs a key or a token where authentication is on.' : 'Open: no key or token is needed.'}</p>
${parameters.length > 0 ? `<h4>Parameters</h4>${table(parameters.map((each) => fieldRow(each.name, each.schema ?? {}, each.required === true, `${each.in}. ${each.description ?? each.schema?.description ?? ''}`)))}` : ''}
${requestBody ? `<h4>Request</h4>${bodiesOf(requestBody.content, `${id}-request`, components)}` : ''}
<h4>Answers</h4>
${answers.join('\n')}
</article>`;
}

function bodiesOf(
  content: Record<string, Media> | undefined,
  id: string,
  components: Document['components'],
) {
  return Object.entries(content ?? {})
    .map(([type, media]) => {
      const schema = media.schema ?? {};
      const examples = Object.entries(media.examples ?? {}).map(([name, example]) => ({
        name,
        ...(example.$ref === undefined ? example : components.examples[nameOf(example)]),
      }));
      return `<p><code>${escape(type)}</code> ${typeText(schema)}</p>${pickerOf(examples, `${id}-${type.replaceAll(/\W/g, '-')}`)}`;
    })
    .join('');
}

/** All examples one below the other; the script leaves the chosen one. */
function pickerOf(examples: { name: string; summary?: string; value?: unknown }[], id: string): string {
  const options = examples.map(
    ({ name, summary }) => `<option value="${id}-${name}">${escape(summary ?? name)}</option>`,
  );
  const select =
    examples.length > 1
      ? `<p class="pick"><label for="${id}">Example</label> <select id="${id}" data-examples>${options.join('')}</select></p>`
      : '';
  const bodies = examples.map(
    ({ name, summary, value }) =>
      `<div id="${id}-${name}"><pre tabindex="0" role="region" aria-label="${escape(`Example ${id}: ${summary ?? name}`)}"><code>${escape(typeof value === 'string' ? value : JSON.stringify(value, null, 2))}</code></pre>${tryLink(value)}</div>`,
  );
  return `<div class="examples">${select}${bodies.join('')}</div>`;
}

/** A link that loads a manipulation into the console's form; nothing for any other value. */
function tryLink(value: unknown): string {
  if (typeof value !== 'object' || value === null || !('target_timezone' in value) || 'request_id' in value)
    return '';
  const fields = Object.entries(value).map(([name, field]) => [
    name,
    typeof field === 'string' ? field : JSON.stringify(field),
  ]);
  const query = new URLSearchParams(fields).toString();
  return `<p class="try"><a href="/console?${escape(query)}">Try it in the console</a></p>`;
}

function schemaBody(schema: Schema): string {
  const parts = schema.allOf ?? [];
  const choices = schema.oneOf ?? schema.anyOf ?? [];
  const properties = [schema, ...parts].flatMap((part) =>
    Object.entries(part.properties ?? {}).map(([name, field]) =>
      fieldRow(name, field, part.required?.includes(name) === true, field.description ?? ''),
    ),
  );
  const bases = parts.filter(({ $ref }) => $ref !== undefined);
  return [
    schema.description === undefined ? '' : `<p>${prose(schema.description)}</p>`,
    bases.length > 0 ? `<p>With the fields of ${bases.map(typeText).join(', ')}.</p>` : '',
    choices.length > 0 ? `<p>One of ${choices.map(typeText).join(', ')}.</p>` : '',
    properties.length > 0 ? table(properties) : choices.length > 0 ? '' : `<p>${typeText(schema)}</p>`,
  ].join('');
}

const table = (rows: string[]) =>
  `<div class="scroll" tabindex="0" role="group" aria-label="Fields"><table><thead><tr><th scope="col">name</th><th scope="col">type</th><th scope="col">meaning</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;

const fieldRow = (name: string, schema: Schema, required: boolean, description: string) =>
  `<tr><th scope="row"><code>${escape(name)}</code>${required ? ' <span class="required">required</span>' : ''}</th><td>${typeText(schema)}${schema.default === undefined ? '' : `, default <code>${escape(JSON.stringify(schema.default))}</code>`}</td><td>${prose(description)}</td></tr>`;

function typeText(schema: Schema): string {
  if (schema.$ref !== undefined) return `<a href="#${nameOf(schema)}">${nameOf(schema)}</a>`;
  if (schema.const !== undefined) return `<code>${escape(JSON.stringify(schema.const))}</code>`;
  if (schema.enum) return schema.enum.map((value) => `<code>${escape(String(value))}</code>`).join(' ');
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) return choices.map(typeText).join(' or ');
  if (schema.type === 'array') return `list of ${typeText(schema.items ?? {})}`;
  if (schema.properties && schema.type === 'object') {
    return `object of ${Object.entries(schema.properties)
      .map(([name, field]) => `<code>${escape(name)}</code> (${typeText(field)})`)
      .join(', ')}`;
  }
  const types = Array.isArray(schema.type) ? schema.type : [schema.type ?? 'anything'];
  const bounds =
    schema.minimum !== undefined && schema.maximum !== undefined && schema.maximum < Number.MAX_SAFE_INTEGER
      ? ` ${schema.minimum} to ${schema.maximum}`
      : '';
  return `${types.join(' or ')}${bounds}${schema.format === undefined ? '' : ` (${escape(schema.format)})`}`;
}

const nameOf = ({ $ref = '' }: { $ref?: string }) => $ref.slice($ref.lastIndexOf('/') + 1);

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text as HTML shows it. */
export const escape = (text: string): string => text.replaceAll(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign);

/** Text with `code` in back quotes. */
export const prose = (text = ''): string => escape(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');
