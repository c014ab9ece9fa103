import { existsSync, readFileSync } from 'node:fs';
import { pageHead } from './head.ts';
import { escape, prose } from './page.ts';

/** Beside the bundle, where the build has put it, or where the sources have it. */
const FILES = ['operations.md', '../../docs/operations.md'].map((path) => new URL(path, import.meta.url));

/** What to do about each alert, by its name in lower case: the entries of docs/operations.md, as they are written there. */
export function readRunbooks(): Map<string, { alert: string; text: string }> {
  const file = FILES.find((each) => existsSync(each));
  const document = file === undefined ? '' : readFileSync(file, 'utf8');
  const alerts = /^## Alerts$([^]*?)^## /m.exec(document)?.[1] ?? '';
  const entries = [...alerts.matchAll(/^### (\w+)\n([^]*?)(?=^### |(?![^]))/gm)];
  return new Map(
    entries.map(([, alert = '', text = '']) => [alert.toLowerCase(), { alert, text: text.trim() }]),
  );
}

/** The page that an alert's `runbook_url` opens. */
export function runbookPage({ alert, text }: { alert: string; text: string }): string {
  const blocks = text
    .split(/\n{2,}/)
    .filter((block) => !block.startsWith('<!--'))
    .map(blockOf);
  return `${pageHead(`${alert} · CXone date service`)}</head>
<body>
<header><p class="brand"><a href="/docs">CXone date service</a></p><nav aria-label="Pages"><a href="/console">Console</a> <a href="/docs">Interface</a></nav></header>
<main class="narrow">
<h1>${escape(alert)}</h1>
${blocks.join('\n')}
</main>
</body>
</html>
`;
}

/** A paragraph, or what is fenced; links lead to other documents of the repository and are left as their text. */
function blockOf(block: string): string {
  const fenced = /^```\w*\n([^]*?)\n?```$/.exec(block)?.[1];
  if (fenced !== undefined) return `<pre>${escape(fenced)}</pre>`;
  return `<p>${prose(block.replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1').replaceAll(/\b_([^_]+)_\b/g, '$1'))}</p>`;
}
