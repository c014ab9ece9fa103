/** Of the pages that the service writes itself: /docs and /problems. */
export const STYLE = `:root {
  color-scheme: light dark;
  --ground: light-dark(#ffffff, #12161c);
  --raised: light-dark(#f4f6f9, #1b212a);
  --line: light-dark(#d5dbe3, #333d4a);
  --text: light-dark(#1a2028, #e6eaf0);
  --soft: light-dark(#4c5866, #a9b4c2);
  --accent: light-dark(#0b5cad, #7db8f5);
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; background: var(--ground); color: var(--text); font: 1rem/1.55 system-ui, sans-serif; }
a { color: var(--accent); }
a:focus-visible, select:focus-visible, summary:focus-visible, [tabindex='0']:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: 1rem; background: var(--ground); padding: 0.5rem 1rem; z-index: 1; }
header { display: flex; flex-wrap: wrap; gap: 0.5rem 2rem; align-items: baseline; justify-content: space-between; padding: 1rem 1.5rem; border-bottom: 1px solid var(--line); }
.brand { margin: 0; font-weight: 650; }
.brand a { color: inherit; text-decoration: none; display: inline-flex; align-items: center; gap: 0.6rem; }
.brand img { border-radius: 6px; }
.version { color: var(--soft); font-weight: 400; font-size: 0.875rem; }
header nav a { margin-left: 1rem; }
header nav a:first-child { margin-left: 0; }
.columns { display: grid; grid-template-columns: 17rem minmax(0, 1fr); max-width: 80rem; margin: 0 auto; }
.contents { padding: 1.5rem 1rem 1.5rem 1.5rem; font-size: 0.875rem; position: sticky; top: 0; align-self: start; max-height: 100vh; overflow: auto; }
.contents summary { display: none; }
.contents h2 { font-size: 0.8125rem; color: var(--soft); margin: 1.25rem 0 0.25rem; font-weight: 600; }
.contents ul { list-style: none; margin: 0; padding: 0; }
.contents li { padding: 0.125rem 0; }
.contents a { text-decoration: none; overflow-wrap: anywhere; }
.contents a:hover { text-decoration: underline; }
main { padding: 1.5rem; min-width: 0; }
main:focus { outline: none; }
main.narrow { max-width: 46rem; margin: 0 auto; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 1rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 0.5rem; }
h3 { font-size: 1.0625rem; margin: 0 0 0.5rem; overflow-wrap: anywhere; }
h4 { font-size: 0.9375rem; margin: 1.25rem 0 0.5rem; }
p { margin: 0 0 0.75rem; max-width: 70ch; }
article { border-top: 1px solid var(--line); padding: 1.25rem 0; }
.method { font: 600 0.75rem/1 ui-monospace, monospace; color: var(--soft); }
h3 .method { color: var(--ground); background: var(--accent); font-size: 0.8125rem; padding: 0.2rem 0.5rem; border-radius: 4px; vertical-align: 0.1em; margin-right: 0.25rem; }
h3 .method.get { color: var(--accent); background: none; box-shadow: inset 0 0 0 1px var(--accent); }
.try { margin: -0.25rem 0 0.75rem; font-size: 0.875rem; }
.path, code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, monospace; }
code { font-size: 0.875em; overflow-wrap: anywhere; }
.access, .required { color: var(--soft); font-size: 0.875rem; }
.required { font-weight: 400; }
pre { background: var(--raised); border: 1px solid var(--line); border-radius: 6px; padding: 0.875rem; margin: 0 0 0.75rem; overflow: auto; max-height: 26rem; line-height: 1.45; }
pre code { overflow-wrap: normal; }
.pick { display: flex; flex-wrap: wrap; gap: 0.25rem 0.5rem; align-items: center; }
select { font: inherit; font-size: 0.875rem; color: inherit; background: var(--ground); border: 1px solid var(--soft); border-radius: 6px; padding: 0.375rem 0.5rem; max-width: 100%; min-height: 2.25rem; }
summary { cursor: pointer; padding: 0.375rem 0; }
details > :not(summary) { margin-left: 0; }
.scroll { overflow-x: auto; margin: 0 0 0.75rem; }
table { border-collapse: collapse; width: 100%; font-size: 0.9375rem; }
th, td { text-align: left; vertical-align: top; padding: 0.4375rem 0.75rem 0.4375rem 0; border-bottom: 1px solid var(--line); font-weight: 400; }
thead th { color: var(--soft); font-size: 0.8125rem; }
td:last-child { min-width: 16rem; }
@media (max-width: 60rem) {
  .columns { display: block; }
  .contents { position: static; max-height: none; padding: 0.75rem 1rem; border-bottom: 1px solid var(--line); }
  .contents summary { display: list-item; font-size: 1rem; }
  .contents li a { display: block; padding: 0.25rem 0; }
  header { padding: 0.75rem 1rem; }
  main { padding: 1rem; }
}
@media (max-width: 40rem) {
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, tbody, tr, tbody th, td { display: block; }
  tr { border-bottom: 1px solid var(--line); padding: 0.5rem 0; }
  tbody th, td { border: 0; padding: 0.0625rem 0; }
  td:last-child { min-width: 0; }
}
`;
