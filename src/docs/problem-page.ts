import { type ProblemCode, statusOf, titleOf, typeOf } from '../errors.ts';
import { EXAMPLE_DETAILS } from '../schemas/problem-examples.ts';
import { PROBLEM_GUIDE } from '../schemas/problem-guide.ts';
import { pageHead } from './head.ts';
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
  return `${pageHead(`${code} · CXone date service`)}</head>
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
