-- Intents in flight have an owner and a lease (epoch milliseconds of the store's clock).
ALTER TABLE unfinished RENAME TO in_flight;
ALTER TABLE in_flight RENAME COLUMN writer TO owner;
ALTER TABLE in_flight ADD COLUMN lease_until INTEGER NOT NULL DEFAULT 0;
-- How often settling it was postponed.
ALTER TABLE in_flight ADD COLUMN postponed INTEGER NOT NULL DEFAULT 0;

-- What has to be sent, for as long as it has to be: the state of a webhook stays small and in `deliveries`.
CREATE TABLE outbox (id TEXT PRIMARY KEY, url TEXT NOT NULL, body TEXT NOT NULL) STRICT;
INSERT INTO outbox SELECT id, url, body FROM deliveries WHERE status <> 'delivered';
ALTER TABLE deliveries DROP COLUMN url;
ALTER TABLE deliveries DROP COLUMN body;
