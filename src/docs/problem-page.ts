import { type ProblemCode, statusOf, titleOf, typeOf } from '../errors.ts';
import { EXAMPLE_DETAILS } from '../schemas/problem-examples.ts';
import { PROBLEM_GUIDE } from '../schemas/problem-guide.ts';
import { escape, prose } from './page.ts';

/** What is told of a kind of problem to a machine. */
export const problemJson = (code: ProblemCode) => ({
  type: typeOf(code),
  code,
  status: statusOf(code),
  title: titleOf(code),
  ...PROBLEM_GUIDE[code],
  example: EXAMPLE_DETAILS[code],
});

/** The page that a problem's `type` opens in a browser. */
export function problemPage(code: ProblemCode): string {
  const { means = '', causes = [], remedy = '' } = PROBLEM_GUIDE[code] ?? {};
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${code} · CXone date service</title>
<link rel="icon" href="/console/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/docs/style.css">
</head>
<body>
<header><p class="brand"><a href="/docs">CXone date service</a></p><nav aria-label="Pages"><a href="/console">Console</a> <a href="/docs">Interface</a></nav></header>
<main class="narrow">
<h1>${escape(titleOf(code))}</h1>
<p><code>${code}</code>, HTTP ${statusOf(code)}</p>
<h2>What it means</h2>
<p>${prose(means)}</p>
<h2>What causes it</h2>
<ul>${causes.map((cause) => `<li>${prose(cause)}</li>`).join('')}</ul>
<h2>What to do</h2>
<p>${prose(remedy)}</p>
<h2>What it reads like</h2>
<p>${prose(EXAMPLE_DETAILS[code])}</p>
</main>
</body>
</html>
`;
}
