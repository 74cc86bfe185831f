"""The history that broke others: what happened to the real pages, or to those who read them, and
cannot be seen in the replay."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from records import grades
from replay import Bench
from small_world import SmallWorld, inspection_pdf, louder

from syncer.model import Absence, Area, RecordKind
from syncer.records.standing import standing
from syncer.store import Store, records

FEW = ("bexley", "bolton", "leeds", "york")
GOOD, GOOD_APART, BETTER = (
    grades("good"),
    grades("good", leavers="good"),
    grades("outstanding", leavers="outstanding"),
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    """Four councils, each inspected in May 2021 and found good, read for the first time on 1 March
    2024."""
    with SmallWorld(tmp_path, *FEW) as world:
        for council in FEW:
            world.report(council, "2021-05-10", GOOD)
        world.sync()
        yield world


def overall(store: Store, council: str) -> str:
    """How the council stands in overall effectiveness, as every reader of the store sees it."""
    return str(
        standing(
            records.records(store, kinds=[RecordKind.INSPECTION], councils=[council]), Area.OVERALL
        ).value
    )


# -- The list --------------------------------------------------------------------------------------


def test_100_of_153_rows_are_a_failure_with_names_and_what_they_show_still_counts(
    tmp_path: Path,
) -> None:
    with SmallWorld(tmp_path) as world:
        world.sync()
        world.rows, world.stated = 100, 100
        world.report("barnsley", "2024-03-04", GOOD_APART)
        world.report("wokingham", "2024-03-04", GOOD_APART)
        world.at("2024-04-16")
        report = world.sync()
        assert (report.status, {c for c, *_ in world.told()}) == ("incomplete", {"barnsley"})
        (problem,) = report.new_problems
        assert (problem.name, problem.message.count(",")) == ("IncompleteList", 52)
        assert "Wokingham" in problem.message and "Barnsley" not in problem.message
        assert world.sync().new_problems == [], "told once"
        world.rows, world.stated = None, None
        world.at("2024-04-17")
        assert (world.sync().status, world.open_problems()) == ("ok", [])
        assert {c for c, *_ in world.told()} == {"barnsley", "wokingham"}


def test_a_total_that_differs_from_the_rows_is_an_incomplete_list(world: SmallWorld) -> None:
    world.stated = 5
    assert [p.name for p in world.sync().problems] == ["IncompleteList"]
    assert world.events() == []


def test_16_ids_that_change_overnight_and_back_change_nothing(tmp_path: Path) -> None:
    with SmallWorld(tmp_path) as world:
        moved = list(world.providers)[:16]
        for slug in moved:
            world.report(slug, "2021-05-10", GOOD)
        world.sync()
        ids = {slug: world.providers[slug].provider_id for slug in moved}
        for day, change in (("2024-03-05", "77"), ("2024-03-06", "")):
            for slug in moved:
                world.providers[slug].provider_id = change + ids[slug]
            world.at(day)
            assert (world.sync(full=True).problems, world.events()) == ([], [])
        with world.store() as store:
            assert store.value("SELECT count(*) FROM identities") == 16
            assert store.value("SELECT count(*) FROM records") == 16


def test_the_list_and_the_page_in_another_order_change_nothing(world: SmallWorld) -> None:
    for council in FEW:
        world.report(council, "2018-05-14", GOOD)
    world.at("2024-03-02")
    world.sync(full=True)
    world.backwards = True
    for provider in world.providers.values():
        provider.entries.reverse()
    world.at("2024-03-03")
    assert (world.sync(full=True).status, world.events()) == ("ok", [])


def test_a_council_renamed_and_re_identified_at_once_is_named_and_nothing_is_guessed(
    world: SmallWorld,
) -> None:
    leeds = world.providers["leeds"]
    leeds.name, leeds.provider_id = "Greater Aire Authority", "7780481"
    world.at("2024-03-02")
    assert sorted(p.name for p in world.sync().problems) == ["IncompleteList", "UnknownCouncil"]
    assert world.events() == []
    register = world.folder / "register.csv"
    known = world.register.by_slug("leeds")
    heads = ("slug", "name", "official_name", "gss", "region", "type", "aliases")
    row = (
        known.slug,
        known.name,
        known.official_name,
        known.gss,
        known.region,
        known.type,
        "Greater Aire Authority",
    )
    register.write_text(",".join(heads) + "\n" + ",".join(row) + "\n", encoding="utf-8")
    world.configure(
        world.config_path.read_text(encoding="utf-8") + f'[councils]\nregister = "{register}"\n'
    )
    world.report("leeds", "2024-01-22", grades("inadequate", leavers="good"))
    world.at("2024-03-05")
    assert (world.sync().status, world.open_problems()) == ("ok", ["UnknownProviderId"]), (
        "said once"
    )
    assert (world.sync().status, world.open_problems()) == ("ok", [])
    assert ("leeds", "overall_effectiveness", "good", "inadequate") in world.told()


def test_a_council_that_only_changes_its_name_or_its_id_is_the_same_council(
    world: SmallWorld,
) -> None:
    world.providers["leeds"].name = "Greater Aire Authority"
    world.providers["york"].provider_id = "7780453"
    world.at("2024-03-02")
    assert (world.sync(full=True).status, world.events()) == ("ok", [])


# -- The pages -------------------------------------------------------------------------------------


def test_another_council_s_page_is_an_error_and_never_content(world: SmallWorld) -> None:
    leeds = world.providers["leeds"]
    world.report("leeds", "2024-01-08", BETTER)
    leeds.heading = world.providers["york"].name
    world.at("2024-03-02")
    assert [p.name for p in world.sync().problems] == ["WrongCouncil"]
    assert world.events() == []
    leeds.heading = ""
    world.at("2024-03-03")
    world.sync()
    assert ({c for c, *_ in world.told()}, world.open_problems()) == ({"leeds"}, [])


def test_a_report_put_up_late_on_the_day_of_another_is_told_the_next_day(world: SmallWorld) -> None:
    world.report("leeds", "2024-02-26", BETTER, published="2024-04-16")
    world.at("2024-04-16")
    world.sync()
    world.report("leeds", "2024-03-18", grades("good", leavers="good"), published="2024-04-16")
    world.at("2024-04-17")
    world.sync()
    told = [e for e in world.events() if e.area == Area.OVERALL]
    assert [(e.old, e.new, e.noticed_at.day) for e in told] == [
        ("good", "outstanding", 16),
        ("outstanding", "good", 17),
    ]


def test_an_entry_that_goes_and_comes_back_was_never_gone(world: SmallWorld) -> None:
    entries = world.providers["leeds"].entries
    world.report("leeds", "2018-05-14", GOOD)
    world.at("2024-03-02")
    world.sync(full=True)
    kept = entries.pop()
    for day in ("2024-03-03", "2024-03-04", "2024-03-16"):
        world.at(day)
        assert world.sync(full=True).problems == []
    world.at("2024-03-20")
    (problem,) = world.sync(full=True).new_problems
    assert (problem.name, problem.council) == ("Vanished", "leeds"), (
        "3 days over 14, and then only the operator is told"
    )
    assert world.sync(full=True).new_problems == []
    entries.append(kept)
    world.at("2024-03-21")
    assert (world.sync(full=True).problems, world.open_problems(), world.events()) == ([], [], [])


def test_an_unreadable_report_that_is_taken_down_does_not_make_its_page_due_for_ever(
    world: SmallWorld,
) -> None:
    shown = world.report("leeds", "2024-01-22", BETTER)
    shown.data = b"not a PDF"
    world.at("2024-03-05")
    world.sync()
    world.providers["leeds"].entries.remove(shown)
    world.at("2024-03-20")
    world.sync()
    world.asked()
    world.at("2024-03-20", hour=12)
    world.sync()
    assert len(world.asked()) == 1, "the list"


# -- The files -------------------------------------------------------------------------------------


def test_every_grade_re_cased_changes_nothing(world: SmallWorld) -> None:
    for provider in world.providers.values():
        for shown in provider.entries:
            shown.title = shown.title.upper()
            shown.data = louder(shown.data)
    world.at("2024-04-10")
    report = world.sync(full=True)
    assert sum("/files/" in path for path in world.asked()) >= len(FEW), (
        "each latest inspection is asked again"
    )
    assert (report.status, world.events()) == ("ok", [])


def test_a_file_replaced_under_its_id_by_the_same_grades_is_no_news(world: SmallWorld) -> None:
    world.providers["leeds"].entries[0].data += b"\n% replaced"
    world.at("2024-04-10")
    assert (world.sync(full=True).status, world.events()) == ("ok", [])


def test_a_file_replaced_under_its_id_by_other_grades_is_a_change(world: SmallWorld) -> None:
    world.providers["leeds"].entries[0].data = inspection_pdf(
        "leeds", "2021-05-10", GOOD | {Area.HELP: "inadequate"}
    )
    world.at("2024-04-10")
    world.sync(full=True)
    assert [(e.kind, e.area, e.old, e.new) for e in world.events()] == [
        ("changed", "help_and_protection", "good", "inadequate")
    ]


def test_a_report_that_the_site_says_is_gone_is_withdrawn_and_back_when_it_is_back(
    world: SmallWorld,
) -> None:
    newer = world.report("leeds", "2024-01-22", GOOD_APART | {Area.HELP: "inadequate"})
    world.at("2024-03-05")
    world.sync()
    gone = f"/files/v1/file/{newer.file_id}"
    world.at("2024-04-20")
    world.publish()
    world.web.page(gone, b"", status=410)
    Bench.sync(world, full=True)
    lines = [(str(e.kind), e.area, e.old, e.new) for e in world.events()]
    assert ("withdrawn", "help_and_protection", "inadequate", "good") in lines
    world.at("2024-06-01")
    assert world.sync(full=True).events == 0
    with world.store() as store:
        assert store.value("SELECT count(*) FROM records WHERE withdrawn") == 0


def test_a_report_put_up_again_under_another_id_is_the_same_inspection(world: SmallWorld) -> None:
    world.report("leeds", "2021-05-10", GOOD, published="2024-03-04")
    world.report("york", "2021-05-10", GOOD | {Area.HELP: "inadequate"}, published="2024-03-04")
    del world.providers["york"].entries[1]
    world.at("2024-03-05")
    assert world.sync().problems == []
    assert [(e.kind, e.councils, e.area, e.old, e.new) for e in world.events()] == [
        ("changed", ("york",), "help_and_protection", "good", "inadequate")
    ]
    with world.store() as store:
        assert store.value("SELECT count(*) FROM records WHERE merged_into IS NULL") == len(FEW)


@pytest.mark.parametrize(
    "wreck", [b"not a PDF", b"<html><h1>Report not found</h1></html>", b"%PDF-1.4 broken"], ids=repr
)
def test_a_known_report_whose_file_goes_bad_keeps_what_was_read_and_is_never_told_again(
    world: SmallWorld, wreck: bytes
) -> None:
    shown = world.report("leeds", "2024-01-22", BETTER)
    world.at("2024-03-05")
    world.sync()
    told, good = world.told(), shown.data
    shown.data = wreck
    for day in ("2024-04-10", "2024-05-20"):
        world.at(day)
        assert len(world.sync(full=True).problems) == 1
        with world.store() as store:
            assert overall(store, "leeds") == "outstanding"
    shown.data = good
    world.at("2024-06-30")
    assert (world.sync(full=True).status, world.open_problems()) == ("ok", [])
    assert world.told() == told


def test_an_unreadable_report_mended_four_months_later_is_told_late_with_its_own_old(
    world: SmallWorld,
) -> None:
    shown = world.report("leeds", "2024-01-22", BETTER)
    good, shown.data = shown.data, b"not a PDF"
    world.at("2024-03-05")
    assert [(p.name, p.council) for p in world.sync().new_problems] == [("NotAPdf", "leeds")]
    with world.store() as store:
        assert overall(store, "leeds") == Absence.UNKNOWN
    shown.data = good
    world.at("2024-07-08")
    world.sync()
    told = [e for e in world.events() if e.area == Area.OVERALL]
    assert [(e.old, e.new, e.change, e.late) for e in told] == [
        ("good", "outstanding", "improved", True)
    ]
    assert world.open_problems() == []


def test_behind_an_unread_report_the_old_grade_is_unknown(world: SmallWorld) -> None:
    world.report("leeds", "2023-01-23", BETTER).data = b"not a PDF"
    world.report("leeds", "2024-01-22", grades("good", leavers="good"), published="2024-03-05")
    world.at("2024-03-05")
    world.sync()
    assert {(e.old, e.change) for e in world.events()} == {("unknown", "not_comparable")}


# -- Our own upgrades ------------------------------------------------------------------------------


def read_otherwise_before(store: Store, council: str, area: str, grade: str) -> None:
    """The store as an older parser left it: it took this grade from the council's latest report."""
    latest = store.value("SELECT max(id) FROM records WHERE councils = json_array(?)", (council,))
    store.run(
        "UPDATE observations SET parser = 0, fields = json_set(fields, '$.' || ?, ?) WHERE record_id = ?",
        (area, grade, latest),
    )
    store.run(
        "UPDATE records SET fields = json_set(fields, '$.' || ?, ?) WHERE id = ?",
        (area, grade, latest),
    )


