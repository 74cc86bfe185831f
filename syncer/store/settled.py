"""Which observations are settled: see migration 10, whose triggers take the mark away from whatever
changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from syncer.model import Observation
from syncer.records.likeness import likeness
from syncer.store import Store, as_json

RULES = "reconciled by"
"""Under which the store notes by which rules it was reconciled."""


def follow_rules(store: Store, rules: str) -> None:
    """Take what was settled by other rules as not settled."""
    if store.meta(RULES) == rules:
        return
    store.run("UPDATE observations SET settled = 0 WHERE settled = 1")
    store.set_meta(RULES, rules)


def settle(store: Store, members: Mapping[int, Sequence[Observation]]) -> None:
    """Mark the observations of these records (by id) as settled, where they are all of the record
    and no change of it is held or was discarded."""
    whole = _sizes(store, members)
    for record, observations in members.items():
        if whole.get(record) == len(observations):
            _settle(store, record, observations)


def _sizes(store: Store, records: Iterable[int]) -> dict[int, int]:
    """Return how many observations belong to each of these records; nothing of those about which
    something was decided, or is to be."""
    sql = """SELECT record_id, count(*) AS n FROM observations o
        WHERE record_id IN (SELECT value FROM json_each(?)) AND NOT EXISTS (
          SELECT 1 FROM events e
          WHERE e.record_id = o.record_id AND e.state IN ('held', 'discarded'))
        GROUP BY record_id"""
    wanted = as_json(sorted(records))
    found = {}
    for row in store.rows(sql, (wanted,)):
        record = row["record_id"]
        found[record] = int(row["n"])

    return found


def _settle(store: Store, record: int, observations: Iterable[Observation]) -> None:
    store.run("UPDATE observations SET settled = 1 WHERE record_id = ?", (record,))
    for said in observations:
        store.run("DELETE FROM likenesses WHERE observation = ?", (said.id,))
        for mark in likeness(said).has:
            row = {"mark": mark, "observation": said.id}
            store.insert("likenesses", row)


def count_records(store: Store, observations: Iterable[int]) -> int:
    """Return how many records these observations (ids) belong to."""
    sql = """SELECT count(DISTINCT record_id) FROM observations
        WHERE id IN (SELECT value FROM json_each(?))"""
    wanted = as_json(sorted(observations))
    return int(store.value(sql, (wanted,)))
