"""A report whose pages are turned or in another order is a named problem, never a silent nothing."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from small_world import SmallWorld, inspection_pdf

from syncer.documents.reader import DocumentReader
from syncer.documents.report import read_pdf
from syncer.reports.paper import ReportReading

ALL_GOOD = dict.fromkeys(
    (
        "leadership",
        "help_and_protection",
        "children_in_care",
        "care_leavers",
        "overall_effectiveness",
    ),
    "good",
)


def saved(document: pypdfium2.PdfDocument) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def turned(data: bytes, degrees: int) -> bytes:
    document = pypdfium2.PdfDocument(data)
    for page in document:
        page.set_rotation((page.get_rotation() + degrees) % 360)
    return saved(document)


def backwards(data: bytes) -> bytes:
    document, other = pypdfium2.PdfDocument(data), pypdfium2.PdfDocument.new()
    other.import_pages(document, list(range(len(document)))[::-1])
    return saved(other)


MADE: dict[str, Callable[[bytes], bytes]] = {
    "turned right": lambda data: turned(data, 90),
    "upside down": lambda data: turned(data, 180),
    "turned left": lambda data: turned(data, 270),
    "backwards": backwards,
}
SOME = ("2754222", "50004431", "50246984", "95248738")
"""An inspection, a joint inspection, an area SEND inspection and a visit."""


@pytest.fixture(params=MADE)
def damage(request: pytest.FixtureRequest) -> Callable[[bytes], bytes]:
    return MADE[request.param]


def read(data: bytes) -> ReportReading:
    with DocumentReader() as reader:
        return reader.call(read_pdf, data)


def test_it_is_read_right_or_named(damage: Callable[[bytes], bytes], shared: Path) -> None:
    for number in SOME:
        data = (shared / "replay" / "world" / "pdf" / f"{number}.pdf").read_bytes()
        reading, right = read(damage(data)), read(data)
        assert right.problems == ()
        assert reading == right or [p.name for p in reading.problems] == ["UnreadableReport"]
        assert not reading.judgements or reading == right


def test_a_listed_inspection_that_cannot_be_told_is_a_problem_and_no_news(
    tmp_path: Path,
) -> None:
    with SmallWorld(tmp_path, "leeds", "york") as world:
        world.report("leeds", "2023-05-08", ALL_GOOD)
        world.sync()
        world.at("2024-04-16")
        shown = world.report("leeds", "2024-03-04", {**ALL_GOOD, "leadership": "inadequate"})
        upright, shown.data = shown.data, turned(shown.data, 90)
        report = world.sync()
        assert [(p.name, p.council) for p in report.problems] == [("UnreadableReport", "leeds")]
        assert world.told() == []
        world.at("2024-04-19")
        shown.data = upright
        world.sync(full=True)
        assert ("leeds", "leadership", "good", "inadequate") in world.told()
        assert world.open_problems() == []


def test_what_the_page_lists_as_something_else_is_no_problem(tmp_path: Path) -> None:
    with SmallWorld(tmp_path, "leeds", "york") as world:
        shown = world.report("leeds", "2023-05-08", ALL_GOOD)
        shown.title = "Annual rating letter"
        shown.data = turned(inspection_pdf("leeds", "2023-05-08", ALL_GOOD), 90)
        assert world.sync().problems == []
        assert (world.told(), world.open_problems()) == ([], [])
