"""What was read: observations, the records made of them, their history, and where sources
contradict each other."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

from syncer.model import Conflict, Evidence, Fields, Observation, Record, RecordKind
from syncer.records.likeness import likeness
from syncer.store import Store, as_day, as_json, as_moment, as_text, day_as_text
from syncer.store.fields import evidence_by_field, fields_of, stored, stored_evidence

SEEN_ONLY = frozenset(("file_id", "kind"))
"""What is known of a report that is listed and was not read yet."""

OF_HISTORY = ("record_id", "field", "value", "known_from")

AT_PLACE = "source = :source AND page = :page AND key = :key"
"""The condition on the row of one observation: see `place_of`."""


Row = Mapping[str, Any]
Place = tuple[str, str, str]
"""The source of an observation, its page and its key there."""

Since = dict[tuple[str, str], str]
"""Since when each conflict of a record is known, by its field and the other source."""


@dataclass(frozen=True)
class Around:
    """All that is known of some councils: their observations, which record each belongs to, and the
    records as they stand, with the rows in which they are stored."""

    observations: tuple[Observation, ...]
    belongs: Mapping[int, int]
    records: Mapping[int, Record]
    rows: Mapping[int, Mapping[str, Any]]


# -- Observations ----------------------------------------------------------------------------------


def observed(row: Mapping[str, Any], **known: Any) -> Observation:
    """Return the observation in a stored row of whichever table, without its number there; `known`
    are fields that not every such table has."""
    evidence = json.loads(row["evidence"])
    councils = json.loads(row["councils"])
    return Observation(
        source=row["source"],
        page=row["page"],
        key=row["key"],
        record=RecordKind(row["record"]),
        councils=tuple(councils),
        fields=_fields(row),
        published=as_day(row["published"]),
        url=row["url"],
        sha256=row["sha256"],
        parser=row["parser"],
        evidence=evidence_by_field(evidence),
        first_seen=as_moment(row["first_seen"]),
        **known,
    )


def observation_of(row: Mapping[str, Any]) -> Observation:
    """Return an observation from its row in `observations`."""
    return observed(
        row,
        unread=bool(row["unread"]),
        withdrawn=bool(row["withdrawn"]),
        listed=bool(row.get("listed", True)),
        id=row["id"],
    )


def columns_of(said: Observation) -> dict[str, Any]:
    """Return what an observation says, as it is stored in whichever table."""
    evidence = stored_evidence(said.evidence)
    return {
        "record": said.record,
        "councils": as_json(said.councils),
        "fields": as_json(stored(said.fields)),
        "evidence": as_json(evidence),
        "url": said.url,
        "sha256": said.sha256,
        "parser": said.parser,
        "published": day_as_text(said.published),
    }


def place_of(said: Observation) -> dict[str, str]:
    """Return what tells one observation from another: its source, its page and its key there."""
    return {
        "source": said.source,
        "page": said.page,
        "key": said.key,
    }


def save_observations(
    store: Store, observations: Sequence[Observation], now: dt.datetime
) -> tuple[list[int], frozenset[int]]:
    """Keep the observations of one page. Return their ids, and which of them rest on bytes that are
    new."""
    known = _known_at(store, {(said.source, said.page) for said in observations})
    ids, fresh = [], set()
    for said in observations:
        place = (said.source, said.page, said.key)
        number, sha256 = known.get(place, (0, None))
        number = _save_observation(store, said, number, now)
        known[place] = number, said.sha256
        ids.append(number)
        if sha256 != said.sha256:
            fresh.add(number)

    return ids, frozenset(fresh)


def _known_at(
    store: Store, pages: Iterable[tuple[str, str]]
) -> dict[Place, tuple[int, str | None]]:
    """Return the id and the SHA-256 of every observation on these pages (source and key)."""
    known: dict[Place, tuple[int, str | None]] = {}
    for source, page in pages:
        sql = "SELECT key, id, sha256 FROM observations WHERE source = ? AND page = ?"
        for row in store.rows(sql, (source, page)):
            place = source, page, row["key"]
            known[place] = row["id"], row["sha256"]
    return known


def _save_observation(store: Store, said: Observation, number: int, now: dt.datetime) -> int:
    """Keep one observation, known under that id (0: not yet). Return its id."""
    row = {
        **columns_of(said),
        "last_seen": as_text(now),
        "unread": int(said.unread),
        "withdrawn": int(said.withdrawn),
    }
    if number:
        store.update("observations", number, row)
        return number

    first_seen = as_text(said.first_seen or now)
    return store.insert("observations", {**place_of(said), "first_seen": first_seen, **row})


def drop_observations(store: Store, source: str, page: str, keys: Iterable[str]) -> set[int]:
    """Forget observations that turned out to be none (a file listed as an inspection that is
    something else); return their record ids."""
    sql = f"DELETE FROM observations WHERE {AT_PLACE} RETURNING record_id"
    left = set()
    for key in keys:
        place = {"source": source, "page": page, "key": key}
        for row in store.rows(sql, place):
            if row["record_id"]:
                left.add(row["record_id"])
    return left


def _fields(row: Mapping[str, Any]) -> Fields:
    kind = RecordKind(row["record"])
    return fields_of(kind, json.loads(row["fields"]))


# -- Records ---------------------------------------------------------------------------------------


WITH_LISTED = """SELECT *, coalesce((
      SELECT e.absent_days = '[]' FROM entries e
      WHERE e.source = observations.source AND e.page = observations.page
      AND e.key = observations.key
    ), 1) AS listed FROM observations"""

OF_COUNCILS = f"""{WITH_LISTED} WHERE id IN (
      SELECT id FROM observations
      WHERE councils IN (SELECT value FROM json_each(:single))
        AND record IN (SELECT value FROM json_each(:kinds)) AND record <> 'payment'
      UNION
      SELECT o.id FROM record_councils c JOIN observations o USING (record_id)
      WHERE c.council IN (SELECT value FROM json_each(:wanted)) AND o.record = 'payment'
        AND 'payment' IN (SELECT value FROM json_each(:kinds))
      UNION
      SELECT o.id FROM observations o
      WHERE instr(o.councils, ',') > 0 AND o.record IN (SELECT value FROM json_each(:kinds))
        AND EXISTS (SELECT 1 FROM json_each(o.councils) c
                    WHERE c.value IN (SELECT value FROM json_each(:wanted))))
    ORDER BY id"""
"""Each way has its index: what is of one council by the text that is stored for it alone, payments
by their records, what is of several by looking through all that are."""

UNSETTLED = f"""{WITH_LISTED} WHERE id IN (
      SELECT id FROM observations INDEXED BY observations_unsettled
      WHERE settled = 0 AND councils IN (SELECT value FROM json_each(:single))
        AND record IN (SELECT value FROM json_each(:kinds))
      UNION
      SELECT o.id FROM observations o INDEXED BY observations_unsettled_of_several
      WHERE o.settled = 0 AND instr(o.councils, ',') > 0
        AND o.record IN (SELECT value FROM json_each(:kinds))
        AND EXISTS (SELECT 1 FROM json_each(o.councils) c
                    WHERE c.value IN (SELECT value FROM json_each(:wanted))))
    ORDER BY id"""
"""The same of what may come out otherwise than it did."""

ALIKE = f"""{WITH_LISTED} WHERE settled = 1 AND record_id IN (
      SELECT o.record_id FROM likenesses l JOIN observations o ON o.id = l.observation
      WHERE l.mark IN (SELECT value FROM json_each(?)) AND o.settled = 1)
    ORDER BY id"""
"""What may be of one thing with another, though it is settled, with all that is of its record."""

LINES = f"""{WITH_LISTED}
    WHERE record = :kind AND (id IN (SELECT value FROM json_each(:lines))
      OR record_id IN (SELECT value FROM json_each(:ids)))
    ORDER BY id"""

RECORDED = """SELECT * FROM records
    WHERE merged_into IS NULL AND id IN (SELECT value FROM json_each(:ids)) ORDER BY id"""
"""By observation, not by council: a record whose council was wrong stands under another one."""


def around(store: Store, touched: Sequence[Observation]) -> Around:
    """Return what may come out otherwise than it did, of the councils and kinds of what was
    touched: what is not settled, and what may be of one thing with it. A payment is one line of one
    file and matches no other (DESIGN §5.7): of those there is what was touched."""
    councils = councils_of(touched)
    kinds = {said.record for said in touched}
    rows = _of_councils(store, UNSETTLED, councils, kinds - {RecordKind.PAYMENT})
    rows += _alike(store, rows, councils)

    lines = [said.id for said in touched if said.record is RecordKind.PAYMENT]
    if lines:
        rows += _lines(store, lines, rows)
    return _around(store, rows)


def councils_of(observations: Iterable[Observation]) -> set[str]:
    """Return the councils (slugs) of which something is said."""
    councils: set[str] = set()
    for said in observations:
        councils.update(said.councils)
    return councils


def _alike(store: Store, rows: Iterable[Row], councils: Set[str]) -> list[dict[str, Any]]:
    """Return the rows of what is settled, of these councils, and may be of one thing with what
    stands in other rows."""
    marks: set[str] = set()
    for row in rows:
        said = observation_of(row)
        marks |= likeness(said).asks

    asked = as_json(sorted(marks))
    found = []
    for row in store.rows(ALIKE, (asked,)):
        own = json.loads(row["councils"])
        if not councils.isdisjoint(own):
            found.append(row)

    return found


def around_councils(store: Store, councils: Iterable[str], kinds: Iterable[str]) -> Around:
    """Return all that is known of these councils, of these kinds of record."""
    rows = _of_councils(store, OF_COUNCILS, set(councils), set(kinds))
    return _around(store, rows)


def _of_councils(
    store: Store, sql: str, councils: Set[str], kinds: Set[str]
) -> list[dict[str, Any]]:
    """Return the rows of the observations of these councils and kinds, in order."""
    if not kinds:
        return []

    asked = {
        "single": as_json([as_json([slug]) for slug in sorted(councils)]),
        "wanted": as_json(sorted(councils)),
        "kinds": as_json(sorted(kinds)),
    }
    return store.rows(sql, asked)


def _lines(
    store: Store, numbers: Sequence[int], others: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return the rows of those of these payments that are not settled, and of those that are of one
    record with them or with another row."""
    sql = """SELECT id, record_id FROM observations
        WHERE settled = 0 AND id IN (SELECT value FROM json_each(?))"""
    known = store.rows(sql, (as_json(numbers),))

    ids = {row["record_id"] for row in (*known, *others) if row["record_id"]}
    asked = {
        "kind": RecordKind.PAYMENT,
        "lines": as_json([row["id"] for row in known]),
        "ids": as_json(sorted(ids)),
    }
    return store.rows(LINES, asked)


