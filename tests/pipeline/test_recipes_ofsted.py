"""What Ofsted's site may do, and what should come of it (DESIGN §5.6, §6.4, §6.7)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from records import grades
from small_world import Provider, SmallWorld, provider_page

from syncer.app import App
from syncer.model import Subscription
from syncer.pipeline.notify import notify
from syncer.store import outbox, people

GREAT, GOOD, BAD = (
    grades(grade, leavers="good") for grade in ("outstanding", "good", "inadequate")
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    with SmallWorld(tmp_path, "leeds", "york") as found:
        found.first_read()
        yield found


def page_of(world: SmallWorld, council: str) -> bytes:
    """The page as the site would show it now."""
    return provider_page(world.providers[council], world.web.url(host="localhost"))


def reads(world: SmallWorld, *days: str, hour: int = 10) -> list[int]:
    """How often the page of Leeds is asked for in the runs of these days."""
    path = f"/reports/provider/44/{world.providers['leeds'].provider_id}"
    counts = []
    for day in days:
        world.at(day, hour=hour)
        world.asked()
        world.sync()
        counts.append(world.asked().count(path))
    return counts


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9])
def test_a_page_that_ends_in_the_middle_is_a_problem_and_nothing_is_taken_from_it(
    world: SmallWorld, kept: float
) -> None:
    world.report("leeds", "2024-04-02", BAD, published="2024-05-13")
    whole = page_of(world, "leeds")
    world.providers["leeds"].page = whole[: int(len(whole) * kept)]
    world.at("2024-05-14")
    world.sync()
    assert (world.open_problems(), world.told()) == (["PageCutShort"], [])
    world.providers["leeds"].page = whole + b"\n<!-- cached --><script>x()</script>\n"
    world.at("2024-05-15")
    world.sync()
    assert world.open_problems() == []
    assert ("leeds", "leadership", "good", "inadequate") in world.told()


def test_a_report_shown_without_its_date_for_months_is_told_once_it_has_one(
    world: SmallWorld,
) -> None:
    world.report("leeds", "2024-04-02", BAD, published="2024-05-13")
    world.providers["leeds"].page = page_of(world, "leeds").replace(b"13 May 2024", b"")
    for day in ("2024-05-14", "2024-05-20", "2024-09-14"):
        world.at(day)
        world.sync(full=True)
    assert world.open_problems() == ["PageRedesigned"]
    world.providers["leeds"].page = b""
    world.at("2024-09-20")
    world.sync(full=True)
    assert ("leeds", "leadership", "good", "inadequate") in world.told()
    assert all(event.late for event in world.events())
    assert world.open_problems() == []


def test_a_known_report_that_stands_without_its_date_for_a_while_is_what_it_was(
    world: SmallWorld,
) -> None:
    world.providers["leeds"].page = page_of(world, "leeds").replace(b"21 June 2021", b"")
    for day in ("2024-05-14", "2024-05-24", "2024-06-14"):
        world.at(day)
        world.sync(full=True)
    assert (world.open_problems(), world.told()) == (["PageRedesigned"], [])
    world.providers["leeds"].page = b""
    world.at("2024-06-15")
    world.sync(full=True)
    assert (world.open_problems(), world.told()) == ([], [])


def test_one_file_listed_on_two_days_is_a_problem_and_told_when_it_is_listed_once(
    world: SmallWorld,
) -> None:
    shown = world.report("leeds", "2024-04-02", BAD, published="2024-05-13")
    once = page_of(world, "leeds")
    world.report("leeds", "2024-04-02", BAD, published="2023-05-13").file_id = shown.file_id
    world.at("2024-05-14")
    world.sync()
    assert (world.open_problems(), world.told()) == (["PageRedesigned"], [])
    world.providers["leeds"].page = once
    world.at("2024-05-15")
    world.sync()
    assert ("leeds", "leadership", "good", "inadequate") in world.told()


def test_a_council_s_page_that_is_read_under_its_new_id_has_no_open_problem(
    world: SmallWorld,
) -> None:
    old = world.providers["leeds"]
    new = Provider("9912345", old.name)
    new.entries, old.entries = old.entries, []
    world.at("2024-03-07")
    world.sync(full=True)
    assert world.open_problems() == ["EmptyPage"]
    world.providers["leeds"] = new
    for day in ("2024-03-09", "2024-03-10"):
        world.at(day)
        assert world.sync(full=True).status == "ok"
    assert world.open_problems() == []


# -- What is said of it ----------------------------------------------------------------------------


def test_a_report_that_takes_the_place_of_one_and_gives_it_up_again_is_the_site_s_change(
    world: SmallWorld,
) -> None:
    first = world.report("leeds", "2024-01-22", GREAT, published="2024-03-04")
    world.at("2024-03-05")
    world.sync()
    world.providers["leeds"].entries.remove(first)
    second = world.report("leeds", "2024-01-22", BAD, published="2024-03-11")
    world.at("2024-03-12")
    world.sync()
    world.providers["leeds"].entries.remove(second)
    world.providers["leeds"].entries.insert(0, first)
    world.at("2024-03-19")
    world.sync(full=True)
    said = [(e.kind, e.old, e.new) for e in world.events() if e.area == "leadership"]
    assert said == [
        ("added", "good", "outstanding"),
        ("changed", "outstanding", "inadequate"),
        ("changed", "inadequate", "outstanding"),
    ]


def test_an_inspection_that_is_read_after_a_later_one_is_told_as_an_earlier_one(
    world: SmallWorld,
) -> None:
    with App(world.config, world.now) as app:
        ada = people.add(app.store, "ada@example.org", app.now, all_quiet="off")
        people.subscribe(app.store, ada.id, Subscription(0, 0, councils=("leeds",)), 0)
        people.confirm(app.store, ada.id, app.now)
    older = world.report("leeds", "2024-01-22", GOOD, published="2024-03-04")
    pdf, older.data = older.data, b"not a PDF"
    assert subjects(world, "2024-03-05") == ["Welcome: how Leeds stands"]
    world.report("leeds", "2024-03-11", GOOD, published="2024-04-22")
    assert subjects(world, "2024-04-23") == ["Leeds: overall not yet read → good, and 4 more"]
    older.data = pdf
    (late,) = subjects(world, "2024-05-24")
    assert late.startswith("Leeds: earlier inspection of January 2024, read late: overall good as")


def subjects(world: SmallWorld, day: str) -> list[str]:
    """The subjects of what is written after a sync on that day."""
    world.at(day)
    world.sync()
    with App(world.config, world.now) as app:
        numbers = notify(app)
        return [outbox.show(app.store, n).subject for n in numbers]


# -- How often a page is asked for -----------------------------------------------------------------


SORRY = b"<html><body><h1>Sorry</h1></body></html>"


def test_a_page_that_fails_is_asked_at_every_run_of_a_day_then_after_1_2_4_and_8_days(
    world: SmallWorld,
) -> None:
    world.providers["leeds"].page = SORRY
    first = next(day for day in range(2, 10) if reads(world, f"2024-03-{day:02}") == [1])
    assert reads(world, f"2024-03-{first:02}", hour=12) == [1]
    asked = []
    for day in range(first + 1, 26):
        asked += [day - first] * reads(world, f"2024-03-{day:02}", hour=9)[0]
    assert asked == [1, 3, 7, 15]
    assert reads(world, f"2024-03-{first + 15:02}", hour=12) == [0]


def test_a_page_that_fails_is_asked_once_a_day_while_the_list_has_a_date_that_was_not_read(
    world: SmallWorld,
) -> None:
    world.report("leeds", "2024-04-02", BAD, published="2024-05-13")
    world.providers["leeds"].page = SORRY
    assert [reads(world, "2024-05-14", hour=hour) for hour in (8, 10)] == [[1], [1]]
    assert [reads(world, "2024-05-24", hour=hour) for hour in (8, 10)] == [[1], [0]]
    assert [reads(world, "2024-05-25", hour=hour) for hour in (8, 10)] == [[1], [0]]
    world.report("leeds", "2024-04-22", BAD, published="2024-05-20")
    world.providers["leeds"].page = b""
    assert reads(world, "2024-05-25", hour=12) == [1]
    published = {str(event.published) for event in world.events()}
    assert published == {"2024-05-13", "2024-05-20"}


def test_a_page_whose_new_report_is_withheld_is_not_asked_at_every_run_for_ever(
    world: SmallWorld,
) -> None:
    shown = world.report("york", "2024-04-02", BAD, published="2024-05-13")
    world.providers["leeds"].entries.insert(0, shown)
    runs = [reads(world, "2024-05-14", hour=hour) for hour in (8, 10)]
    assert (set(world.open_problems()), runs) == ({"WrongCouncil"}, [[1], [1]])
    reads(world, *(f"2024-06-{day}" for day in (10, 11, 12, 13, 14, 20)))
    assert [reads(world, "2024-06-20", hour=hour) for hour in (12, 13, 14)] == [[0], [0], [0]]
    world.providers["leeds"].entries.remove(shown)
    world.report("leeds", "2024-05-06", GREAT, published="2024-06-20")
    assert reads(world, "2024-06-20", hour=15) == [1]
