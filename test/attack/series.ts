import { request, Agent } from 'node:http';
import { EXAMPLE } from '../support/service.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PROPFIND', 'M-SEARCH', 'REPORT', 'LOCK', 'TRACE', 'PURGE', 'BIND'];

/** Sends that many requests with names, paths, methods and callers that never come twice. */
export async function manyNames(url: string, count: number, concurrency = 32): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const send = (n: number) =>
    new Promise<void>((resolve, reject) => {
      const kind = n % 4;
      const post = kind === 0 || kind === 3;
      const body = post
        ? JSON.stringify({ ...EXAMPLE, source_timestamp: `x${n}`, action_name: `name ${n}` })
        : '';
      const outgoing = request(
        `${url}${kind === 1 ? `/path/${n}` : kind === 2 ? `/audit-records/${n}` : '/manipulations/preview'}?q${n}=1`,
        {
          agent,
          method: post ? 'POST' : kind === 1 ? (METHODS[n % METHODS.length] ?? 'GET') : 'GET',
          headers: {
            authorization: `Bearer caller-${n}`,
            'x-request-id': `request-${n}`,
            'user-agent': `agent ${n}`,
            'content-length': Buffer.byteLength(body),
            ...(post && { 'content-type': 'application/json' }),
          },
        },
        (response) => response.resume().once('end', resolve),
      );
      outgoing.once('error', reject);
      outgoing.end(body);
    });
  let next = 0;
  const lane = async () => {
    while (next < count) await send(next++);
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  agent.destroy();
}

/**
 * Every series that `/metrics` shows, without what does not stand for a name: the status of an answer (one of a few, which a
 * refusal under load may add) and Node's own kinds of handles and collections.
 */
export async function seriesOf(url: string): Promise<Set<string>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line !== '' && !/^(#|nodejs_)/.test(line));
  return new Set(lines.map((line) => line.replace(/ \S+$/, '').replace(/status_code="\d+",?/, '')));
}
