"""Migration 8: what readers do for themselves, and the channels besides mail."""

SQL = """
-- by which a signed link names its subscriber: never that of another, whatever is restored, and a
-- new one for whoever comes back; links of before this migration name the number
ALTER TABLE subscribers ADD COLUMN link_key TEXT NOT NULL DEFAULT '';
UPDATE subscribers SET link_key = 'n' || id;
CREATE UNIQUE INDEX subscribers_by_link_key ON subscribers (link_key) WHERE link_key <> '';
ALTER TABLE subscribers ADD COLUMN state_since TEXT;
-- a chat or webhook: its `address` is a label, and the address itself a secret, as is what signs;
-- kind and host are what may be shown of it
ALTER TABLE subscribers ADD COLUMN secret_address TEXT NOT NULL DEFAULT '';
ALTER TABLE subscribers ADD COLUMN signing_key TEXT NOT NULL DEFAULT '';
ALTER TABLE subscribers ADD COLUMN kind TEXT NOT NULL DEFAULT '';
ALTER TABLE subscribers ADD COLUMN host TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX subscribers_by_secret_address ON subscribers (secret_address)
    WHERE secret_address <> '';
-- a problem is said once at most in the operator's chat
ALTER TABLE problems ADD COLUMN channel_told_at TEXT;

-- more to ask for: programmes by name; councils left out; records followed to their end, by number
ALTER TABLE subscriptions ADD COLUMN programmes TEXT NOT NULL DEFAULT '[]';
ALTER TABLE subscriptions ADD COLUMN but TEXT NOT NULL DEFAULT '[]';
ALTER TABLE subscriptions ADD COLUMN records TEXT NOT NULL DEFAULT '[]';

-- what an address was asked to confirm; a key is good once
CREATE TABLE confirmations (
    id INTEGER PRIMARY KEY, link_key TEXT NOT NULL UNIQUE,
    subscriber INTEGER NOT NULL REFERENCES subscribers (id),
    wanted TEXT NOT NULL,                   -- the subscriptions that it would add, a list
    all_quiet TEXT,                         -- how often to say that all is quiet; null: as it is
    asked_at TEXT NOT NULL, asked_by TEXT NOT NULL,     -- form | operator | import | inbox
    delivery INTEGER REFERENCES deliveries (id),        -- the mail that asks
    confirmed_at TEXT
) STRICT;
CREATE INDEX confirmations_by_subscriber ON confirmations (subscriber);
CREATE INDEX confirmations_by_delivery ON confirmations (delivery);
-- what was asked before this migration waits for its answer another week
INSERT INTO confirmations (link_key, subscriber, wanted, asked_at, asked_by)
    SELECT 'n' || id, id, '[]', strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now'), 'operator'
    FROM subscribers WHERE state = 'pending';
-- when, how and to which words somebody agreed
CREATE TABLE consents (
    id INTEGER PRIMARY KEY, subscriber INTEGER NOT NULL REFERENCES subscribers (id),
    at TEXT NOT NULL, how TEXT NOT NULL,    -- link | mail | operator | import
    words TEXT NOT NULL
) STRICT;
CREATE INDEX consents_by_subscriber ON consents (subscriber);
-- who said no, by a keyed hash of the address (HMAC): it stays when everything else is erased
CREATE TABLE refusals (
    address_hmac TEXT PRIMARY KEY, since TEXT NOT NULL,
    how TEXT NOT NULL                       -- unsubscribed | erased | complaint
) STRICT, WITHOUT ROWID;
-- mails that somebody had sent to an address, by its keyed hash: how many in a time is limited
CREATE TABLE asked_mails (
    address_hmac TEXT NOT NULL, at TEXT NOT NULL,
    kind TEXT NOT NULL,                     -- confirm | manage | reply
    PRIMARY KEY (address_hmac, kind, at)
) STRICT, WITHOUT ROWID;

-- what came into the inbox, and what was made of it
CREATE TABLE inbox_messages (
    id INTEGER PRIMARY KEY, read_at TEXT NOT NULL, file TEXT NOT NULL,
    digest TEXT NOT NULL,                   -- SHA-256 of what was read of it: names are used again
    sender TEXT NOT NULL DEFAULT '',        -- kept of what was not understood, until it is settled
    outcome TEXT NOT NULL,                  -- done | asked | ignored | not_understood
    why TEXT NOT NULL, subscriber INTEGER REFERENCES subscribers (id),
    settled_at TEXT                         -- not understood: when the operator had seen it
) STRICT;
CREATE UNIQUE INDEX inbox_messages_by_file ON inbox_messages (file, digest);
-- messages of ours that came back, each counted once
CREATE TABLE bounces (
    delivery INTEGER PRIMARY KEY REFERENCES deliveries (id),
    subscriber INTEGER NOT NULL REFERENCES subscribers (id), at TEXT NOT NULL,
    hard INTEGER NOT NULL, status TEXT NOT NULL, words TEXT NOT NULL
) STRICT;
CREATE INDEX bounces_by_subscriber ON bounces (subscriber, at);

-- what a delivery leaves by: email | chat | webhook
ALTER TABLE deliveries ADD COLUMN channel TEXT NOT NULL DEFAULT 'email';
-- what another form of it says (Notify's subject and Markdown, a chat's text, a webhook's JSON)
ALTER TABLE deliveries ADD COLUMN other_body BLOB;
ALTER TABLE deliveries ADD COLUMN remote_id TEXT NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN remote_status TEXT NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN remote_checked_at TEXT;
-- how often the service was asked, in this doubt, whether it has the message
ALTER TABLE deliveries ADD COLUMN asked INTEGER NOT NULL DEFAULT 0;

-- so that what is done for one council, record or event costs the same after a hundred years
CREATE INDEX record_councils_by_record ON record_councils (record_id);
CREATE INDEX event_councils_by_event ON event_councils (event);
-- of one council: by the whole text, '["leeds"]'; of several: those with a comma, looked through
CREATE INDEX observations_by_councils ON observations (councils, record);
CREATE INDEX observations_of_several ON observations (record) WHERE instr(councils, ',') > 0;
-- when somebody was last written to, and last sent something
CREATE INDEX deliveries_by_day ON deliveries (subscriber, created_at);
CREATE INDEX deliveries_by_day_sent ON deliveries (subscriber, sent_at);
"""
