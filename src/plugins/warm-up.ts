import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fp from 'fastify-plugin';

/** So long after it listens: the first requests, probes most of all, go first. */
const AFTER_MS = 300;

/**
 * What can wait until the service listens: the validators that no request has asked for yet are compiled, one a turn of the
 * event loop, and then what the start has left behind is collected once, which takes 40 MB off the memory at rest.
 */
export default fp<{ warmOne: () => boolean }>(
  async (app, { warmOne }) => {
    let timer: NodeJS.Timeout | undefined;
    const later = (work: () => void, milliseconds: number) => {
      timer = setTimeout(work, milliseconds).unref();
    };
    const step = () => {
      if (warmOne()) later(step, 1);
      else collect();
    };
    app.addHook('onListen', async () => later(step, AFTER_MS));
    app.addHook('preClose', async () => clearTimeout(timer));
  },
  { name: 'warm-up' },
);

/** Some 40 ms during which nothing else runs, which is why it is done once and early. */
function collect(): void {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as (options: object) => void;
  gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
