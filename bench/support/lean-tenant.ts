/**
 * A tenant that costs next to nothing, for benches that measure the gateway and not the sandbox: in a process of its own, with
 * `entities` of one action each, answered as fast as node:http can. Prints its URL. `--etag` counts versions by ETag.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const withEtag = process.argv.includes('--etag');
const LIST = '/api/v2/dataactions?';

interface Held {
  version: number;
  body: string;
}
const held = new Map<string, Held>();

const initial = (id: string): string =>
  JSON.stringify({
    id,
    name: id,
    description: 'Computes when a production order is due, for the callback queue.',
    enabled: true,
    category: 'Integration',
    createdDate: '2023-11-02T08:15:30.000Z',
    input: {
      properties: { input_datetime: { type: 'string', format: 'date-time' } },
      required: ['input_datetime'],
    },
    output: { properties: { processed_datetime: { type: 'string', format: 'date-time' } } },
    configuration: {
      request: { method: 'POST', url: 'https://example.com/orders/{id}', timeoutMs: 5000 },
      dateProcessing: { sourceField: 'input_datetime', computedValue: '2024-02-29T12:30:00.000-05:00' },
    },
  });

const server = createServer((request, response) => {
  const { url = '', method } = request;
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    if (method === 'POST') {
      response.end('{"access_token":"lean-tenant-token","token_type":"Bearer","expires_in":86400}');
      return;
    }
    if (url.startsWith(LIST)) {
      const name = decodeURIComponent(url.slice(url.indexOf('filter=') + 7)).slice(5);
      response.end(JSON.stringify({ entities: [{ id: name, name }], total: 1, pageSize: 25, page: 1 }));
      return;
    }
    const id = url.slice(url.lastIndexOf('/') + 1);
    const action = held.get(id) ?? { version: 1, body: initial(id) };
    held.set(id, action);
    if (method === 'PUT') {
      const wanted = request.headers['if-match'];
      if (withEtag && wanted !== undefined && wanted !== `"${action.version}"`) {
        response.writeHead(412).end('{}');
        return;
      }
      action.version += 1;
      action.body = Buffer.concat(chunks).toString();
    }
    response.writeHead(200, {
      'content-type': 'application/json',
      ...(withEtag && { etag: `"${action.version}"` }),
    });
    response.end(action.body);
  });
});
server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
