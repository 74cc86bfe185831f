"""What can be asked for besides: programmes, all but, one notice followed to its end; and that the
command line, files and what is said of it agree."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from msgspec.structs import replace
from office import Office

from syncer.cli import main
from syncer.errors import Contradiction, NotFollowed, RosterError, UnknownProgramme
from syncer.model import EventKind, RecordKind, Subscription
from syncer.operations import roster
from syncer.operations.following import end_followed
from syncer.operations.wishes import wanted
from syncer.store import events, people, receipts, records
from syncer.store.fields import stored
from syncer.subscriptions.match import describe, wants

NOTICE = "Improvement notice issued to Leeds City Council"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Office(tmp_path) as made:
        yield made


def notice(office: Office, state: str = "issued", council: str = "leeds") -> int:
    """The number of a notice to a council."""
    number = office.record(RecordKind.INTERVENTION)
    kept = records.shown(office.store, number)
    assert kept is not None
    fields = stored(kept.fields) | {"state": state, "title": NOTICE}
    row = {"fields": json.dumps(fields), "councils": json.dumps([council])}
    office.store.update("records", number, row)
    return number


def becomes(office: Office, number: int, state: str) -> None:
    """A notice comes to another state, and an event says so."""
    kept = records.shown(office.store, number)
    assert kept is not None
    fields = stored(kept.fields) | {"state": state}
    office.store.update("records", number, {"fields": json.dumps(fields)})
    office.happens(
        state,
        "issued",
        area="state",
        record=number,
        of=RecordKind.INTERVENTION,
        kind=EventKind.CHANGED,
        detail=fields,
    )


def money(office: Office, programme: str, of: RecordKind = RecordKind.AWARD) -> int:
    detail = {"programme": programme, "amount": 900_000}
    return office.happens("900000", "", area="amount", of=of, detail=detail)


def asked(office: Office, **asked_for: object) -> Subscription:
    return wanted(office.app, asked_for)


def matching(office: Office, subscription: Subscription) -> list[int]:
    found = []
    for event in events.after(office.store, 0):
        if wants(subscription, event, office.app.register):
            found.append(event.id)
    return found


def test_a_programme_by_any_name_lets_its_money_and_that_of_its_rounds_through(
    office: Office,
) -> None:
    first = money(office, "Children's Social Care Innovation Programme round 1")
    money(office, "Safety Valve")
    office.happens(new="inadequate")
    by_alias = asked(office, programmes=("INNOVATION fund",))
    assert by_alias.programmes == ("Children's Social Care Innovation Programme",)
    assert matching(office, by_alias) == [first]


def test_what_left_a_programme_is_told_to_those_who_follow_it(office: Office) -> None:
    moved = office.happens(
        "Staying Close",
        "Safety Valve",
        area="programme",
        of=RecordKind.AWARD,
        detail={"programme": "Staying Close", "amount": 1},
    )
    assert matching(office, asked(office, programmes=("Safety Valve",))) == [moved]


def test_all_but_leaves_councils_out_of_all_of_a_region_and_of_nothing_else(office: Office) -> None:
    leeds = office.happens(council="leeds")
    york = office.happens(council="york")
    region = ("Yorkshire and the Humber",)
    assert matching(office, asked(office, but=("Leeds",))) == [york]
    assert matching(office, asked(office, regions=region, but=("Leeds",))) == [york]
    assert matching(office, asked(office, regions=region)) == [leeds, york]
    assert describe(asked(office, but=("Leeds",)), office.app.register) == (
        "All councils but Leeds: every change; as it happens"
    )


def test_one_notice_is_followed_alone_and_the_subscription_ends_once_its_end_was_told(
    office: Office,
) -> None:
    number = notice(office)
    other = notice(office)
    subscription = asked(office, records=(number,))
    assert describe(subscription, office.app.register) == (
        f"Leeds: intervention, only what becomes of “{NOTICE}”, until it ends; as it happens"
    )
    reader = office.follows("ada@example.org", subscription)
    becomes(office, other, "lifted")
    becomes(office, number, "lifted")
    assert end_followed(office.app) == 0  # not told yet
    (written,) = office.notify()
    every = [event.id for event in events.after(office.store, 0)]
    told = receipts.handled(office.store, reader.id, every)
    assert len(told) == 1
    assert NOTICE.split(" issued")[0].lower() in office.text(written).lower()
    assert end_followed(office.app) == 1
    assert people.get(office.store, reader.id).state == "unsubscribed"


def test_what_has_ended_or_has_no_end_cannot_be_followed_to_it(office: Office) -> None:
    ended = notice(office, "lifted")
    inspection = office.record(RecordKind.INSPECTION)
    for number in (ended, inspection, 999):
        with pytest.raises(NotFollowed):
            asked(office, records=(number,))


@pytest.mark.parametrize(
    "filters",
    [
        {"kinds": ("rating",), "programmes": ("Safety Valve",)},
        {"kinds": ("visit",), "areas": ("leadership",)},
        {"areas": ("leadership",), "programmes": ("Safety Valve",)},
    ],
)
def test_what_nothing_could_match_is_refused(office: Office, filters: dict[str, object]) -> None:
    with pytest.raises(Contradiction, match="nothing could match"):
        asked(office, **filters)


def test_an_unknown_programme_is_refused_with_the_nearest_names(office: Office) -> None:
    with pytest.raises(UnknownProgramme) as caught:
        asked(office, programmes=("Saftey Valve",))
    assert "Safety Valve" in caught.value.hint


def test_a_followed_record_merged_into_another_is_followed_there(office: Office) -> None:
    number, other = notice(office), notice(office)
    reader = office.follows("ada@example.org", asked(office, records=(number,)))
    into = records.shown(office.store, other)
    assert into is not None
    with office.store.writing():
        records.save_record(office.store, into, [number], [], office.now)
    (kept,) = people.get(office.store, reader.id).subscriptions
    assert [(followed.record, followed.title) for followed in kept.records] == [(other, NOTICE)]


def test_the_command_line_and_a_file_offer_the_same(office: Office, tmp_path: Path) -> None:
    number = notice(office)
    config = str(office.folder / "config.toml")
    command = ["subscribe", "ada@example.org", "--confirmed", "--config", config]
    more = ["--record", str(number), "--but", "york", "--programme", "safety valve"]
    done = CliRunner().invoke(main, [*command, "--kind", "money", "--kind", "intervention", *more])
    assert done.exit_code == 0, done.output

    file = tmp_path / "everyone.csv"
    file.write_text(roster.to_csv(roster.entries(people.listing(office.store))), encoding="utf-8")
    (entry,) = roster.from_csv(file.read_text(encoding="utf-8"), office.app.register)
    (kept,) = people.find(office.store, "ada@example.org").subscriptions
    (read,) = entry.subscription
    assert (read.records, read.but, read.programmes) == (kept.records, kept.but, kept.programmes)
    assert kept.programmes == ("Safety Valve",)

    elsewhere = replace(entry, address="bob@example.org")
    office.store.run("UPDATE records SET councils = '[\"york\"]' WHERE id = ?", (number,))
    with pytest.raises(RosterError, match=f"no record {number}"):
        roster.take_in(office.store, [elsewhere], 0, office.now)
