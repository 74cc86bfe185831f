"""Ofsted's spreadsheets of inspection outcomes → one row an inspection or visit. Columns are found
by their headings; the headings differ from year to year, the words in them hardly."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from syncer.documents import sheets
from syncer.documents.sheets import Sheet
from syncer.errors import CouncilError, SyncerError, UnreadableTable, WrongCouncil
from syncer.model import Area, Council, FileKind, Grade, Problem
from syncer.register.councils import Register
from syncer.sources.ofsted.whose import family_of

NAME_COLUMN = "local authority name"
CODE_COLUMN = "local authority area code"
PUBLISHED_WITHIN = dt.timedelta(days=300)

AREAS = (
    ("overall", Area.OVERALL),
    ("leaders", Area.LEADERSHIP),
    ("help and protection", Area.HELP),
    ("children in care", Area.CARE),
    ("care leavers", Area.CARE_LEAVERS),
)
"""Words of a heading and what the column is; the first that stands in it counts ("children in care
and care leavers" is one judgement)."""
KINDS = (
    ("focused visit", FileKind.FOCUSED_VISIT),
    ("monitoring visit", FileKind.MONITORING_VISIT),
    ("inspection", FileKind.INSPECTION),
)
GRADES = {
    "outstanding": Grade.OUTSTANDING,
    "good": Grade.GOOD,
    "requires improvement to be good": Grade.REQUIRES_IMPROVEMENT,
    "requires improvement": Grade.REQUIRES_IMPROVEMENT,
    "inadequate": Grade.INADEQUATE,
    "not judged": Grade.NOT_JUDGED,
}
LENGTHS = ("short", "standard")
NUMBERS = ("first", "second", "third", "fourth", "fifth")
LONGEST_QUOTE = 400


Meaning = TypeVar("Meaning")


@dataclass
class Row:
    """What the sheets of one file say of one inspection or visit."""

    kind: FileKind
    council: str = ""
    first_day: str = ""
    published: str = ""
    length: str = ""
    theme: str = ""
    grades: dict[Area, Grade] = field(default_factory=dict)
    quote: str = ""
    sheet: str = ""

    def fill_from(self, twin: Row) -> None:
        """Take over what another sheet knows of the same inspection, and this one does not."""
        self.first_day = self.first_day or twin.first_day
        self.published = self.published or twin.published
        self.length = self.length or twin.length
        self.theme = self.theme or twin.theme


@dataclass(frozen=True)
class _Reader:
    """Reads one file's sheets: the register tells whose a row is, and what is wrong with a row is a
    problem of the page's address `link`, by the name that it prints."""

    register: Register
    link: str
    problems: dict[str, Problem] = field(default_factory=dict)


def read(
    data: bytes, url: str, register: Register, key: str, link: str
) -> tuple[list[Row], list[Problem]]:
    """Return one row per inspection and visit, from all sheets (they know different dates of it),
    and what is wrong. Raises UnreadableTable where there is no row."""
    reader = _Reader(register, link)
    rows: list[Row] = []
    for sheet in sheets.rows(data, url):
        for row in _rows(sheet, reader):
            twin = next((each for each in rows if is_twin(each, row)), None)
            if twin is None:
                rows.append(row)
            else:
                twin.fill_from(row)

    if not rows:
        raise UnreadableTable(f"{key}: no sheet has inspections in a form that is known")
    return rows, list(reader.problems.values())


def is_twin(a: Row, b: Row) -> bool:
    """Return whether two rows tell of one inspection: a day in common and none that differs, or
    (one knows the first day, the other the publication) the same grades."""
    if (a.council, a.kind) != (b.council, b.kind):
        return False

    pairs = [(a.first_day, b.first_day), (a.published, b.published)]
    both_known = [pair for pair in pairs if all(pair)]
    if both_known:
        return all(one == other for one, other in both_known)
    return a.grades == b.grades and _is_usual_lag(a, b)


def _is_usual_lag(a: Row, b: Row) -> bool:
    """Return whether the day that one row knows is as long before the other's as it takes to
    publish a report."""
    first = dt.date.fromisoformat(a.first_day or b.first_day)
    published = dt.date.fromisoformat(a.published or b.published)
    return dt.timedelta() < published - first < PUBLISHED_WITHIN


def _rows(sheet: Sheet, reader: _Reader) -> Iterator[Row]:
    """Yield the rows of one sheet. It may hold several tables, each with its own headings."""
    headings: list[str] = []
    for cells in sheet.rows:
        if any(NAME_COLUMN in cell.lower() for cell in cells):
            headings = [" ".join(cell.lower().split()) for cell in cells]
            continue
        named = dict(zip(headings, cells, strict=False))
        if named.get(NAME_COLUMN, "").strip():
            yield from _inspections(named, sheet, cells, reader)


def _inspections(
    named: Mapping[str, str], sheet: Sheet, cells: Sequence[str], reader: _Reader
) -> Iterator[Row]:
    """Yield the inspections of one line of a sheet."""
    name = named[NAME_COLUMN].strip()
    code = named.get(CODE_COLUMN, "").strip()
    for part in _parts(named):
        row = _row(part, sheet, cells)
        if row is None:
            continue
        try:
            row.council = _council(name, code, row, reader.register)
        except (CouncilError, WrongCouncil) as error:
            reader.problems[name] = _problem(error, sheet, reader.link)
        else:
            yield row


def _problem(error: SyncerError, sheet: Sheet, link: str) -> Problem:
    message = f"{sheet.name}: {error}"
    return Problem(
        error.name,
        message,
        link,
        error.hint,
    )


# -- Whose a row is --------------------------------------------------------------------------------


def _council(name: str, code: str, row: Row, register: Register) -> str:
    """Return the council by its code, else by its name on the day of the inspection: a county and
    its successors can share a name. Raises WrongCouncil where code and name disagree."""
    try:
        coded = register.by_gss(code)
    except CouncilError:
        return register.find(name, _day_of(row)).slug

    named = _named(name, row, register)
    if named is not None and named.slug not in family_of(coded):
        message = f"a row has the code {code} of {coded.name} and the name {name!r}"
        raise WrongCouncil(message, "Nothing is taken from the row until it is put right.")
    return coded.slug


def _named(name: str, row: Row, register: Register) -> Council | None:
    """Return the council of a name; None where it leads to no one council."""
    try:
        return register.find(name, _day_of(row))
    except CouncilError:
        return None


def _day_of(row: Row) -> dt.date:
    return dt.date.fromisoformat(row.first_day or row.published)


# -- What a row says -------------------------------------------------------------------------------


def _parts(named: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
    """Yield the inspections of one line: one, or in a wide history the first, second, … with their
    own columns."""
    if not any(heading.startswith("first ") for heading in named):
        yield named
        return
    for number in NUMBERS:
        part = _columns(named, f"{number} ")
        if any(value.strip() for value in part.values()):
            yield part


def _columns(named: Mapping[str, str], prefix: str) -> dict[str, str]:
    """Return the columns whose heading begins so, without that beginning."""
    found = {}
    for heading, value in named.items():
        if heading.startswith(prefix):
            found[heading.removeprefix(prefix)] = value
    return found


def _row(named: Mapping[str, str], sheet: Sheet, cells: Sequence[str]) -> Row | None:
    """Return what one row says of an inspection or visit; None where it tells of neither."""
    quote = " | ".join(cell for cell in cells if cell)
    row = Row(FileKind.INSPECTION, sheet=sheet.name, quote=quote[:LONGEST_QUOTE])
    for heading, value in named.items():
        _read_cell(row, heading, " ".join(value.split()))

    if row.kind is FileKind.OTHER or not (row.first_day or row.published):
        return None
    is_visit = row.kind is not FileKind.INSPECTION
    return row if row.grades or is_visit else None


def _read_cell(row: Row, heading: str, value: str) -> None:
    """Add to the row what one cell says, by the words of its column's heading."""
    words = value.lower()
    area = _first(AREAS, heading)
    if area and words in GRADES:
        row.grades[area] = GRADES[words]
    elif "publication date" in heading:
        row.published = value[:10]
    elif "date" in heading:
        row.first_day = value[:10]
    elif "type" in heading and value:
        row.kind = _first(KINDS, words) or FileKind.OTHER
        row.length = next((length for length in LENGTHS if length in words), "")
    elif "theme" in heading:
        row.theme = value


def _first(signs: Sequence[tuple[str, Meaning]], words: str) -> Meaning | None:
    """Return what the first sign that stands in these words means."""
    for sign, meaning in signs:
        if sign in words:
            return meaning
    return None
