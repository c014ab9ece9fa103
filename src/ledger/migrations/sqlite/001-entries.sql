-- `entries` is the ledger: it only ever grows. The other tables say what is going on now.
CREATE TABLE entries (
  chain TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  kind TEXT NOT NULL,
  request_id TEXT NOT NULL,
  place TEXT,
  caller TEXT,
  action_name TEXT,
  status TEXT,
  entry TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (chain, sequence)
) STRICT;
CREATE UNIQUE INDEX entries_by_request ON entries (request_id, kind);
CREATE INDEX intents_by_place ON entries (place) WHERE kind = 'intent';
CREATE INDEX intents_by_caller ON entries (caller, place) WHERE kind = 'intent';
CREATE INDEX intents_by_action ON entries (action_name, place) WHERE kind = 'intent';
CREATE INDEX failures_by_place ON entries (status, place) WHERE kind = 'outcome' AND status <> 'SUCCESS';
CREATE TRIGGER entries_stay BEFORE UPDATE ON entries
  BEGIN SELECT RAISE(ABORT, 'an entry of the ledger is never changed'); END;
CREATE TRIGGER entries_remain BEFORE DELETE ON entries
  BEGIN SELECT RAISE(ABORT, 'an entry of the ledger is never deleted'); END;

CREATE TABLE unfinished (
  request_id TEXT PRIMARY KEY,
  place TEXT NOT NULL,
  writer TEXT NOT NULL,
  dispatched INTEGER NOT NULL,
  caller TEXT,
  key TEXT,
  webhook_url TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE keys (
  caller TEXT NOT NULL,
  key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  request_id TEXT NOT NULL,
  settled INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (caller, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX keys_by_expiry ON keys (expires_at) WHERE settled = 1;

CREATE TABLE deliveries (
  id TEXT PRIMARY KEY,
  request_id TEXT NOT NULL UNIQUE,
  url TEXT NOT NULL,
  body TEXT NOT NULL,
  status TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  answered INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  failed_at INTEGER,
  error TEXT
) STRICT;
CREATE INDEX deliveries_by_due ON deliveries (due_at) WHERE status = 'pending';
CREATE INDEX deliveries_by_age ON deliveries (created_at) WHERE status = 'pending';
CREATE INDEX deliveries_by_failure ON deliveries (failed_at) WHERE status = 'failed';

CREATE TABLE checks (id INTEGER PRIMARY KEY, at INTEGER NOT NULL) STRICT;
