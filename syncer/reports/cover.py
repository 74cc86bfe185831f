"""What a report's first page says of itself: what kind of document it is, of whom it says so, when
inspectors were there, who led them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from syncer.model import FileKind, Framework
from syncer.quantities.dates import DayRange, ranges_in
from syncer.reports.layout import Line, text_of

A_YEAR = dt.timedelta(days=366)
BARE_COVER = 100  # words: a first page with fewer may be an envelope for the real one

# A title begins a line; the first one on the page decides, since prose below it names other
# inspections.
_TITLES: tuple[tuple[str, FileKind, Framework | None], ...] = (
    (r"(?:annual )?(?:unannounced )?inspection of contact", FileKind.OTHER, None),
    (r"inspection of progress made in the provision", FileKind.OTHER, None),
    (
        (
            r"(?:joint )?(?:local )?area (?:send|special educational "
            r"needs)\b[^.]{0,60}\b(?:inspection|re-?visit)"
        ),
        FileKind.SEND,
        None,
    ),
    (
        r"(?:joint )?(?:inspection of )?local area (?:send|special educational needs)\b",
        FileKind.SEND,
        None,
    ),
    (r"local area partnership report", FileKind.SEND, None),
    (r"joint (?:targeted )?(?:area )?(?:child protection )?inspections? of\b", FileKind.JTAI, None),
    (r"joint (?:targeted )?area (?:child protection )?inspection", FileKind.JTAI, None),
    (r"(?:ilacs )?focused visit\b", FileKind.FOCUSED_VISIT, None),
    (r"(?:ilacs )?(?:\w+ )?monitoring visit\b", FileKind.MONITORING_VISIT, None),
    (
        r"(?:re-?)?inspection of services for children in need of help and protection",
        FileKind.INSPECTION,
        Framework.SIF,
    ),
    (
        r"inspection of (?:safeguarding and )?looked[ -]after children",
        FileKind.INSPECTION,
        Framework.PRE_SIF,
    ),
    (
        r"inspection of (?:[\w’' ]+ )?arrangements for the protection of children",
        FileKind.INSPECTION,
        Framework.PRE_SIF,
    ),
    (
        (
            r"(?:re-?)?inspection of (?:[\w’'&,.-]+ ){0,12}children(?:.s (?:social care "
            r")?services| first)"
        ),
        FileKind.INSPECTION,
        None,
    ),
    (
        (
            r"(?:re-?)?inspection of (?:[\w’'&,.-]+ ){0,12}children(?: and|.s) (?:\w+ "
            r")?(?:services|trust)"
        ),
        FileKind.INSPECTION,
        None,
    ),
    (
        r"review of the effectiveness of the local safeguarding children board",
        FileKind.LSCB_REVIEW,
        None,
    ),
)
_OF_SINGLE = re.compile(r"services\s+for\s+children\s+in\s+need\s+of\s+help", re.I)
_OPENINGS: tuple[tuple[str, FileKind], ...] = (
    (r"this letter summarises the findings of the (?:\w+ )?focused visit", FileKind.FOCUSED_VISIT),
    (
        (
            r"(?:findings|report) of the (?:\w+ )?monitoring visit|following the (?:\w+ "
            r")?monitoring visit"
        ),
        FileKind.MONITORING_VISIT,
    ),
    (r"findings of the joint targeted area inspection", FileKind.JTAI),
)
_TITLE_LINES = 4
_MOST_ABOVE = 3
"""Lines above a title that can be its own: the council's name, printed over two of them."""
_LETTER = re.compile(r"\d{1,2} [A-Z][a-z]+ \d{4}\b")
_AFTER_HEADING = re.compile(
    r"(?:inspection |visit |review |fieldwork )?dates?\b|judgements?\b|published\b|report published"
    r"|(?:joint )?(?:lead|reporting) inspector|dear\b|this letter|age group|following\b"
    r"|the overall\b|children.s services in\b|reference\b",
    re.I,
)
"""How the line after a heading begins."""
_DATES_LABEL = (
    r"(?:^|\n)\s*(?:(?:inspection|visit|review|fieldwork) ?dates?|dates? of "
    r"(?:the )?(?:inspection|visit|review))\s*:?\s*"
)
_DATES_PROSE = (
    r"(?:\bbetween|(?:took place|was (?:carried out|conducted|undertaken)|\bvisited"
    r"|\bvisit(?: to| of)?\b[^.]{0,90}?|"
    r"\binspection\b[^.]{0,60}?)\s+(?:from|between|on|over))\s+(?=(?:[a-z]+day,? )?\d)"
)
_LEAD_LABEL = re.compile(r"^(?:joint )?(?:lead|reporting) inspectors?\b\s*:?\s*", re.I)
_UNFINISHED = re.compile(r"(?:,|\band|\b(?:Her|His)(?: Majesty.s)?)$")
_ROLE = re.compile(
    r"[,(\s]*\b(?:(?:her|his) majesty.?s\s+(?:senior\s+)?inspectors?|(?:senior\s+)?hmis?|"
    r"(?:ofsted|social care|regulatory) inspectors?)\b[)\s]*",
    re.I,
)
_NO_NAME = re.compile(
    r"\b(?:inspectors?|directors?|managers?|ofsted|majesty|social|regional|lead)\b", re.I
)
_NAME = re.compile(r"[A-ZÀ-Þ][\w’'-]*(?: (?:[A-ZÀ-Þ][\w’'.-]*|de|van|von|der|la|le|el|al|O’)){1,4}")


