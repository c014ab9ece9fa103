import closeWithGrace from 'close-with-grace';
import { buildApp } from './app.ts';
import { ConfigError, loadConfig, longestStopMs } from './config.ts';

try {
  // Ledger, lock and checkpoints are for this user alone.
  process.umask(0o077);
  // A reader of the log that has gone costs its lines, and not the service.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined);
  const config = loadConfig(process.env);
  const app = await buildApp(config, { warmUp: true });
  // What was logged last is written also when the process ends in a hurry.
  process.once('exit', () => app.log.flush());
  closeWithGrace({ delay: longestStopMs(config), logger: false }, async ({ signal, err }) => {
    if (err) app.log.fatal({ err, stack: err.stack }, 'stopping after an unexpected error');
    else app.log.info({ signal }, 'stopping');
    // A balancer sends SIGTERM’s process no more work once it has seen readiness red; Ctrl-C has no balancer.
    if (signal === 'SIGTERM') await app.drain(config.shutdownDrainMs);
    await app.close();
  });
  await app.listen({ host: config.host, port: config.port, backlog: 4_096 }).catch((error: unknown) => {
    throw new ConfigError(`PORT ${config.port} on HOST ${config.host}: ${(error as Error).message}`);
  });
} catch (error) {
  const line =
    error instanceof ConfigError ? error.message : `The service cannot start: ${(error as Error).message}`;
  process.stderr.write(`${line}\n`);
  process.exit(1);
}
