"""Judgement tables: positioned words → grades by area, each with the row it was read from.

A judgement is read only from its row: a label on the left, a grade on the right, on one level of
the page. Prose names grades too, mostly those of the previous inspection, and is never read; the
one exception is the single inspection framework (2013–2018), whose overall judgement stands in a
headline between the cover's dates and the table.

Which rows there have to be is the framework's (`syncer.register.frameworks`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from syncer.model import Area, Grade
from syncer.reports.layout import Line
from syncer.reports.paper import Word


def _spaced(word: str) -> str:
    """Return a pattern for the word, also where the typesetter's letter spacing has torn it: "Out
    standing"."""
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
    # Never the end of a "requires improvement to be good" that lost its beginning.
    (Grade.GOOD, rf"(?<!\bbe ){_spaced('good')}"),
)
GRADE = "|".join(f"(?P<{grade.value}>{words})" for grade, words in GRADE_WORDS)
_GRADE = re.compile(rf"(?<![\w-])(?:{GRADE})(?![\w-])", re.I)
_PART_OF_GRADE = (
    r"requires?(?:\s+improvement(?:\s+to(?:\s+be)?)?)?|"
    r"improvement(?:\s+to(?:\s+be(?:\s+good)?)?)?|"
    r"(?:to\s+)?be\s+good"
)
_GRADE_CELL = re.compile(
    rf"(?:^|\s)(?:grade\s+\d:?\s+)?\(?(?:{GRADE}|{_PART_OF_GRADE})\)?[.]?(?:\s+\(?grade\s+\d\)?)?$",
    re.I,
)

_NEW_ROW = re.compile(
    r"(?:the )?impact of leader|(?:the )?experiences? and progress of|overall effectiveness|"
    r"(?<!progress of )children (?:and young people )?(?:who need|in need of) help|"
    r"(?:children looked after|looked after children) and achieving|adoption performance|"
    r"leadership,? management,? and governance|"
    r"capacity (?:to|for) improve|outcomes for |(?:the )?quality of (?:provision|practice)|"
    r"leadership and (?:management|governance)|"
    r"(?:the )?effectiveness of the help",
    re.I,
)
_HEADLINE = re.compile(
    r"(?:the )?overall judgement\b|children.s (?:social care )?services?\b|"
    r"(?:the )?services? for children\b",
    re.I,
)
_MAIN_FINDINGS = re.compile(r"(?:record|summary) of main findings", re.I)
_COVER_DATES = re.compile(r"(?:inspection dates?|report published)\b", re.I)
_GRADE_IN_HEADLINE = re.compile(rf".{{8,140}}?\s(?P<grade>{_GRADE.pattern})", re.I)
_OTHER_SENTENCE = re.compile(r"(?<!\bSt)\.|\bnot\b")  # "St. Helens" ends no sentence
_ROW_NUMBER = re.compile(r"\d(\.\d?)*\.?")
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
        """Return how far apart the two stand vertically: the white between them (0 on one level),
        then the distance of their middles."""
        lower_top = max(self.top, other.top)
        higher_bottom = min(self.bottom, other.bottom)
        white = max(lower_top - higher_bottom, 0.0)
        return white, abs(self._twice_the_middle() - other._twice_the_middle()) / 2

    def _twice_the_middle(self) -> float:
        return self.top + self.bottom


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
    """Return the judgement table that begins on one of these lines and may go on at the top of the
    following pages.

    `wanted` says when it is complete. A label without a grade, a grade without a label, and an area
    that comes twice are faults.
    """
    start = _table_start(lines)
    if start is None:
        return Table((), ("no judgement table",))

    table = _read_pages(lines[start:], wanted)
    return _with_rows_read_twice(table)


def is_complete(table: Table, wanted: frozenset[Area]) -> bool:
    """Return whether a table has these rows: `read_table` then ends with the page on which it has
    them, and reads the same from these lines with those of further pages behind them."""
    return wanted.issubset(row.area for row in table.rows)


