"""Migration 3: what pages seem to say of money, and who was shown it."""

SQL = """
-- a sum or a place that could not be read for certain (DESIGN §2, Possible)
CREATE TABLE possibles (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL, page TEXT NOT NULL,
    key TEXT NOT NULL,                  -- the councils, the sum and the words, hashed
    councils TEXT NOT NULL, fields TEXT NOT NULL, evidence TEXT NOT NULL,
    record TEXT NOT NULL, published TEXT, url TEXT NOT NULL,
    sha256 TEXT NOT NULL, parser INTEGER NOT NULL,
    why TEXT NOT NULL,                  -- the reasons, a list of words
    p REAL,                             -- how likely it is given, 0 to 1; null for a table's row
    first_seen TEXT NOT NULL,
    page_before TEXT,                   -- last good read of the page before that; null: baseline
    silent INTEGER NOT NULL,            -- baseline or old news: shown to nobody
    -- open | gone (no longer on its page, or told) | accepted | rejected
    state TEXT NOT NULL,
    settled_at TEXT
) STRICT;
CREATE UNIQUE INDEX possibles_by_key ON possibles (source, page, key);
CREATE INDEX possibles_by_state ON possibles (state);
CREATE TABLE possible_showings (        -- a possible is shown to a subscriber once
    subscriber INTEGER NOT NULL REFERENCES subscribers (id),
    possible INTEGER NOT NULL REFERENCES possibles (id),
    delivery INTEGER NOT NULL REFERENCES deliveries (id),
    at TEXT NOT NULL,
    PRIMARY KEY (subscriber, possible)
) STRICT, WITHOUT ROWID;
"""
