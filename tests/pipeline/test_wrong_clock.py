"""A clock that was wrong for a while costs nothing once it is right (DESIGN §6.12): what was
written, claimed, considered or refused meanwhile is sent, told and tried as if it had been
right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from office import Office

from syncer.delivery import outbox as sending
from syncer.errors import TransportError
from syncer.model import Frequency, Subscription
from syncer.operations import health
from syncer.store import deliveries, events, outbox, people
from syncer.store.outbox import State, Wait

ADA = "ada@example.org"
LEEDS = ("leeds",)
FREQUENCIES = [
    Subscription(0, 0, councils=LEEDS),
    Subscription(0, 0, councils=LEEDS, frequency=Frequency.DAILY, hour=7),
    Subscription(0, 0, councils=LEEDS, frequency=Frequency.WEEKLY, weekday="monday", hour=7),
]
WRONG = {"a year ahead": {"days": 365}, "an hour ahead": {"hours": 1}, "a day ahead": {"days": 1}}
BACK = {"a year back": {"days": -365}, "an hour back": {"hours": -1}, "a day back": {"days": -1}}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Office(tmp_path) as office:
        yield office


def sent(office: Office, kind: str = "digest") -> int:
    return sum(d.state is State.SENT for d in office.deliveries(ADA, kind))


@pytest.mark.parametrize("wanted", FREQUENCIES, ids=lambda s: str(s.frequency))
@pytest.mark.parametrize("by", [*WRONG, *BACK])
def test_what_was_written_by_a_wrong_clock_is_sent_and_what_comes_after_it_is_told(
    office: Office, by: str, wanted: Subscription
) -> None:
    office.follows(ADA, wanted)
    office.happens()
    right = office.now
    office.later(**(WRONG | BACK)[by])
    office.notify()
    office.now = right + dt.timedelta(minutes=5)
    office.send()
    office.happens("outstanding", "inadequate")
    office.later(days=8)
    office.runs("ok")
    office.notify()
    office.send()
    assert {d.state for d in office.deliveries(ADA)} == {State.SENT}
    told = " ".join(office.text(d) for d in office.deliveries(ADA, "digest"))
    assert "outstanding" in told and office.notify() == []


@pytest.mark.parametrize("by", WRONG)
def test_a_digest_that_waits_by_a_clock_ahead_leaves_at_once(office: Office, by: str) -> None:
    office.follows(ADA)
    office.happens()
    right = office.now
    office.later(**WRONG[by])
    office.notify()
    office.now = right + dt.timedelta(minutes=1)
    office.send()
    assert sent(office) == 1


@pytest.mark.parametrize("by", WRONG)
def test_a_retry_and_a_claim_set_by_a_clock_ahead_are_over_when_it_is_right(
    office: Office, by: str
) -> None:
    office.follows(ADA)
    office.happens()
    office.notify()
    right = office.now
    office.later(**WRONG[by])
    claim = outbox.claim(office.store, "gone", office.now)
    assert claim is not None
    if by != "a day ahead":
        wait = Wait(office.now, dt.timedelta(hours=4))
        outbox.record_not_sent(office.store, claim, str(TransportError("451")), wait)
    office.now = right + dt.timedelta(minutes=1)
    office.send()
    assert sent(office) == 1


def test_the_operator_hears_of_a_message_made_by_a_clock_ahead_that_does_not_leave(
    office: Office,
) -> None:
    office.follows(ADA)
    office.happens()
    right = office.now
    office.later(days=365)
    office.notify()
    office.now = right
    assert "OutboxStuck" in {problem.name for problem in health.check(office.app)}


def test_all_quiet_comes_in_time_though_a_message_was_written_a_year_ahead(office: Office) -> None:
    office.follows(ADA)
    office.happens()
    right = office.now
    office.later(days=365)
    office.notify()
    office.now = right
    office.send()
    office.later(days=31)
    office.runs("ok")
    assert [d.kind for d in office.notify() if d.recipient == ADA] == ["all_quiet"]


def test_a_good_read_of_next_year_is_no_reading_of_today(office: Office) -> None:
    office.follows(ADA)
    right = office.now
    office.later(days=365)
    office.runs("ok")
    office.now = right + dt.timedelta(days=31)
    assert office.notify() == [], "nobody has looked for a month"


def test_a_clock_that_goes_back_while_a_message_is_sent_sends_it_once(office: Office) -> None:
    office.follows(ADA)
    office.happens()
    office.notify()
    claim = outbox.claim(office.store, "slow", office.now)
    assert claim is not None
    outbox.record_ends_of_data(office.store, [claim], office.now)
    office.later(hours=-1)
    sending.recover(office.store, office.now)
    outbox.record_sent(office.store, claim, office.now, "250 taken")
    office.send()
    (digest,) = office.deliveries(ADA, "digest")
    assert deliveries.show(office.store, digest.id).attempts == 1 and sent(office) == 1


def test_a_welcome_written_a_year_ahead_is_not_written_again(office: Office) -> None:
    office.later(days=365)
    office.runs("ok")
    ada = office.follows(ADA)
    office.later(days=-365)
    office.happens()
    office.notify()
    office.send()
    assert [d.kind for d in office.deliveries(ADA)] == ["welcome", "digest"]
    assert people.get(office.store, ada.id).state == "active"


STEPS = st.sampled_from(["happens", "notify", "send", "claim", "refuse", "read"])
JUMPS = st.sampled_from([0, 0, 0, 60, 3600, -3600, 86_400, -86_400, 31_536_000, -31_536_000])


def step(office: Office, what: str) -> None:
    """One thing that a daemon, or a test, does at the time it is by a clock that may be wrong."""
    if what == "happens":
        office.happens("inadequate", "good")
    elif what == "notify":
        office.notify()
    elif what == "send":
        office.send()
    elif what == "read":
        office.runs("ok")
    else:
        claim = outbox.claim(office.store, "killed", office.now)
        if claim is not None and what == "refuse":
            wait = Wait(office.now, dt.timedelta(hours=4))
            outbox.record_not_sent(office.store, claim, "451 later", wait)


@given(walk=st.lists(st.tuples(JUMPS, STEPS), max_size=25), wanted=st.sampled_from(FREQUENCIES))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_the_clock_did_everything_is_told_once_when_it_is_right(
    tmp_path_factory: pytest.TempPathFactory,
    walk: list[tuple[int, str]],
    wanted: Subscription,
) -> None:
    with Office(tmp_path_factory.mktemp("office")) as office:
        ada = office.follows(ADA, wanted)
        right = office.now
        for jump, what in walk:
            right += dt.timedelta(minutes=1)
            office.now = right + dt.timedelta(seconds=jump)
            step(office, what)
        office.now = right
        for _ in range(9):
            office.later(days=1)
            office.runs("ok")
            office.notify()
            office.send()
        happened = [event.id for event in events.after(office.store, 0)]
        said = {event: office.why(event, ada) for event in happened}
        assert [event for event in happened if "told in delivery" not in said[event]] == []
        states = {d.state for d in outbox.listing(office.store) if d.recipient == ADA}
        assert states == {State.SENT}
