/** A text field that finds zones (the ARIA combobox pattern): any text stays allowed, as the service is the judge. */
import { h } from './dom.ts';
import { findZones, type Zone } from './zones.ts';

let instances = 0;

export function zonePicker(
  input: HTMLInputElement,
  zones: () => Promise<Zone[]>,
  chosen: () => void,
): HTMLElement {
  const id = `zones-${(instances += 1)}`;
  const list = h('ul', { id, role: 'listbox', class: 'options', hidden: true, 'aria-label': 'Time zones' });
  let active = -1;
  for (const [name, value] of Object.entries({
    role: 'combobox',
    'aria-expanded': 'false',
    'aria-controls': id,
    'aria-autocomplete': 'list',
    autocomplete: 'off',
    spellcheck: 'false',
  })) {
    input.setAttribute(name, value);
  }

  const close = (): void => {
    list.hidden = true;
    active = -1;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  };
  const choose = (value: string): void => {
    input.value = value;
    close();
    chosen();
  };
  const highlight = (index: number): void => {
    const options = [...list.children];
    active = (index + options.length) % options.length;
    for (const [i, option] of options.entries()) option.setAttribute('aria-selected', String(i === active));
    const option = options[active];
    if (option === undefined) return;
    input.setAttribute('aria-activedescendant', option.id);
    option.scrollIntoView({ block: 'nearest' });
  };
  const open = async (): Promise<void> => {
    const matches = findZones(await zones(), input.value);
    list.replaceChildren(
      ...matches.map(({ value, note }, i) =>
        h(
          'li',
          {
            id: `${id}-${i}`,
            role: 'option',
            'aria-selected': 'false',
            // Before the field loses its focus.
            mousedown: (event) => {
              event.preventDefault();
              choose(value);
            },
          },
          h('span', {}, value),
          h('small', {}, note),
        ),
      ),
    );
    list.hidden = matches.length === 0;
    active = -1;
    input.setAttribute('aria-expanded', String(matches.length > 0));
  };

  input.addEventListener('input', () => void open());
  input.addEventListener('blur', close);
  input.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      if (list.hidden) void open().then(() => highlight(0));
      else highlight(active < 0 && step < 0 ? -1 : active + step);
    } else if (event.key === 'Enter' && active >= 0) {
      event.preventDefault();
      choose(list.children[active]?.firstElementChild?.textContent ?? input.value);
    } else if (event.key === 'Escape') close();
  });
  return h('div', { class: 'picker' }, input, list);
}
