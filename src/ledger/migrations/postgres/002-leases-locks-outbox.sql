-- Intents in flight have an owner and a lease by this database's clock; locks are session advisory locks, and webhooks are
-- delivered from one table: heartbeats, tickets and the job queue are gone.
ALTER TABLE unfinished RENAME TO in_flight;
ALTER TABLE in_flight RENAME COLUMN writer TO owner;
ALTER TABLE in_flight ADD COLUMN lease_until timestamptz NOT NULL DEFAULT '-infinity';
-- How often settling it was postponed.
ALTER TABLE in_flight ADD COLUMN postponed integer NOT NULL DEFAULT 0;

-- What has to be sent, for as long as it has to be: the state of a webhook stays small and in `deliveries`.
CREATE TABLE outbox (id text COLLATE "C" PRIMARY KEY, url text NOT NULL, body text NOT NULL);
INSERT INTO outbox SELECT id, url, body FROM deliveries WHERE status <> 'delivered';
ALTER TABLE deliveries DROP COLUMN url, DROP COLUMN body;
CREATE INDEX deliveries_by_due ON deliveries (due_at) WHERE status = 'pending';

-- Epoch milliseconds by this database's clock.
CREATE FUNCTION now_ms() RETURNS bigint LANGUAGE sql VOLATILE AS $$
  SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint $$;

DROP FUNCTION take_turn(text, text, integer);
DROP FUNCTION look(bigint, text, text, integer);
DROP FUNCTION is_alive(text, integer);
DROP TABLE turns, writers;
DROP SEQUENCE tickets;
DROP SCHEMA IF EXISTS ledger_jobs CASCADE;
