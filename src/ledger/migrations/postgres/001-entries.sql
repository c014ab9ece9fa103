-- `entries` is the ledger: it only ever grows. The other tables say what is going on now.
CREATE TABLE entries (
  chain text COLLATE "C" NOT NULL,
  sequence bigint NOT NULL,
  kind text COLLATE "C" NOT NULL,
  request_id text COLLATE "C" NOT NULL,
  place text COLLATE "C",
  caller text COLLATE "C",
  action_name text COLLATE "C",
  status text COLLATE "C",
  entry text COLLATE "C" NOT NULL,
  hash text COLLATE "C" NOT NULL,
  PRIMARY KEY (chain, sequence)
);
CREATE UNIQUE INDEX entries_by_request ON entries (request_id, kind);
CREATE INDEX intents_by_place ON entries (place) WHERE kind = 'intent';
CREATE INDEX intents_by_caller ON entries (caller, place) WHERE kind = 'intent';
CREATE INDEX intents_by_action ON entries (action_name, place) WHERE kind = 'intent';
CREATE INDEX failures_by_place ON entries (status, place) WHERE kind = 'outcome' AND status <> 'SUCCESS';

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN RAISE EXCEPTION 'an entry of the ledger is never changed or deleted' USING ERRCODE = '42501'; END $$;
CREATE TRIGGER entries_stay BEFORE UPDATE OR DELETE ON entries FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER entries_remain BEFORE TRUNCATE ON entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE unfinished (
  request_id text COLLATE "C" PRIMARY KEY,
  place text COLLATE "C" NOT NULL,
  writer text COLLATE "C" NOT NULL,
  dispatched integer NOT NULL,
  caller text COLLATE "C",
  key text COLLATE "C",
  webhook_url text
);

CREATE TABLE keys (
  caller text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  fingerprint text COLLATE "C" NOT NULL,
  request_id text COLLATE "C" NOT NULL,
  settled integer NOT NULL,
  expires_at bigint NOT NULL,
  PRIMARY KEY (caller, key)
);
CREATE INDEX keys_by_expiry ON keys (expires_at) WHERE settled = 1;

CREATE TABLE deliveries (
  id text COLLATE "C" PRIMARY KEY,
  request_id text COLLATE "C" NOT NULL UNIQUE,
  url text NOT NULL,
  body text NOT NULL,
  status text NOT NULL,
  attempts integer NOT NULL,
  answered integer NOT NULL,
  created_at bigint NOT NULL,
  due_at bigint NOT NULL,
  failed_at bigint,
  error text
);
CREATE INDEX deliveries_by_age ON deliveries (created_at) WHERE status = 'pending';
CREATE INDEX deliveries_by_failure ON deliveries (failed_at) WHERE status = 'failed';

CREATE TABLE writers (
  id text COLLATE "C" PRIMARY KEY,
  beat_at timestamptz NOT NULL
);
-- No writer can send its heartbeat while PostgreSQL restarts, so a heartbeat counts as no older than the last start.
CREATE FUNCTION is_alive(writer text, seconds integer) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT FROM ledger.writers WHERE id = writer
    AND greatest(beat_at, pg_postmaster_start_time()) > clock_timestamp() - make_interval(secs => seconds)
  ) $$;

-- Logged, unlike its table, so that no number comes twice after a crash.
CREATE SEQUENCE tickets;
CREATE UNLOGGED TABLE turns (
  ticket bigint DEFAULT nextval('ledger.tickets') PRIMARY KEY,
  key text COLLATE "C" NOT NULL,
  holder text COLLATE "C" NOT NULL
);
CREATE INDEX turns_by_key ON turns (key, ticket);
-- A ticket whose holder's heartbeat has expired is deleted for good: that process may resume while another one works.
-- The caller of this function must have a live heartbeat, too; otherwise it is not first.
CREATE FUNCTION look(mine bigint, wanted text, who text, seconds integer, OUT known boolean, OUT first boolean)
LANGUAGE plpgsql VOLATILE AS $$
  BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(wanted, 5));
    DELETE FROM ledger.turns WHERE key = wanted AND ticket < mine AND NOT ledger.is_alive(holder, seconds);
    known := EXISTS (SELECT FROM ledger.turns WHERE ticket = mine AND key = wanted AND holder = who);
    first := known AND ledger.is_alive(who, seconds)
      AND NOT EXISTS (SELECT FROM ledger.turns WHERE key = wanted AND ticket < mine);
  END $$;
-- Tickets of one key are drawn one after the other: when a ticket is first in line, no lower one can appear later.
CREATE FUNCTION take_turn(wanted text, who text, seconds integer, OUT mine bigint, OUT first boolean)
LANGUAGE plpgsql VOLATILE AS $$
  BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(wanted, 5));
    INSERT INTO ledger.turns (key, holder) VALUES (wanted, who) RETURNING ticket INTO mine;
    SELECT seen.first INTO first FROM ledger.look(mine, wanted, who, seconds) AS seen;
  END $$;

CREATE UNLOGGED TABLE buckets (
  name text COLLATE "C" PRIMARY KEY,
  arrival double precision NOT NULL
);

CREATE TABLE checks (id integer PRIMARY KEY, at bigint NOT NULL);
