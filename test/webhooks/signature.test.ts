import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { createSign } from '../../src/webhooks/signature.ts';

const secretOf = (text: string) => `whsec_${Buffer.from(text).toString('base64')}`;
const OLD = secretOf('the old secret of the receiver');
const NEW = secretOf('the new secret of the receiver');
const BODY = '{"name":"Zürich 🗓"}';

test('signs as Standard Webhooks does', () => {
  // The example of the specification's own libraries.
  const sign = createSign(['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw']);
  assert.deepEqual(sign('msg_p5jXN8AQM9LWM0D4loKWxJek', 1614265330_999, '{"test": 2432232314}'), {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('while a secret is being changed, receivers with either one are content', () => {
  const headers = createSign([NEW, OLD])('msg_1', Date.now(), BODY);
  assert.equal(headers['webhook-signature']?.split(' ').length, 2);
  for (const secret of [OLD, NEW]) {
    assert.deepEqual(new Webhook(secret).verify(BODY, headers), JSON.parse(BODY));
    assert.throws(() => new Webhook(secret).verify(`${BODY} `, headers));
    assert.throws(() => new Webhook(secret).verify(BODY, { ...headers, 'webhook-id': 'msg_2' }));
  }
  assert.throws(() => new Webhook(secretOf('a third')).verify(BODY, headers));
});

test('a secret may come without its prefix; without any there is no signature', () => {
  const bare = createSign([OLD.slice('whsec_'.length)]);
  assert.deepEqual(bare('msg_1', 0, BODY), createSign([OLD])('msg_1', 0, BODY));
  assert.deepEqual(createSign([])('msg_1', 5999, BODY), { 'webhook-id': 'msg_1', 'webhook-timestamp': '5' });
});

test('a wrong secret is refused by its place and not told', () => {
  const wrong = ['', 'whsec_', 'not base64!', 'whsec_abc', 'abcd_-ab', 'YWJjZA', 'YWJj=ZGVm', ' YWJj'];
  for (const secret of wrong) {
    const own = secret.replace('whsec_', '');
    assert.throws(
      () => createSign([OLD, secret]),
      ({ message }: Error) =>
        message.startsWith('WEBHOOK_SECRET: secret 2 of 2 is ') && (own === '' || !message.includes(own)),
      secret,
    );
  }
  const warnings: string[] = [];
  createSign([OLD, secretOf('short')], (message) => warnings.push(message));
  assert.deepEqual(warnings, ['WEBHOOK_SECRET: secret 2 of 2 is shorter than 24 bytes']);
});
