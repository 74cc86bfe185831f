"""Judgement tables: positioned words → grades by area, each with the row it was read from.

A judgement is read only from its row: a label on the left, a grade on the right, on one level of
the page. Prose names grades too, mostly those of the previous inspection, and is never read; the
one exception is the single inspection framework (2013–2018), whose overall judgement stands in a
headline between the cover's dates and the table.

Forms (Ofsted's inspection frameworks): ILACS from January 2018, with care leavers judged apart from
January 2023 and without overall effectiveness for inspections from 1 April 2026; the single
inspection framework; "Record of main findings" before.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from syncer.model import Area, Framework, Grade
from syncer.reports.layout import Line
from syncer.reports.paper import Word

CARE_LEAVERS_APART = dt.date(2023, 1, 1)
NO_OVERALL = dt.date(2026, 4, 1)

ILACS_FORMS = frozenset({Framework.ILACS, Framework.ILACS_2023, Framework.ILACS_2026})

_ALWAYS = frozenset({Area.LEADERSHIP, Area.HELP, Area.CARE})
ROWS: Mapping[Framework, frozenset[Area]] = {
    Framework.PRE_SIF: frozenset({Area.OVERALL, Area.LEADERSHIP}),
    Framework.SIF: _ALWAYS | {Area.ADOPTION, Area.CARE_LEAVERS},
    Framework.ILACS: _ALWAYS | {Area.OVERALL},
    Framework.ILACS_2023: _ALWAYS | {Area.CARE_LEAVERS, Area.OVERALL},
    Framework.ILACS_2026: _ALWAYS | {Area.CARE_LEAVERS},
}
OPTIONAL_ROWS: Mapping[Framework, frozenset[Area]] = {Framework.PRE_SIF: frozenset({Area.HELP})}


def _spaced(word: str) -> str:
    """The word, also where the typesetter's letter spacing has torn it: "Out standing"."""
    return r"\s?".join(word)


GRADE_WORDS = (
    (Grade.NOT_JUDGED, r"not\s+judged"),
    (
        Grade.REQUIRES_IMPROVEMENT,
        rf"{_spaced('require')}s?\s+{_spaced('improvement')}(?:\s+to\s+be\s+{_spaced('good')})?",
    ),
    (Grade.OUTSTANDING, _spaced("outstanding")),
    (Grade.INADEQUATE, _spaced("inadequate")),
    (Grade.ADEQUATE, _spaced("adequate")),
    (
        Grade.GOOD,
        rf"(?<!\bbe ){_spaced('good')}",
    ),  # never the end of a "requires improvement to be good" that lost its beginning
)
GRADE = "|".join(f"(?P<{grade.value}>{words})" for grade, words in GRADE_WORDS)
_GRADE = re.compile(rf"(?<![\w-])(?:{GRADE})(?![\w-])", re.I)
_PART_OF_GRADE = r"requires?(?:\s+improvement(?:\s+to(?:\s+be)?)?)?|improvement(?:\s+to(?:\s+be(?:\s+good)?)?)?|(?:to\s+)?be\s+good"
_GRADE_CELL = re.compile(
    rf"(?:^|\s)(?:grade\s+\d:?\s+)?\(?(?:{GRADE}|{_PART_OF_GRADE})\)?[.]?(?:\s+\(?grade\s+\d\)?)?$",
    re.I,
)

_NEW_ROW = re.compile(
    r"(?:the )?impact of leader|(?:the )?experiences? and progress of|overall effectiveness|"
    r"(?<!progress of )children (?:and young people )?(?:who need|in need of) help|"
    r"(?:children looked after|looked after children) and achieving|adoption performance|leadership,? management,? and governance|"
    r"capacity (?:to|for) improve|outcomes for |(?:the )?quality of (?:provision|practice)|leadership and (?:management|governance)|"
    r"(?:the )?effectiveness of the help",
    re.I,
)
_HEADLINE = re.compile(
    r"(?:the )?overall judgement\b|children.s (?:social care )?services?\b|(?:the )?services? for children\b",
    re.I,
)
_AREA_WORDS: tuple[tuple[Area | None, str], ...] = (
    (Area.OVERALL, r"^overall effectiveness"),
    (Area.LEADERSHIP, r"impact of leader|^leadership"),
    (Area.ADOPTION, r"^adoption"),
    (Area.HELP, r"help and protection|^(?:the )?effectiveness of the help"),
    (Area.CARE, r"children in care|^(?:children looked after|looked after children)"),
    (Area.CARE_LEAVERS, r"care leavers"),
)


