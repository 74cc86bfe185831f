"""Change events: written before anyone is told, numbered when they may be told (DESIGN §7.1), held
where they look wrong (§6.6)."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any

from syncer.model import Absence, Change, Event, EventKind, Evidence, RecordKind
from syncer.store import Store, as_day, as_json, as_moment, as_text, day_as_text
from syncer.store.fields import detail_of, stored_detail

COLUMNS = """e.*, (SELECT json_group_array(council) FROM (
    SELECT council FROM event_councils WHERE event = e.id ORDER BY council)) AS councils"""


OF_COUNCILS = """e.id IN (SELECT event FROM event_councils
    WHERE council IN (SELECT value FROM json_each(?)))"""

DECIDED = "SELECT 1 FROM events WHERE fingerprint = ? AND state IN ('held', 'discarded')"
"""The same finding is held, or was discarded."""

AFTER = "+e.state = 'open' AND e.seq > ? ORDER BY e.seq"
"""Looked up by the number alone: those that are open are all that were ever told."""


def event_of(row: Mapping[str, Any]) -> Event:
    """Return an event from its stored row."""
    kind = RecordKind(row["record"])
    evidence = json.loads(row["evidence"])
    noticed = as_moment(row["noticed_at"])
    assert noticed is not None
    return Event(
        id=row["id"],
        seq=row["seq"],
        record=kind,
        kind=EventKind(row["kind"]),
        change=Change(row["change"]) if row["change"] else None,
        councils=tuple(json.loads(row["councils"])),
        area=row["area"],
        old=row["old"],
        new=row["new"],
        published=as_day(row["published"]),
        effective=as_day(row["effective"]),
        noticed_at=noticed,
        source=row["source"],
        url=row["url"],
        record_id=row["record_id"] or 0,
        held=row["state"] == "held",
        hold_reason=row["hold_reason"],
        late=bool(row["late"]),
        silent=row["state"] == "silent",
        detail=detail_of(kind, json.loads(row["detail"])),
        evidence=Evidence(**evidence) if evidence else None,
        corrects=row["corrects"] or 0,
    )


def fingerprint(event: Event) -> str:
    """Return what makes two events the same finding: record, field, values, and the bytes they rest
    on."""
    said = [
        event.record,
        event.record_id,
        event.kind,
        event.area,
        event.old,
        event.new,
        sorted(event.councils),
        _bytes_of(event),
    ]
    return hashlib.sha256(as_json(said).encode()).hexdigest()


def _bytes_of(event: Event) -> str:
    """Return the SHA-256 of the bytes that an event rests on; empty where it has no evidence."""
    return event.evidence.sha256 if event.evidence else ""


def add(store: Store, event: Event, run: int) -> int:
    """Keep a new event, not yet to be told; return its id. 0 where the same finding is held or was
    discarded, or was known before a copy of the store was restored: it is not made again."""
    if _found_again(store, event) or _was_decided(store, event):
        return 0

    corrects = corrected_by(store, event) or None
    number = store.insert("events", {**_columns(event), "run": run, "corrects": corrects})
    for council in event.councils:
        store.insert("event_councils", {"council": council, "event": number})

    return number


def _was_decided(store: Store, event: Event) -> bool:
    """Return whether the same finding is held, or was discarded."""
    return store.value(DECIDED, (fingerprint(event),)) is not None


def _columns(event: Event) -> dict[str, Any]:
    """Return a new event as it is stored."""
    detail = stored_detail(event.record, event.detail)
    evidence = asdict(event.evidence) if event.evidence else {}
    return {
        "state": "new",
        "record": event.record,
        "record_id": event.record_id or None,
        "kind": event.kind,
        "change": event.change or "",
        "area": event.area,
        "old": event.old,
        "new": event.new,
        "url": event.url,
        "source": event.source,
        "published": day_as_text(event.published),
        "noticed_at": as_text(event.noticed_at),
        "effective": day_as_text(event.effective),
        "late": int(event.late),
        "fingerprint": fingerprint(event),
        "detail": as_json(detail),
        "evidence": as_json(evidence),
    }


def _found_again(store: Store, event: Event) -> bool:
    """Return whether an event that was carried over a restore says this already, alone or with
    those that followed it. It is then about this record again, and what was decided about it
    holds."""
    if event.record is RecordKind.COUNCIL or not event.record_id:
        return False

    chain = _chain_to(event, _lost(store, event))
    for each in chain:
        _adopt(store, replace(each, record_id=event.record_id))
    return bool(chain)


def _lost(store: Store, event: Event) -> list[Event]:
    """Return the events without a record that may be about the record of this one, oldest first."""
    of_no_record = """e.record_id IS NULL AND e.area = ? AND e.record = ? AND e.url = ?
        AND e.effective IS ? ORDER BY e.id"""
    effective = day_as_text(event.effective)
    return select(store, of_no_record, (event.area, event.record, event.url, effective))


def _chain_to(event: Event, lost: Iterable[Event]) -> list[Event]:
    """Return the events that lead from the old value of this one to its new one, each going on from
    the one before; none where they do not lead there."""
    chain: list[Event] = []
    for each in lost:
        follows = bool(chain) and chain[-1].new == each.old
        if each.councils == event.councils and (follows or _begins_alike(each, event)):
            chain = [*chain, each] if follows else [each]
        if chain and chain[-1].new == event.new and chain[0].kind is event.kind:
            return chain

    return []


def _begins_alike(lost: Event, event: Event) -> bool:
    """Return whether both go on from the same value. What a new inspection goes on from is not
    known while the report before it cannot be read, and may have been at either reading."""
    if lost.old == event.old:
        return True
    if lost.kind is not EventKind.ADDED or event.kind is not EventKind.ADDED:
        return False
    return Absence.UNKNOWN in (lost.old, event.old)


def _adopt(store: Store, event: Event) -> None:
    """Let an event be about its record again: what is held is not shown there."""
    state = state_of(store, event.id)
    store.run(
        "UPDATE events SET record_id = ?, fingerprint = ? WHERE id = ?",
        (event.record_id, fingerprint(event), event.id),
    )
    if state in ("held", "discarded"):
        hold_event(store, event, event.hold_reason)
    if state == "discarded":
        discard(store, event)


def corrected_by(store: Store, event: Event) -> int:
    """Return the event that a correction (or a confirmation) is about: the last one told or waiting
    about that field of that record; 0 where there is none."""
    confirms = event.area == "confirmed"
    if event.kind is not EventKind.CORRECTED and not confirms:
        return 0

    area = "amount" if confirms else event.area
    sql = "SELECT max(id) FROM events WHERE record_id = ? AND area = ? AND state IN ('open', 'new')"
    number = store.value(sql, (event.record_id, area))
    return int(number or 0)


def unsettled(store: Store, source: str) -> list[Event]:
    """Return the events of a source that a run wrote and has not yet opened or held; after a crash,
    those of the run that died."""
    return select(store, "e.state = 'new' AND e.source = ? ORDER BY e.id", (source,))


def unsettled_news(store: Store, source: str, page: str) -> dict[str, int]:
    """Return the entries of a page (by key) whose records are new and of which nothing has been
    opened or held yet, with the ids of the records."""
    sql = """SELECT o.key, o.record_id FROM observations o
        JOIN events e ON e.record_id = o.record_id
        WHERE o.source = ? AND o.page = ? AND e.state = 'new' AND e.kind = 'added'"""
    return {row["key"]: row["record_id"] for row in store.rows(sql, (source, page))}


def forget_news(store: Store, records: Iterable[int]) -> None:
    """Take away the events of these records that were neither opened nor held."""
    unsettled = "SELECT id FROM events WHERE record_id = ? AND state = 'new'"
    for record in records:
        store.run(f"DELETE FROM event_councils WHERE event IN ({unsettled})", (record,))
        store.run("DELETE FROM events WHERE record_id = ? AND state = 'new'", (record,))


def select(store: Store, where: str, params: tuple[Any, ...] = ()) -> list[Event]:
    """Return events by a condition on the row `e`."""
    rows = store.rows(f"SELECT {COLUMNS} FROM events e WHERE {where}", params)
    return [event_of(row) for row in rows]


def get(store: Store, event: int) -> Event | None:
    """Return one event by its id; None where there is none."""
    found = select(store, "e.id = ?", (event,))
    return found[0] if found else None


def state_of(store: Store, event: int) -> str:
    """Return an event's state: new, open, silent, held, discarded or replaced."""
    state = store.value("SELECT state FROM events WHERE id = ?", (event,))
    return str(state)


