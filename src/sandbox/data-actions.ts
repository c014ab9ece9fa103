import type { IncomingHttpHeaders } from 'node:http';
import type { Action, Store, Stored } from './actions.ts';
import { faultOf } from './date-processing.ts';
import { pageOf, pageRequest } from './paging.ts';
import { json, type Refusal, type Reply } from './reply.ts';
import type { Settings } from './settings.ts';

type Answer = Reply | Refusal;

const notFound = (id: string): Refusal => ({
  status: 404,
  code: 'not_found',
  message: `There is no data action ${id}.`,
});

const invalid = (field: string, message: string): Refusal => ({
  status: 400,
  code: 'bad.request',
  message,
  field,
});

const representation = ({ text, action, version }: Stored, versions: Settings['versions']): string =>
  versions === 'version' ? JSON.stringify({ ...action, version }) : text;

const tag = ({ version }: Stored): string => `"${version}"`;

const whole = (stored: Stored, { versions }: Settings): Reply =>
  json(200, representation(stored, versions), versions === 'etag' ? { etag: tag(stored) } : undefined);

/** `filter=name=NAME` finds every name that contains NAME, in any letter case. */
export function list(store: Store, settings: Settings, url: URL): Answer {
  const filter = url.searchParams.get('filter') ?? 'name=';
  if (!filter.startsWith('name=')) return invalid('filter', 'must be name=NAME');
  const found = store.matching(filter.slice('name='.length));
  const { entities, ...rest } = pageOf(found, pageRequest(url), settings.paging);
  const texts =
    settings.listEntities === 'full'
      ? entities.map((stored) => representation(stored, settings.versions))
      : entities.map(({ action: { id, name, type } }) => JSON.stringify({ id, name, type }));
  return json(200, `{"entities":[${texts.join(',')}],${JSON.stringify(rest).slice(1)}`);
}

export function read(store: Store, settings: Settings, id: string): Answer {
  const stored = store.stored(id);
  return stored === undefined ? notFound(id) : whole(stored, settings);
}

/** Replaces the whole action: what the body leaves out is gone. */
export function write(
  store: Store,
  settings: Settings,
  id: string,
  headers: IncomingHttpHeaders,
  body: string,
): Answer {
  const current = store.stored(id);
  if (current === undefined) return notFound(id);
  if (!/^application\/(?:[\w.+-]+\+)?json\b/i.test(headers['content-type'] ?? '')) {
    return { status: 415, code: 'unsupported_media_type', message: 'The body must be application/json.' };
  }
  const parsed = parseAction(body, id);
  if ('refusal' in parsed) return parsed.refusal;
  const { action } = parsed;
  const conflict = conflictOf(action, current, headers, settings);
  if (conflict !== undefined) return conflict;
  const replaced = settings.versions === 'version' ? withoutVersion(action) : { action, text: body };
  return { ...whole(store.replace(replaced.action, replaced.text), settings), applied: true };
}

/** The version is the tenant's own and kept beside the action. */
function withoutVersion({ version: _given, ...rest }: Action): { action: Action; text: string } {
  const action = rest;
  return { action, text: JSON.stringify(action) };
}

function parseAction(body: string, id: string): { action: Action } | { refusal: Refusal } {
  const refuse = (field: string, message: string) => ({ refusal: invalid(field, message) });
  let action: unknown;
  try {
    action = JSON.parse(body);
  } catch {
    return refuse('body', 'is not JSON');
  }
  if (typeof action !== 'object' || action === null || Array.isArray(action)) {
    return refuse('body', 'must be an object');
  }
  const fields = action as Record<string, unknown>;
  if (fields['id'] !== id) return refuse('id', 'must be the id in the path');
  if (typeof fields['name'] !== 'string' || fields['name'] === '') return refuse('name', 'must be a text');
  if (typeof fields['type'] !== 'string') return refuse('type', 'must be a text');
  if (typeof fields['enabled'] !== 'boolean') return refuse('enabled', 'must be true or false');
  const fault = faultOf(fields);
  return fault === undefined ? { action: fields as Action } : refuse(fault.field, fault.message);
}

function conflictOf(
  action: Action,
  current: Stored,
  headers: IncomingHttpHeaders,
  { versions, conflictStatus }: Settings,
): Refusal | undefined {
  const condition = headers['if-match'];
  if (versions === 'etag' && condition !== undefined) {
    const matches = condition.split(',').some((each) => each.trim() === '*' || each.trim() === tag(current));
    if (!matches) {
      return { status: 412, code: 'precondition_failed', message: 'If-Match names another version.' };
    }
  }
  if (versions === 'version' && action['version'] !== current.version) {
    const given = 'version' in action ? JSON.stringify(action['version']) : '(none)';
    const message = `The version ${given} does not match the current version ${current.version}.`;
    return { status: conflictStatus, code: 'version.mismatch', message };
  }
  return undefined;
}
