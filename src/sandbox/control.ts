import { type Static, Type } from '@sinclair/typebox';
import type { Sandbox } from './handle.ts';
import { json, type Reply } from './reply.ts';
import { check, type Endpoint, ENDPOINTS, Fault, type Settings } from './settings.ts';

const PREFIX = '/_sandbox/';

export const isControl = (url: URL): boolean => url.pathname.startsWith(PREFIX);

const Order = Type.Object(
  {
    endpoint: Type.Union(ENDPOINTS.map((name) => Type.Literal(name))),
    fault: Fault,
    times: Type.Optional(Type.Union([Type.Integer({ minimum: 1 }), Type.Literal('always')])),
  },
  { additionalProperties: false },
);

const NewAction = Type.Object({
  id: Type.String({ minLength: 1 }),
  name: Type.String({ minLength: 1 }),
  type: Type.String(),
  enabled: Type.Boolean(),
});

type Command = (sandbox: Sandbox, body: unknown, query: URLSearchParams) => unknown;

const endpointOf = (query: URLSearchParams): Endpoint | undefined =>
  ENDPOINTS.find((name) => name === query.get('endpoint'));

/** What `Sandbox` offers in the process, for other processes. Answers JSON. */
const COMMANDS: Record<string, Command | undefined> = {
  'GET requests': ({ requests }, _body, query) => {
    const endpoint = endpointOf(query);
    return endpoint === undefined ? requests : requests.filter((each) => each.endpoint === endpoint);
  },
  'GET webhooks': ({ webhooks }) => webhooks,
  'GET actions': ({ actions }, _body, query) => {
    const name = query.get('name');
    return name === null ? actions.all() : actions.all().filter((action) => action.name === name);
  },
  'PUT actions': ({ actions }, body) => {
    check(NewAction, body, 'body');
    actions.put(body);
  },
  'DELETE actions': ({ actions }, _body, query) => ({ deleted: actions.delete(query.get('id') ?? '') }),
  'POST faults': (sandbox, body) => {
    check(Order, body, 'body');
    const { endpoint, fault, times = 1 }: Static<typeof Order> = body;
    sandbox.fault(endpoint, fault, times === 'always' ? Infinity : times);
  },
  'DELETE faults': (sandbox, _body, query) => sandbox.clearFaults(endpointOf(query)),
  'GET settings': ({ settings }) => settings,
  'POST configure': (sandbox, body) => {
    sandbox.configure(body as Partial<Settings>);
    return sandbox.settings;
  },
  'POST revoke-tokens': (sandbox) => sandbox.revokeTokens(),
  'POST reset': (sandbox) => sandbox.reset(),
};

export function control(sandbox: Sandbox, method: string, url: URL, body: string): Reply {
  const command = COMMANDS[`${method} ${url.pathname.slice(PREFIX.length)}`];
  if (command === undefined) {
    return json(404, JSON.stringify({ message: 'No such command.', commands: Object.keys(COMMANDS) }));
  }
  try {
    const result = command(sandbox, body === '' ? {} : JSON.parse(body), url.searchParams);
    return result === undefined ? { status: 204, headers: {}, body: '' } : json(200, JSON.stringify(result));
  } catch (error) {
    return json(400, JSON.stringify({ message: error instanceof Error ? error.message : String(error) }));
  }
}
