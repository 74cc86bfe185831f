"""Migration 7: what the operator acknowledged, what a first read found old, what the log has said,
and how each job's last run went."""

SQL = """
-- found by a page's first read and about what was old then: told to nobody
ALTER TABLE problems ADD COLUMN is_old INTEGER NOT NULL DEFAULT 0;
-- an acknowledgement holds until the problem ends or says something else
ALTER TABLE problems ADD COLUMN acked_at TEXT;
ALTER TABLE problems ADD COLUMN acked_by TEXT NOT NULL DEFAULT '';
ALTER TABLE problems ADD COLUMN ack_reason TEXT NOT NULL DEFAULT '';
-- the log says each beginning and each end once, whichever process finds it
ALTER TABLE problems ADD COLUMN logged_at TEXT;
ALTER TABLE problems ADD COLUMN end_logged_at TEXT;

CREATE TABLE job_runs (
    job TEXT PRIMARY KEY, started TEXT NOT NULL, finished TEXT,
    succeeded TEXT,                         -- when its last run without an error ended
    error TEXT NOT NULL DEFAULT ''          -- of the last run; empty: none
) STRICT;
"""
