"""A report file's bytes → what it says: the one way in for sources and for `syncer parse`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from syncer.documents.pdf import OpenPdf
from syncer.model import Area, FileKind, Framework
from syncer.quantities.dates import DayRange
from syncer.register.frameworks import FRAMEWORKS
from syncer.reports.cover import lead_inspectors, may_be_single
from syncer.reports.grades import Table
from syncer.reports.improvements import (
    Improvements,
    ListName,
    announced_page,
    has_next_section,
    improvements,
    is_contents,
)
from syncer.reports.layout import Line, lines_of
from syncer.reports.letters import (
    WITHOUT_PRIORITY_ACTIONS,
    may_name_priority_actions,
    names_priority_actions,
)
from syncer.reports.paper import ReportReading
from syncer.reports.report import beginning_of, complete_table, read_inspection, read_letter

COVER = slice(0, 2)  # title, days, table and headline always stand here
FIRST, SECOND = slice(0, 1), slice(1, 2)
THE_REST = slice(2, None)
EVERY_PAGE = slice(0, None)
SUMMARY_BEFORE_CONTENTS_FROM = dt.date(2015, 9, 1)
CONTENTS, CONTENTS_AFTER_SUMMARY = (1, 2, 3, 4), (3, 4, 1, 2)
"""The indexes of the pages that can have a single inspection's contents, the likely ones first. In
reports of inspections since September 2015 the executive summary stands before them: 67 of 68; of
44 before it, 41 have them on the second page and 3 on the third."""
LAST_BUT_ONE = slice(-2, -1)
LAST_TWO = slice(-2, None)
# "What needs to improve" ends on page 4 at the latest in an ILACS report, about page 10 in a single
# inspection's.
PAGES_WITH_LIST = 4
PAGES_WITH_LIST_OF_SINGLE = 14
# "Information about this inspection", with the inspectors' names, ends reports of 2014–2018 and
# follows the summary in older ones; the table of 2012–2013 ends the report. Whatever is still
# missing then may be anywhere.
ANYWHERE = (LAST_TWO, slice(1, 12), slice(12, -2))


def read_pdf(data: bytes) -> ReportReading:
    """Return what a report says, from as few pages as it takes: two or three for most inspections,
    all for letters that may have areas for priority action and where something is not found. To be
    called through `DocumentReader`.

    Raises what `pdf.pages` raises: NotAPdf, ReportNotFound, NoTextLayer, DocumentError. What is
    wrong with the report itself is in the reading's `problems`.
    """
    with OpenPdf(data) as document:
        report = _Report(document)
        if report.beginning.kind is FileKind.INSPECTION:
            return _inspection(report)

        cover = report.letter()
        if cover.kind is FileKind.OTHER:
            return cover
        return _letter(report, cover)


class _Report:
    """A report of which more and more pages are read, the cover to begin with. The words of each
    page are made lines of once, and nothing is read twice from the same pages."""

    def __init__(self, document: OpenPdf) -> None:
        self.document = document
        self._asked_for = Improvements()
        self._table: Table | None = None
        self._known: dict[int, Sequence[Line]] = {}

        (first_page,) = document.drawn(FIRST)
        if may_be_single(first_page):
            self._read_cover_of_single()
        else:
            self._read(COVER)
            self.beginning = beginning_of(self.lines())

    def _read_cover_of_single(self) -> None:
        """Read the first page, which has all that the cover of a single inspection's report should
        have, but for a few; read the second page of those."""
        self._read(FIRST)
        self.beginning = beginning_of(self.lines())

        self._table = self._table_of_single()
        if self._table is None:
            self._read(SECOND)
            self.beginning = beginning_of(self.lines())

    def _table_of_single(self) -> Table | None:
        """Return the judgement table of a single inspection's report, where the pages that are
        known say when and with which judgements; None where they lack something."""
        framework = self.beginning.framework
        if framework is None or not FRAMEWORKS.is_single(framework):
            return None

        lines = self.lines()
        table = complete_table(lines, framework)
        reading = read_inspection(lines, self.beginning, Improvements(), table)
        return None if reading.problems else table

    def add(self, wanted: slice) -> list[Line]:
        """Read these pages, but for those that are known, and return their lines."""
        indexes = range(len(self.document))
        lines: list[Line] = []
        for index in indexes[wanted]:
            if index not in self._known:
                page_alone = slice(index, index + 1)
                self._read(page_alone)
            lines += self._known[index]

        return lines

    def _read(self, wanted: slice) -> None:
        """Make lines of the words of these pages."""
        pages = self.document.pages(wanted)

        for page in pages:
            index = page.number - 1
            lines = lines_of(page)
            self._known[index] = lines

    def lines(self) -> list[Line]:
        """Return the lines of all pages that are known, in the order of the report."""
        lines: list[Line] = []
        for index in sorted(self._known):
            lines += self._known[index]
        return lines

    def asked_for(self) -> Improvements:
        """Return what must improve, as the pages that are known say: once the list has ended, more
        add nothing."""
        if self._asked_for.ended:
            return self._asked_for

        lines = self.lines()
        framework = self.beginning.framework
        self._asked_for = improvements(lines, framework)
        return self._asked_for

    def inspection(self) -> ReportReading:
        """Return what the pages that are known say of an inspection."""
        lines = self.lines()
        asked_for = self.asked_for()

        return read_inspection(lines, self.beginning, asked_for, self._table)

    def letter(self) -> ReportReading:
        """Return what the pages that are known of another report say."""
        lines = self.lines()
        return read_letter(lines, self.beginning)


def reading_as_json(path: str, reading: ReportReading) -> dict[str, Any]:
    """Return one line of `syncer parse`: ISO days or null, grades by area in Ofsted's order,
    several lead inspectors joined by "; "."""
    framework = reading.framework
    return {
        "path": path,
        "kind": reading.kind.value,
        "framework": framework.value if framework else None,
        "inspection_start": _iso(reading.inspection_start),
        "inspection_end": _iso(reading.inspection_end),
        "judgements": _judgements(reading),
        "lead_inspector": "; ".join(reading.lead_inspectors),
        "improve": _what_must_improve(reading),
        "recommendations": _recommendations(reading),
        "problems": _problems(reading),
        "theme": reading.theme,
        "priority_actions": list(reading.priority_actions),
        "send_outcome": reading.send_outcome,
    }


def _problems(reading: ReportReading) -> list[dict[str, str]]:
    return [{"name": problem.name, "message": problem.message} for problem in reading.problems]


def _what_must_improve(reading: ReportReading) -> list[str]:
    """Return the items of the one list of an ILACS report."""
    return [item.text for item in reading.improvements if item.list == ListName.IMPROVE]


def _recommendations(reading: ReportReading) -> list[dict[str, str]]:
    """Return the items of the lists of a single inspection, each with the name of its list."""
    found = []
    for item in reading.improvements:
        if item.list != ListName.IMPROVE:
            found.append({"list": item.list, "text": item.text})
    return found


def _judgements(reading: ReportReading) -> dict[str, str]:
    judged = (area for area in Area if area in reading.judgements)
    return {area.value: reading.judgements[area].value for area in judged}


def _iso(day: dt.date | None) -> str | None:
    if day:
        return day.isoformat()
    return None


# -- Which pages -----------------------------------------------------------------------------------


def _letter(report: _Report, cover: ReportReading) -> ReportReading:
    """Return what a letter says: its first pages have all but the areas for priority action, and
    the inspectors of the review of a board."""
    if cover.send_outcome in WITHOUT_PRIORITY_ACTIONS:
        report.document.check(EVERY_PAGE)
        return cover

    rest: slice | None = THE_REST
    if cover.kind is not FileKind.LSCB_REVIEW:
        rest = _with_priority_actions(report)
    if rest is None:
        return cover

    report.add(rest)
    return report.letter()


def _with_priority_actions(report: _Report) -> slice | None:
    """Return the pages of a letter from that on which has the heading of the areas for priority
    action; None where no page has it. Only those that have its words are made lines of."""
    texts = report.document.drawn(EVERY_PAGE)
    for index, text in enumerate(texts):
        if not may_name_priority_actions(text):
            continue

        page_alone = slice(index, index + 1)
        lines = report.add(page_alone)
        if names_priority_actions(lines):
            return slice(index, None)

    return None


def _inspection(report: _Report) -> ReportReading:
    """Return what an inspection's report says, with the pages that its cover lacks."""
    names = lead_inspectors(report.lines())
    _add_what_the_cover_lacks(report, names)
    reading = report.inspection()

    for pages in ANYWHERE:
        if _lacks_something(reading):
            report.add(pages)
            reading = report.inspection()
    return reading


