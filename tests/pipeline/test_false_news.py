"""What a site does without anything having changed is no news, and what changed is not passed over
(DESIGN §6.4, §6.6, §6.9, §6.12)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from gov_world import GovWorld
from records import grades
from small_world import Shown, SmallWorld

FEW = ("bolton", "leeds")
GOOD = grades("good", leavers="good")
TABLE = "/government/publications/supporting-families-funding"
TITLE = "Supporting Families allocations 2023 to 2024"
AMOUNTS = {"Leeds": 100100, "York": 200200, "Derby": 300300, "Luton": 400400, "Medway": 500500}


def rows(*amounts: tuple[str, int]) -> str:
    """A table of allocations, its rows in this order."""
    cells = "".join(f"<tr><td>{name}</td><td>£{pounds:,}</td></tr>" for name, pounds in amounts)
    head = "<tr><th>Local authority</th><th>Allocation 2023-24 (£)</th></tr>"
    return f"<p>Allocations.</p><table><thead>{head}</thead><tbody>{cells}</tbody></table>"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    with SmallWorld(tmp_path, *FEW) as found:
        for council in FEW:
            found.report(council, "2021-05-10", grades("good"))
        found.sync()
        yield found


@pytest.fixture
def gov(tmp_path: Path) -> Iterator[GovWorld]:
    with GovWorld(tmp_path) as world:
        yield world


def put_up(gov: GovWorld, *amounts: tuple[str, int], on: str = "2022-10-10") -> None:
    gov.publish(TABLE, TITLE, rows(*amounts), kind="guidance", on=on)
    gov.sync("govuk_awards")
    assert len(gov.records()) == len(amounts)
    gov.at("2024-03-10")


def test_rows_in_another_order_change_nothing(gov: GovWorld) -> None:
    twice = [*AMOUNTS.items(), ("Leeds", 777700)]
    put_up(gov, *twice)
    gov.edit(TABLE, body=rows(*reversed(twice)))
    assert (gov.sync("govuk_awards", full=True).events, gov.told()) == (0, [])
    assert len(gov.records(council="leeds")) == 2


@pytest.mark.parametrize("title", ["Strengthening Families: funding by area", "Allocations"])
def test_a_table_under_another_title_is_the_table_that_is_known(gov: GovWorld, title: str) -> None:
    put_up(gov, *AMOUNTS.items())
    gov.web.items[TABLE]["title"] = title
    gov.edit(TABLE, major=True, note="Title changed")
    for _ in range(2):
        assert (gov.sync("govuk_awards", full=True).events, gov.told()) == (0, [])
    gov.edit(TABLE, body=rows(*(AMOUNTS | {"Leeds": 110100}).items()))
    gov.sync("govuk_awards", full=True)
    assert gov.told() == [("leeds", "changed", "amount", "100100", "110100")]


def test_an_old_table_under_another_address_is_the_table_that_is_known(gov: GovWorld) -> None:
    put_up(gov, *AMOUNTS.items())
    old = gov.web.items.pop(TABLE)
    gov.publish(f"{TABLE}-by-area", old["title"], rows(*AMOUNTS.items()), kind="guidance")
    assert (gov.sync("govuk_awards", full=True).events, gov.told()) == (0, [])
    assert len(gov.records()) == len(AMOUNTS)


@pytest.mark.parametrize("factor", [1000, 0.001])
def test_an_amount_that_moves_a_thousandfold_is_held_and_the_one_before_is_shown(
    gov: GovWorld, factor: float
) -> None:
    sums = {name: pounds * 10 for name, pounds in AMOUNTS.items()}
    put_up(gov, *sums.items())
    gov.edit(TABLE, body=rows(*(sums | {"Leeds": int(1001000 * factor)}).items()))
    report = gov.sync("govuk_awards", full=True)
    assert (report.held, gov.told()) == (1, [])
    assert [r["amount"] for r in gov.records(council="leeds")] == [1001000]


# -- Whose report it is ----------------------------------------------------------------------------


def test_a_known_report_on_another_council_s_page_is_an_error_until_it_is_put_right(
    world: SmallWorld,
) -> None:
    theirs = world.providers["bolton"].entries[0]
    world.providers["leeds"].entries.insert(0, theirs)
    world.at("2024-04-16")
    report = world.sync(full=True)
    assert ([p.name for p in report.problems], world.told()) == (["WrongCouncil"], [])
    world.providers["leeds"].entries.remove(theirs)
    world.at("2024-04-17")
    assert (world.sync(full=True).events, world.told(), world.open_problems()) == (0, [], [])


def list_twice(world: SmallWorld) -> Shown:
    """A new report that the pages of Bolton and of Leeds both list, and two runs of one day."""
    shown = world.report("leeds", "2024-02-05", grades("inadequate", leavers="good"))
    world.providers["bolton"].entries.insert(0, shown)
    world.at("2024-03-19")
    first = world.sync()
    assert [p.council for p in first.new_problems] == ["leeds", "bolton"]
    assert world.sync().new_problems == []
    assert (world.told(), world.open_problems()) == ([], ["WrongCouncil"] * 2)
    return shown


@pytest.mark.parametrize(("wrong", "right"), [("bolton", "leeds"), ("leeds", "bolton")])
def test_a_new_report_on_two_councils_pages_is_told_late_once_one_of_them_drops_it(
    world: SmallWorld, wrong: str, right: str
) -> None:
    world.providers[wrong].entries.remove(list_twice(world))
    world.at("2024-03-21")
    assert (world.sync().events, world.open_problems()) == (5, [])
    assert {(e.councils, e.late, e.kind) for e in world.events()} == {((right,), True, "added")}
    assert (right, "leadership", "good", "inadequate") in world.told()
    world.at("2024-03-22")
    assert (world.sync(full=True).events, world.open_problems()) == (0, [])


def test_nothing_stands_of_a_report_that_two_pages_list(world: SmallWorld) -> None:
    list_twice(world)
    shown = json.loads(world.cli("ratings", "--format", "json").stdout)
    read = {row["council"]: row["leadership"] for row in shown if row["first_day"]}
    assert read == {"Bolton": "good", "Leeds": "good"}


def test_what_came_with_a_contested_report_is_told_by_the_next_run(world: SmallWorld) -> None:
    shown = world.report("bolton", "2024-02-05", grades("inadequate", leavers="good"))
    world.providers["leeds"].entries.insert(0, shown)
    world.report(
        "bolton", "2024-02-19", grades("outstanding", leavers="good"), published="2024-03-18"
    )
    world.at("2024-03-19")
    assert (world.sync().events, world.sync().events) == (0, 5)
    assert ("bolton", "leadership", "good", "outstanding") in world.told()


def test_at_the_first_read_a_report_on_two_pages_is_neither_council_s(tmp_path: Path) -> None:
    with SmallWorld(tmp_path, *FEW) as world:
        shown = world.report("leeds", "2021-05-10", grades("good"))
        world.providers["bolton"].entries.insert(0, shown)
        world.sync()
        with world.store() as store:
            assert store.value("SELECT count(*) FROM records") == 0
        world.report("bolton", "2021-06-14", grades("good"))
        world.providers["bolton"].entries.remove(shown)
        world.at("2024-03-05")
        assert (world.sync().events, world.open_problems()) == (0, [])
        with world.store() as store:
            assert store.value("SELECT count(*) FROM records") == 2


# -- A clock that was wrong ------------------------------------------------------------------------


def test_a_clock_a_year_ahead_for_one_run_costs_no_news(world: SmallWorld) -> None:
    world.at("2025-03-02")
    assert (world.sync().status, world.sync(full=True).status) == ("ok", "ok")
    world.at("2024-04-16")
    world.report("leeds", "2024-03-04", grades("inadequate", leavers="good"))
    assert world.sync().events == 5
    assert ("leeds", "leadership", "good", "inadequate") in world.told()


def test_a_first_read_under_a_clock_a_year_ahead_is_a_baseline_and_what_follows_is_news(
    tmp_path: Path,
) -> None:
    with SmallWorld(tmp_path, *FEW, day="2025-03-02") as world:
        world.report("leeds", "2021-05-10", grades("good"))
        assert world.sync().events == 0
        world.at("2024-04-16")
        world.report("leeds", "2024-03-04", grades("inadequate", leavers="good"))
        assert (world.sync().events, world.sync().events) == (5, 0)


def test_what_failed_under_a_clock_a_year_ahead_is_asked_again_at_once(world: SmallWorld) -> None:
    shown = world.report("leeds", "2024-01-15", GOOD)
    right, shown.data = shown.data, b"not a PDF"
    world.at("2025-03-02")
    assert [p.name for p in world.sync().problems] == ["NotAPdf"]
    shown.data = right
    world.at("2024-03-02")
    assert (world.sync().events, world.open_problems()) == (5, [])


@pytest.mark.parametrize("published", ["2023-06-18", "2024-05-06", "2018-06-18"])
def test_a_report_published_before_its_inspection_ended_is_an_error_until_it_is_put_right(
    world: SmallWorld, published: str
) -> None:
    world.at("2024-06-20")
    shown = world.report("leeds", "2024-05-06", GOOD, published=published)
    report = world.sync(full=True)
    assert [(p.name, p.council) for p in report.problems] == [("ImpossibleDate", "leeds")]
    assert world.told() == []
    shown.published = dt.date(2024, 6, 18)
    world.at("2024-06-24")
    world.sync(full=True)
    assert ("leeds", "leadership") in [(council, area) for council, area, *_ in world.told()]
    assert world.open_problems() == []


def test_two_reports_of_one_inspection_that_differ_are_told_once_and_a_conflict(
    world: SmallWorld,
) -> None:
    world.at("2024-06-20")
    for judged in (GOOD, grades("inadequate", leavers="inadequate")):
        world.report("leeds", "2024-05-06", judged, published="2024-06-18")
    world.sync(full=True)
    assert sorted(area for council, area, *_ in world.told()) == sorted(GOOD)
    with world.store() as store:
        listed = store.rows("SELECT field FROM conflicts")
    assert {row["field"] for row in listed} == {str(area) for area in GOOD}
