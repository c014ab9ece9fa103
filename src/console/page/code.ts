/** The card with the request in other languages, to copy. */
import { copyButton, h } from './dom.ts';
import { LANGUAGES, type Language, snippet } from './snippets.ts';

const STORED = 'language';

const isLanguage = (name: string | null): name is Language => LANGUAGES.some((one) => one === name);

export function codeCard(path: string, request: object): HTMLElement {
  const stored = sessionStorage.getItem(STORED);
  const code = h('code', {});
  const buttons = LANGUAGES.map((name) => h('button', { type: 'button', click: () => show(name) }, name));
  function show(language: Language): void {
    sessionStorage.setItem(STORED, language);
    code.textContent = snippet(language, location.origin, path, request);
    for (const [i, button] of buttons.entries())
      button.setAttribute('aria-pressed', String(LANGUAGES[i] === language));
  }
  show(isLanguage(stored) ? stored : 'curl');
  return h(
    'section',
    { class: 'card', 'aria-label': 'Copy as code' },
    h(
      'div',
      { class: 'toolbar' },
      h('div', { role: 'group', 'aria-label': 'Language', class: 'segments' }, buttons),
      copyButton('Copy', () => code.textContent),
    ),
    h('pre', { tabindex: 0, role: 'region', 'aria-label': 'The request as code' }, code),
  );
}