def _around(store: Store, rows: Sequence[Mapping[str, Any]]) -> Around:
    """Return the observations in these rows, with the records that they belong to."""
    belongs = {}
    for row in rows:
        if row["record_id"]:
            belongs[row["id"]] = row["record_id"]

    ids = sorted(set(belongs.values()))
    recorded = store.rows(RECORDED, {"ids": as_json(ids)})
    records = [record_of(row) for row in recorded]
    return Around(
        tuple(map(observation_of, rows)),
        belongs,
        {record.id: record for record in records},
        {row["id"]: row for row in recorded},
    )


def record_of(row: Mapping[str, Any]) -> Record:
    """Return a record from its stored row."""
    first_seen = as_moment(row["first_seen"])
    assert first_seen is not None
    return Record(
        id=row["id"],
        record=RecordKind(row["record"]),
        councils=tuple(json.loads(row["councils"])),
        fields=_fields(row),
        published=as_day(row["published"]),
        url=row["url"],
        source=row["source"],
        first_seen=first_seen,
        chosen=json.loads(row["chosen"]),
        unread=bool(row["unread"]),
        withdrawn=bool(row["withdrawn"]),
    )


def save_record(
    store: Store,
    record: Record,
    merged: Sequence[int],
    members: Iterable[int],
    now: dt.datetime,
    before: Mapping[str, Any] | None = None,
) -> Record:
    """Keep a record (id 0: a new one) with the observations (`members`) that it had not yet;
    `merged` are records that turned out to be the same, `before` is the row in which it is stored,
    where that is known. Return the record with its id."""
    fields = stored(record.fields)
    row = _record_columns(record, fields)
    if before is None and record.id:
        before = store.one("SELECT * FROM records WHERE id = ?", (record.id,))
    record = _written(store, record, row, before)
    _link(store, record, merged, members)

    was = before or {}
    if was.get("councils") != row["councils"]:
        _link_councils(store, record)
    if was.get("fields") != row["fields"]:
        known = json.loads(was.get("fields", "{}"))
        _remember(store, record.id, known, fields, now)
    return record


