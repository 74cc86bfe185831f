"""What was read: observations, the records made of them, their history, and where sources
contradict each other."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from syncer.model import Conflict, Evidence, Fields, Observation, Record, RecordKind
from syncer.store import Store, as_day, as_json, as_moment, as_text
from syncer.store.fields import fields_of, stored

SEEN_ONLY = frozenset(("file_id", "kind"))
"""What is known of a report that is listed and was not read yet."""


@dataclass(frozen=True)
class Around:
    """All that is known of some councils: their observations, which record each belongs to, and the
    records as they stand."""

    observations: tuple[Observation, ...]
    belongs: Mapping[int, int]
    records: Mapping[int, Record]


# -- Observations ----------------------------------------------------------------------------------


def observation_of(row: Mapping[str, Any]) -> Observation:
    """An observation from its stored row."""
    return Observation(
        source=row["source"],
        page=row["page"],
        key=row["key"],
        record=RecordKind(row["record"]),
        councils=tuple(json.loads(row["councils"])),
        fields=_fields(row),
        published=as_day(row["published"]),
        url=row["url"],
        sha256=row["sha256"],
        parser=row["parser"],
        evidence={name: Evidence(**e) for name, e in json.loads(row["evidence"]).items()},
        first_seen=as_moment(row["first_seen"]),
        unread=bool(row["unread"]),
        withdrawn=bool(row["withdrawn"]),
        id=row["id"],
    )


def save_observations(
    store: Store, observations: Sequence[Observation], now: dt.datetime
) -> tuple[list[int], frozenset[int]]:
    """Keep the observations of one page. Gives their ids, and which of them rest on bytes that are
    new."""
    ids, fresh = [], set()
    for o in observations:
        row = store.one(
            "SELECT id, sha256 FROM observations WHERE source = ? AND page = ? AND key = ?",
            (o.source, o.page, o.key),
        )
        said = {
            "record": o.record,
            "councils": as_json(o.councils),
            "fields": as_json(stored(o.fields)),
            "evidence": as_json({name: asdict(e) for name, e in o.evidence.items()}),
            "url": o.url,
            "sha256": o.sha256,
            "parser": o.parser,
            "published": o.published.isoformat() if o.published else None,
            "last_seen": as_text(now),
            "unread": int(o.unread),
            "withdrawn": int(o.withdrawn),
        }
        if row is None:
            key = {
                "source": o.source,
                "page": o.page,
                "key": o.key,
                "first_seen": as_text(o.first_seen or now),
            }
            found = store.insert("observations", {**key, **said})
        else:
            found = int(row["id"])
            store.run(
                f"UPDATE observations SET {', '.join(f'{n} = :{n}' for n in said)} WHERE id = :id",
                {**said, "id": found},
            )
        if row is None or row["sha256"] != o.sha256:
            fresh.add(found)
        ids.append(found)
    return ids, frozenset(fresh)


def drop_observations(store: Store, source: str, page: str, keys: Iterable[str]) -> set[int]:
    """Forget observations that turned out to be none (a file listed as an inspection that is
    something else); their record ids."""
    left = set()
    for key in keys:
        found = store.rows(
            (
                "DELETE FROM observations WHERE source = ? AND page = ? AND key = ? RETURNING "
                "record_id"
            ),
            (source, page, key),
        )
        left |= {row["record_id"] for row in found if row["record_id"]}
    return left


def _fields(row: Mapping[str, Any]) -> Fields:
    return fields_of(RecordKind(row["record"]), json.loads(row["fields"]))


# -- Records ---------------------------------------------------------------------------------------


def around(store: Store, councils: Iterable[str], record_kinds: Iterable[str]) -> Around:
    """All that is known of these councils, of these kinds of record."""
    wanted, kinds = as_json(sorted(set(councils))), as_json(sorted(set(record_kinds)))
    rows = store.rows(
        """SELECT * FROM observations WHERE record IN (SELECT value FROM json_each(:kinds)) AND
           EXISTS (
             SELECT 1 FROM json_each(observations.councils) c WHERE c.value IN (SELECT value
             FROM json_each(:wanted)))""",
        {"wanted": wanted, "kinds": kinds},
    )
    observations = tuple(observation_of(row) for row in rows)
    belongs = {row["id"]: row["record_id"] for row in rows if row["record_id"]}
    # By council, and by observation: a record whose council was wrong stands under another one.
    records = store.rows(
        """SELECT * FROM records WHERE merged_into IS NULL AND (id IN (SELECT value FROM
           json_each(:ids)) OR
             record IN (SELECT value FROM json_each(:kinds)) AND id IN (
             SELECT record_id FROM record_councils WHERE council IN (SELECT value FROM
             json_each(:wanted))))""",
        {"wanted": wanted, "kinds": kinds, "ids": as_json(sorted(set(belongs.values())))},
    )
    return Around(observations, belongs, {row["id"]: record_of(row) for row in records})


def record_of(row: Mapping[str, Any]) -> Record:
    """A record from its stored row."""
    first = as_moment(row["first_seen"])
    assert first is not None
    return Record(
        id=row["id"],
        record=RecordKind(row["record"]),
        councils=tuple(json.loads(row["councils"])),
        fields=_fields(row),
        published=as_day(row["published"]),
        url=row["url"],
        source=row["source"],
        first_seen=first,
        chosen=json.loads(row["chosen"]),
        unread=bool(row["unread"]),
        withdrawn=bool(row["withdrawn"]),
    )


def save_record(
    store: Store, record: Record, merged: Sequence[int], members: Iterable[int], now: dt.datetime
) -> Record:
    """Keep a record (id 0: a new one) with the observations it is made of; `merged` are records
    that turned out to be the same. Gives the record with its id."""
    row = {
        "record": record.record,
        "councils": as_json(record.councils),
        "fields": as_json(stored(record.fields)),
        "chosen": as_json(dict(record.chosen)),
        "published": record.published.isoformat() if record.published else None,
        "url": record.url,
        "source": record.source,
        "unread": int(record.unread),
        "withdrawn": int(record.withdrawn),
    }
    before = store.one("SELECT * FROM records WHERE id = ?", (record.id,)) if record.id else None
    if before is None:
        record = replace(
            record, id=store.insert("records", {**row, "first_seen": as_text(record.first_seen)})
        )
    elif any(before[name] != value for name, value in row.items()):
        store.run(
            f"UPDATE records SET {', '.join(f'{n} = :{n}' for n in row)} WHERE id = :id",
            {**row, "id": record.id},
        )
    _link(store, record, merged, members)
    _remember(store, record, json.loads(before["fields"]) if before else {}, now)
    return record


def _link(store: Store, record: Record, merged: Sequence[int], members: Iterable[int]) -> None:
    for other in merged:
        store.run("UPDATE records SET merged_into = ? WHERE id = ?", (record.id, other))
        store.run("UPDATE events SET record_id = ? WHERE record_id = ?", (record.id, other))
    for member in members:
        store.run(
            "UPDATE observations SET record_id = ? WHERE id = ? AND record_id IS NOT ?",
            (record.id, member, record.id),
        )
    store.run("DELETE FROM record_councils WHERE record_id = ?", (record.id,))
    for council in record.councils:
        store.insert("record_councils", {"council": council, "record_id": record.id})


def _remember(store: Store, record: Record, before: Mapping[str, Any], now: dt.datetime) -> None:
    """Write down each value that moved, and from when it was known."""
    after = stored(record.fields)
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name):
            value = as_json(after[name]) if name in after else None
            store.insert(
                "history",
                {"record_id": record.id, "field": name, "value": value, "known_from": as_text(now)},
            )


def forget_empty(store: Store, ids: Iterable[int]) -> list[int]:
    """Take away records that no observation supports any more and nobody was told of; the ids of
    those that stay because somebody was."""
    told = []
    for each in ids:
        if store.value("SELECT count(*) FROM observations WHERE record_id = ?", (each,)):
            continue
        if store.value("SELECT count(*) FROM events WHERE record_id = ?", (each,)):
            told.append(each)
            continue
        for table in ("record_councils", "history", "conflicts"):
            store.run(f"DELETE FROM {table} WHERE record_id = ?", (each,))
        store.run("DELETE FROM records WHERE id = ?", (each,))
    return told


def records(
    store: Store, *, kinds: Iterable[str], councils: Iterable[str] = (), held: bool = False
) -> list[Record]:
    """The records of these kinds, of these councils (none named: of all), without those that are
    held back."""
    rows = store.rows(
        """SELECT * FROM records r WHERE merged_into IS NULL AND record IN (SELECT value FROM
           json_each(:kinds)) AND (held = 0 OR :held)
           AND (:all OR id IN (SELECT record_id FROM record_councils WHERE council IN (SELECT
           value FROM json_each(:councils))))
           ORDER BY published, id""",
        {
            "kinds": as_json(list(kinds)),
            "councils": as_json(list(councils)),
            "all": not list(councils),
            "held": held,
        },
    )
    return [record_of(row) for row in rows]


def as_known_on(store: Store, found: Iterable[Record], moment: dt.datetime) -> list[Record]:
    """The records as this store knew them at that moment: those seen by then, with the values they
    had."""
    known = []
    for record in found:
        if record.first_seen > moment:
            continue
        sql = (
            "SELECT field, value FROM history WHERE record_id = ? AND known_from <= ? "
            "ORDER BY known_from, rowid"
        )
        rows = store.rows(sql, (record.id, as_text(moment)))
        values = {row["field"]: json.loads(row["value"] or "null") for row in rows}
        fields = fields_of(record.record, values)
        unread = record.unread or fields.said().keys() <= SEEN_ONLY
        known.append(replace(record, fields=fields, unread=unread))
    return known


def evidence_of(store: Store, observation: int, name: str) -> Evidence | None:
    """Where the value of a field stands in the archived bytes of an observation."""
    text = store.value("SELECT evidence FROM observations WHERE id = ?", (observation,))
    found = json.loads(text or "{}").get(name)
    return Evidence(**found) if found else None


# -- Conflicts -------------------------------------------------------------------------------------


def save_conflicts(store: Store, record: int, found: Iterable[Conflict], now: dt.datetime) -> None:
    """Keep where the sources contradict each other about one record; those that are no more are
    dropped."""
    current = {(c.field, c.other[0]): c for c in found}
    for row in store.rows(
        "SELECT field, other_source FROM conflicts WHERE record_id = ?", (record,)
    ):
        if (row["field"], row["other_source"]) not in current:
            sql = "DELETE FROM conflicts WHERE record_id = ? AND field = ? AND other_source = ?"
            store.run(sql, (record, row["field"], row["other_source"]))
    for conflict in current.values():
        since = store.value(
            "SELECT since FROM conflicts WHERE record_id = ? AND field = ? AND other_source = ?",
            (record, conflict.field, conflict.other[0]),
        )
        store.upsert(
            "conflicts",
            {
                "record_id": record,
                "field": conflict.field,
                "other_source": conflict.other[0],
                "other_value": str(conflict.other[1]),
                "chosen_source": conflict.chosen[0],
                "chosen_value": str(conflict.chosen[1]),
                "since": since or as_text(now),
            },
            ["record_id", "field", "other_source"],
        )


def conflicts(store: Store) -> list[dict[str, Any]]:
    """Every contradiction, with the councils and day of its record, oldest first."""
    return store.rows(
        """SELECT c.*, r.record, r.councils, r.published, r.url, r.fields FROM conflicts c JOIN
           records r ON r.id = c.record_id
           ORDER BY c.since, c.record_id, c.field"""
    )


def table_sizes(store: Store, source: str) -> dict[str, int]:
    """How many rows are known of each table of a source, by the address people are sent to."""
    of_tables = "source = ? AND json_extract(fields, '$.kind') = 'allocation'"
    rows = store.rows(
        f"SELECT url, count(*) AS n FROM observations WHERE {of_tables} GROUP BY url", (source,)
    )
    return {row["url"]: row["n"] for row in rows}
