/** Runs in the browser: shows the example that is picked, and opens the schema that a link leads to. */
export const SCRIPT = `'use strict';
for (const select of document.querySelectorAll('select[data-examples]')) {
  const show = () => {
    for (const option of select.options) document.getElementById(option.value).hidden = !option.selected;
  };
  select.addEventListener('change', show);
  show();
}
const openTarget = () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target instanceof HTMLDetailsElement) target.open = true;
  target?.scrollIntoView();
};
window.addEventListener('hashchange', openTarget);
if (location.hash !== '') openTarget();
const contents = document.querySelector('.contents details');
if (contents !== null && matchMedia('(max-width: 60rem)').matches) contents.open = false;
`;