def open_event(store: Store, event: int) -> int:
    """Give an event the next number, and return it: from now on it may be told."""
    seq = store.next_seq()
    store.run("UPDATE events SET state = 'open', seq = ? WHERE id = ?", (seq, event))
    return seq


def silence(store: Store, event: int) -> None:
    """Keep an event for the record only: nobody was ever told what it corrects."""
    store.run("UPDATE events SET state = 'silent' WHERE id = ?", (event,))


def hold_event(store: Store, event: Event, reason: str) -> None:
    """Keep an event back, and show the value before it until it is released (DESIGN §6.6)."""
    sql = "UPDATE events SET state = 'held', hold_reason = ? WHERE id = ?"
    store.run(sql, (reason, event.id))
    if event.kind is EventKind.ADDED:
        store.run("UPDATE records SET held = 1 WHERE id = ?", (event.record_id,))
    elif event.kind is EventKind.WITHDRAWN:
        store.run("UPDATE records SET withdrawn = 0 WHERE id = ?", (event.record_id,))
    else:
        _show(store, event, value_before(event))


def value_before(event: Event) -> str:
    """Return the value that was shown before an event: what a correction takes back, else the
    old one."""
    was = event.detail.was
    return event.old if was is None else was


def _show(store: Store, event: Event, value: str) -> None:
    """Show this value of the event's field, or none where there was none; a number stays a number.
    What else was said of the other figure (its words, qualifier and range) is not shown with this
    one; the next read says it again."""
    if event.area == "amount":
        rest = "json_remove(fields, '$.amount_text', '$.qualifier', '$.low', '$.high')"
        store.run(f"UPDATE records SET fields = {rest} WHERE id = ?", (event.record_id,))

    if not value:
        store.run(
            "UPDATE records SET fields = json_remove(fields, '$.' || ?) WHERE id = ?",
            (event.area, event.record_id),
        )
        return

    store.run(
        """UPDATE records SET fields = json_set(fields, '$.' || :area,
             CASE json_type(fields, '$.' || :area) WHEN 'integer' THEN CAST(:value AS INTEGER)
             ELSE :value END) WHERE id = :record""",
        {"area": event.area, "value": value, "record": event.record_id},
    )


