import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { Exposition } from './exposition.ts';

/** `/metrics` on a listener of its own. Resolves when it listens. @throws Error when it cannot */
export async function serveApart(
  exposition: Exposition,
  { host, port }: { host: string; port: number },
): Promise<{ address: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    response.setHeader('x-request-id', randomUUID());
    const path = request.url?.split('?', 1)[0] ?? '';
    if (path !== '/metrics' || (request.method !== 'GET' && request.method !== 'HEAD')) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('GET /metrics is all there is here.\n');
      return;
    }
    exposition.scrape(request.headers.accept).then(
      ({ type, body }) => response.writeHead(200, { 'content-type': type }).end(body),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
  const bound = server.address();
  return {
    address: `http://${host}:${typeof bound === 'object' && bound ? bound.port : port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
