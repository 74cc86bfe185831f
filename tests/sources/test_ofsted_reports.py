"""What the source of Ofsted's reports asks for, and what it makes of the answers (DESIGN §9), over
HTTP against a small world."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import crashing
import pytest
from records import grades
from small_world import Shown, SmallWorld

from syncer.app import App
from syncer.demo.pdf import pdf_of
from syncer.fetching.client import Client, Response
from syncer.model import Area, FileKind, RecordKind
from syncer.sources import ofsted_reports
from syncer.sources.ofsted import due
from syncer.store import records
from syncer.store.fields import stored

FEW = ("bexley", "bolton", "leeds", "york")
GOOD = grades("good", leavers="good")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    """Four councils with two inspections each, read on 1 March 2024."""
    with SmallWorld(tmp_path, *FEW) as world:
        for council in FEW:
            world.report(council, "2019-06-03", grades("good"))
            world.report(council, "2023-05-08", GOOD)
        world.sync()
        world.asked()
        yield world


def pages(asked: list[str]) -> list[str]:
    return [path for path in asked if "/provider/" in path]


def files(asked: list[str]) -> list[str]:
    return [path for path in asked if "/files/" in path]


def letter(title: str, days: str = "8 to 9 January 2024") -> bytes:
    """A letter after a visit."""
    return pdf_of(
        [
            [
                (60, 770, 18, title),
                (60, 740, 11, f"Inspection dates: {days}"),
                (60, 710, 11, "This letter summarises the findings of the visit."),
            ]
        ]
    )


# -- What is asked for -----------------------------------------------------------------------------


def test_a_second_sync_on_the_same_day_asks_for_the_list_alone(world: SmallWorld) -> None:
    world.at("2024-03-01", hour=11)
    world.sync()
    assert [path for path in world.asked() if "/search" not in path] == []


def test_a_page_is_read_when_the_list_s_date_moved(world: SmallWorld) -> None:
    world.report("leeds", "2024-01-15", GOOD, published="2024-03-01")
    world.at("2024-03-01", hour=11)
    world.sync()
    asked = world.asked()
    assert (len(pages(asked)), len(files(asked))) == (1, 1)


def test_a_page_with_a_young_report_is_read_daily_and_later_once_a_week(world: SmallWorld) -> None:
    world.report("leeds", "2024-01-15", GOOD, published="2024-03-01")
    days: Counter[int] = Counter()
    for day in range(1, 29):
        world.at(dt.date(2024, 3, day))
        world.sync()
        days[day] = sum("/80481" in path for path in world.asked())
    assert [day for day in range(1, 9) if days[day]] == list(range(1, 9))
    assert [sum(days[day] for day in week) for week in (range(9, 16), range(16, 23))] == [1, 1]


def test_every_page_is_read_once_in_seven_days(world: SmallWorld) -> None:
    asked: Counter[str] = Counter()
    for day in range(2, 9):
        world.at(dt.date(2024, 3, day))
        world.sync()
        asked.update(pages(world.asked()))
    assert (len(asked), set(asked.values())) == (len(FEW), {1})


def test_the_latest_inspection_is_asked_again_each_month_and_only_if_it_changed(
    world: SmallWorld,
) -> None:
    for day in range(2, 29):
        world.at(dt.date(2024, 3, day))
        world.sync()
        assert files(world.asked()) == []
    for day in range(28, 36):
        world.at(dt.date(2024, 3, 1) + dt.timedelta(days=day))
        world.sync()
    seen = [request for request in world.web.seen if "/files/" in request.path]
    assert len(seen) == len(FEW), "the latest of each council, not the one before"
    assert all(request.headers.get("If-None-Match") for request in seen)


def test_a_full_sync_reads_every_page_and_no_file_that_is_known(world: SmallWorld) -> None:
    world.at("2024-03-02")
    world.sync(full=True)
    asked = world.asked()
    assert (len(pages(asked)), files(asked)) == (len(FEW), [])


def test_a_page_is_handed_on_when_the_next_is_there_and_its_reports_are_being_read(
    tmp_path: Path,
) -> None:
    with SmallWorld(tmp_path, *FEW) as world:
        for council in FEW:
            world.report(council, "2023-05-08", GOOD)
        world.publish()
        asked = []
        with App(world.config, world.now) as app:
            for page in ofsted_reports.fetch(app.source_context(ofsted_reports, False)):
                asked.append(len(pages(world.asked())))
                (file,) = page.files.values()
                assert file.begun is not None
                assert file.begun.result().kind is FileKind.INSPECTION
        assert asked == [2, 1, 1, 0]


def test_a_council_that_has_ended_and_is_still_listed_is_read_once(tmp_path: Path) -> None:
    with SmallWorld(tmp_path, "cumbria", "york", day="2023-03-01") as world:
        world.report("cumbria", "2022-05-08", GOOD)
        world.report("york", "2022-05-08", GOOD)
        world.sync()
        world.asked()
        world.at("2023-04-05")
        world.sync(full=True)
        assert len(pages(world.asked())) == 2


# -- What is made of it ----------------------------------------------------------------------------


def test_an_inspection_is_a_record_with_its_days_framework_length_and_evidence(
    world: SmallWorld,
) -> None:
    with world.store() as store:
        record = records.records(store, kinds=[RecordKind.INSPECTION], councils=["leeds"])[-1]
        evidence = records.evidence_of(store, record.chosen[Area.HELP], Area.HELP)
    said = {
        name: stored(record.fields)[name]
        for name in ("first_day", "last_day", "framework", "length", "lead_inspector", Area.HELP)
    }
    assert said == {
        "first_day": "2023-05-08",
        "last_day": "2023-05-12",
        "framework": "ilacs_2023",
        "length": "short",
        "lead_inspector": "Lynda Snell",
        "help_and_protection": "good",
    }
    assert evidence and (evidence.page, evidence.quote.endswith("Good")) == (1, True)


def test_a_visit_is_told_once_and_changes_no_grade(world: SmallWorld) -> None:
    letters = letter("Focused visit to Leeds children\u2019s services")
    world.providers["leeds"].entries.insert(
        0, Shown("50199001", dt.date(2024, 3, 2), letters, "Children's services focused visit")
    )
    world.at("2024-03-02")
    assert (world.sync().problems, [(e.record, e.area) for e in world.events()]) == (
        [],
        [("visit", "")],
    )


def test_the_kind_is_the_document_s_own_whatever_the_page_calls_it(world: SmallWorld) -> None:
    letters = letter("Focused visit to Leeds children\u2019s services")
    world.providers["leeds"].entries.insert(0, Shown("50199001", dt.date(2024, 3, 2), letters))
    world.at("2024-03-02")
    world.sync()
    assert [
        (e.record, e.detail.report.kind, e.detail.report.title_kind) for e in world.events()
    ] == [("visit", "focused_visit", "inspection")]
    with world.store() as store:
        assert (
            store.value(
                "SELECT count(*) FROM records WHERE record = 'inspection' AND councils = '[\"leeds\"]'"
            )
            == 2
        )


def test_a_report_whose_kind_becomes_clear_later_is_one_record(world: SmallWorld) -> None:
    shown = Shown("50199001", dt.date(2024, 3, 2), b"not a PDF")
    world.providers["leeds"].entries.insert(0, shown)
    world.at("2024-03-02")
    world.sync()
    shown.data = letter("Focused visit to Leeds children\u2019s services")
    world.at("2024-03-03")
    world.sync()
    assert [(e.record, e.detail.report.kind) for e in world.events()] == [
        ("visit", "focused_visit")
    ]
    with world.store() as store:
        assert store.value("SELECT count(*) FROM records WHERE councils = '[\"leeds\"]'") == 3


def test_a_broken_entry_costs_only_itself(world: SmallWorld) -> None:
    world.report("leeds", "2024-01-15", GOOD, published="2024-03-01")
    world.publish()
    path = f"/reports/provider/44/{world.providers['leeds'].provider_id}"
    odd = b'<li><a class="publication-link" href="/v1/file/9">Children\'s services inspection</a></li></ol>'
    broken = world.web.next_answer(path).body.replace(b"</ol>", odd)
    world.providers["leeds"].page = broken
    world.at("2024-03-01", hour=11)
    report = world.sync()
    assert ([p.name for p in report.new_problems], {c for c, *_ in world.told()}) == (
        ["PageRedesigned"],
        {"leeds"},
    )
    with world.store() as store:
        assert [row["tries"] for row in store.rows("SELECT tries FROM problems")] == [1]


def test_a_report_that_ends_its_reader_costs_only_itself(
    world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(crashing.__file__).parent))
    for module in (due, ofsted_reports):
        monkeypatch.setattr(module, "read_pdf", crashing.read_pdf)
    monkeypatch.setattr(Client, "get", _and_wait(Client.get))

    for first in ("2023-11-06", "2024-01-08", "2024-01-15"):
        world.report("leeds", first, GOOD, published="2024-03-01")
    world.providers["leeds"].entries[1].data += crashing.MARK
    world.report("york", "2024-01-15", GOOD, published="2024-03-01")
    world.at("2024-03-01", hour=11)
    report = world.sync()
    assert [problem.name for problem in report.problems] == ["DocumentError"]
    with world.store() as store:
        found = store.rows(
            "SELECT councils, unread FROM records WHERE published = '2024-03-01' ORDER BY unread, id"
        )
    assert [(row["councils"], row["unread"]) for row in found] == [
        ('["leeds"]', 0),
        ('["leeds"]', 0),
        ('["york"]', 0),
        ('["leeds"]', 1),
    ]


def _and_wait(get: Callable[..., Response]) -> Callable[..., Response]:
    """Return what leaves the reader time for each file before the next is fetched."""

    def slowly(client: Client, url: str, **options: str) -> Response:
        answer = get(client, url, **options)
        time.sleep(0.4)
        return answer

    return slowly