@dataclass(frozen=True)
class Cell:
    """Some text of one column, and between which heights of which page it stands."""

    page: int
    top: float
    bottom: float
    text: str

    def away(self, other: Cell) -> tuple[float, float]:
        """How far apart the two stand vertically: the white between them (0 on one level), then the
        distance of their middles."""
        white = max(self.top, other.top) - min(self.bottom, other.bottom)
        return max(white, 0.0), abs(self.top + self.bottom - other.top - other.bottom) / 2


@dataclass(frozen=True)
class Row:
    """One row of a judgement table: what is judged, the grade, and the words as printed."""

    area: Area
    grade: Grade
    page: int
    label: str
    text: str


@dataclass(frozen=True)
class Table:
    """The rows that were read, in order, and what is wrong with them."""

    rows: tuple[Row, ...]
    faults: tuple[str, ...]


def read_table(lines: Sequence[Line], wanted: frozenset[Area]) -> Table:
    """The judgement table that begins on one of these lines and may go on at the top of the
    following pages.

    `wanted` says when it is complete. A label without a grade, a grade without a label, and an area
    that comes twice are faults.
    """
    start = _first_row(lines)
    if start is None:
        return Table((), ("no judgement table",))
    start -= bool(start and _is_grade_only(lines[start - 1]))
    rows: list[Row] = []
    faults: list[str] = []
    border = None
    for page in sorted({line.page for line in lines[start:]}):
        own = [line for line in lines[start:] if line.page == page]
        border = _border(own) if border is None else border
        part = _read_part(own, border) if border is not None else Table((), ())
        rows += part.rows
        faults += part.faults
        if wanted <= {row.area for row in rows}:
            break
    twice = {row.area for row in rows if sum(row.area == other.area for other in rows) > 1}
    return Table(tuple(rows), (*faults, *(f"two rows for {area.value}" for area in sorted(twice))))


def main_findings(lines: Sequence[Line]) -> Sequence[Line]:
    """The lines under the last heading "Record of main findings" (the contents page has it too);
    all lines where there is none."""
    heads = [
        number
        for number, line in enumerate(lines)
        if re.match(r"(?:record|summary) of main findings", line.text, re.I)
    ]
    return lines[heads[-1] :] if heads else lines


def overall_in_headline(lines: Sequence[Line]) -> Row | None:
    """The overall judgement of the single inspection framework: the headline above the table on the
    cover, if it is there."""
    end = _first_row(lines)
    start = next(
        (
            n
            for n, line in enumerate(lines)
            if re.match(r"(?:inspection dates?|report published)\b", line.text, re.I)
        ),
        0,
    )
    above = list(lines[start : len(lines) if end is None else end])
    for number, line in enumerate(above):
        if _HEADLINE.match(line.text):
            sentence = " ".join(other.text for other in above[number : number + 4])
            found = re.match(rf".{{8,140}}?\s(?P<grade>{_GRADE.pattern})", sentence, re.I)
            if found and not re.search(r"(?<!\bSt)\.|\bnot\b", sentence[: found.start("grade")]):
                return Row(
                    Area.OVERALL,
                    grade_of(found["grade"]),
                    line.page,
                    "headline",
                    sentence[: found.end()],
                )
    return None


def first_ilacs_row(lines: Sequence[Line]) -> int | None:
    """Where a table of the ILACS form begins (its first row judges the impact of leaders), if there
    is one."""
    start = _first_row(lines)
    return (
        start
        if start is not None and re.match(r"(?:the )?impact of leader", lines[start].text, re.I)
        else None
    )


def grade_of(text: str) -> Grade:
    """The grade that a cell prints. Raises ValueError when it prints none."""
    found = _GRADE.search(text)
    if not found:
        raise ValueError(f"not a grade: {text!r}")
    return next(grade for grade, _ in GRADE_WORDS if found[grade.value])


# -- The table's shape -----------------------------------------------------------------------------


def _first_row(lines: Sequence[Line]) -> int | None:
    """The line where the table begins: a label at the start of its line, with a grade at the end of
    it or of one next to it."""
    for number, line in enumerate(lines):
        if _NEW_ROW.match(_unnumbered(line.text)):
            near = [
                other for other in lines[max(0, number - 1) : number + 3] if other.page == line.page
            ]
            if any(
                _GRADE_CELL.search(other.text) and _cell_start(other) is not None for other in near
            ):
                return number
    return None


