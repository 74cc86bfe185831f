"""Which column of a table is what: by what is in it, and by what heads it.

The payees are in the column whose cells the register knows; where two are, the heading says which
("Region | Lead authority"; "Project | Lead"). Money is in the columns whose cells read as figures
and whose heading does not say that they count something else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from syncer.errors import CouncilError, UnreadableTable
from syncer.funding.tables.cells import is_blank, is_figure, pounds_of
from syncer.funding.tables.grid import Grid, NumberedRow
from syncer.funding.tables.names import GSS, CellReader, Payees, is_aggregate
from syncer.funding.tables.scope import Surroundings, is_count, says_money

SAMPLE = 400
MIN_READABLE = 0.6
"""Of a column's cells that hold anything: else it is a column of something else."""

_LEAD = re.compile(
    r"\b(?:(?<!practice )lead|host|accountable|recipient|payee|grantee|paid to|grant holder"
    r"|adopters?|adopting)\b",
    re.I,
)
_AUTHORITY = re.compile(
    r"\b(?:local authority|authority|council|LA(?: name)?|LAs|upper[- ]tier|supplier|vendor)\b",
    re.I,
)
_PLACE = re.compile(r"\b(?:place|location|based in|town|region|area|address|neighbour\w*)\b", re.I)
_PAYER = re.compile(
    r"\b(?:payer|paid by|body|department|entity|directorate|funder|funded by)\b", re.I
)
_INSTITUTION = re.compile(
    r"\b(?:institutions?|schools?|colleges?|providers?|academ(?:y|ies)|trusts?"
    r"|charit(?:y|ies)|organi[sz]ations?"
    r"|nurser(?:y|ies)|settings?|universit(?:y|ies)|establishments?|sponsor|applicants?"
    r"|UKPRN|URN)\b",
    re.I,
)
_REGISTERED_NUMBER = re.compile(r"\b(?:UKPRN|URN)\b", re.I)
_CODE = re.compile(r"\b(?:code|LA no\.?|LA number|LEA|DfE (?:no\.?|number)|ONS|GSS|ECODE)\b", re.I)
_YEARLY = re.compile(r"(?:19|20)\d\d")
_FIGURE_WITH_UNIT = re.compile(r"£|\d\s?(?:m|k|bn|million)\b", re.I)
_LIKE_CODES = re.compile(r"\d{3,4}|[ENSW]\d{8}")
_LETTERS = re.compile(r"[A-Za-z]{3}")
_MIN_SUM = 1_000


@dataclass(frozen=True)
class PayeeColumn:
    """Where the councils are, and how a cell there is read."""

    place: int
    read: Callable[[str], Payees | CouncilError]
    hits: int
    named: int


def payee_column(grid: Grid, cells: CellReader) -> PayeeColumn:
    """Return the column of those who are paid. Raises UnreadableTable where no column names
    councils, or the rows are of other bodies in councils' areas."""
    usable = _columns_of_councils(grid, cells)
    if not usable:
        raise UnreadableTable("No column of the table names councils.")

    best = max(usable, key=lambda column: _rank(column, grid))
    _refuse_institutions(grid, best, cells)
    return best


def _columns_of_councils(grid: Grid, cells: CellReader) -> list[PayeeColumn]:
    """Return the columns that hold councils and are not headed as those of payers."""
    usable = []
    for column in _named_columns(grid, cells) or _coded_columns(grid, cells):
        title = grid.titles[column.place]
        if not _PAYER.search(title):
            usable.append(column)

    return usable


def _named_columns(grid: Grid, cells: CellReader) -> list[PayeeColumn]:
    """Return the columns that hold councils' names or GSS codes."""
    sample = grid.body[:SAMPLE]
    found: list[PayeeColumn] = []
    for place in range(grid.width):
        named = _as_names(place, sample, cells)
        if named is not None:
            found.append(named)

    return found