def _with_rows_read_twice(table: Table) -> Table:
    """Return the table with a fault for each area that comes twice."""
    twice = [f"two rows for {area.value}" for area in _areas_read_twice(table.rows)]
    return Table(
        table.rows,
        (*table.faults, *twice),
    )


def _table_start(lines: Sequence[Line]) -> int | None:
    """Return the first line of the table: that of its first label, or of a grade that begins above
    it."""
    start = _first_row(lines)
    if start and _is_grade_only(lines[start - 1]):
        return start - 1
    return start


def _read_pages(lines: Sequence[Line], wanted: frozenset[Area]) -> Table:
    """Return the rows of one page after the other, until those that are wanted were read."""
    rows: list[Row] = []
    faults: list[str] = []

    for part in _parts(lines):
        rows += part.rows
        faults += part.faults
        if wanted.issubset(row.area for row in rows):
            break

    return Table(tuple(rows), tuple(faults))


def _parts(lines: Sequence[Line]) -> Iterator[Table]:
    """Yield the part of the table on each page, from the first that has a grade; the column of
    grades stands where it stood on that one."""
    border = None
    for own in _by_page(lines):
        if border is None:
            border = _border(own)
        if border is not None:
            yield _read_part(own, border)


def _by_page(lines: Sequence[Line]) -> list[list[Line]]:
    """Return the lines of each page, the first page first."""
    pages: dict[int, list[Line]] = {}
    for line in lines:
        pages.setdefault(line.page, []).append(line)
    return [pages[number] for number in sorted(pages)]


def _areas_read_twice(rows: Sequence[Row]) -> list[Area]:
    """Return the areas that more than one row judges, in the order of their names."""
    counts = Counter(row.area for row in rows)
    return sorted(area for area, count in counts.items() if count > 1)


def main_findings(lines: Sequence[Line]) -> Sequence[Line]:
    """Return the lines under the last heading "Record of main findings" (the contents page has it
    too); all lines where there is none."""
    start = 0
    for number, line in enumerate(lines):
        if _MAIN_FINDINGS.match(line.text):
            start = number
    return lines[start:]


def overall_in_headline(lines: Sequence[Line]) -> Row | None:
    """Return the overall judgement of the single inspection framework: the headline above the table
    on the cover, if it is there."""
    above = _above_the_table(lines)

    for number, line in enumerate(above):
        if not _HEADLINE.match(line.text):
            continue

        row = _row_in_headline(above[number : number + 4])
        if row is not None:
            return row

    return None


def _row_in_headline(lines: Sequence[Line]) -> Row | None:
    """Return the judgement of the sentence that begins with the first of these lines."""
    sentence = " ".join(line.text for line in lines)
    found = _graded_headline(sentence)
    if not found:
        return None
    return _headline_row(found, lines[0].page)


def _headline_row(found: re.Match[str], page: int) -> Row:
    return Row(
        area=Area.OVERALL,
        grade=grade_of(found["grade"]),
        page=page,
        label="headline",
        text=found[0],
    )


def _graded_headline(text: str) -> re.Match[str] | None:
    """Return the headline with which the text begins, if its first sentence gives a grade."""
    found = _GRADE_IN_HEADLINE.match(text)
    if not found:
        return None

    before = text[: found.start("grade")]
    return None if _OTHER_SENTENCE.search(before) else found


def _above_the_table(lines: Sequence[Line]) -> Sequence[Line]:
    """Return the lines between the cover's dates and the first row of the table."""
    start = 0
    for number, line in enumerate(lines):
        if _COVER_DATES.match(line.text):
            start = number
            break

    return lines[start : _first_row(lines)]


def first_ilacs_row(lines: Sequence[Line]) -> int | None:
    """Return where a table of the ILACS form begins (its first row judges the impact of leaders),
    if there is one."""
    start = _first_row(lines)
    if start is None:
        return None

    is_ilacs = re.match(r"(?:the )?impact of leader", lines[start].text, re.I)
    return start if is_ilacs else None


