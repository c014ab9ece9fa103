import { Agent, request } from 'node:http';

export interface Answer {
  /** 0 when the connection ended without an answer. */
  status: number;
  ms: number;
  code?: string | undefined;
}

/** Sends requests as one caller over sockets of its own. */
export function createSender(url: string, key: string, sockets: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: sockets });
  return {
    send: (method: string, path: string, body?: string): Promise<Answer> =>
      new Promise((resolve) => {
        const from = performance.now();
        const ended = (status: number, code?: string) =>
          resolve({ status, ms: performance.now() - from, code });
        const outgoing = request(
          url + path,
          {
            method,
            agent,
            headers: {
              authorization: `Bearer ${key}`,
              ...(body !== undefined && {
                'content-type': 'application/json',
                'content-length': Buffer.byteLength(body),
              }),
            },
          },
          (response) => {
            let text = '';
            response.setEncoding('utf8').on('data', (chunk: string) => {
              if (text.length < 4_096) text += chunk;
            });
            response.on('end', () =>
              ended(response.statusCode ?? 0, /"code":"([A-Z_]+)"/.exec(text.slice(0, 4_096))?.[1]),
            );
            response.on('error', () => ended(0));
          },
        );
        outgoing.on('error', () => ended(0));
        outgoing.end(body);
      }),
    close: () => agent.destroy(),
  };
}
