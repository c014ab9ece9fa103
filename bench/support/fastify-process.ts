/** A bare Fastify that listens; with `route`, one that validates previews by the service's schema, echoes and logs them. */
import Fastify from 'fastify';

const withRoute = process.argv.includes('route');
const { VALIDATION } = await import('../../src/schemas/validation.ts');
const app = Fastify({
  logger: withRoute ? { level: 'info' } : false,
  ajv: { customOptions: VALIDATION },
});
if (withRoute) {
  const { PreviewRequest } = await import('../../src/services/date/index.ts');
  app.post('/manipulations/preview', { schema: { body: PreviewRequest } }, async (request) => request.body);
}
const url = await app.listen({ host: '127.0.0.1', port: 0 });
process.send?.({ url, pid: process.pid });
process.on('disconnect', () => process.exit());
