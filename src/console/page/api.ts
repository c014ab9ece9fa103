/** Calls to the service: with the key of this tab, and with problems as values. */
export interface Problem {
  code: string;
  title: string;
  detail: string;
  status: number;
  errors?: { path: string; message: string }[];
}

export type Answer<T> = { value: T; problem?: never } | { problem: Problem; value?: never };

const STORED = 'key';

export const storedKey = (): string | null => sessionStorage.getItem(STORED);
export function keep(key: string): void {
  if (key === '') sessionStorage.removeItem(STORED);
  else sessionStorage.setItem(STORED, key);
}

/** Called when the service asks for credentials; resolves to whether there are new ones. */
let prompt: (problem: Problem) => Promise<boolean> = () => Promise.resolve(false);
export function onUnauthenticated(ask: typeof prompt): void {
  prompt = ask;
}

async function send(path: string, init: RequestInit): Promise<Response> {
  const key = storedKey();
  const headers = new Headers(init.headers);
  headers.set('accept', 'application/json');
  if (key !== null) headers.set('authorization', `Bearer ${key}`);
  if (init.body !== undefined) headers.set('content-type', 'application/json');
  return fetch(path, { ...init, headers, cache: 'no-store' });
}

async function problemOf(response: Response): Promise<Problem> {
  const fallback = {
    code: `HTTP_${response.status}`,
    title: 'The service did not answer as expected.',
    detail: `It answered ${response.status} ${response.statusText}.`,
    status: response.status,
  };
  try {
    return { ...fallback, ...((await response.json()) as Partial<Problem>) };
  } catch {
    return fallback;
  }
}

async function ask<T>(path: string, init: RequestInit = {}): Promise<Answer<T>> {
  try {
    let response = await send(path, init);
    if (response.status === 401 || response.status === 403) {
      const problem = await problemOf(response);
      if (!(await prompt(problem))) return { problem };
      response = await send(path, init);
    }
    if (!response.ok) return { problem: await problemOf(response) };
    return { value: (await response.json()) as T };
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    const detail = 'The service cannot be reached. Check that it runs, and try again.';
    return { problem: { code: 'UNREACHABLE', title: 'No answer', detail, status: 0 } };
  }
}

export const get = <T>(path: string, signal?: AbortSignal): Promise<Answer<T>> =>
  ask(path, signal === undefined ? {} : { signal });

export const post = <T>(path: string, body: unknown, signal?: AbortSignal): Promise<Answer<T>> =>
  ask(path, { method: 'POST', body: JSON.stringify(body), ...(signal !== undefined && { signal }) });

/** Prometheus text as name → value, the label sets of a name added up; undefined where it has a listener of its own. */
export async function metrics(): Promise<{ name: string; labels: string; value: number }[] | undefined> {
  try {
    const response = await fetch('/metrics', { cache: 'no-store' });
    if (!response.ok) return undefined;
    const lines = (await response.text()).split('\n');
    return lines.flatMap((line) => {
      const [, name, labels = '', value] = /^([a-z_:]+)(?:\{(.*)\})? (\S+)/i.exec(line) ?? [];
      return name === undefined ? [] : [{ name, labels, value: Number(value) }];
    });
  } catch {
    return undefined;
  }
}
