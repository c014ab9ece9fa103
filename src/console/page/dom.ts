/** A small way to make elements: text is always text, never markup. */
export type Content = Node | string | number | null | undefined | Content[];

type Attributes = Record<string, string | number | boolean | null | undefined | ((event: Event) => void)>;

function fill<T extends Element>(element: T, attributes: Attributes, content: Content[]): T {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  append(element, content);
  return element;
}

function append(element: Element, content: Content): void {
  if (content === null || content === undefined) return;
  if (Array.isArray(content)) for (const one of content) append(element, one);
  else element.append(typeof content === 'number' ? String(content) : content);
}

/** An HTML element; a function as attribute listens to the event of that name. */
export const h = <K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...content: Content[]
): HTMLElementTagNameMap[K] => fill(document.createElement(tag), attributes, content);

/** An SVG element. */
export const s = (
  tag: keyof SVGElementTagNameMap,
  attributes: Attributes = {},
  ...content: Content[]
): SVGElement => fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, content);

/** Says something to a screen reader. */
export function announce(text: string): void {
  const announcer = document.querySelector('#announcer');
  if (announcer !== null && announcer.textContent !== text) announcer.textContent = text;
}

/** A button that puts a text on the clipboard, and says so. */
export function copyButton(name: string, text: () => string): HTMLElement {
  const button = h('button', { type: 'button', class: 'quiet' }, name);
  button.addEventListener('click', () => {
    navigator.clipboard.writeText(text()).then(
      () => {
        button.textContent = 'Copied';
        announce('Copied');
        setTimeout(() => (button.textContent = name), 2_000);
      },
      // Without https a browser has no clipboard for pages.
      () => (button.textContent = 'Select and copy by hand'),
    );
  });
  return button;
}

/** What went wrong, in plain words. */
export const problemText = (title: string, detail: string): HTMLElement =>
  h('section', { class: 'card problem' }, h('h2', {}, title), h('p', {}, detail));

/** The head of a table: a cell for each column. */
export const headRow = (names: readonly string[]): HTMLElement =>
  h(
    'thead',
    {},
    h(
      'tr',
      {},
      names.map((name) => h('th', { scope: 'col' }, name)),
    ),
  );
