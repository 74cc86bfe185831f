"""What Ofsted asks for: the items under "What needs to improve" of an ILACS report, and the
recommendations of a single inspection; whole, in order, each with its page.

A list runs from its heading to the heading of the next section. An item begins at a mark (a bullet
or a number) at the list's own margin, or, where the mark was lost, after white that is wider than
between two lines. Marks further in are points of the item above. Lines at the margin without a
mark are themes ("Quality of practice") or sentences that lead in: they belong to no item.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from statistics import median_low

from syncer.model import Framework
from syncer.register.frameworks import FRAMEWORKS, ReportForm
from syncer.reports.layout import BULLETS, Line
from syncer.reports.paper import Improvement, Word


class ListName(StrEnum):
    """Which list an item stands in, as `syncer parse` names it."""

    IMPROVE = "improve"
    PRIORITY = "priority"
    AREAS = "areas"
    RECOMMENDATIONS = "recommendations"


@dataclass(frozen=True)
class Improvements:
    """The items read so far. `ended`: further pages add nothing, since the heading after the list
    was met."""

    items: tuple[Improvement, ...] = ()
    ended: bool = False


@dataclass(frozen=True)
class _Form:
    """How reports of one kind frame their list: its headings, and the headings that end it."""

    first: ListName
    heading: re.Pattern[str]
    end: re.Pattern[str]


@dataclass
class _Item:
    """An item while it grows: the words of each of its lines."""

    name: ListName
    page: int
    lines: list[Sequence[Word]] = field(default_factory=list)


_ILACS = _Form(
    ListName.IMPROVE,
    re.compile(r"what needs to improve\s*[?:]*\s*\d?$", re.I),
    re.compile(r"(?:the )?experiences? and progress of\b", re.I),
)
_SINGLE = _Form(
    ListName.RECOMMENDATIONS,
    re.compile(
        r"(?:recommendations|what does the local authority need to improve|"
        r"priority and immediate actions?|areas for improvement)\s*[?:]*\s*$",
        re.I,
    ),
    re.compile(
        r"(?:summary for children and young people|"
        r"the local authority(?:[’']s| has the following) strengths|"
        r"progress since the last inspection|information about this inspection|"
        r"(?:the )?experiences? and progress of)\b",
        re.I,
    ),
)
_FORMS = {ReportForm.ILACS: _ILACS, ReportForm.SINGLE: _SINGLE}
"""The forms whose lists are read; of the reports before 2013 they are not."""
_PARTS = (
    (ListName.PRIORITY, re.compile(r"priority and immediate actions?\s*:?$", re.I)),
    (ListName.AREAS, re.compile(r"areas for improvement\s*:?$", re.I)),
)
_MARK = re.compile(rf"(?:[{BULLETS}]|\d{{1,3}}[.)])$")
_POINT = re.compile(rf"(?:[{BULLETS}−–\u0336-]|[a-z][.)]|o)$")  # U+0336: a dash laid over a space
_NO_ITEM = re.compile(
    r"(?:none\b|[^.]{0,40}\bno (?:areas? (?:for|of)|priority)\b|"
    r"[^.]{0,40}\bnot (?:find|identify) any areas?\b)[^.]*\.?$",
    re.I,
)
_CONTENTS = re.compile(r"contents\s*$", re.I)
_ENTRY = re.compile(r"(.*\S)\s+(\d{1,3})\s*$")
"""An entry of a page of contents: heading and page."""
_PAGE_NUMBER = re.compile(r"(?:page )?\d{1,3}$", re.I)
_FOOTNOTE = re.compile(r"\d(?: |$)")
_FOOTNOTE_MARK = r"(?<=[a-z]{{3}})[{}](?=[.,;:]?(?: |$))"
"""A pattern to be given the digits that mark footnotes: one of them at the end of a word."""
_HYPHEN_AT_END = re.compile(r"\w-$")
_KEEPS_ITS_SPACE = re.compile(r"(?:and|or|to|nor)\b(?!-)", re.I)  # "short- and long-term"

SAME_MARGIN = 8.0  # points: the marks of one list vary by less, points of an item stand further in
WIDER = 1.2  # of the usual distance of two lines: between two items it is wider


def improvements(lines: Sequence[Line], framework: Framework | None) -> Improvements:
    """Return the items of the first such list on these lines, which are those of whole pages."""
    form = _FORMS.get(FRAMEWORKS[framework].form) if framework else None
    if form is None:
        return Improvements(ended=True)

    return _first_list(lines, form)


def _first_list(lines: Sequence[Line], form: _Form) -> Improvements:
    """Return the items of the first section that has a list of that form."""
    usual = _usual_distance(lines)

    for body, ended in _sections(lines, form):
        items = _items(body, form, usual)
        if items:
            return Improvements(_asked_for(items, lines), ended)

    return Improvements()


def _asked_for(items: Sequence[_Item], lines: Sequence[Line]) -> tuple[Improvement, ...]:
    """Return the items as text, without those which say that there is nothing to improve."""
    footnotes = {page: _footnotes(lines, page) for page in {item.page for item in items}}
    asked_for = [_finished(item, footnotes[item.page]) for item in items]

    return tuple(each for each in asked_for if not _NO_ITEM.match(each.text))


# -- Where to look ---------------------------------------------------------------------------------


def has_next_section(lines: Sequence[Line], framework: Framework) -> bool:
    """Return whether a heading that can end the list stands on one of these lines."""
    form = _FORMS[FRAMEWORKS[framework].form]
    return any(form.end.match(line.text) for line in lines)


def is_contents(lines: Iterable[str]) -> bool:
    """Return whether a page with these lines is the report's page of contents."""
    return any(_CONTENTS.match(line) for line in lines)