def grade_of(text: str) -> Grade:
    """Return the grade that a cell prints. Raises ValueError when it prints none."""
    found = _GRADE.search(text)
    if not found:
        raise ValueError(f"not a grade: {text!r}")

    printed = [grade for grade, _ in GRADE_WORDS if found[grade.value]]
    return printed[0]


# -- The table's shape -----------------------------------------------------------------------------


def _first_row(lines: Sequence[Line]) -> int | None:
    """Return the line where the table begins: a label at the start of its line, with a grade at the
    end of it or of one next to it."""
    for number, line in enumerate(lines):
        is_label = _NEW_ROW.match(_unnumbered(line.text))
        if is_label and _has_grade_near(lines, number):
            return number
    return None


def _has_grade_near(lines: Sequence[Line], number: int) -> bool:
    """Return whether a grade stands at the end of a line, of the one above or of two below."""
    page = lines[number].page
    before = max(0, number - 1)
    near = lines[before : number + 3]
    return any(_ends_with_grade(line) for line in near if line.page == page)


def _ends_with_grade(line: Line) -> bool:
    return _cell_start(line) is not None


def _cell_start(line: Line) -> float | None:
    """Return where the grade at the end of this line begins, if white space sets it apart from what
    stands before it."""
    place = _place_of_grade(line)
    if place is None or not _is_set_apart(line, place):
        return None
    return line.words[place].x0


def _place_of_grade(line: Line) -> int | None:
    """Return which word begins the grade at the end of this line; None where there is none."""
    found = _GRADE_CELL.search(line.text)
    if not found:
        return None
    words_before = line.text[: found.start()].split()
    return len(words_before)


def _is_set_apart(line: Line, place: int) -> bool:
    """Return whether the word at that place begins a column of its own."""
    begins = line.words[place].x0
    if place == 0:
        return begins > LEFT_MARGIN

    white = begins - line.words[place - 1].x1
    return white >= APART_CELL * line.height


def _is_grade_only(line: Line) -> bool:
    """Return whether a line is nothing but a grade's first words: they stand above a label's only
    line when the cell's two lines are centred."""
    whole = _GRADE_CELL.fullmatch(line.text)
    return whole is not None


HALF_A_LINE = 7.0  # points
APART_CELL = 0.6  # of a line's height
LEFT_MARGIN = 200.0  # points: a line that begins further right is the rest of a grade, no label


def _border(lines: Sequence[Line]) -> float | None:
    """Return the x at which the column of grades begins: the leftmost start of a grade before prose
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
    """Return the rows on one page: labels and grades that stand beside each other."""
    left, right = _columns(lines, border)
    page = lines[0].page
    return _paired(
        labels=list(_labels(page, left)),
        grades=list(_cells(page, right, _GRADE)),
    )


def _columns(lines: Sequence[Line], border: float) -> tuple[list[Word], list[Word]]:
    """Return the words left and right of the border, up to the prose under the table."""
    left: list[Word] = []
    right: list[Word] = []

    for line in lines:
        is_prose = line.runs_across(border)
        if left and is_prose:
            break

        is_page_number = line.text.isdigit()
        if not is_prose and not is_page_number:
            label, grade = line.split_at(border)
            left += label
            right += grade

    return left, right


def _paired(labels: Sequence[Cell], grades: Sequence[Cell]) -> Table:
    """Return each label with its grade: the two are each other's nearest, and no further apart than
    half a line."""
    rows: list[Row] = []
    faults = _faults_of_grades(labels, grades)

    for label in labels:
        grade = _grade_beside(label, labels, grades)
        area = area_of(label.text)
        if grade is None:
            faults.append(f"no grade beside “{label.text}”")
        elif area is not None:
            rows.append(_row(area, label, grade))

    return Table(tuple(rows), tuple(faults))


def _faults_of_grades(labels: Sequence[Cell], grades: Sequence[Cell]) -> list[str]:
    """Return whether there is a grade more than there are labels."""
    if len(grades) <= len(labels):
        return []
    return [f"“{grades[0].text}” does not stand beside one label"]


def _row(area: Area, label: Cell, grade: Cell) -> Row:
    return Row(
        area=area,
        grade=grade_of(grade.text),
        page=label.page,
        label=label.text,
        text=f"{label.text} | {grade.text}",
    )


def _grade_beside(label: Cell, labels: Sequence[Cell], grades: Sequence[Cell]) -> Cell | None:
    """Return the grade that stands beside a label, if the two are each other's nearest."""
    if not grades:
        return None

    nearest = min(grades, key=label.away)
    if min(labels, key=nearest.away) is not label:
        return None
    return nearest if _is_beside(label, nearest) else None


