"""A report whose cover names another council is nobody's news until the site has put it right
(DESIGN §5.6)."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from real_reports import RealReports
from records import grades
from small_world import Shown, SmallWorld, inspection_pdf

from syncer.demo.pdf import pdf_of
from syncer.errors import WrongCouncil
from syncer.model import FileKind
from syncer.register.councils import load_register
from syncer.reports.cover import heading_of
from syncer.reports.layout import all_lines
from syncer.reports.paper import ReportReading
from syncer.sources.ofsted import outcomes
from syncer.sources.ofsted.whose import check_heading

FEW = ("bolton", "leeds")
REGISTER = load_register(None)
VISIT = "Children's services focused visit"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    """Two councils, each inspected in 2021; Leeds's report is asked for again after four weeks."""
    with SmallWorld(tmp_path, *FEW) as found:
        found.first_read()
        found.at("2024-04-16")
        yield found


def names_another(heading: str, council: str) -> bool:
    reading = ReportReading(FileKind.INSPECTION, heading=heading)
    try:
        check_heading(reading, REGISTER.by_slug(council), REGISTER)
    except WrongCouncil:
        return True
    return False


def letter(title: str) -> bytes:
    days = "Inspection dates: 8 to 9 January 2024"
    said = "This letter summarises the findings of the visit."
    return pdf_of([[(60, 770, 18, title), (60, 740, 11, days), (60, 710, 11, said)]])


def test_a_known_report_replaced_by_another_council_s_changes_nothing(world: SmallWorld) -> None:
    shown = world.providers["leeds"].entries[0]
    right, shown.data = shown.data, inspection_pdf("bolton", "2021-09-13", grades("inadequate"))
    report = world.sync(full=True)
    assert [(p.name, p.council) for p in report.new_problems] == [("WrongCouncil", "leeds")]
    assert (world.told(), world.events("e.state = 'held'")) == ([], [])
    assert "good" in world.cli("council", "leeds").stdout.lower()
    assert "inadequate" not in world.cli("council", "leeds").stdout.lower()
    shown.data = right
    world.at("2024-04-18")
    assert (world.sync(full=True).events, world.open_problems()) == (0, [])


def test_a_new_report_headed_with_another_council_s_name_is_told_once_it_is_the_right_one(
    world: SmallWorld,
) -> None:
    judged = grades("inadequate", leavers="good")
    shown = world.report("leeds", "2024-02-26", judged)
    right, shown.data = shown.data, inspection_pdf("bolton", "2024-02-26", judged)
    assert ([p.name for p in world.sync().problems], world.told()) == (["WrongCouncil"], [])
    shown.data = right
    world.at("2024-04-18")
    assert (world.sync().events, world.open_problems()) == (5, [])
    assert {(e.councils, e.late) for e in world.events()} == {(("leeds",), True)}


def test_a_visit_s_letter_headed_with_another_council_s_name_is_not_told(world: SmallWorld) -> None:
    data = letter("Focused visit to Bolton children’s services")
    world.providers["leeds"].entries.insert(0, Shown("50199001", dt.date(2024, 4, 15), data, VISIT))
    assert ([p.name for p in world.sync().problems], world.told()) == (["WrongCouncil"], [])


def test_a_trust_s_name_in_the_title_is_no_error_and_the_council_is_the_page_s(
    world: SmallWorld,
) -> None:
    data = letter("Focused visit to Sandwell Children’s Trust children’s services")
    world.providers["leeds"].entries.insert(0, Shown("50199001", dt.date(2024, 4, 15), data, VISIT))
    assert (world.sync().problems, [e.councils for e in world.events()]) == ([], [("leeds",)])


@pytest.mark.parametrize(
    ("heading", "council", "another"),
    [
        ("Inspection of Leeds City local authority children’s services", "leeds", False),
        ("Inspection of North Yorkshire local authority children’s services", "york", True),
        ("Inspection of Derbyshire local authority children’s services", "derby", True),
        ("Inspection of Derby City local authority children’s services", "derby", False),
        ("Royal Borough of Kensington and Chelsea", "kensington-and-chelsea", False),
        ("Inspection of Northamptonshire County Council", "west-northamptonshire", False),
        (
            "Joint inspection of services in Cheshire East and Cheshire West and Chester",
            "cheshire-east",
            False,
        ),
        ("Inspection of Achieving for Children", "richmond-upon-thames", False),
        ("Inspection of local authority children’s services", "leeds", False),
    ],
)
def test_only_another_council_s_name_without_this_one_s_is_an_error(
    heading: str, council: str, another: bool
) -> None:
    assert names_another(heading, council) is another


def test_no_real_report_is_taken_for_another_council_s_and_nearly_all_name_their_own(
    shared: Path, real_reports: RealReports
) -> None:
    world = shared / "replay" / "world"
    named = read = 0
    first_pages = real_reports.first_pages()
    listed = (world / "reports.csv").read_text(encoding="utf-8").splitlines()
    for row in csv.DictReader(listed):
        if row["pdf"] and (world / "pdf" / row["pdf"]).exists():
            council = REGISTER.by_provider_id(row["provider_id"])
            heading = heading_of(all_lines(first_pages[row["pdf"]]))
            assert not names_another(heading, council.slug), (row["pdf"], heading)
            stranger = "york" if council.slug != "york" else "leeds"
            named += names_another(heading, stranger)
            read += 1
    assert (read, named) == (445, 441)


STATISTICS = """Local authority name,Local authority area code,Type,Inspection date,Overall
Leeds,E08000035,Standard inspection,2024-05-13,Good
York,E08000035,Standard inspection,2024-05-20,Good
Durham,E06000047,Standard inspection,2024-05-20,Good
Northamptonshire,E10000021,Standard inspection,2019-06-24,Inadequate
"""


def test_a_row_of_the_statistics_whose_code_and_name_are_of_two_councils_is_a_named_problem() -> (
    None
):
    rows, problems = outcomes.read(STATISTICS.encode(), "a.csv", REGISTER, "2024", "link")
    assert [row.council for row in rows] == ["leeds", "durham", "northamptonshire"]
    assert [(p.name, "York" in p.message, p.url) for p in problems] == [
        ("WrongCouncil", True, "link")
    ]


def test_no_row_of_the_real_statistics_is_taken_for_another_council_s(shared: Path) -> None:
    read = []
    for day in ("March_2024", "31_March_2025"):
        name = f"LA_Inspection_Outcomes_as_at_{day}"
        data = (shared / "ofsted" / f"{name}.ods").read_bytes()
        rows, problems = outcomes.read(data, f"{name}.ods", REGISTER, name, "link")
        read.append((len(rows), problems))
    assert read == [(284, []), (331, [])]
