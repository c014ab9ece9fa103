import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { Type } from '@sinclair/typebox';
import fp from 'fastify-plugin';

/** The OpenAPI document, made from the routes' schemas, and a page to read it. */
export default fp(
  async (app, options: { version: string }) => {
    await app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: {
          title: 'CXone date service',
          version: options.version,
          description:
            'A REST facade over NICE CXone data actions: computes a date or time, writes it into a data action, announces it on a webhook, and answers with an audit record.',
          license: { name: 'MIT', identifier: 'MIT' },
        },
        tags: [
          { name: 'manipulations', description: 'Compute a date or time and write it.' },
          { name: 'audit', description: 'What was done.' },
          { name: 'operation', description: 'Health and metrics.' },
        ],
        components: {
          securitySchemes: {
            bearer: {
              type: 'http',
              scheme: 'bearer',
              description: 'An API key, or a JWT of the configured issuer.',
            },
          },
        },
      },
      transformObject: (document) =>
        'openapiObject' in document ? withRequestId(document.openapiObject) : document.swaggerObject,
      refResolver: {
        buildLocalReference: (json, _baseUri, _fragment, index) =>
          typeof json['$id'] === 'string' ? json['$id'] : `schema-${index}`,
      },
    });
    // The page's own routes, which it registers itself.
    app.addHook('onRoute', (route) => {
      if (route.url.startsWith('/docs')) route.config = { ...route.config, open: true };
    });
    await app.register(swaggerUi, {
      routePrefix: '/docs',
      staticCSP: true,
      // On plain http, as on a laptop, there is no https to upgrade to.
      transformStaticCSP: (policy) => policy.replace(/;?\s*upgrade-insecure-requests/, ''),
    });

    app.get(
      '/openapi.json',
      {
        config: { open: true },
        schema: {
          tags: ['operation'],
          summary: 'This document',
          description: 'The same as openapi.yaml in the repository. `GET /docs` is a page to read it.',
          response: {
            200: {
              description: 'OpenAPI 3.1.',
              content: {
                'application/json': {
                  schema: Document,
                  examples: { document: { value: { openapi: '3.1.0' } } },
                },
              },
            },
          },
        },
      },
      async () => app.swagger(),
    );
  },
  { name: 'openapi' },
);

const Document = Type.Object({ openapi: Type.String() }, { additionalProperties: true });

interface Operation {
  responses: Record<string, { headers?: Record<string, unknown> }>;
}

const REQUEST_ID = {
  description: 'The caller’s own, or a new UUID.',
  schema: { type: 'string' as const },
};

/** Every answer carries it, so that it is said once, here. */
function withRequestId<T extends { paths?: object | undefined }>(document: T): T {
  const paths = Object.values(document.paths ?? {}) as Record<string, Operation>[];
  for (const operation of paths.flatMap((methods) => Object.values(methods))) {
    for (const response of Object.values(operation.responses)) {
      response.headers = { 'x-request-id': REQUEST_ID, ...response.headers };
    }
  }
  return document;
}