def _add_what_the_cover_lacks(report: _Report, names: Sequence[str]) -> None:
    """Read the pages with the list of what must improve, and with the names of the inspectors; on
    the cover stand these names."""
    framework = report.beginning.framework
    if framework and not report.asked_for().ended:
        _add_list(report, framework)

    if _lacks_a_name(names, framework):
        # after the list: a section that ends these reports would seem to end the list
        report.document.check(LAST_TWO)
        report.add(LAST_BUT_ONE)


def _lacks_a_name(names: Sequence[str], framework: Framework | None) -> bool:
    """Return whether no lead inspector is named; an ILACS report that names its own does so on its
    cover."""
    if names:
        return False
    return not FRAMEWORKS.is_ilacs(framework)


def _lacks_something(reading: ReportReading) -> bool:
    """Return whether something other than the list is missing."""
    if reading.problems:
        return True

    names = reading.lead_inspectors
    return _lacks_a_name(names, reading.framework)


def _add_list(report: _Report, framework: Framework) -> None:
    """Read the pages with the list of what must improve: from where the contents announce it, else
    one page after the other, to where it ends."""
    if FRAMEWORKS.is_ilacs(framework):
        _add_to_end_of_list(report, framework, range(2, PAGES_WITH_LIST))
        return

    begins = _announced(report, framework)
    if begins and _add_to_end_of_list(report, framework, range(begins, PAGES_WITH_LIST_OF_SINGLE)):
        return
    _add_to_end_of_list(report, framework, range(1, PAGES_WITH_LIST_OF_SINGLE))


def _add_to_end_of_list(report: _Report, framework: Framework, indexes: Iterable[int]) -> bool:
    """Read these pages up to that on which the list ends; return whether it does."""
    for index in indexes:
        lines = report.add(slice(index, index + 1))
        if has_next_section(lines, framework) and report.asked_for().ended:
            return True
    return False


def _announced(report: _Report, framework: Framework) -> int | None:
    """Return the index of the page on which the contents say that the list begins; None where they
    do not, or where it cannot be that page. The pages before it are there, as in a whole file."""
    for index in _places_of_contents(report.beginning.days):
        texts = report.document.texts(slice(index, index + 1))
        lines = [line for text in texts for line in text.splitlines()]
        if is_contents(lines):
            number = announced_page(lines, framework) or 0
            report.document.check(slice(1, number))
            return number - 1 if number > 1 else None
    return None


def _places_of_contents(days: DayRange | None) -> Sequence[int]:
    """Return the indexes of the pages that can have the contents of the report of an inspection on
    these days, the likely ones first."""
    if days and days.start >= SUMMARY_BEFORE_CONTENTS_FROM:
        return CONTENTS_AFTER_SUMMARY
    return CONTENTS
