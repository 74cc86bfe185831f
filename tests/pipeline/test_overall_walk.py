"""A reader who asked for the overall judgement, from March to August 2026: the months in which
inspections lose it (DESIGN §6.13; `make torture`)."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from expected_lines import walking_days
from replay import Replay

from syncer.app import App
from syncer.model import Area, Event, RecordKind, Subscription
from syncer.pipeline.notify import notify
from syncer.store import Store, events, outbox, people

BEGAN, ENDED = dt.date(2026, 3, 1), dt.date(2026, 8, 22)
ADA = "ada@example.org"
OVERALL = Subscription(0, 0, areas=("overall_effectiveness",))
EXPLAINED = "have no overall judgement, so of these you are told every judgement"

pytestmark = pytest.mark.torture


@pytest.fixture
def replay(shared: Path, tmp_path: Path) -> Iterator[Replay]:
    with Replay(shared, tmp_path / "walk") as replay:
        yield replay


def texts(store: Store) -> list[str]:
    """The text of every message to Ada, oldest first, each as one line."""
    found = []
    for delivery in reversed(outbox.listing(store)):
        if delivery.recipient == ADA:
            body = outbox.body(store, delivery.id)
            mail = email.message_from_bytes(body, policy=email.policy.default)
            assert isinstance(mail, EmailMessage)
            part = mail.get_body(("plain",))
            assert part is not None
            found.append(" ".join(str(part.get_content()).split()))
    return found


def is_owed(event: Event) -> bool:
    """A judgement of an inspection, if it is the overall one, or there is no overall one."""
    if event.record is not RecordKind.INSPECTION:
        return False
    return event.area == Area.OVERALL or event.detail.overall_judged is False


def test_who_asked_for_the_overall_judgement_misses_no_inspection_and_is_told_why_once(
    replay: Replay,
) -> None:
    replay.day(BEGAN)
    replay.sync()
    with replay.store() as store:
        ada = people.add(store, ADA, replay.now)
        people.subscribe(store, ada.id, OVERALL, events.last_seq(store))
        people.confirm(store, ada.id, replay.now)
    with App(replay.config, replay.now) as app:
        assert len(notify(app)) == 1, "the welcome"
    for day in walking_days(replay.shared, BEGAN, ENDED):
        replay.day(day)
        replay.sync()
        with App(replay.config, replay.now) as app:
            notify(app)
    with replay.store() as store:
        rows = store.rows("SELECT event FROM delivery_events WHERE how = 'told' ORDER BY event")
        told = {row["event"] for row in rows}
        welcome, *digests = texts(store)
    owed = {event.id for event in replay.events() if is_owed(event)}
    without = {
        event.record_id
        for event in replay.events()
        if event.id in owed and event.area != Area.OVERALL
    }
    print(
        f"\n{len(owed)} lines owed, {len(told)} told, of {len(without)} inspections without overall"
    )
    assert told == owed and len(without) > 5
    assert [EXPLAINED in text for text in digests].count(True) == 1
    assert EXPLAINED not in welcome