def _written(
    store: Store, record: Record, row: Mapping[str, Any], before: Mapping[str, Any] | None
) -> Record:
    """Write the row of a record, new or where it is another than before. Return the record with its
    id."""
    if before is None:
        number = store.insert("records", {**row, "first_seen": as_text(record.first_seen)})
        return replace(record, id=number)

    if any(before[name] != value for name, value in row.items()):
        store.update("records", record.id, row)
    return record


def _record_columns(record: Record, fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "record": record.record,
        "councils": as_json(record.councils),
        "fields": as_json(fields),
        "chosen": as_json(dict(record.chosen)),
        "published": day_as_text(record.published),
        "url": record.url,
        "source": record.source,
        "unread": int(record.unread),
        "withdrawn": int(record.withdrawn),
    }


def _link(store: Store, record: Record, merged: Sequence[int], members: Iterable[int]) -> None:
    """Note what belongs to a record: the records merged into it, and its observations."""
    for other in merged:
        store.run("UPDATE records SET merged_into = ? WHERE id = ?", (record.id, other))
        store.run("UPDATE events SET record_id = ? WHERE record_id = ?", (record.id, other))
        _follow_merged(store, other, record.id)

    for member in members:
        store.run(
            "UPDATE observations SET record_id = ? WHERE id = ? AND record_id IS NOT ?",
            (record.id, member, record.id),
        )