def _coded_columns(grid: Grid, cells: CellReader) -> list[PayeeColumn]:
    """Return the columns that hold the ministry's codes of councils."""
    found: list[PayeeColumn] = []
    for place in range(grid.width):
        coded = _as_codes(place, grid, cells)
        if coded is not None:
            found.append(coded)

    return found


def _rank(column: PayeeColumn, grid: Grid) -> tuple[int, int, int]:
    is_name = not _is_codes(grid, column.place)
    return (
        _how_surely(column, grid),
        column.hits * 2 + is_name,
        -column.place,
    )


def _how_surely(column: PayeeColumn, grid: Grid) -> int:
    """Return how surely a column is that of the payees, by its heading; one whose heading does not
    say so and that names few councils comes last, with -2."""
    told = _told_by_heading(grid.titles[column.place])
    sample = grid.body[:SAMPLE]
    is_named_often = column.hits * 4 >= len(sample)
    if told <= 0 and not is_named_often:
        return -2
    return told


def _told_by_heading(title: str) -> int:
    """Return how surely a heading is that of the payees: 2 for a lead, -1 for a mere place."""
    if _LEAD.search(title):
        return 2
    if _AUTHORITY.search(title):
        return 1
    if _PLACE.search(title):
        return -1
    return 0


def _filled(rows: Sequence[NumberedRow], place: int) -> list[str]:
    """Return the column's cells in these rows, without the empty ones."""
    cells: list[str] = []
    for row in rows:
        cell = row.cell(place)
        if cell:
            cells.append(cell)

    return cells


def _is_codes(grid: Grid, place: int) -> bool:
    first_cells = _filled(grid.body[:20], place)
    return all(_LIKE_CODES.fullmatch(cell) for cell in first_cells)


def _as_names(place: int, sample: Sequence[NumberedRow], cells: CellReader) -> PayeeColumn | None:
    """Return the column as one of councils' names or GSS codes; None where it is not."""
    names = _names_in(place, sample)
    known = [name for name in names if not isinstance(cells.read(name), CouncilError)]
    if not known:
        return None
    return PayeeColumn(
        place=place,
        read=cells.read,
        hits=len(known),
        named=len(names),
    )


def _names_in(place: int, sample: Sequence[NumberedRow]) -> list[str]:
    """Return the cells that may name a payee: words, and of no total or region."""
    names = []
    for cell in _filled(sample, place):
        if _is_word(cell) and not is_aggregate(cell):
            names.append(cell)

    return names


def _is_word(cell: str) -> bool:
    if not _LETTERS.search(cell):
        return bool(GSS.fullmatch(cell))
    if is_blank(cell):
        return False
    return not is_figure(cell)


def _as_codes(place: int, grid: Grid, cells: CellReader) -> PayeeColumn | None:
    """Return the column as one of the ministry's three-digit codes, where its heading says so."""
    if not _CODE.search(grid.titles[place]):
        return None

    codes = _filled(grid.body[:SAMPLE], place)
    known = [code for code in codes if not isinstance(cells.by_code(code), CouncilError)]
    if len(known) <= len(codes) * MIN_READABLE:
        return None
    return PayeeColumn(
        place=place,
        read=cells.by_code,
        hits=len(known),
        named=len(codes),
    )


def _refuse_institutions(grid: Grid, payee: PayeeColumn, cells: CellReader) -> None:
    """Raise UnreadableTable where each row is of a school, a college, a charity: the council is
    only where that is."""
    if _LEAD.search(grid.titles[payee.place]):
        return

    for place in _columns_of_institutions(grid, payee):
        title = grid.titles[place]
        names = _filled(grid.body[:SAMPLE], place)
        if _are_other_bodies(names, title, cells):
            raise UnreadableTable(f"The rows are of other bodies: {title}.")


def _columns_of_institutions(grid: Grid, payee: PayeeColumn) -> Iterator[int]:
    """Yield the places of the other columns that are headed as those of institutions."""
    for place, title in enumerate(grid.titles):
        if place != payee.place and _INSTITUTION.search(title):
            yield place


