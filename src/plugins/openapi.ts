import swagger from '@fastify/swagger';
import { Type } from '@sinclair/typebox';
import fp from 'fastify-plugin';
import { type OpenApiDocument, requestComponents, requestExamples, withNames } from '../schemas/document.ts';
import { EXAMPLE_REQUEST } from '../schemas/examples.ts';
import { commonFields, previewOnlyFields, targetFields } from '../schemas/manipulation.ts';
import { WebhookEvent, webhookEvents } from '../schemas/webhook-event.ts';
import { operations } from '../services/date/index.ts';
import { type StaticBody, staticBody } from '../shared/static-body.ts';
import { sendStatic } from './static-pages.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body as the document tells it, where the route reads it as a stream. */
    documentBody?: object;
  }
}

/** The OpenAPI document, made from the routes' schemas, with a name for everything that stands in it more than once. */
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
        servers: [{ url: '/', description: 'The service that serves this document.' }],
        tags: [
          { name: 'manipulations', description: 'Compute a date or time and write it.' },
          { name: 'audit', description: 'What was done.' },
          { name: 'calendars', description: 'Opening hours and holidays under a name.' },
          { name: 'operation', description: 'Health, metrics and this interface.' },
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
        ...({ webhooks: webhookEvents } as object),
      },
      transform: ({ schema, url, route }) => {
        const { open, documentBody } = route.config ?? {};
        return {
          schema: {
            ...schema,
            security: open === true ? [] : [{ bearer: [] }],
            ...(documentBody !== undefined && { body: documentBody }),
          },
          url,
        };
      },
      transformObject: (document) =>
        'openapiObject' in document
          ? (withNames(JSON.parse(JSON.stringify(document.openapiObject)) as OpenApiDocument, {
              schemas: {
                WebhookEvent,
                ...requestComponents(operations, {
                  common: commonFields,
                  manipulation: targetFields,
                  preview: previewOnlyFields,
                }),
              },
              examples: requestExamples(operations, EXAMPLE_REQUEST.action_name),
            }) as typeof document.openapiObject)
          : document.swaggerObject,
      refResolver: {
        buildLocalReference: (json, _baseUri, _fragment, index) =>
          typeof json['$id'] === 'string' ? json['$id'] : `schema-${index}`,
      },
    });

    app.get(
      '/openapi.json',
      {
        config: { open: true },
        schema: {
          operationId: 'getOpenApiDocument',
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
      async (request, reply) => {
        body ??= staticBody('application/json; charset=utf-8', JSON.stringify(app.swagger()));
        // 304 has no body, so no schema either.
        return sendStatic(request, reply, body);
      },
    );
    let body: StaticBody | undefined;
  },
  { name: 'openapi' },
);

const Document = Type.Object({ openapi: Type.String() }, { additionalProperties: true });
