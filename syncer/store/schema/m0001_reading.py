"""Migration 1: what was read, what was found in it, what changed, what went wrong."""

SQL = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE counters (name TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT;
INSERT INTO counters VALUES ('event', 0);

-- what was read, and when
CREATE TABLE runs (
    id INTEGER PRIMARY KEY, source TEXT NOT NULL, started TEXT NOT NULL, finished TEXT,
    complete INTEGER NOT NULL DEFAULT 0, status TEXT NOT NULL DEFAULT 'running',
    requests INTEGER NOT NULL DEFAULT 0, records INTEGER NOT NULL DEFAULT 0,
    events INTEGER NOT NULL DEFAULT 0, held INTEGER NOT NULL DEFAULT 0,
    problems INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX runs_by_source ON runs (source, started);      -- last good run, freshness
CREATE TABLE fetches (
    run INTEGER NOT NULL REFERENCES runs (id), url TEXT NOT NULL, at TEXT NOT NULL,
    status INTEGER NOT NULL, sha256 TEXT NOT NULL
) STRICT;
CREATE INDEX fetches_by_url ON fetches (url, at);           -- which bytes an address gave, when
CREATE TABLE pages (
    source TEXT NOT NULL, page TEXT NOT NULL, council TEXT NOT NULL DEFAULT '',
    first_good TEXT, last_good TEXT, last_try TEXT,         -- baseline; freshness; pacing
    seen TEXT NOT NULL DEFAULT '',          -- what the list said of it at its own last good read
    withdrawn INTEGER NOT NULL DEFAULT 0,   -- the source itself took it back
    memory TEXT NOT NULL DEFAULT '{}',      -- what its source remembers (ETag, digest of the body)
    PRIMARY KEY (source, page)
) STRICT;
CREATE TABLE entries (                      -- one line of a page: seen, and read or not
    source TEXT NOT NULL, page TEXT NOT NULL, key TEXT NOT NULL, title TEXT NOT NULL,
    published TEXT, url TEXT NOT NULL, first_seen TEXT NOT NULL,
    page_before TEXT,       -- last good read of the page before the entry was first seen there
    last_seen TEXT NOT NULL, read_at TEXT,
    sha256 TEXT NOT NULL DEFAULT '', etag TEXT NOT NULL DEFAULT '',
    last_modified TEXT NOT NULL DEFAULT '', checked TEXT,
    absent_days TEXT NOT NULL DEFAULT '[]', -- days on which a complete read did not show it
    PRIMARY KEY (source, page, key)
) STRICT;

-- what was read there
CREATE TABLE observations (
    id INTEGER PRIMARY KEY, source TEXT NOT NULL, page TEXT NOT NULL, key TEXT NOT NULL,
    record_id INTEGER REFERENCES records (id), record TEXT NOT NULL, councils TEXT NOT NULL,
    fields TEXT NOT NULL, evidence TEXT NOT NULL, published TEXT, url TEXT NOT NULL,
    sha256 TEXT NOT NULL, parser INTEGER NOT NULL,
    first_seen TEXT NOT NULL, last_seen TEXT NOT NULL, unread INTEGER NOT NULL,
    withdrawn INTEGER NOT NULL DEFAULT 0,   -- the source itself took it back
    UNIQUE (source, page, key)
) STRICT;
CREATE INDEX observations_by_record ON observations (record_id);
CREATE TABLE records (
    id INTEGER PRIMARY KEY, record TEXT NOT NULL, councils TEXT NOT NULL, fields TEXT NOT NULL,
    chosen TEXT NOT NULL, published TEXT, url TEXT NOT NULL, source TEXT NOT NULL,
    first_seen TEXT NOT NULL, unread INTEGER NOT NULL DEFAULT 0,
    withdrawn INTEGER NOT NULL DEFAULT 0, held INTEGER NOT NULL DEFAULT 0, merged_into INTEGER
) STRICT;
CREATE TABLE record_councils (
    council TEXT NOT NULL, record_id INTEGER NOT NULL REFERENCES records (id),
    PRIMARY KEY (council, record_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE history (                      -- every value a record ever had, and since when
    record_id INTEGER NOT NULL REFERENCES records (id), field TEXT NOT NULL, value TEXT,
    known_from TEXT NOT NULL
) STRICT;
CREATE INDEX history_by_record ON history (record_id, field, known_from);
CREATE TABLE conflicts (
    record_id INTEGER NOT NULL REFERENCES records (id), field TEXT NOT NULL,
    other_source TEXT NOT NULL, other_value TEXT NOT NULL,
    chosen_source TEXT NOT NULL, chosen_value TEXT NOT NULL, since TEXT NOT NULL,
    PRIMARY KEY (record_id, field, other_source)
) STRICT;
CREATE TABLE identities (                   -- names and ids on a site that the register lacks
    source TEXT NOT NULL, key TEXT NOT NULL, council TEXT NOT NULL, first_seen TEXT NOT NULL,
    PRIMARY KEY (source, key)
) STRICT;

-- what changed
CREATE TABLE events (
    id INTEGER PRIMARY KEY, seq INTEGER UNIQUE,             -- null: not (yet) to be told
    run INTEGER,
    state TEXT NOT NULL,                    -- new | open | silent | held | discarded | replaced
    record TEXT NOT NULL, record_id INTEGER REFERENCES records (id), kind TEXT NOT NULL,
    change TEXT NOT NULL, area TEXT NOT NULL, old TEXT NOT NULL, new TEXT NOT NULL,
    published TEXT, effective TEXT, noticed_at TEXT NOT NULL,
    source TEXT NOT NULL, url TEXT NOT NULL, hold_reason TEXT NOT NULL DEFAULT '',
    late INTEGER NOT NULL DEFAULT 0, detail TEXT NOT NULL, evidence TEXT NOT NULL,
    corrects INTEGER, fingerprint TEXT NOT NULL
) STRICT;
CREATE INDEX events_by_record ON events (record_id, area);
CREATE INDEX events_by_state ON events (state, run);
-- a held or discarded change is not made again from the same bytes
CREATE INDEX events_by_fingerprint ON events (fingerprint);
CREATE TABLE event_councils (
    council TEXT NOT NULL, event INTEGER NOT NULL REFERENCES events (id),
    PRIMARY KEY (council, event)
) STRICT, WITHOUT ROWID;

-- what went wrong
CREATE TABLE problems (
    id INTEGER PRIMARY KEY, source TEXT NOT NULL, url TEXT NOT NULL, name TEXT NOT NULL,
    message TEXT NOT NULL, hint TEXT NOT NULL, council TEXT NOT NULL,
    first_at TEXT NOT NULL, last_at TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 1,
    next_try TEXT, ended_at TEXT, told_at TEXT, end_told_at TEXT
) STRICT;
CREATE UNIQUE INDEX problems_open ON problems (source, url, name) WHERE ended_at IS NULL;
"""
