/** For the image's HEALTHCHECK: exits 0 when the service in the same container answers. */
import { loadConfig } from '../config.ts';

const { host, port } = loadConfig(process.env);
const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
const alive = await fetch(`http://${reachable}:${port}/health/live`, {
  signal: AbortSignal.timeout(2_000),
}).then(
  (response) => response.ok,
  () => false,
);
process.exitCode = alive ? 0 : 1;
