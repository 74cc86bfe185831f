"""A small cast for tests of telling: a reader, an event that may be told, a message."""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Mapping

from syncer.model import Area, Event, EventKind, RecordKind, Subscriber, Subscription
from syncer.store import Store, events, pages, people
from syncer.store.outbox import Message

LONG_AGO = dt.datetime(2026, 1, 2, 9, 0, tzinfo=dt.UTC)


def read_well(store: Store, now: dt.datetime) -> None:
    """Note that Ofsted was read well at that moment, as a sync does."""
    run = pages.start_run(store, "ofsted_reports", now)
    pages.finish_run(store, run, now, status="ok", complete=True, problems=0)


def active(store: Store, address: str, wanted: Subscription | None = None) -> Subscriber:
    """Someone who follows Leeds (or what is wanted) and has confirmed it."""
    reader = people.add(store, address, LONG_AGO)
    people.subscribe(store, reader.id, wanted or Subscription(0, 0, councils=("leeds",)), mark=0)
    return people.confirm(store, reader.id, LONG_AGO)


def tellable_event(store: Store) -> int:
    """The number of a new event that has its place in the sequence."""
    event = Event(
        RecordKind.INSPECTION,
        EventKind.ADDED,
        ("leeds",),
        Area.LEADERSHIP,
        "good",
        "outstanding",
        None,
        None,
        LONG_AGO,
        "ofsted",
        "",
    )
    with store.writing():
        number = events.add(store, event, run=0)
        events.open_event(store, number)
    return number


def message(
    to: str,
    number: int = 1,
    *,
    subscriber: int = 0,
    told: tuple[int, ...] = (),
    folded: Mapping[int, int] | None = None,
) -> Message:
    """A digest to this address; the same arguments give the same bytes."""
    identity = f"<{number}.{zlib.crc32(to.encode()):08x}@syncer.example>"
    body = f"From: syncer@example.org\r\nTo: {to}\r\nMessage-ID: {identity}\r\n\r\nLeeds: outstanding\r\n.\r\n".encode()
    return Message(
        "digest",
        identity,
        "syncer@example.org",
        to,
        "Leeds: good → outstanding",
        body,
        subscriber,
        told=told,
        folded=folded or {},
    )
