/**
 * A tenant that costs as little as an HTTP server in Node can, in a process of its own: a token, the list, reads and writes
 * of actions that it holds as text, a webhook receiver and a collector of traces. It checks nothing; the sandbox does that.
 *
 * Arguments: `etag` makes it count versions.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ACTIONS, actionName } from './workload.ts';

const countsVersions = process.argv.includes('etag');
const PATH = '/api/v2/dataactions';

interface Stored {
  text: string;
  version: number;
}
/** When an action was last written, by which token, and how long the next other one took to come for it. */
interface Turn {
  token: string;
  writtenAt: number;
}

const actions = new Map<string, Stored>();
const ids = new Map<string, string>();
const turns = new Map<string, Turn>();
let gaps: number[] = [];
let requests = 0;
let tokens = 0;

for (let n = 0; n < ACTIONS; n += 1) {
  const [id, name] = [`da-${n}`, actionName(n)];
  ids.set(name, id);
  const action = {
    id,
    name,
    type: 'REST',
    enabled: true,
    description: 'Processes dates for routing',
    configuration: { method: 'POST', url: 'https://example.com/hook', timeoutSeconds: 10 },
  };
  actions.set(id, { text: JSON.stringify(action), version: 1 });
}

function send(response: ServerResponse, text: string, etag?: string): void {
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...(etag !== undefined && { etag }),
  });
  response.end(text);
}

function withBody(request: IncomingMessage, use: (body: string) => void): void {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => (body += chunk));
  request.on('end', () => use(body));
}

const etagOf = ({ version }: Stored) => (countsVersions ? `"${version}"` : undefined);

function read(request: IncomingMessage, response: ServerResponse, id: string, action: Stored): void {
  const turn = turns.get(id);
  if (turn !== undefined && turn.token !== request.headers.authorization) {
    gaps.push(performance.now() - turn.writtenAt);
    turns.delete(id);
  }
  send(response, action.text, etagOf(action));
}

function write(request: IncomingMessage, response: ServerResponse, id: string, action: Stored): void {
  withBody(request, (body) => {
    const ifMatch = request.headers['if-match'];
    if (ifMatch !== undefined && ifMatch !== etagOf(action)) {
      response.writeHead(412).end();
      return;
    }
    action.text = body;
    action.version += 1;
    turns.set(id, { token: request.headers.authorization ?? '', writtenAt: performance.now() });
    send(response, body, etagOf(action));
  });
}

const server = createServer((request, response) => {
  requests += 1;
  const { method, url = '' } = request;
  if (url.startsWith(`${PATH}/`)) {
    const id = url.slice(PATH.length + 1);
    const action = actions.get(id);
    if (action === undefined) response.writeHead(404).end();
    else if (method === 'PUT') write(request, response, id, action);
    else read(request, response, id, action);
    return;
  }
  if (url.startsWith(PATH)) {
    const filter = new URLSearchParams(url.slice(url.indexOf('?') + 1)).get('filter') ?? '';
    const action = actions.get(ids.get(filter.slice('name='.length)) ?? '');
    const entities = action === undefined ? '' : action.text;
    send(response, `{"entities":[${entities}],"total":${action ? 1 : 0},"pageSize":25,"page":1}`);
    return;
  }
  if (url === '/v1/traces') {
    // A collector's own work is none of the service's: it is a machine of its own as a rule.
    request.resume().on('end', () => send(response, '{}'));
    return;
  }
  withBody(request, () => {
    if (url === '/webhook') return void response.writeHead(204).end();
    tokens += 1;
    send(response, `{"access_token":"token-${tokens}","token_type":"Bearer","expires_in":3600}`);
  });
});
server.keepAliveTimeout = 120_000;
server.listen(0, '127.0.0.1', () => {
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});

/** Answers what was counted since the last question. */
process.on('message', () => {
  process.send?.({ requests, gaps });
  requests = 0;
  gaps = [];
});
process.on('disconnect', () => process.exit());
