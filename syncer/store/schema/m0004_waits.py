"""Migration 4: since when a delivery waits for its next try, by the clock that set the wait."""

SQL = """
-- a wait that began later than now was set by a clock that was wrong, and is over
ALTER TABLE deliveries ADD COLUMN waits_since TEXT;
"""
