/** The frame of the console: which page an address means, the key, and links that do not load the page anew. */
import { keep, onUnauthenticated, type Problem, storedKey } from './api.ts';
import { type Place, placeOf } from './address.ts';
import { calendarsPage } from './calendars.ts';
import { problemText } from './dom.ts';
import { recordPage } from './record.ts';
import { recordsPage } from './records.ts';
import { tryPage } from './try.ts';

const found = document.querySelector<HTMLElement>('#main');
if (found === null) throw new Error('The page lacks its main part.');
const main = found;
const TITLES: Record<Place['page'], string> = {
  try: 'Try',
  records: 'Look',
  record: 'Record',
  calendars: 'Calendars',
};

const SECTIONS: Record<Place['page'], string> = {
  try: '/console',
  records: '/console/records',
  record: '/console/records',
  calendars: '/console/calendars',
};

let leave = new AbortController();

function render(place: Place): Promise<void> {
  switch (place.page) {
    case 'try':
      return tryPage(main, place.values, leave.signal);
    case 'records':
      return recordsPage(main, place, leave.signal);
    case 'record':
      return recordPage(main, place.id);
    case 'calendars':
      return calendarsPage(main, place.name, place.month);
  }
}

async function show(): Promise<void> {
  leave.abort();
  leave = new AbortController();
  const place = placeOf(new URL(location.href));
  document.title = `${TITLES[place.page]} · CXone date service`;
  const section = SECTIONS[place.page];
  for (const link of document.querySelectorAll('header nav a')) {
    if (link.getAttribute('href') === section) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  try {
    await render(place);
  } catch (error) {
    main.replaceChildren(problemText('The console failed', (error as Error).message));
  }
}

function go(path: string): void {
  history.pushState(null, '', path);
  void show().then(() => main.focus({ preventScroll: true }));
  scrollTo(0, 0);
}

document.addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  const modified = event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0;
  if (link === null || modified || event.defaultPrevented) return;
  const url = new URL(link.href);
  if (url.origin !== location.origin || !/^\/console(\/|$)/.test(url.pathname) || link.hash !== '') return;
  event.preventDefault();
  go(url.pathname + url.search);
});
window.addEventListener('popstate', () => void show());
window.addEventListener('go', (event) => go((event as CustomEvent<string>).detail));

const dialog = document.querySelector<HTMLDialogElement>('#credentials-dialog');
const input = document.querySelector<HTMLInputElement>('#credentials-key');
const why = document.querySelector('#credentials-why');
let asked: Promise<boolean> | undefined;

/** Asks once, however many calls were refused; resolves to whether there is a new key. */
function askForKey(reason: string | undefined): Promise<boolean> {
  if (dialog === null || input === null) return Promise.resolve(false);
  asked ??= new Promise<boolean>((resolve) => {
    const before = storedKey() ?? '';
    input.value = before;
    if (why !== null)
      why.textContent = reason ?? 'It is kept in this tab only, and sent to this service only.';
    dialog.returnValue = '';
    dialog.showModal();
    dialog.addEventListener(
      'close',
      () => {
        asked = undefined;
        const fresh = input.value.trim();
        const use = dialog.returnValue === 'use' && fresh !== before;
        if (use) keep(fresh);
        resolve(use);
      },
      { once: true },
    );
  });
  return asked;
}

let declined = false;
onUnauthenticated(async (problem: Problem) => {
  if (declined) return false;
  const fresh = await askForKey(problem.detail);
  declined = !fresh;
  return fresh;
});
document.querySelector('#credentials')?.addEventListener('click', () => {
  declined = false;
  void askForKey(undefined).then((fresh) => (fresh ? show() : undefined));
});

await show();
