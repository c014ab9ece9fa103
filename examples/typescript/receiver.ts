/**
 * A receiver of webhooks: verifies each, does its work once, answers at once. From a clone:
 * `WEBHOOK_SECRET=whsec_... npx node examples/typescript/receiver.ts`.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
// In a project of your own: from 'cxone-date-service-client/webhooks'.
import { verifyWebhook, WebhookRejected } from '../../client/src/webhooks.ts';

const secret = process.env['WEBHOOK_SECRET'] ?? '';
/** Where the work is, this is a table with a unique key. */
const done = new Set<string>();

const server = createServer((request, response) => {
  void receive().then((status) => response.writeHead(status).end());

  async function receive(): Promise<number> {
    try {
      const { id, event } = await verifyWebhook(
        { headers: request.headers, body: await text(request) },
        { secret },
      );
      if (done.has(id)) return 204;
      done.add(id);
      const { action_name, output_timestamp } = event.data.audit_record;
      console.log(`${event.type}: ${action_name} is ${output_timestamp}`);
      return 204;
    } catch (error) {
      if (!(error instanceof WebhookRejected)) throw error;
      console.error(error.message);
      return 401;
    }
  }
});

server.listen(Number(process.env['PORT'] ?? 4001), '127.0.0.1', () => {
  console.log(`Listening at http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
