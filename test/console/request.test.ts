import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathOf, placeOf } from '../../src/console/page/address.ts';
import { type OpenApi, operationsOf, requestOf, valuesOf } from '../../src/console/page/request.ts';
import { startService } from '../support/service.ts';

test('every operation of the document becomes a form, and its example goes through it unchanged', async (t) => {
  const service = await startService(t);
  const { body: document } = await service.get<OpenApi>('/openapi.json');
  const operations = operationsOf(document);
  const names = operations.map(({ name }) => name);
  assert.ok(names.includes('CONVERT') && names.includes('NEXT_OCCURRENCE'), names.join());
  for (const operation of operations) {
    const fields = operation.fields.map(({ name }) => name);
    assert.ok(fields.includes('source_timestamp') && fields.includes('target_timezone'), operation.name);
  }
  const request = {
    source_timestamp: '2024-02-29T15:30:00Z',
    target_timezone: 'America/New_York',
    opening_hours: [{ days: [1, 2, 3, 4, 5], open: '08:00', close: '17:30' }],
    operation: 'NEXT_OPENING',
  };
  const operation = operations.find(({ name }) => name === 'NEXT_OPENING');
  assert.ok(operation);
  const again = requestOf(operation, valuesOf(request));
  assert.deepEqual(again, request);
  assert.equal((await service.post('/manipulations/preview', again)).status, 200);
});

test('a default and an empty field stay out of the request, JSON and integers keep their types', () => {
  const field = { required: false, example: undefined, description: '', values: [] };
  const operation = {
    name: 'ADD_OFFSET',
    description: '',
    fields: [
      { ...field, name: 'offset_minutes', kind: 'integer' as const, fallback: '0' },
      { ...field, name: 'precision_limit', kind: 'integer' as const, fallback: '3' },
      { ...field, name: 'also_in', kind: 'json' as const, fallback: undefined },
      { ...field, name: 'duration', kind: 'text' as const, fallback: undefined },
    ],
  };
  const values = { offset_minutes: '-90', precision_limit: '3', also_in: '["UTC"]', duration: ' ' };
  assert.deepEqual(requestOf(operation, values), {
    operation: 'ADD_OFFSET',
    offset_minutes: -90,
    also_in: ['UTC'],
  });
  const wrong = requestOf(operation, { offset_minutes: 'ten', also_in: '["UTC"' });
  assert.deepEqual(wrong, { operation: 'ADD_OFFSET', offset_minutes: 'ten', also_in: '["UTC"' });
});

test('each place has an address that leads back to it', () => {
  const places = [
    {
      page: 'try',
      values: { operation: 'ADD', duration: 'P1M', source_timestamp: '2024-01-31T00:00:00+01:00' },
    },
    { page: 'records', search: 'A & B', status: 'FAILED' },
    { page: 'record', id: '5f0c1c1e-8a53-4b0e-9f0e-2f6f3a1f6a54' },
    { page: 'calendars', name: 'support/eu', month: '2026-11' },
    { page: 'calendars', name: undefined, month: undefined },
  ] as const;
  for (const place of places) assert.deepEqual(placeOf(new URL(pathOf(place), 'http://service')), place);
});
