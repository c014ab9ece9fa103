-- The records that were made under an idempotency key, also when the key itself has expired.
ALTER TABLE entries ADD COLUMN idempotency_key text COLLATE "C";
CREATE INDEX intents_by_key ON entries (idempotency_key, place) WHERE idempotency_key IS NOT NULL;

-- The tries of a webhook, a line of JSON each: when it ended (epoch milliseconds), its status then, and its error.
ALTER TABLE deliveries ADD COLUMN tries text NOT NULL DEFAULT '';