def test_a_parser_that_reads_old_bytes_differently_makes_corrections_and_asks_for_no_file(
    world: SmallWorld,
) -> None:
    world.report("leeds", "2024-01-22", GOOD_APART)
    world.at("2024-03-05")
    world.sync()
    with world.store() as store:
        for council in ("leeds", "york"):
            read_otherwise_before(store, council, Area.HELP, "inadequate")
    world.asked()
    world.at("2024-03-06")
    world.sync()
    told = [
        (e.kind, e.councils, e.area, e.new, e.detail.was)
        for e in world.events()
        if e.kind != "added"
    ]
    assert told == [("corrected", ("leeds",), "help_and_protection", "good", "inadequate")], (
        "nobody was ever told of York"
    )
    assert not [path for path in world.asked() if "/files/" in path]


def test_a_parser_that_changes_the_grades_of_three_councils_is_held_and_the_value_before_is_shown(
    world: SmallWorld,
) -> None:
    with world.store() as store:
        for council in ("bexley", "bolton", "leeds"):
            read_otherwise_before(store, council, Area.OVERALL, "inadequate")
    world.at("2024-03-02")
    report = world.sync()
    assert (report.events, report.held) == (0, 3)
    for day in ("2024-03-03", "2024-03-10"):
        with world.store() as store:
            assert overall(store, "leeds") == "inadequate"
        world.at(day)
        assert world.sync(full=True).held == 0, "held once, not again at each run"
    assert world.events() == []


