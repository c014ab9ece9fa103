import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** How a client commits: a simple query of PostgreSQL's protocol, or a statement of its own that claims. */
const COMMIT = Buffer.from('COMMIT\0');
const CLAIM = Buffer.from('WITH expired AS');

/**
 * A way to PostgreSQL that can be told to lose things. `loseAnswer`: the next commit arrives, its answer does not.
 * `loseQuestion`: the next commit does not arrive. Either way the connection is gone.
 */
export async function lossyProxy(databaseUrl: string) {
  const url = new URL(databaseUrl);
  const path = join(url.searchParams.get('host') ?? '', '.s.PGSQL.5432');
  let lose: 'answer' | 'question' | undefined;
  let lost = 0;
  const sockets = new Set<Socket>();

  const server = createServer((client) => {
    const upstream = connect(path);
    sockets.add(client).add(upstream);
    let deaf = false;
    const end = () => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      socket.on('error', end);
      socket.on('close', () => sockets.delete(socket));
    }
    client.on('data', (chunk: Buffer) => {
      if (lose !== undefined && (chunk.includes(COMMIT) || chunk.includes(CLAIM))) {
        const what = lose;
        lose = undefined;
        lost += 1;
        if (what === 'question') {
          end();
          return;
        }
        deaf = true;
      }
      upstream.write(chunk);
    });
    upstream.on('data', (chunk: Buffer) => {
      // The answer to the commit proves that it is done.
      if (deaf) {
        end();
        return;
      }
      client.write(chunk);
    });
    client.on('end', () => upstream.end());
    upstream.on('end', () => client.end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url.searchParams.delete('host');
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);

  return {
    url: url.href,
    loseAnswer: () => void (lose = 'answer'),
    loseQuestion: () => void (lose = 'question'),
    lost: () => lost,
    close(): void {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