def release(store: Store, event: Event) -> int:
    """Let a held event go: its value is shown, and it gets its number. Return the number; 0 where
    no source says that value any more: what followed has been, or will be, told from the value that
    was shown (DESIGN §6.6)."""
    if event.kind is EventKind.ADDED:
        store.run("UPDATE records SET held = 0 WHERE id = ?", (event.record_id,))
    elif not _still_stands(store, event):
        _replace(store, event)
        return 0
    elif event.kind is EventKind.WITHDRAWN:
        store.run("UPDATE records SET withdrawn = 1 WHERE id = ?", (event.record_id,))
    else:
        _show(store, event, event.new)
    return open_event(store, event.id)


def _replace(store: Store, event: Event) -> None:
    store.run("UPDATE events SET state = 'replaced' WHERE id = ?", (event.id,))


def _still_stands(store: Store, event: Event) -> bool:
    if event.kind is EventKind.WITHDRAWN:
        return _still_withdrawn(store, event)
    return _still_said(store, event)


def _still_withdrawn(store: Store, event: Event) -> bool:
    """Return whether every source still takes back what it said of the record, or the page on which
    it said it."""
    sql = """SELECT 1 FROM observations o WHERE o.record_id = ? AND o.withdrawn = 0
        AND NOT EXISTS (SELECT 1 FROM pages p
          WHERE p.source = o.source AND p.page = o.page AND p.withdrawn = 1)"""
    return store.value(sql, (event.record_id,)) is None


def dissolve(store: Store, record: int, fields: Mapping[str, Any], *, withdrawn: bool) -> None:
    """Let the held events of a record go to nothing where the sources say again what is shown:
    `fields` as they are stored, and whether they take it back. What comes back was never gone
    (DESIGN §6.3): nobody is told, and nobody need decide."""
    for event in select(store, "e.state = 'held' AND e.record_id = ?", (record,)):
        if event.kind is EventKind.ADDED:
            continue

        is_withdrawal = event.kind is EventKind.WITHDRAWN
        is_as_before = str(fields.get(event.area, "")) == value_before(event)
        is_back = not withdrawn if is_withdrawal else is_as_before
        if is_back:
            _replace(store, event)


