"""Messages that came back, and when that ends writing to their reader."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from people import active, message

from syncer.store import Store, outbox, people
from syncer.store.bounces import record_bounce

NOON = dt.datetime(2026, 5, 12, 12, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "syncer.sqlite") as opened:
        yield opened


def sent(store: Store, reader: int, number: int) -> list[int]:
    """So many messages to one reader."""
    with store.writing():
        return [
            outbox.queue(store, message("ada@example.org", each, subscriber=reader), NOON)
            for each in range(number)
        ]


def returned(store: Store, deliveries: list[int], days: list[int], *, hard: bool = True) -> str:
    """Let each of the messages come back so many days after noon; the state after the last."""
    state = None
    for delivery, day in zip(deliveries, days, strict=True):
        state = record_bounce(store, delivery, hard, "5.1.1", "no such user", NOON + day * DAY)
    return state or ""


@pytest.mark.parametrize(
    ("days", "state"),
    [
        ([0], "active"),
        ([0, 1], "active"),
        ([0, 0, 0], "active"),
        ([0, 1, 1], "active"),
        ([0, 1, 31], "active"),
        ([0, 1, 2], "bounced"),
        ([0, 0, 1, 29], "bounced"),
    ],
)
def test_three_messages_on_three_days_within_thirty_end_it(
    store: Store, days: list[int], state: str
) -> None:
    reader = active(store, "ada@example.org").id
    assert returned(store, sent(store, reader, len(days)), days) == state


def test_one_message_that_comes_back_every_day_counts_once(store: Store) -> None:
    reader = active(store, "ada@example.org").id
    same = sent(store, reader, 1) * 4
    assert returned(store, same, [0, 1, 2, 3]) == "active"


def test_soft_bounces_never_end_it_until_they_turn_hard(store: Store) -> None:
    reader = active(store, "ada@example.org").id
    messages = sent(store, reader, 3)
    assert returned(store, messages, [0, 1, 2], hard=False) == "active"
    assert returned(store, messages, [3, 4, 5]) == "bounced"


def test_who_is_written_to_again_starts_from_nothing(store: Store) -> None:
    reader = active(store, "ada@example.org").id
    messages = sent(store, reader, 4)
    assert returned(store, messages[:3], [0, 1, 2]) == "bounced"
    people.resume(store, reader)
    with store.writing():
        store.update("subscribers", reader, {"state_since": (NOON + 3 * DAY).isoformat()})
    assert returned(store, messages[3:], [4]) == "active"


def test_mail_to_the_operator_has_no_reader_to_stop(store: Store) -> None:
    with store.writing():
        number = outbox.queue(store, message("operator@example.org"), NOON)
    assert record_bounce(store, number, True, "5.1.1", "no such user", NOON) is None
    assert record_bounce(store, 99, True, "5.1.1", "no such user", NOON) is None
