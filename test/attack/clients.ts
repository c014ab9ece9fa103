import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** One kind of client that does not do its part. `path` is what it asks for, `sent` what it sends of it. */
export interface StalledClient {
  title: string;
  sent: string;
  /** Bytes that it goes on sending, one every now and then. */
  drip?: string;
  /** Does not read what is answered. */
  deaf?: boolean;
}

const post = (path: string, headers: string, body = '') =>
  `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${headers}\r\n\r\n${body}`;

/** Every way in which a client can hold a socket. `item` is the text of one manipulation. */
export const stalledClients = (item: string): StalledClient[] => [
  { title: 'says nothing', sent: '' },
  { title: 'half a request line', sent: 'GET /hea' },
  { title: 'half a header', sent: 'GET /health/live HTTP/1.1\r\nho' },
  { title: 'drips its headers', sent: 'GET /health/live HTTP/1.1\r\nx: ', drip: 'a' },
  { title: 'idle after an answer', sent: 'GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n' },
  { title: 'no body', sent: post('/manipulations', 'content-length: 100') },
  { title: 'half a body', sent: post('/manipulations', 'content-length: 100', '{"action') },
  { title: 'a body that drips', sent: post('/manipulations', 'content-length: 900000', '{'), drip: ' ' },
  { title: 'half a chunk', sent: post('/manipulations', 'transfer-encoding: chunked', '10\r\n{') },
  { title: 'a preview without its body', sent: post('/manipulations/preview', 'content-length: 9') },
  { title: 'a batch without its body', sent: post('/manipulations/batch', 'transfer-encoding: chunked') },
  {
    title: 'a batch that drips',
    sent: post('/manipulations/batch', 'transfer-encoding: chunked', '1\r\n[\r\n'),
    drip: '1\r\n \r\n',
  },
  {
    title: 'a batch that stops after an item',
    sent: post(
      '/manipulations/batch',
      'transfer-encoding: chunked',
      `${(item.length + 2).toString(16)}\r\n[${item},\r\n`,
    ),
  },
  {
    title: 'a body that follows a GET',
    sent: 'GET /health/live HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n',
  },
  {
    title: 'a body that follows a refusal',
    sent: post('/nowhere', 'content-length: 1000', '{'),
    drip: ' ',
  },
  { title: 'a body that is too large', sent: post('/manipulations', 'content-length: 99999999', '{') },
  {
    title: 'does not read its answers',
    sent: 'GET /openapi.json HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(50),
    deaf: true,
  },
];

/** Connects as such a client. Resolves when what it sends is out. */
export async function stall(url: string, { sent, drip, deaf }: StalledClient): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  if (deaf === true) socket.pause();
  else socket.resume();
  await once(socket, 'connect');
  if (sent !== '') await new Promise((resolve) => socket.write(sent, resolve));
  if (drip !== undefined) {
    const timer = setInterval(() => socket.write(drip), 100);
    socket.once('close', () => clearInterval(timer));
  }
  return socket;
}

/** Resolves when the connection is gone, whether it was closed or reset. */
export const gone = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    if (socket.destroyed) resolve();
    else socket.once('close', () => resolve());
  });