@dataclass(frozen=True)
class _Title:
    """What a title on the first page says the document is, and the place of its line."""

    kind: FileKind
    framework: Framework | None
    place: int


def may_be_single(text: str) -> bool:
    """Return whether a first page with this text can be that of a single inspection's report."""
    return _OF_SINGLE.search(text) is not None


def kind_of(lines: Sequence[Line]) -> tuple[FileKind | None, Framework | None]:
    """Return what the document is, None where nothing on its first page says so; and under which
    framework when its title says so (ILACS is told by its table and first day)."""
    first = _first_page(lines)
    title = _title(first)
    if title is not None:
        return title.kind, title.framework

    return _kind_by_opening(first), None


def _kind_by_opening(first: Sequence[Line]) -> FileKind | None:
    """Return the kind that a letter without a title names in its first sentences."""
    whole = " ".join(line.text for line in first)
    for pattern, kind in _OPENINGS:
        if re.search(pattern, whole, re.I):
            return kind
    return None


def heading_of(lines: Sequence[Line]) -> str:
    """Return the heading in which the document says what it is and of whom: its title, to where the
    days or the text begin, with the lines above it. A letter begins with its date and addressees:
    they are left out. Empty where no title is known."""
    first = _first_page(lines)
    title = _title(first)
    if title is None:
        return ""

    heading = _heading_lines(first, title.place)
    return " ".join(line.text for line in heading)


def _heading_lines(first: Sequence[Line], place: int) -> list[Line]:
    """Return the lines of the title that begins at this place of the first page, and those above
    it that belong to it."""
    above = _above_title(first, place)
    own = _title_lines(first[place:])
    return [*above, *own]


def _above_title(first: Sequence[Line], place: int) -> Sequence[Line]:
    """Return the lines above the title that are of its heading; none in a letter."""
    is_letter = _LETTER.match(first[0].text) is not None
    if is_letter or place > _MOST_ABOVE:
        return ()
    return first[:place]


def _title_lines(lines: Sequence[Line]) -> list[Line]:
    """Return the lines of a title, of which these begin with the first."""
    title: list[Line] = []
    for line in lines[:_TITLE_LINES]:
        if _AFTER_HEADING.match(line.text):
            break
        title.append(line)
    return title


def _first_page(lines: Sequence[Line]) -> list[Line]:
    """Return the lines of the first page; of the first two, where that is an envelope."""
    first = _page(lines, 1)
    is_bare = len(text_of(first).split()) <= BARE_COVER
    if is_bare:
        return _page(lines, 1, 2)
    return first


def _title(first: Sequence[Line]) -> _Title | None:
    for place in range(len(first)):
        title = _title_at(first, place)
        if title is not None:
            return title
    return None


def _title_at(first: Sequence[Line], place: int) -> _Title | None:
    """Return the title that begins with the line at this place; a sentence that ends on that line
    is none."""
    text = " ".join(line.text for line in first[place : place + _TITLE_LINES])
    for pattern, kind, framework in _TITLES:
        found = re.match(pattern, text, re.I)
        if found and not _ends_sentence(first[place], found.end()):
            return _Title(kind, framework, place)
    return None


def _ends_sentence(line: Line, end: int) -> bool:
    """Return whether a sentence ends on the line before that place."""
    beginning = line.text[:end]
    return "." in beginning


# -- When ------------------------------------------------------------------------------------------


def dates_of(lines: Sequence[Line]) -> tuple[DayRange, int, str] | None:
    """Return the days of the inspection or visit, the page and the printed words; None when the
    first two pages do not say.

    The line that is labelled counts ("Inspection dates:"), else the letter's first sentence of the
    kind ("took place from …", "between …"). Running footers are not looked at: some contradict the
    cover, and the cover is right. A letter that leaves out the year is taken to speak of the last
    such days before its own date.
    """
    for page in (1, 2):
        text = text_of(_page(lines, page))
        found = _days_on_page(text)
        if found is not None:
            days, words = found
            return days, page, words
    return None