def _link_councils(store: Store, record: Record) -> None:
    store.run("DELETE FROM record_councils WHERE record_id = ?", (record.id,))
    for council in record.councils:
        row = {"council": council, "record_id": record.id}
        store.insert("record_councils", row)


def _follow_merged(store: Store, merged: int, into: int) -> None:
    """Let those who follow a record follow the one it turned out to be."""
    for row in store.rows("SELECT id, records FROM subscriptions WHERE records <> '[]'"):
        followed = []
        for number, title in json.loads(row["records"]):
            followed.append([into if number == merged else number, title])
        store.update("subscriptions", row["id"], {"records": as_json(followed)})


def _remember(
    store: Store, number: int, before: Mapping[str, Any], after: Mapping[str, Any], now: dt.datetime
) -> None:
    """Write down each value of a record (by id) that moved, and from when it was known."""
    known_from = as_text(now)
    rows = []
    for name, value in _moved(before, after):
        row = (number, name, value, known_from)
        rows.append(row)
    store.insert_all("history", OF_HISTORY, rows)


def _moved(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    """Yield each field whose value moved, and what it is now; None where it is no longer said."""
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name):
            value = as_json(after[name]) if name in after else None
            yield name, value


def forget_empty(store: Store, ids: Iterable[int]) -> list[int]:
    """Take away records that no observation supports any more and nobody was told of; return the
    ids of those that stay because somebody was."""
    told = []
    for number in ids:
        if store.value("SELECT 1 FROM observations WHERE record_id = ?", (number,)):
            continue
        if store.value("SELECT 1 FROM events WHERE record_id = ?", (number,)):
            told.append(number)
        else:
            _delete_record(store, number)
    return told


def _delete_record(store: Store, number: int) -> None:
    for table in ("record_councils", "history", "conflicts"):
        store.run(f"DELETE FROM {table} WHERE record_id = ?", (number,))
    store.run("DELETE FROM records WHERE id = ?", (number,))


def records(
    store: Store, *, kinds: Iterable[str], councils: Iterable[str] = (), held: bool = False
) -> list[Record]:
    """Return the records of these kinds, of these councils (none named: of all), without those that
    are held back."""
    slugs = list(councils)
    asked = {
        "kinds": as_json(list(kinds)),
        "councils": as_json(slugs),
        "all": not slugs,
        "held": held,
    }
    rows = store.rows(
        """SELECT * FROM records r
           WHERE merged_into IS NULL AND record IN (SELECT value FROM json_each(:kinds))
             AND (held = 0 OR :held)
             AND (:all OR id IN (SELECT record_id FROM record_councils
                                 WHERE council IN (SELECT value FROM json_each(:councils))))
           ORDER BY coalesce(published, substr(first_seen, 1, 10)), id""",
        asked,
    )
    return [record_of(row) for row in rows]


def shown(store: Store, number: int) -> Record | None:
    """Return the record with this number, or the one it was merged into; None where there is none,
    or it is held back."""
    row = store.one("SELECT * FROM records WHERE id = ?", (number,))
    while row is not None and row["merged_into"]:
        row = store.one("SELECT * FROM records WHERE id = ?", (row["merged_into"],))
    if row is None or row["held"]:
        return None
    return record_of(row)


