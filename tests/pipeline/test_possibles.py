"""What a page seems to say of money and could not be read for certain: kept, shown once,
settled."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from office import Office

from syncer.errors import NotOpen
from syncer.model import (
    AwardFields,
    Evidence,
    FundingKind,
    Observation,
    Possible,
    RecordKind,
    Subscription,
)
from syncer.operations import backups
from syncer.operations import possibles as deciding
from syncer.operations.restoring import restore
from syncer.pipeline.changes import Run
from syncer.pipeline.intake import record_page
from syncer.reading import Page, Reading
from syncer.store import events, possibles, records
from syncer.store.possibles import State

ADA = "ada@example.org"
PAGE = "https://news.example.org/grants"
MONEY = Subscription(0, 0, councils=("leeds",), kinds=("money",))
BOTH = Subscription(0, 0, councils=("leeds",))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    reads(office)  # the page's baseline: it says nothing yet
    office.later(days=1)
    yield office
    office.app.__exit__(None, None, None)


def seems(office: Office, pounds: int = 5_000_000, words: str = "Leeds and £5m") -> Possible:
    day = office.now.date()
    money = AwardFields(
        kind=FundingKind.AWARD,
        amount=pounds,
        low=pounds,
        high=pounds,
        amount_text=f"£{pounds // 1_000_000}m",
        announced=day,
        quote=words,
    )
    said = Observation(
        "press", PAGE, f"possible {words}", RecordKind.AWARD, ("leeds",), money, day, PAGE
    )
    return Possible(said, ("no giving word",), 0.4)


def reads(office: Office, *found: Possible) -> None:
    """The page is read well, and seems to say this."""
    run = office.store.insert("runs", {"source": "press", "started": office.now.isoformat()})
    since = office.app.now - dt.timedelta(days=400)
    with office.store.writing():
        record_page(
            office.store,
            Run(run, "press", office.now, since, {}),
            Page(PAGE, PAGE, b"", "5ha"),
            Reading(possibles=found),
        )


def states(office: Office) -> list[State]:
    return [kept.state for kept in possibles.listing(office.store, tuple(State))]


def awards(office: Office) -> list[int | None]:
    found = records.records(office.store, kinds=[RecordKind.AWARD])
    return [each.funding.amount for each in found]


def test_a_possible_is_no_event_no_record_and_causes_no_mail(office: Office) -> None:
    office.follows(ADA, MONEY)
    reads(office, seems(office))
    assert office.notify() == []
    assert (states(office), awards(office)) == ([State.OPEN], [])
    assert events.last_seq(office.store) == 0


def test_it_closes_the_next_digest_that_is_written_anyway_and_only_that_one(
    office: Office,
) -> None:
    office.follows(ADA, BOTH)
    reads(office, seems(office))
    office.happens(new="inadequate")
    office.notify()
    office.send()
    text = office.text(office.deliveries(ADA)[-1])
    assert "names Leeds and £5m; whether it is an award could not be read" in text
    assert PAGE in text
    office.later(days=1)
    office.happens(new="good", old="inadequate")
    office.notify()
    office.send()
    assert "Also mentioned" not in office.text(office.deliveries(ADA)[-1])


def test_it_is_shown_only_to_those_who_follow_that_council_s_money(office: Office) -> None:
    office.follows(ADA, Subscription(0, 0, councils=("leeds",), kinds=("rating",)))
    reads(office, seems(office))
    office.happens(new="inadequate")
    office.notify()
    office.send()
    assert "Also mentioned" not in office.text(office.deliveries(ADA)[-1])


def test_what_the_first_good_read_of_a_page_shows_is_shown_to_nobody(tmp_path: Path) -> None:
    office = Office(tmp_path)
    with office.app:
        run = office.store.insert("runs", {"source": "press", "started": "2026-01-05T08:00:00Z"})
        with office.store.writing():
            record_page(
                office.store,
                Run(run, "press", office.now, None, {}),
                Page(PAGE, PAGE, b"", "5ha"),
                Reading(possibles=(seems(office),)),
            )
        person = office.follows(ADA, BOTH)
        assert [kept.silent for kept in possibles.listing(office.store)] == [True]
        assert possibles.unshown(office.store, person.id) == []


def test_what_is_accepted_is_an_award_of_the_page_s_own_day_and_told(office: Office) -> None:
    office.follows(ADA, MONEY)
    reads(office, seems(office))
    published = office.now.date()
    office.later(days=3)
    (kept,) = possibles.listing(office.store)
    assert deciding.accept(office.app, [kept.id]) == 1
    assert (awards(office), states(office)) == ([5_000_000], [State.ACCEPTED])
    (event,) = events.after(office.store, 0)
    assert (event.kind, event.published, event.new) == ("added", published, "5000000")
    assert [delivery.kind for delivery in office.notify()] == ["digest"]


def test_what_was_accepted_stays_an_award_when_the_page_is_read_again(office: Office) -> None:
    reads(office, seems(office))
    (kept,) = possibles.listing(office.store)
    deciding.accept(office.app, [kept.id])
    same = kept.possible
    office.later(days=7)
    reads(office, same)
    assert (awards(office), states(office)) == ([5_000_000], [State.ACCEPTED])
    assert len(events.after(office.store, 0)) == 1


def test_what_was_rejected_is_not_asked_again_for_the_same_words(office: Office) -> None:
    reads(office, seems(office))
    (kept,) = possibles.listing(office.store)
    deciding.reject(office.app, [kept.id])
    office.later(days=7)
    reads(office, kept.possible)
    assert (states(office), awards(office)) == ([State.REJECTED], [])
    reads(office, kept.possible, seems(office, 6_000_000, "Leeds and £6m"))
    assert states(office).count(State.OPEN) == 1


def test_what_is_off_its_page_is_gone_and_back_when_it_is_back(office: Office) -> None:
    first = seems(office)
    reads(office, first)
    reads(office)
    assert states(office) == [State.GONE]
    reads(office, first)
    assert states(office) == [State.OPEN]


def test_a_settled_possible_cannot_be_settled_again_and_nothing_is_done(office: Office) -> None:
    reads(office, seems(office), seems(office, 6_000_000, "Leeds and £6m"))
    first, second = (kept.id for kept in possibles.listing(office.store))
    deciding.reject(office.app, [first])
    with pytest.raises(NotOpen, match="rejected already"):
        deciding.accept(office.app, [second, first])
    assert sorted(states(office)) == [State.OPEN, State.REJECTED]


def test_decisions_are_written_to_a_file_that_can_be_sent_in(office: Office) -> None:
    reads(office, seems(office))
    (kept,) = possibles.listing(office.store)
    deciding.reject(office.app, [kept.id])
    (line,) = (office.folder / deciding.DECISIONS).read_text(encoding="utf-8").splitlines()
    said = json.loads(line)
    assert (said["decision"], said["quote"], said["p"]) == ("rejected", "Leeds and £5m", 0.4)


def test_what_the_reader_tells_by_itself_later_is_one_award(office: Office) -> None:
    possible = seems(office)
    reads(office, possible)
    (kept,) = possibles.listing(office.store)
    deciding.accept(office.app, [kept.id])
    told = Observation(
        "press",
        PAGE,
        "award leeds",
        RecordKind.AWARD,
        ("leeds",),
        possible.observation.fields,
        possible.observation.published,
        PAGE,
        evidence={"quote": Evidence("5ha", "Leeds and £5m")},
    )
    run = office.store.insert("runs", {"source": "press", "started": office.now.isoformat()})
    with office.store.writing():
        since = office.now - dt.timedelta(days=400)
        record_page(
            office.store,
            Run(run, "press", office.now, since, {}),
            Page(PAGE, PAGE, b"", "5ha"),
            Reading(observations=(told,)),
        )
    assert awards(office) == [5_000_000]


# -- Restored --------------------------------------------------------------------------------------


def restored(office: Office, copy: Path) -> Office:
    """The same office, after its store was replaced by a copy of before."""
    office.app.__exit__(None, None, None)
    restore(copy, office.folder / "s.db", office.now)
    again = Office(office.folder)
    again.now = office.now
    return again


@pytest.mark.parametrize("is_in_copy", [True, False])
def test_what_was_decided_after_the_copy_stays_decided_and_is_not_told_again(
    office: Office, is_in_copy: bool
) -> None:
    office.follows(ADA, MONEY)
    given, taken = seems(office), seems(office, 6_000_000, "Leeds and £6m")
    if is_in_copy:
        reads(office, given, taken)
    copy = backups.back_up(office.app)
    reads(office, given, taken)
    first, second = (kept.id for kept in possibles.listing(office.store))
    deciding.accept(office.app, [first])
    deciding.reject(office.app, [second])
    office.notify()
    office.send()
    office.later(days=1)
    with restored(office, copy) as after:
        assert states(after) == [State.ACCEPTED, State.REJECTED]
        reads(after, given, taken)
        assert (states(after), awards(after)) == ([State.ACCEPTED, State.REJECTED], [5_000_000])
        assert len(events.after(after.store, 0)) == 1 and after.notify() == []


def test_what_was_shown_after_the_copy_is_not_shown_again(office: Office) -> None:
    ada = office.follows(ADA, BOTH)
    copy = backups.back_up(office.app)
    reads(office, seems(office))
    same = possibles.listing(office.store)[0].possible
    office.happens(new="inadequate")
    office.notify()
    office.send()
    assert possibles.unshown(office.store, ada.id) == []
    with restored(office, copy) as after:
        reads(after, same)
        assert states(after) == [State.OPEN] and possibles.unshown(after.store, ada.id) == []
