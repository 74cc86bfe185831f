"""Which sources there are in a table, found by an index: a step for each source, however many rows
it has."""

from __future__ import annotations


def sources_in(table: str) -> str:
    """Return the beginning of a query, which names the sources in a table as `sources (source)`."""
    return f"""WITH RECURSIVE every (source) AS (
        SELECT min(source) FROM {table}
        UNION ALL
        SELECT (SELECT min(source) FROM {table} WHERE source > every.source)
        FROM every WHERE every.source IS NOT NULL
    ), sources AS (SELECT source FROM every WHERE source IS NOT NULL)"""