def announced_page(contents: Iterable[str], framework: Framework) -> int | None:
    """Return the page on which the list begins, as the page of contents says; None where it does
    not announce it before the sections that follow the list. What comes later is the list of
    another part: that of the local safeguarding children board."""
    form = _FORMS[FRAMEWORKS[framework].form]

    for entry in filter(None, map(_ENTRY.match, contents)):
        heading, page = entry.groups()
        if form.end.match(heading):
            return None
        if form.heading.match(heading):
            return int(page)
    return None


# -- The section -----------------------------------------------------------------------------------


def _sections(lines: Sequence[Line], form: _Form) -> Iterator[tuple[list[Line], bool]]:
    """Yield for each place that has the heading (a page of contents has it too): that line, those
    up to the next section, and whether that was met."""
    for number, line in enumerate(lines):
        if form.heading.match(line.text):
            body, ended = _up_to_the_end(lines[number + 1 :], form)
            yield [line, *body], ended


def _up_to_the_end(lines: Sequence[Line], form: _Form) -> tuple[list[Line], bool]:
    """Return the lines before the next section, without page numbers, and whether it was met."""
    body: list[Line] = []
    for line in lines:
        if form.end.match(line.text):
            return body, True
        if not _PAGE_NUMBER.match(line.text):
            body.append(line)
    return body, False


def _footnotes(lines: Sequence[Line], page: int) -> frozenset[str]:
    """Return the marks of the footnotes of a page: digits that begin a line by themselves,
    smaller."""
    marks = set()
    for line in lines:
        if line.page == page and _FOOTNOTE.match(line.text):
            marks.add(line.words[0].text)

    return frozenset(marks)


# -- Lines to items --------------------------------------------------------------------------------


@dataclass
class _ListReader:
    """Read the lines of one section, from the one after the heading.

    `margin` is where marks of the list stand at most; `unmarked` says that no line has a mark.
    """

    name: ListName
    margin: float
    unmarked: bool
    items: list[_Item] = field(default_factory=list)
    item: _Item | None = None

    def is_prose(self) -> bool:
        """Return whether what was read is one paragraph without a mark."""
        return self.unmarked and len(self.items) == 1

    def take(self, line: Line, *, apart: bool) -> None:
        """Take the next line; `apart`: there is more white above it than within an item."""
        part = _part(line)
        at_margin = line.words[0].x0 < self.margin

        if part is not None:
            self.name = part
            self.item = None
        elif at_margin and _is_marked(line):
            self._begin(line.page, line.words[1:])
        elif at_margin and (apart or self._is_over()):
            self.item = None
        else:
            self._take_text(line, apart)

    def _take_text(self, line: Line, apart: bool) -> None:
        """Take a line that may go on with an item, or begin one whose mark was lost."""
        if self._begins_unmarked(line, apart):
            self._begin(line.page, line.words)
        elif self.item is not None:
            text = _without_point(line)
            self.item.lines.append(text)

    def _is_over(self) -> bool:
        """Return whether a line at the margin without a mark is no part of an item."""
        if self.item is None:
            return True
        return _hangs(self.item, self.margin)

    def _begin(self, page: int, words: Sequence[Word]) -> None:
        item = _Item(self.name, page, [words])
        self.items.append(item)
        self.item = item

    def _begins_unmarked(self, line: Line, apart: bool) -> bool:
        """Return whether an item begins here although its mark was lost."""
        if self.item is None:
            return self.unmarked
        return apart and _has_lost_its_mark(line, self.item)