def _days_on_page(text: str) -> tuple[DayRange, str] | None:
    """Return the days that one page gives, and the printed words."""
    flat = " ".join(text.split())
    letter = _date_of_letter(flat)

    labelled = _labelled_days(text, letter)
    return labelled or _days_in_prose(flat, letter)


def _date_of_letter(flat: str) -> dt.date | None:
    """Return the one day with which a letter begins; None where it begins otherwise."""
    for found in ranges_in(flat[:60]):
        if found.start == found.end:
            return found.start
    return None


def _labelled_days(text: str, letter: dt.date | None) -> tuple[DayRange, str] | None:
    for label in re.finditer(_DATES_LABEL, text, re.I):
        found = _days_after(label, text, letter)
        if found is not None:
            return found
    return None


def _days_in_prose(flat: str, letter: dt.date | None) -> tuple[DayRange, str] | None:
    """Return the first days that a sentence names and that can be those the letter reports on."""
    for phrase in re.finditer(_DATES_PROSE, flat, re.I):
        found = _days_after(phrase, flat, letter)
        if found is not None and _before(found[0], letter):
            return found

    return None


def _days_after(
    introduced: re.Match[str], text: str, letter: dt.date | None
) -> tuple[DayRange, str] | None:
    """Return the days that stand just after the words that introduce them, and all these words."""
    begins = introduced.end()
    rest = text[begins : begins + 160]
    days = next(iter(ranges_in(rest, letter)), None)
    if days is None:
        return None

    white = rest.index(days.text)
    if white > 4:
        return None

    printed = introduced[0] + rest[:white] + days.text
    return days, " ".join(printed.split())


def sane(days: DayRange) -> str:
    """Return what is wrong with these days; empty when nothing is. The longest real inspection so
    far took four months over two visits."""
    if days.end < days.start:
        return f"the last day is before the first: “{days.text}”"
    if days.end - days.start > A_YEAR:
        return f"more than a year from the first day to the last: “{days.text}”"
    return ""


# -- Who -------------------------------------------------------------------------------------------


def lead_inspectors(lines: Sequence[Line]) -> tuple[str, ...]:
    """Return the names behind the label "Lead inspector" ("Reporting inspector" before 2013),
    without their titles; () where none is printed.

    A deputy's line begins otherwise, so it is not matched. Two names may stand behind one label, on
    up to three lines.
    """
    for number, line in enumerate(lines):
        if not _LEAD_LABEL.match(line.text):
            continue

        names = _names_behind_label(lines[number : number + 3])
        if names:
            return names
    return ()


def _names_behind_label(lines: Sequence[Line]) -> tuple[str, ...]:
    """Return the names that stand behind the label on the first of these lines."""
    label, *_ = lines
    value = _LEAD_LABEL.sub("", label.text, count=1)
    return _names(_continued(value, lines))


def _continued(value: str, lines: Sequence[Line]) -> str:
    """Return what stands behind a label, with the lines on which it goes on; the first of these
    lines is that of the label."""
    label, *others = lines
    for line in others:
        if line.page == label.page and _goes_on(value):
            value = f"{value} {line.text}"

    return value


def _goes_on(value: str) -> bool:
    """Return whether a name or its title is continued on the next line."""
    return not value or _UNFINISHED.search(value.strip()) is not None


def _page(lines: Sequence[Line], *numbers: int) -> list[Line]:
    return [line for line in lines if line.page in numbers]


def _before(days: DayRange, letter: dt.date | None) -> bool:
    """Return whether the days can be those that a letter of that date reports on, and not those of
    an earlier inspection."""
    if letter is None:
        return True
    since = letter - days.end
    return dt.timedelta(0) <= since <= A_YEAR


def _names(value: str) -> tuple[str, ...]:
    """Return the names of persons in a list of them, without titles and offices."""
    names = []
    for part in _items_of_list(value):
        name = " ".join(part.split())
        if _is_name(name):
            names.append(name)
    return tuple(names)


def _items_of_list(value: str) -> list[str]:
    """Return what stands between commas, "and" and the like; an office ends a name too."""
    without_roles = _ROLE.sub(" , ", value)
    bare = re.sub(r"\s*-\s*", "-", without_roles)
    return re.split(r",|;|&|\band\b", bare)


def _is_name(words: str) -> bool:
    """Return whether the words are a person's name, and no office."""
    if not _NAME.fullmatch(words):
        return False
    return _NO_NAME.search(words) is None
