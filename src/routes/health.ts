import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { oneOf } from '../schemas/string-enum.ts';
import type { DataActions, Ledger } from '../services/ports.ts';

const Dependency = Type.Object(
  {
    state: {
      title: 'HealthState',
      ...oneOf(['ok', 'degraded', 'failed'], '`degraded`: in trouble, and the service goes on without it.'),
    },
    detail: Type.Optional(Type.String({ description: 'What is wrong, where something is.' })),
  },
  { title: 'DependencyHealth' },
);

const Readiness = Type.Object(
  {
    status: {
      title: 'ReadinessStatus',
      ...oneOf(['ready', 'not_ready'], 'Whether a manipulation could be taken.'),
    },
    dependencies: Type.Object(
      { ledger: Dependency, cxone: Dependency, process: Dependency },
      { title: 'Dependencies' },
    ),
  },
  { title: 'Health', description: 'The state of each dependency.' },
);

export const healthRoutes: FastifyPluginAsyncTypebox<{ ledger: Ledger; dataActions: DataActions }> = async (
  app,
  { ledger, dataActions },
) => {
  app.get(
    '/health/live',
    {
      config: { open: true },
      schema: {
        operationId: 'getLiveness',
        tags: ['operation'],
        summary: 'The process answers',
        description: 'Touches nothing else: a failing dependency is no reason to restart this process.',
        response: {
          200: {
            description: 'Alive.',
            content: {
              'application/json': {
                schema: Type.Object(
                  { status: { title: 'LivenessStatus', ...oneOf(['alive'], 'Always.') } },
                  { title: 'Liveness' },
                ),
                examples: { alive: { summary: 'Alive', value: { status: 'alive' } } },
              },
            },
          },
        },
      },
    },
    async () => ({ status: 'alive' as const }),
  );

  app.get(
    '/health/ready',
    {
      config: { open: true },
      schema: {
        operationId: 'getReadiness',
        tags: ['operation'],
        summary: 'A manipulation could be taken',
        description:
          'The ledger must be writable. CXone being in trouble is told, but does not make this 503: the answer to a manipulation says it better.',
        response: {
          200: {
            description: 'Ready.',
            content: {
              'application/json': { schema: Readiness, examples: { ready: example('ready', 'ok') } },
            },
          },
          503: {
            description: 'Not ready.',
            content: {
              'application/json': {
                schema: Readiness,
                examples: { not_ready: example('not_ready', 'failed') },
              },
            },
          },
        },
      },
    },
    async (_request, reply) => {
      const [ledgerState, processState] = [
        await ledger.check().then(
          () => ({ state: 'ok' as const }),
          (error: unknown) => ({ state: 'failed' as const, detail: (error as Error).message }),
        ),
        app.draining.aborted
          ? { state: 'failed' as const, detail: 'This instance is stopping.' }
          : { state: 'ok' as const },
      ];
      const ready = ledgerState.state === 'ok' && processState.state === 'ok';
      return reply.code(ready ? 200 : 503).send({
        status: ready ? 'ready' : 'not_ready',
        dependencies: { ledger: ledgerState, cxone: dataActions.state(), process: processState },
      });
    },
  );
};

const example = (status: 'ready' | 'not_ready', ledger: 'ok' | 'failed') => ({
  summary: status,
  value: {
    status,
    dependencies: { ledger: { state: ledger }, cxone: { state: 'ok' }, process: { state: 'ok' } },
  },
});