def recorded_at(store: Store, source: str, page: str, url: str) -> frozenset[int]:
    """Return the records (ids) of the entries of a page that lead to this address."""
    sql = """SELECT o.record_id FROM entries e JOIN observations o USING (source, page, key)
        WHERE e.source = ? AND e.page = ? AND e.url = ? AND o.record_id IS NOT NULL"""
    rows = store.rows(sql, (source, page, url))
    return frozenset(row["record_id"] for row in rows)


def as_known_on(store: Store, found: Iterable[Record], moment: dt.datetime) -> list[Record]:
    """Return the records as this store knew them at that moment: those seen by then, with the
    values they had."""
    known = []
    for record in found:
        if record.first_seen <= moment:
            fields = _fields_on(store, record, moment)
            unread = record.unread or fields.said().keys() <= SEEN_ONLY
            known.append(replace(record, fields=fields, unread=unread))

    return known


def _fields_on(store: Store, record: Record, moment: dt.datetime) -> Fields:
    """Return what was said of a record at that moment."""
    rows = store.rows(
        """SELECT field, value FROM history WHERE record_id = ? AND known_from <= ?
           ORDER BY known_from, rowid""",
        (record.id, as_text(moment)),
    )
    values = {}
    for row in rows:
        values[row["field"]] = json.loads(row["value"] or "null")
    return fields_of(record.record, values)


def evidence_of(store: Store, observation: int, name: str) -> Evidence | None:
    """Return where the value of a field stands in the archived bytes of an observation; None where
    nothing says."""
    text = store.value("SELECT evidence FROM observations WHERE id = ?", (observation,))
    found = json.loads(text or "{}").get(name)
    return Evidence(**found) if found else None


# -- Conflicts -------------------------------------------------------------------------------------


def conflicts_since(store: Store, records: Iterable[int]) -> dict[int, Since]:
    """Return since when each conflict of these records is known."""
    sql = """SELECT record_id, field, other_source, since FROM conflicts
        WHERE record_id IN (SELECT value FROM json_each(?))"""
    wanted = as_json(sorted(records))
    found: dict[int, Since] = defaultdict(dict)
    for row in store.rows(sql, (wanted,)):
        record = row["record_id"]
        conflict = (row["field"], row["other_source"])
        found[record][conflict] = row["since"]

    return found


def save_conflicts(
    store: Store, record: int, found: Iterable[Conflict], since: Since, now: dt.datetime
) -> None:
    """Keep where the sources contradict each other about one record; of those that were known
    (`since`) the ones that are no more are dropped."""
    current = {}
    for conflict in found:
        other_source, _ = conflict.other
        current[conflict.field, other_source] = conflict

    for field, other_source in since.keys() - current.keys():
        _drop_conflict(store, record, field, other_source)

    for key, conflict in current.items():
        begun = since.get(key) or as_text(now)
        _save_conflict(store, record, conflict, begun)


def _drop_conflict(store: Store, record: int, field: str, other_source: str) -> None:
    sql = "DELETE FROM conflicts WHERE record_id = ? AND field = ? AND other_source = ?"
    store.run(sql, (record, field, other_source))


def _save_conflict(store: Store, record: int, conflict: Conflict, since: str) -> None:
    chosen_source, chosen = conflict.chosen
    other_source, other = conflict.other
    row = {
        "record_id": record,
        "field": conflict.field,
        "other_source": other_source,
        "other_value": str(other),
        "chosen_source": chosen_source,
        "chosen_value": str(chosen),
        "since": since,
    }
    store.upsert("conflicts", row, ["record_id", "field", "other_source"])


def conflicts(store: Store) -> list[dict[str, Any]]:
    """Return every contradiction, with the councils and day of its record, oldest first."""
    return store.rows(
        """SELECT c.*, r.record, r.councils, r.published, r.url, r.fields
           FROM conflicts c JOIN records r ON r.id = c.record_id
           ORDER BY c.since, c.record_id, c.field"""
    )


def table_sizes(store: Store, source: str) -> dict[str, int]:
    """Return how many rows are known of each table of a source, by the address people are sent
    to."""
    of_tables = "source = ? AND json_extract(fields, '$.kind') = 'allocation'"
    rows = store.rows(
        f"SELECT url, count(*) AS n FROM observations WHERE {of_tables} GROUP BY url", (source,)
    )
    return {row["url"]: row["n"] for row in rows}