def _are_other_bodies(names: Sequence[str], title: str, cells: CellReader) -> bool:
    """Return whether most of the names are no council's; figures under such a heading count bodies,
    unless they are their registered numbers."""
    has_numbers = _REGISTERED_NUMBER.search(title)
    if not has_numbers and _most(names, is_figure):
        return False

    def is_other(name: str) -> bool:
        return isinstance(cells.read(name), CouncilError)

    return _most(names, is_other)


def _most(cells: Sequence[str], holds: Callable[[str], bool]) -> bool:
    holding = [cell for cell in cells if holds(cell)]
    return len(holding) * 2 > len(cells)


def figure_columns(
    grid: Grid, payee: PayeeColumn, around: Surroundings, cells: CellReader
) -> list[int]:
    """Return the places of the columns that hold money."""
    rows = _rows_of_payees(grid, payee)
    places: list[int] = []
    for place, title in enumerate(grid.titles):
        if place == payee.place or not _holds_money(place, rows, title, around):
            continue
        if not _are_their_codes(place, rows, payee, cells):
            places.append(place)

    return places


def _are_their_codes(
    place: int, rows: Sequence[NumberedRow], payee: PayeeColumn, cells: CellReader
) -> bool:
    """Return whether the figures are the ministry's codes of the councils of their rows, under
    whatever heading."""
    known = [row for row in rows if not isinstance(payee.read(row.cell(payee.place)), CouncilError)]
    return bool(known) and all(
        cells.by_code(row.cell(place)) == payee.read(row.cell(payee.place)) for row in known
    )


def _rows_of_payees(grid: Grid, payee: PayeeColumn) -> list[NumberedRow]:
    """Return the first rows, without those of totals and regions."""
    sample = grid.body[:SAMPLE]
    return [row for row in sample if not is_aggregate(row.cell(payee.place))]


def _holds_money(place: int, rows: Sequence[NumberedRow], title: str, around: Surroundings) -> bool:
    figures = _figures(place, rows)
    if not figures:
        return False
    if _most(figures, _has_unit):
        return True
    if _counts_or_names(title, figures):
        return False

    return says_money(title) or around.say_money


def _figures(place: int, rows: Sequence[NumberedRow]) -> list[str]:
    """Return the figures of a column; none where too many of its cells hold something else."""
    filled = [cell for cell in _filled(rows, place) if not is_blank(cell)]
    figures = [cell for cell in filled if is_figure(cell)]
    if len(figures) < len(filled) * MIN_READABLE:
        return []
    return figures


def _counts_or_names(title: str, figures: Sequence[str]) -> bool:
    """Return whether figures without a unit are codes, years, or numbers of things."""
    if _CODE.search(title) or is_count(title):
        return True
    return _like_codes_or_years(figures)


def _has_unit(cell: str) -> bool:
    """Return whether the figure itself says that it is of pounds, or of millions."""
    return bool(_FIGURE_WITH_UNIT.search(cell))


def _like_codes_or_years(figures: Sequence[str]) -> bool:
    """Return whether all are bare numbers of one length below five digits: years, or codes; or
    count the rows."""
    if all(_YEARLY.fullmatch(cell) for cell in figures):
        return True
    if len(figures) < 2:
        return False

    row_numbers = range(1, len(figures) + 1)
    counted = [str(number) for number in row_numbers]
    return list(figures) == counted


def has_only_small(cells: Sequence[str], scale: int) -> bool:
    """Return whether no figure is as much as a thousand pounds and none says that it is pounds:
    places, or a rate."""
    return all(not _is_sum(cell, scale) for cell in cells)


def _is_sum(cell: str, scale: int) -> bool:
    if _has_unit(cell):
        return True

    money = pounds_of(cell, scale)
    if money is None:
        return False
    return abs(money.pounds) >= _MIN_SUM