def test_a_field_that_a_new_parser_reads_for_the_first_time_is_not_news(world: SmallWorld) -> None:
    with world.store() as store:
        store.run(
            "UPDATE observations SET parser = 0, fields = json_remove(fields, '$.leadership')"
        )
        store.run("UPDATE records SET fields = json_remove(fields, '$.leadership')")
    world.at("2024-03-02")
    assert (world.sync().status, world.events()) == ("ok", [])


def test_what_must_improve_in_old_reports_is_read_from_the_archive_and_told_to_nobody(
    world: SmallWorld,
) -> None:
    with world.store() as store:
        store.run(
            "UPDATE observations SET parser = 1, fields = json_remove(fields, '$.report_url')"
        )
        store.run("UPDATE records SET fields = json_remove(fields, '$.report_url')")
    world.asked()
    world.at("2024-03-02")
    assert (world.sync().status, world.events()) == ("ok", [])
    with world.store() as store:
        found = records.records(store, kinds=[RecordKind.INSPECTION])
    assert found and all(record.inspection.report_url for record in found)
    assert not [path for path in world.asked() if "/files/" in path]


# -- Councils that end and begin -------------------------------------------------------------------


@pytest.mark.parametrize(
    "day", [dt.date(2027, 2, 1), dt.date(2027, 4, 1), dt.date(2027, 8, 1)], ids=str
)
@pytest.mark.parametrize("form", ["before", "after"])
def test_around_surrey_s_end_either_form_of_the_list_is_complete(
    tmp_path: Path, day: dt.date, form: str
) -> None:
    with SmallWorld(
        tmp_path, "surrey", "east-surrey", "west-surrey", "leeds", day="2026-12-01"
    ) as world:
        world.report("surrey", "2025-03-10", GOOD_APART)
        world.sync()
        if form == "after":
            world.becomes("surrey", "east-surrey", "west-surrey")
        world.at(day)
        report = world.sync()
        assert ([p.name for p in report.problems], world.events()) == ([], [])


@pytest.mark.parametrize(
    ("slug", "heirs", "day"),
    [
        ("northamptonshire", ("north-northamptonshire", "west-northamptonshire"), "2021-04-01"),
        ("cumbria", ("cumberland", "westmorland-and-furness"), "2023-04-01"),
    ],
)
def test_a_successor_begins_without_a_grade_and_nobody_lost_one(
    tmp_path: Path, slug: str, heirs: tuple[str, str], day: str
) -> None:
    begins = dt.date.fromisoformat(day)
    with SmallWorld(tmp_path, slug, *heirs, day=str(begins - dt.timedelta(days=60))) as world:
        world.report(slug, "2019-06-03", grades("inadequate"))
        world.sync()
        world.becomes(slug, *heirs)
        world.at(begins)
        assert (world.sync().status, world.events()) == ("ok", [])
        first = begins + dt.timedelta(days=200)
        world.report(
            heirs[0], str(first), grades("good", leavers="good") if first.year >= 2023 else GOOD
        )
        world.at(first + dt.timedelta(weeks=6))
        world.sync()
        assert {(e.councils, e.old, e.change) for e in world.events()} == {
            ((heirs[0],), "", "first_judged")
        }
