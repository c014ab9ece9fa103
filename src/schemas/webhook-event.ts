import { EXAMPLE_RECORD } from './examples.ts';

const header = (name: string, description: string) => ({
  name,
  in: 'header',
  required: true,
  description,
  schema: { type: 'string' },
});

const event = (name: string, operationId: string, summary: string) => ({
  post: {
    operationId,
    summary,
    description:
      'Standard Webhooks 1.0: at least once, signed. Verify the signature over the body as it arrived, remember `webhook-id`, answer 2xx at once. 410 ends it.',
    tags: ['manipulations'],
    security: [],
    parameters: [
      header('webhook-id', 'The same on every try of one event.'),
      header('webhook-timestamp', 'Of the try, in Unix seconds.'),
      header('webhook-signature', '`v1,` and the HMAC-SHA256 in base64; several with a space between.'),
    ],
    requestBody: {
      required: true,
      content: {
        'application/json': {
          schema: { $ref: '#/components/schemas/WebhookEvent' },
          examples: {
            [name.replace('.', '_')]: {
              summary: name,
              value: {
                type: name,
                timestamp: EXAMPLE_RECORD.timestamp,
                data: { audit_record: EXAMPLE_RECORD, action_id: EXAMPLE_RECORD.action_id },
              },
            },
          },
        },
      },
    },
    responses: { '200': { description: 'Taken.' }, '410': { description: 'Send this address no more.' } },
  },
});

/** What the service sends, as OpenAPI tells it. */
export const webhookEvents = {
  'manipulation.completed': event(
    'manipulation.completed',
    'manipulationCompleted',
    'A manipulation was written',
  ),
  'manipulation.failed': event('manipulation.failed', 'manipulationFailed', 'A manipulation was not written'),
};

export const WebhookEvent = {
  type: 'object',
  description: 'The body of a webhook.',
  required: ['type', 'timestamp', 'data'],
  properties: {
    type: { title: 'WebhookEventType', type: 'string', enum: Object.keys(webhookEvents) },
    timestamp: { type: 'string', format: 'date-time' },
    data: {
      title: 'WebhookData',
      type: 'object',
      required: ['audit_record', 'action_id'],
      properties: {
        audit_record: { $ref: '#/components/schemas/AuditRecord' },
        action_id: { type: ['string', 'null'], description: 'CXone’s id of the data action.' },
      },
    },
  },
};