def _cell_start(line: Line) -> float | None:
    """Where the grade at the end of this line begins, if white space sets it apart from what stands
    before it."""
    found = _GRADE_CELL.search(line.text)
    if not found:
        return None
    before = len(line.text[: found.start()].split())
    if before and line.words[before].x0 - line.words[before - 1].x1 < APART_CELL * line.height:
        return None
    return line.words[before].x0 if before or line.words[0].x0 > LEFT_MARGIN else None


def _is_grade_only(line: Line) -> bool:
    """A line that is nothing but a grade's first words: they stand above a label's only line when
    the cell's two lines are centred."""
    return bool(_GRADE_CELL.fullmatch(line.text))


HALF_A_LINE = 7.0  # points
APART_CELL = 0.6  # of a line's height
LEFT_MARGIN = 200.0  # points: a line that begins further right than this is the rest of a grade, not of a label


def _border(lines: Sequence[Line]) -> float | None:
    """The x at which the column of grades begins: the leftmost start of a grade before prose
    begins."""
    starts: list[float] = []
    for line in lines:
        start = _cell_start(line)
        if start is not None:
            starts.append(start)
        elif starts and line.runs_across(min(starts)):
            break
    return min(starts) - 2 if starts else None


def _read_part(lines: Sequence[Line], border: float) -> Table:
    """The rows on one page: labels and grades that stand beside each other."""
    left: list[Word] = []
    right: list[Word] = []
    for line in lines:
        if left and line.runs_across(border):
            break
        if not line.runs_across(border) and not line.text.isdigit():
            one, other = line.split_at(border)
            left += one
            right += other
    page = lines[0].page
    labels = list(_labels(page, left))
    grades = list(_cells(page, right, _GRADE))
    return _paired(labels, grades)


def _paired(labels: Sequence[Cell], grades: Sequence[Cell]) -> Table:
    """Each label with its grade: the two are each other's nearest, and no further apart than half a
    line."""
    rows: list[Row] = []
    faults = [
        f"“{grade.text}” does not stand beside one label"
        for grade in grades
        if len(labels) < len(grades)
    ][:1]
    for label in labels:
        grade = min(grades, key=label.away, default=label)
        near = (
            grade is not label
            and min(labels, key=grade.away) is label
            and label.away(grade)[0] < HALF_A_LINE
        )
        area = area_of(label.text)
        if not near:
            faults.append(f"no grade beside “{label.text}”")
        elif area is not None:
            rows.append(
                Row(
                    area,
                    grade_of(grade.text),
                    label.page,
                    label.text,
                    f"{label.text} | {grade.text}",
                )
            )
    return Table(tuple(rows), tuple(faults))


def area_of(label: str) -> Area | None:
    """Which area a row's label names; None for a row that is no area of ours (capacity to improve,
    quality of practice)."""
    return next((area for area, words in _AREA_WORDS if re.search(words, label, re.I)), None)


def _unnumbered(text: str) -> str:
    return re.sub(r"^\s*\d(?:\.\d?)*\.?\s+", "", text)


def _labels(page: int, words: Sequence[Word]) -> Iterator[Cell]:
    """Each label, from its first words to where the next begins, a line is left free, or it has had
    four lines."""
    text, starts = _joined(words)
    found = [match.start() for match in _NEW_ROW.finditer(text)]
    for begin, end in zip(found, [*found[1:], len(text)], strict=False):
        inside = [word for word, at in zip(words, starts, strict=True) if begin <= at < end]
        kept = inside[:1]
        for word in inside[1:]:
            if word.top - kept[-1].top > 2 * (kept[-1].bottom - kept[-1].top):
                break
            kept.append(word)
        while len(kept) > 1 and re.fullmatch(
            r"\d(\.\d?)*\.?", kept[-1].text
        ):  # the number of the next row
            kept.pop()
        yield _cell(page, kept)


def _cells(page: int, words: Sequence[Word], pattern: re.Pattern[str]) -> Iterator[Cell]:
    text, starts = _joined(words)
    for match in pattern.finditer(text):
        yield _cell(
            page,
            [
                word
                for word, at in zip(words, starts, strict=True)
                if match.start() <= at < match.end()
            ],
        )


def _cell(page: int, words: Sequence[Word]) -> Cell:
    return Cell(
        page,
        min(w.top for w in words),
        max(w.bottom for w in words),
        " ".join(w.text for w in words),
    )


def _joined(words: Sequence[Word]) -> tuple[str, list[int]]:
    """The words with one space between, and where each begins."""
    starts, at = [], 0
    for word in words:
        starts.append(at)
        at += len(word.text) + 1
    return " ".join(word.text for word in words), starts