def held_or_discarded(store: Store, records: Iterable[int]) -> set[int]:
    """Return those of the records of which an event is held or was discarded."""
    sql = """SELECT DISTINCT record_id FROM events
        WHERE state IN ('held', 'discarded') AND record_id IN (SELECT value FROM json_each(?))"""
    return {row["record_id"] for row in store.rows(sql, (as_json(sorted(records)),))}


def withdrawal_is_withheld(store: Store, record: int, sha256s: Iterable[str]) -> bool:
    """Return whether the withdrawal of a record is held, or was discarded for these bytes."""
    kept_back = "e.kind = 'withdrawn' AND e.state IN ('held', 'discarded') AND e.record_id = ?"
    of_these_bytes = set(sha256s)
    for event in select(store, kept_back, (record,)):
        if event.held or _bytes_of(event) in of_these_bytes:
            return True
    return False


def _still_said(store: Store, event: Event) -> bool:
    """Return whether an observation of the record still has the event's new value (where it was
    taken away: whether none has the field)."""
    sql = """SELECT json_extract(fields, '$.' || ?) AS said FROM observations
        WHERE record_id = ? AND unread = 0"""
    said = set()
    for row in store.rows(sql, (event.area, event.record_id)):
        if row["said"] is not None:
            said.add(str(row["said"]))

    return event.new in said if event.new else not said


def discard(store: Store, event: Event) -> None:
    """Throw a held event away; the same finding from the same bytes is not made again."""
    store.run("UPDATE events SET state = 'discarded' WHERE id = ?", (event.id,))


def counts(store: Store) -> dict[str, int]:
    """Return how many events are in each state that any is in."""
    rows = store.rows("SELECT state, count(*) AS n FROM events GROUP BY state ORDER BY state")
    return {row["state"]: row["n"] for row in rows}


def after(store: Store, seq: int) -> list[Event]:
    """Return the events that may be told with a number above `seq`, in order."""
    return select(store, AFTER, (seq,))


def of_delivery(store: Store, delivery: int) -> list[Event]:
    """Return the events that a message tells."""
    told = "SELECT event FROM delivery_events WHERE delivery = ? AND how IN ('told', 'folded')"
    return select(store, f"e.id IN ({told}) ORDER BY e.seq", (delivery,))


def last_seq(store: Store) -> int:
    """Return the number of the last event that may be told; 0 where there is none."""
    number = store.value("SELECT max(seq) FROM events")
    return int(number or 0)


def last_seq_of(store: Store, records: Iterable[int]) -> int:
    """Return the number of the last event of these records that may be told; 0 where there is
    none."""
    sql = """SELECT max(seq) FROM events
        WHERE record_id IN (SELECT value FROM json_each(?))"""
    number = store.value(sql, (as_json(list(records)),))
    return int(number or 0)


def listing(
    store: Store,
    *,
    councils: Iterable[str] = (),
    since: dt.date | None = None,
    until: dt.date | None = None,
    held: bool = False,
) -> list[Event]:
    """Return the events to show: those that may be told, or those that are held; noticed on or
    after `since` and published by `until`."""
    where = {"e.state = ?": "held" if held else "open"}
    wanted = list(councils)
    if wanted:
        where[OF_COUNCILS] = as_json(wanted)
    if since:
        where["e.noticed_at >= ?"] = since.isoformat()
    if until:
        where["coalesce(e.published, e.noticed_at) <= ?"] = until.isoformat()

    conditions = " AND ".join(where)
    return select(store, f"{conditions} ORDER BY e.noticed_at, e.id", tuple(where.values()))


def with_evidence(event: Event, evidence: Evidence | None) -> Event:
    """Return the event with where its value stands in the archived bytes."""
    if evidence is None:
        return event
    return replace(event, evidence=evidence)


def withheld(
    store: Store, records: Iterable[int]
) -> dict[tuple[int, str], list[tuple[str, str, str]]]:
    """Return for each record and field the values that are held or were discarded, as (new value,
    value shown instead, SHA-256 of the bytes; a held value is withheld whatever the bytes)."""
    kept_back = """e.state IN ('held', 'discarded') AND e.kind IN ('changed', 'corrected')
        AND e.record_id IN (SELECT value FROM json_each(?))"""
    found: dict[tuple[int, str], list[tuple[str, str, str]]] = {}
    for event in select(store, kept_back, (as_json(sorted(records)),)):
        sha256 = "" if event.held else _bytes_of(event)
        values = found.setdefault((event.record_id, event.area), [])
        values.append((event.new, value_before(event), sha256))

    return found