def _items(body: Sequence[Line], form: _Form, usual: float) -> list[_Item]:
    """Return the items on these lines, the first of which is the heading. `usual` is the distance
    of two lines of prose. Where no line is marked, one paragraph is prose and no list."""
    reader = _reader_of(body, form)
    for above, line in pairwise(body):
        apart = _is_apart(above, line, usual)
        reader.take(line, apart=apart)

    if reader.is_prose():
        return []
    return reader.items


def _reader_of(body: Sequence[Line], form: _Form) -> _ListReader:
    """Return a reader for the list on these lines, which knows where its marks stand."""
    name = _part(body[0]) or form.first
    marks = _left_edges_of_marks(body)
    if not marks and form is _ILACS:
        return _ListReader(name, float("-inf"), unmarked=True)

    margin = min(marks, default=0.0) + SAME_MARGIN
    return _ListReader(name, margin, unmarked=False)


def _left_edges_of_marks(body: Sequence[Line]) -> list[float]:
    """Return where each mark of a list stands, in points from the left."""
    edges = []
    for line in body:
        if _is_marked(line):
            edges.append(line.words[0].x0)
    return edges


def _part(line: Line) -> ListName | None:
    """Return the list that a heading names, where it is one of the two of older single
    inspections."""
    for part, words in _PARTS:
        if words.match(line.text):
            return part
    return None


def _is_marked(line: Line) -> bool:
    first = line.words[0].text
    return _MARK.match(first) is not None


def _usual_distance(lines: Sequence[Line]) -> float:
    """Return how far one line of these is from the next, in points; 0 where there are none."""
    steps = []
    for above, below in pairwise(lines):
        if above.page == below.page:
            steps.append(below.bottom - above.bottom)

    return median_low(steps) if steps else 0.0


def _is_apart(above: Line, line: Line, usual: float) -> bool:
    """Return whether there is more white above a line than between two lines of one item."""
    if line.page != above.page:
        return False

    distance = line.bottom - above.bottom
    return distance > WIDER * usual


def _hangs(item: _Item, margin: float) -> bool:
    """Return whether the item's text stands further in than its mark, as that of most lists
    does."""
    first_line = item.lines[0]
    if not first_line:
        return False
    return first_line[0].x0 >= margin


def _has_lost_its_mark(line: Line, item: _Item) -> bool:
    """Return whether a line that stands apart begins an item of its own: it is no point of the item
    above, and stands where that item's text does."""
    first = line.words[0]
    if _POINT.match(first.text):
        return False

    item_text = item.lines[0]
    return not item_text or _stands_under(item_text[0], first)


def _stands_under(above: Word, word: Word) -> bool:
    """Return whether two words begin at the same margin."""
    distance = abs(word.x0 - above.x0)
    return distance < SAME_MARGIN


def _without_point(line: Line) -> Sequence[Word]:
    first, *others = line.words
    if _POINT.match(first.text):
        return others
    return line.words


# -- One item --------------------------------------------------------------------------------------


def _finished(item: _Item, footnotes: frozenset[str]) -> Improvement:
    """Return the item as one line of text."""
    text = ""
    for line in item.lines:
        printed = _without_footnote_marks(line, footnotes)
        text = _joined(text, printed)

    return Improvement(item.name.value, text.strip(), item.page)


def _without_footnote_marks(line: Sequence[Word], footnotes: frozenset[str]) -> str:
    """Return the words of a line as text, without the marks of these footnotes."""
    words = [word.text for word in line]
    printed = " ".join(words)
    if not footnotes:
        return printed

    digits = "".join(sorted(footnotes))
    mark = _FOOTNOTE_MARK.format(digits)
    return re.sub(mark, "", printed)


def _joined(text: str, words: str) -> str:
    """Return a text and the words of its next line: a word broken after its own hyphen is one word
    again."""
    ends_in_hyphen = _HYPHEN_AT_END.search(text)
    if ends_in_hyphen and not _KEEPS_ITS_SPACE.match(words):
        return text + words
    return f"{text} {words}"
