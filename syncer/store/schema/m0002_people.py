"""Migration 2: who wants to hear what, and what was written to whom."""

SQL = """
-- who wants to hear what
CREATE TABLE subscribers (
    id INTEGER PRIMARY KEY, channel TEXT NOT NULL,
    address TEXT NOT NULL,              -- as it is written to; empty once erased
    address_key TEXT,                   -- by which it is found (case folded); null once erased
    -- pending | active | paused | bounced | unsubscribed | erased
    state TEXT NOT NULL,
    all_quiet TEXT NOT NULL,            -- off | monthly | weekly
    created_at TEXT NOT NULL, confirmed_at TEXT, erased_at TEXT,
    welcomed_at TEXT,                   -- null: the next digest is a welcome (new, or back again)
    quiet_at TEXT,                      -- last "all quiet"
    told TEXT NOT NULL DEFAULT '[]'     -- what is explained once only, by name
) STRICT;
-- one per address and channel
CREATE UNIQUE INDEX subscribers_by_address ON subscribers (channel, address_key);
CREATE TABLE subscriptions (
    id INTEGER PRIMARY KEY, subscriber INTEGER NOT NULL REFERENCES subscribers (id),
    councils TEXT NOT NULL, regions TEXT NOT NULL, neighbours_of TEXT NOT NULL,
    kinds TEXT NOT NULL, areas TEXT NOT NULL, directions TEXT NOT NULL, grades TEXT NOT NULL,
    minimum_pounds INTEGER NOT NULL, payments INTEGER NOT NULL,
    frequency TEXT NOT NULL, weekday TEXT NOT NULL, hour INTEGER NOT NULL,
    ending TEXT NOT NULL DEFAULT '{}',  -- ended councils, and the day from which they are left out
    mark INTEGER NOT NULL,              -- the last event (events.seq) it has considered
    considered_at TEXT                  -- when it last was due and was looked at
) STRICT;
CREATE INDEX subscriptions_by_subscriber ON subscriptions (subscriber);

-- the outbox: one message to one address
CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY,
    subscriber INTEGER REFERENCES subscribers (id),         -- null: mail to the operator
    kind TEXT NOT NULL, created_at TEXT NOT NULL, message_id TEXT NOT NULL UNIQUE,
    thread TEXT NOT NULL,               -- the Message-ID it answers to
    sender TEXT NOT NULL, recipient TEXT NOT NULL, subject TEXT NOT NULL,
    body BLOB, body_dropped_at TEXT,    -- the whole message, compressed with zlib
    -- queued | claimed | dot | sent | failed | in_doubt | cancelled
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, refusals INTEGER NOT NULL DEFAULT 0,
    doubts INTEGER NOT NULL DEFAULT 0, next_try_at TEXT NOT NULL,
    claimed_by TEXT NOT NULL DEFAULT '', claim_until TEXT,  -- whose it is, and until when
    dot_at TEXT, sent_at TEXT, reply TEXT NOT NULL DEFAULT '', error TEXT NOT NULL DEFAULT ''
) STRICT;
-- what to claim next; what waits, failed, is in doubt
CREATE INDEX deliveries_due ON deliveries (state, next_try_at);
CREATE INDEX deliveries_by_subscriber ON deliveries (subscriber, state);    -- pausing and erasing
CREATE TABLE delivery_events (          -- the promise: an event is handled once for a subscriber
    subscriber INTEGER NOT NULL REFERENCES subscribers (id),
    event INTEGER NOT NULL REFERENCES events (id),
    delivery INTEGER REFERENCES deliveries (id),            -- null: it cancelled out
    how TEXT NOT NULL,                  -- told | folded | replaced | corrected
    into_event INTEGER,                 -- the event whose line says it instead
    at TEXT NOT NULL,
    PRIMARY KEY (subscriber, event)
) STRICT, WITHOUT ROWID;
-- who was told; is it still waiting somewhere; which lines a message has
CREATE INDEX delivery_events_by_event ON delivery_events (event);
CREATE INDEX delivery_events_by_delivery ON delivery_events (delivery);
"""
