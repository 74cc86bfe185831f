"""What a site does without anything having changed is no news, and what changed is not passed over
(DESIGN §6.4, §6.6, §6.9, §6.12)."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from gov_world import GovWorld
from records import grades
from small_world import Shown, SmallWorld, inspection_pdf

from syncer.demo.pdf import pdf_of

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
        found.first_read()
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


BOTH = "bolton-and-leeds"


def list_twice(world: SmallWorld, cover: str = BOTH) -> Shown:
    """A new report that the pages of Bolton and of Leeds both list, and two runs of one day."""
    judged = grades("inadequate", leavers="good")
    shown = world.report("leeds", "2024-02-05", judged)
    shown.data = inspection_pdf(cover, "2024-02-05", judged)
    world.providers["bolton"].entries.insert(0, shown)
    world.at("2024-03-19")
    first = world.sync()
    assert sorted((p.council, p.name) for p in first.new_problems) == [
        ("bolton", "WrongCouncil"),
        ("leeds", "WrongCouncil"),
    ]
    assert world.sync().new_problems == []
    assert (world.told(), world.open_problems()) == ([], ["WrongCouncil"] * 2)
    return shown


def test_a_new_report_on_two_pages_is_told_of_neither_whatever_its_cover_says(
    world: SmallWorld,
) -> None:
    world.providers["bolton"].entries.remove(list_twice(world, cover="leeds"))
    world.at("2024-03-21")
    assert (world.sync().events, world.open_problems()) == (5, [])
    assert {c for c, *_ in world.told()} == {"leeds"}


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
    judged = grades("inadequate", leavers="good")
    shown = world.report("bolton", "2024-02-05", judged)
    shown.data = inspection_pdf(BOTH, "2024-02-05", judged)
    world.providers["leeds"].entries.insert(0, shown)
    later = grades("outstanding", leavers="good")
    world.report("bolton", "2024-02-19", later, published="2024-03-18")
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


# -- Two reports of one day ----------------------------------------------------------------------


def letter(council: str, theme: str, days: str = "4 to 5 March 2024") -> bytes:
    """A letter after a focused visit that looked at one theme."""
    return pdf_of(
        [
            [
                (60, 770, 18, f"Focused visit to {council} children\u2019s services"),
                (60, 740, 11, f"Inspection dates: {days}"),
                (60, 710, 11, "This letter summarises the findings of the visit."),
                (
                    60,
                    690,
                    11,
                    f"Inspectors looked at the local authority\u2019s arrangements for: {theme}.",
                ),
            ]
        ]
    )


def visit(world: SmallWorld, number: int, theme: str, days: str = "4 to 5 March 2024") -> Shown:
    title = "Children's services focused visit"
    shown = Shown(str(50199000 + number), dt.date(2024, 4, 15), letter("Leeds", theme, days), title)
    world.providers["leeds"].entries.insert(0, shown)
    return shown


def test_two_visits_of_one_day_with_themes_of_their_own_are_two_and_both_are_told(
    world: SmallWorld,
) -> None:
    front, leavers = visit(world, 1, "the front door"), visit(world, 2, "care leavers")
    world.at("2024-04-16")
    assert (world.sync().problems, world.sync(full=True).events) == ([], 0)
    assert {e.new for e in world.events()} == {"the front door", "care leavers"}
    world.providers["leeds"].entries.remove(front)
    world.at("2024-04-17")
    world.sync(full=True)
    with world.store() as store:
        visits = "SELECT count(*) FROM records WHERE record = 'visit' AND merged_into IS NULL"
        assert (store.value(visits), leavers.file_id) == (2, "50199002")


def test_a_report_put_up_twice_is_one(world: SmallWorld) -> None:
    for number in (1, 2):
        visit(world, number, "the front door")
        world.report("leeds", "2024-03-04", grades("good", leavers="good"))
    world.at("2024-04-16")
    assert (world.sync().events, world.open_problems()) == (6, [])


def test_a_letter_put_up_again_under_another_number_with_its_theme_corrected_is_the_one_known(
    world: SmallWorld,
) -> None:
    first = visit(world, 1, "the front door")
    world.at("2024-04-16")
    world.sync()
    world.providers["leeds"].entries.remove(first)
    visit(world, 2, "the front door and early help")
    world.at("2024-04-17")
    assert (world.sync().events, len(world.events())) == (0, 1)


def test_of_two_reports_of_one_day_that_contradict_each_other_nothing_is_told_until_one_is_gone(
    world: SmallWorld,
) -> None:
    right = world.report("leeds", "2024-03-04", grades("inadequate", leavers="good"))
    wrong = world.report("leeds", "2024-03-04", grades("good", leavers="good"))
    world.at("2024-04-16")
    assert [p.name for p in world.sync().new_problems] == ["ReportsContradict"]
    assert (world.sync().new_problems, world.told()) == ([], [])
    world.providers["leeds"].entries.remove(wrong)
    world.at("2024-04-18")
    assert (world.sync().events, world.open_problems(), right.title[:1]) == (5, [], "C")
    assert ("leeds", "leadership", "good", "inadequate") in world.told()
    assert {e.late for e in world.events()} == {True}


def test_a_second_report_of_a_known_day_that_contradicts_it_leaves_what_is_known(
    world: SmallWorld,
) -> None:
    known = world.report("leeds", "2024-03-04", grades("good", leavers="good"))
    world.at("2024-04-16")
    world.sync()
    world.report("leeds", "2024-03-04", grades("good", leavers="good", leadership="inadequate"))
    world.at("2024-04-17")
    assert ([p.name for p in world.sync().problems], len(world.told())) == (
        ["ReportsContradict"],
        5,
    )
    world.providers["leeds"].entries.remove(known)
    world.at("2024-04-18")
    assert (world.sync().events, world.open_problems()) == (1, [])
    assert world.told()[-1] == ("leeds", "leadership", "good", "inadequate")


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
