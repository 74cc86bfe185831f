"""Migration 5: what a list said of a page when the page failed."""

SQL = """
-- once the list says something else, there is news, and the page does not wait for its turn
ALTER TABLE problems ADD COLUMN seen TEXT NOT NULL DEFAULT '';
"""