def _is_beside(label: Cell, grade: Cell) -> bool:
    """Return whether no line of white lies between the two."""
    white, _ = label.away(grade)
    return white < HALF_A_LINE


def area_of(label: str) -> Area | None:
    """Return which area a row's label names; None for a row that is no area of ours (capacity to
    improve, quality of practice)."""
    for area, words in _AREA_WORDS:
        if re.search(words, label, re.I):
            return area
    return None


def _unnumbered(text: str) -> str:
    return re.sub(r"^\s*\d(?:\.\d?)*\.?\s+", "", text)


def _labels(page: int, words: Sequence[Word]) -> Iterator[Cell]:
    """Yield each label, from its first words to where the next begins or a line is left free."""
    text, starts = _joined(words)
    for begin, end in _spans_of_rows(text):
        inside = _words_between(words, starts, begin, end)
        yield _cell(page, _one_label(inside))


def _spans_of_rows(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each row begins in the text of the labels, and where the next one does."""
    begins = [match.start() for match in _NEW_ROW.finditer(text)]
    ends = [*begins[1:], len(text)]

    # Text without any label has an end, but nothing that begins.
    yield from zip(begins, ends, strict=False)


def _one_label(words: Sequence[Word]) -> list[Word]:
    """Return the words of one label: up to a free line, without the number of the next row."""
    kept = _up_to_a_free_line(words)
    while len(kept) > 1 and _ROW_NUMBER.fullmatch(kept[-1].text):
        kept.pop()
    return kept


def _up_to_a_free_line(words: Sequence[Word]) -> list[Word]:
    kept = list(words[:1])
    for word in words[1:]:
        if _leaves_a_line_free(kept[-1], word):
            break
        kept.append(word)
    return kept


def _leaves_a_line_free(word: Word, following: Word) -> bool:
    height = word.bottom - word.top
    return following.top - word.top > 2 * height


def _words_between(
    words: Sequence[Word], starts: Sequence[int], begin: int, end: int
) -> list[Word]:
    """Return the words that start between two places of the text that `_joined` makes of them."""
    found = []
    for word, at in zip(words, starts, strict=True):
        if begin <= at < end:
            found.append(word)
    return found


def _cells(page: int, words: Sequence[Word], pattern: re.Pattern[str]) -> Iterator[Cell]:
    text, starts = _joined(words)

    for match in pattern.finditer(text):
        begin, end = match.span()
        inside = _words_between(words, starts, begin, end)
        yield _cell(page, inside)


def _cell(page: int, words: Sequence[Word]) -> Cell:
    top = min(word.top for word in words)
    bottom = max(word.bottom for word in words)
    text, _ = _joined(words)
    return Cell(
        page,
        top,
        bottom,
        text,
    )


def _joined(words: Sequence[Word]) -> tuple[str, list[int]]:
    """Return the words with one space between, and where each begins."""
    starts = []
    at = 0

    for word in words:
        starts.append(at)
        at += len(word.text) + 1

    text = " ".join(word.text for word in words)
    return text, starts
