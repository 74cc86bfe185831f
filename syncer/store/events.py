"""Change events: written before anyone is told, numbered when they may be told (DESIGN §7.1), held
where they look wrong (§6.6)."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any

from syncer.model import Change, Event, EventKind, Evidence, RecordKind
from syncer.store import Store, as_day, as_json, as_moment, as_text
from syncer.store.fields import detail_of, stored_detail

COLUMNS = """e.*, (SELECT json_group_array(council) FROM (
    SELECT council FROM event_councils WHERE event = e.id ORDER BY council)) AS councils"""


def event_of(row: Mapping[str, Any]) -> Event:
    """An event from its stored row."""
    noticed, evidence = as_moment(row["noticed_at"]), json.loads(row["evidence"])
    assert noticed is not None
    return Event(
        id=row["id"],
        seq=row["seq"],
        record=RecordKind(row["record"]),
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
        detail=detail_of(RecordKind(row["record"]), json.loads(row["detail"])),
        evidence=Evidence(**evidence) if evidence else None,
        corrects=row["corrects"] or 0,
    )


def fingerprint(event: Event) -> str:
    """What makes two events the same finding: record, field, values, and the bytes they rest on."""
    sha = event.evidence.sha256 if event.evidence else ""
    said = [
        event.record,
        event.record_id,
        event.kind,
        event.area,
        event.old,
        event.new,
        sorted(event.councils),
        sha,
    ]
    return hashlib.sha256(as_json(said).encode()).hexdigest()


def add(store: Store, event: Event, run: int) -> int:
    """Keep a new event, not yet to be told; its id. 0 where the same finding is held or was
    discarded, or was known before a copy of the store was restored: it is not made again."""
    mark = fingerprint(event)
    if _found_again(store, event):
        return 0
    if store.value(
        "SELECT 1 FROM events WHERE fingerprint = ? AND state IN ('held', 'discarded')", (mark,)
    ):
        return 0
    found = store.insert(
        "events",
        {
            "run": run,
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
            "published": event.published.isoformat() if event.published else None,
            "noticed_at": as_text(event.noticed_at),
            "effective": event.effective.isoformat() if event.effective else None,
            "late": int(event.late),
            "fingerprint": mark,
            "detail": as_json(stored_detail(event.record, event.detail)),
            "evidence": as_json(asdict(event.evidence) if event.evidence else {}),
            "corrects": corrected_by(store, event) or None,
        },
    )
    for council in event.councils:
        store.insert("event_councils", {"council": council, "event": found})
    return found


def _found_again(store: Store, event: Event) -> bool:
    """Whether an event that was carried over a restore says this already, alone or with those that
    followed it. It is then about this record again, and what was decided about it holds."""
    if event.record is RecordKind.COUNCIL or not event.record_id:
        return False
    lost = """e.record_id IS NULL AND e.area = ? AND e.record = ? AND e.url = ?
        AND e.effective IS ? ORDER BY e.id"""
    effective = event.effective.isoformat() if event.effective else None
    known = select(store, lost, (event.area, event.record, event.url, effective))
    chain: list[Event] = []
    for each in known:
        follows = bool(chain) and chain[-1].new == each.old
        if each.councils == event.councils and (follows or each.old == event.old):
            chain = [*chain, each] if follows else [each]
        if chain and chain[-1].new == event.new and chain[0].kind is event.kind:
            for found in chain:
                _adopt(store, replace(found, record_id=event.record_id))
            return True
    return False


def _adopt(store: Store, event: Event) -> None:
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
    """The event that a correction (or a confirmation) is about: the last one told or waiting about
    that field of that record."""
    if event.kind is not EventKind.CORRECTED and event.area != "confirmed":
        return 0
    area = "amount" if event.area == "confirmed" else event.area
    sql = "SELECT max(id) FROM events WHERE record_id = ? AND area = ? AND state IN ('open', 'new')"
    return int(store.value(sql, (event.record_id, area)) or 0)


def unsettled(store: Store, source: str) -> list[Event]:
    """The events of a source that a run wrote and has not yet opened or held; after a crash, those
    of the run that died."""
    return select(store, "e.state = 'new' AND e.source = ? ORDER BY e.id", (source,))


def select(store: Store, where: str, params: tuple[Any, ...] = ()) -> list[Event]:
    """Events by a condition on the row `e`."""
    return [
        event_of(row) for row in store.rows(f"SELECT {COLUMNS} FROM events e WHERE {where}", params)
    ]


def get(store: Store, event: int) -> Event | None:
    """One event by its id."""
    return next(iter(select(store, "e.id = ?", (event,))), None)


def state_of(store: Store, event: int) -> str:
    """new, open, silent, held, discarded or replaced."""
    return str(store.value("SELECT state FROM events WHERE id = ?", (event,)))


def open_event(store: Store, event: int) -> int:
    """Give an event the next number: from now on it may be told. Its number."""
    seq = store.next_seq()
    store.run("UPDATE events SET state = 'open', seq = ? WHERE id = ?", (seq, event))
    return seq


def silence(store: Store, event: int) -> None:
    """Keep an event for the record only: nobody was ever told what it corrects."""
    store.run("UPDATE events SET state = 'silent' WHERE id = ?", (event,))


def hold_event(store: Store, event: Event, reason: str) -> None:
    """Keep an event back, and show the value before it until it is released (DESIGN §6.6)."""
    store.run("UPDATE events SET state = 'held', hold_reason = ? WHERE id = ?", (reason, event.id))
    if event.kind is EventKind.ADDED:
        store.run("UPDATE records SET held = 1 WHERE id = ?", (event.record_id,))
    else:
        _show(store, event, value_before(event))


def value_before(event: Event) -> str:
    """Return the value that was shown before an event: what a correction takes back, else the
    old one."""
    return event.old if event.detail.was is None else event.detail.was


def _show(store: Store, event: Event, value: str) -> None:
    """Show this value of the event's field, or none where there was none; a number stays a number.
    What else was said of the other figure (its words, qualifier and range) is not shown with this
    one; the next read says it anew."""
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
    """Let a held event go: its value is shown, and it gets its number. Its number; 0 where no
    source says that value any more: what followed has been, or will be, told from the value that
    was shown (DESIGN §6.6)."""
    if event.kind is not EventKind.ADDED and not _still_said(store, event):
        store.run("UPDATE events SET state = 'replaced' WHERE id = ?", (event.id,))
        return 0
    if event.kind is EventKind.ADDED:
        store.run("UPDATE records SET held = 0 WHERE id = ?", (event.record_id,))
    else:
        _show(store, event, event.new)
    return open_event(store, event.id)


def _still_said(store: Store, event: Event) -> bool:
    """Whether an observation of the record still has the event's new value (where it was taken
    away: whether none has the field)."""
    sql = (
        "SELECT json_extract(fields, '$.' || ?) AS said FROM observations WHERE record_id "
        "= ? AND unread = 0"
    )
    said = [
        str(row["said"])
        for row in store.rows(sql, (event.area, event.record_id))
        if row["said"] is not None
    ]
    return event.new in said if event.new else not said


def discard(store: Store, event: Event) -> None:
    """Throw a held event away; the same finding from the same bytes is not made again."""
    store.run("UPDATE events SET state = 'discarded' WHERE id = ?", (event.id,))


def after(store: Store, seq: int) -> list[Event]:
    """The events that may be told with a number above `seq`, in order."""
    return select(store, "e.state = 'open' AND e.seq > ? ORDER BY e.seq", (seq,))


def of_delivery(store: Store, delivery: int) -> list[Event]:
    """The events that a message tells."""
    told = "SELECT event FROM delivery_events WHERE delivery = ? AND how IN ('told', 'folded')"
    return select(store, f"e.id IN ({told}) ORDER BY e.seq", (delivery,))


def last_seq(store: Store) -> int:
    """The number of the last event that may be told."""
    return int(store.value("SELECT coalesce(max(seq), 0) FROM events") or 0)


def listing(
    store: Store,
    *,
    councils: Iterable[str] = (),
    since: dt.date | None = None,
    until: dt.date | None = None,
    held: bool = False,
) -> list[Event]:
    """The events to show: those that may be told, or those that are held; noticed on or after
    `since` and published by `until`."""
    where = ["e.state = ?"]
    params: list[Any] = ["held" if held else "open"]
    if wanted := list(councils):
        where.append(
            "e.id IN (SELECT event FROM event_councils WHERE council IN (SELECT value FROM "
            "json_each(?)))"
        )
        params.append(as_json(wanted))
    if since:
        where.append("e.noticed_at >= ?")
        params.append(since.isoformat())
    if until:
        where.append("coalesce(e.published, e.noticed_at) <= ?")
        params.append(until.isoformat())
    return select(store, " AND ".join(where) + " ORDER BY e.noticed_at, e.id", tuple(params))


def with_evidence(event: Event, evidence: Evidence | None) -> Event:
    """The event with where its value stands in the archived bytes."""
    return replace(event, evidence=evidence) if evidence else event


def withheld(
    store: Store, records: Iterable[int]
) -> dict[tuple[int, str], list[tuple[str, str, str]]]:
    """For each record and field: the values that are held or were discarded, as (new value, value
    shown instead, SHA-256 of the bytes; a held value is withheld whatever the bytes)."""
    found: dict[tuple[int, str], list[tuple[str, str, str]]] = {}
    for event in select(
        store,
        "e.state IN ('held', 'discarded') AND e.kind IN ('changed', 'corrected') AND "
        "e.record_id IN (SELECT value FROM json_each(?))",
        (as_json(sorted(records)),),
    ):
        sha = "" if event.held or not event.evidence else event.evidence.sha256
        found.setdefault((event.record_id, event.area), []).append(
            (event.new, value_before(event), sha)
        )
    return found
