import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient, verifyWebhook, WebhookRejected } from '../../client/src/index.ts';
import { createSign } from '../../src/webhooks/signature.ts';
import { startService } from '../support/service.ts';

const SECRET = `whsec_${Buffer.from('a secret of the receiver').toString('base64')}`;
const OTHER = `whsec_${Buffer.from('a secret of another one').toString('base64')}`;
const NOW = 1_750_000_000_000;
const BODY = '{"type":"manipulation.completed","timestamp":"2024-02-29T15:30:00Z","data":{}}';

const signed = (secrets = [SECRET], at = NOW) => createSign(secrets)('msg_1', at, BODY);
const options = { secret: SECRET, now: () => NOW };

test('a webhook of the service is verified and read', async (t) => {
  const { url, sandbox } = await startService(t);
  const record = await createClient({ baseUrl: url }).manipulate({
    action_name: 'Production_Date_Processor',
    source_timestamp: '2024-02-29T15:30:00Z',
    target_timezone: 'UTC',
    operation: 'CONVERT',
  });
  const [webhook] = sandbox.webhooks;
  assert.ok(webhook);
  const { id, event } = await verifyWebhook(webhook, { secret: sandbox.webhookSecret });
  assert.equal(id, record.webhook?.id);
  assert.equal(event.type, 'manipulation.completed');
  assert.equal(event.data.audit_record.request_id, record.request_id);
});

test('while a secret is rotated, either one will do', async () => {
  for (const secret of [SECRET, [OTHER, SECRET]]) {
    await verifyWebhook({ headers: signed([OTHER, SECRET]), body: BODY }, { ...options, secret });
  }
  await verifyWebhook({ headers: new Headers(signed()), body: Buffer.from(BODY) }, options);
});

const REFUSED: [why: string, headers: Record<string, string>, body: string, message: RegExp][] = [
  ['another body', signed(), `${BODY} `, /No signature/],
  ['another id', { ...signed(), 'webhook-id': 'msg_2' }, BODY, /No signature/],
  ['another secret', signed([OTHER]), BODY, /No signature/],
  ['another version of the scheme', { ...signed(), 'webhook-signature': 'v2,AAAA' }, BODY, /No signature/],
  ['a signature that is no base64', { ...signed(), 'webhook-signature': 'v1,%%%' }, BODY, /No signature/],
  ['a try of an hour ago', signed([SECRET], NOW - 3_600_000), BODY, /3600 s old/],
  ['a try from the future', signed([SECRET], NOW + 3_600_000), BODY, /old/],
  ['no timestamp', { ...signed(), 'webhook-timestamp': '' }, BODY, /webhook-timestamp is missing/],
  ['a timestamp that is no number', { ...signed(), 'webhook-timestamp': 'now' }, BODY, /Unix seconds/],
];

for (const [why, headers, body, message] of REFUSED) {
  test(`a webhook is rejected: ${why}`, async () => {
    await assert.rejects(verifyWebhook({ headers, body }, options), (error) => {
      assert.ok(error instanceof WebhookRejected);
      assert.match(error.message, message);
      return true;
    });
  });
}
