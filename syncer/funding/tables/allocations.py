"""Tables of what councils are given: annexes of determinations, allocation workbooks, lists of
awards. Each row and money column is a statement."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from syncer.errors import CouncilError, UnclearGiver, UnreadableTable
from syncer.funding.ring_fence import ring_fenced_in
from syncer.funding.tables.cells import is_blank, is_possible, pounds_of
from syncer.funding.tables.columns import (
    PayeeColumn,
    figure_columns,
    has_only_small,
    payee_column,
)
from syncer.funding.tables.grid import Grid, NumberedRow
from syncer.funding.tables.names import (
    CellReader,
    Payees,
    is_aggregate,
    is_total,
    looks_like_council,
    may_be_council,
)
from syncer.funding.tables.reading import RowFault, TableReading, fault, quote_of
from syncer.funding.tables.scope import Giver, Scope, Surroundings, Whose
from syncer.funding.tables.totals import adds_up, is_called_total, is_whole_total, total_columns
from syncer.funding.tables.units import unit_in
from syncer.model import FundingKind, Money, PrintedTotal, Statement
from syncer.quantities.money import ceiling
from syncer.quantities.periods import find_periods
from syncer.register.councils import Register
from syncer.register.programmes import Programmes

_MAXIMUM = re.compile(r"\b(?:maximum|up to|ceiling|cap)\b", re.I)
_STATUS = re.compile(r"\b(indicative|provisional|notional|final|revised)\b", re.I)
_CAPITAL = re.compile(r"\bcapital\b", re.I)
_REVENUE = re.compile(r"\brevenue\b", re.I)
_ZERO = re.compile(r"\W*0[.0]*\W*")
_BARE_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_PART = re.compile(r"^\W*of which\b", re.I)
_PART_OR_OWN = re.compile(
    r"^\W*of which\b|\b(?:council|authority|LA|local|own|partners?|NHS|ICB)(?:['’]s)? (?:\w+ )?"
    r"(?:contribution|match)|\bmatch(?:ed)?[- ]fund|^match\b|\b(?:council|authority)['’]s own\b",
    re.I,
)
_NO_MONEY = "No column of the table beside the councils holds amounts of money."
_MIXED = 0.6
"""Of the payees that are councils: in a list with fewer, a name nobody knows is another body's."""


@dataclass(frozen=True)
class MoneyColumn:
    """One column of money: its place, what heads it, whose it is, how many pounds a printed unit
    is, and what is alike in all statements made from it."""

    place: int
    title: str
    scale: int
    maximum: bool
    pattern: Statement

    def money(self, row: NumberedRow) -> Money | None:
        """Return the row's sum; None for an empty cell, a dash, or nothing given."""
        money = pounds_of(row.cell(self.place), self.scale)
        if money is None:
            return None

        if self.maximum:
            return ceiling(money)
        return money

    def is_unread(self, row: NumberedRow) -> bool:
        """Return whether the row's cell holds something that is neither a sum nor a word for
        none."""
        cell = row.cell(self.place)
        if not cell or is_blank(cell):
            return False
        if _ZERO.fullmatch(cell):
            return False

        return pounds_of(cell, self.scale) is None


@dataclass
class _Faults:
    unmatched: list[RowFault] = field(default_factory=list)
    unread: list[RowFault] = field(default_factory=list)
    misfits: list[RowFault] = field(default_factory=list)


def read_allocations(
    grid: Grid,
    around: Surroundings,
    register: Register,
    programmes: Programmes,
    determination: str,
) -> TableReading:
    """Return the statements of a table without suppliers and transactions. Raises UnreadableTable
    as read_table() does."""
    around = _with_own_words(grid, around)
    cells = CellReader(register, _day_of(around))
    payee = payee_column(grid, cells)
    places = figure_columns(grid, payee, around, cells)
    if not places:
        raise UnreadableTable(_NO_MONEY)

    scope = Scope(around, programmes, grid.titles)
    givers = {place: _giver(scope, grid, place) for place in places}
    columns = _columns(grid, payee, givers, around, determination)
    if not columns:
        return _nothing_given(list(givers.values()))

    large = without_small(grid, payee, columns)
    told = without_totals(grid, payee, large)
    return _read(grid, payee, told)


def _with_own_words(grid: Grid, around: Surroundings) -> Surroundings:
    """Return what is said about the table, its own caption and notes included."""
    return replace(
        around,
        near=(*grid.caption, *around.near),
        far=(*grid.notes, *around.far),
    )


def _day_of(around: Surroundings) -> dt.date | None:
    """Return the day on which the names are meant: that of the page, else the first of the period
    that is said ("Northamptonshire" in 2014-15 is the county)."""
    if around.published is not None:
        return around.published

    for words in around.near:
        for period in find_periods(words):
            if period.first:
                return period.first

    return None


def _giver(scope: Scope, grid: Grid, place: int) -> Giver:
    title = grid.titles[place]
    if is_part_or_own(scope, grid, place):
        return Giver(Whose.OTHER, why=title)
    if scope.is_beside_givers(title):
        return Giver(Whose.OTHER, why=f"another's column: {title}")
    return scope.of_column(title)


def is_part_or_own(scope: Scope, grid: Grid, place: int) -> bool:
    """Return whether a column is a part of the one beside it, or the council's own money. Parts
    that name a programme are each given, but for one alone beside a grant: it is no second."""
    title = grid.titles[place]
    if not _PART_OR_OWN.search(title):
        return False
    if not scope.names_programme(title):
        return True

    parts = [other for other in grid.titles if _PART.search(other)]
    if len(parts) > 1 or not place:
        return False
    return _giver(scope, grid, place - 1).whose is Whose.OURS


def _nothing_given(givers: Sequence[Giver]) -> TableReading:
    """Return the reading of a table of which no column is told. Raises UnreadableTable where for
    one of them nothing says whose it is."""
    for giver in givers:
        if giver.whose is Whose.UNCLEAR:
            why = f"Whose money the table holds could not be read: {giver.why}."
            raise UnclearGiver(why)

    return TableReading(not_given=givers[0].why)


# -- Columns ---------------------------------------------------------------------------------------


def _columns(
    grid: Grid,
    payee: PayeeColumn,
    givers: Mapping[int, Giver],
    around: Surroundings,
    determination: str,
) -> list[MoneyColumn]:
    """Return the columns of the ministries' money; `givers` are those of all columns, by place."""
    columns: list[MoneyColumn] = []
    for place, giver in givers.items():
        if giver.whose is not Whose.OURS:
            continue
        column = column_of(
            grid,
            payee,
            place,
            giver,
            around,
            determination,
        )
        columns.append(column)

    return columns


def column_of(
    grid: Grid,
    payee: PayeeColumn,
    place: int,
    giver: Giver,
    around: Surroundings,
    determination: str,
) -> MoneyColumn:
    title = grid.titles[place]
    scale = _scale(grid, payee, place, around)
    is_maximum = bool(_MAXIMUM.search(title))
    pattern = _pattern(title, giver, around, determination)

    return MoneyColumn(
        place=place,
        title=title,
        scale=scale,
        maximum=is_maximum,
        pattern=pattern,
    )


def _scale(grid: Grid, payee: PayeeColumn, place: int, around: Surroundings) -> int:
    """Return how many pounds one unit of the column is: by its heading, else by the nearest words
    about the table that say it. It holds for the whole column, or, where it would make sums that
    no council is given, for none of it."""
    scale = _printed_scale(grid.titles[place], around)
    if scale == 1:
        return 1

    for row in rows_of(grid, payee):
        money = pounds_of(row.cell(place), scale)
        if money is not None and not is_possible(money):
            return 1

    return scale


def _printed_scale(title: str, around: Surroundings) -> int:
    """Return the unit that the heading says, else the nearest words that say one; else a pound."""
    for words in (title, *around.near, *around.far):
        unit = unit_in(words)
        if unit is not None:
            return unit

    return 1


def _pattern(title: str, giver: Giver, around: Surroundings, determination: str) -> Statement:
    """Return what all statements of one column say alike."""
    words = f"{title} {around.words}"
    programme = giver.programme.name if giver.programme else ""
    return Statement(
        FundingKind.ALLOCATION,
        (),
        "",
        programme=programme,
        funder=giver.funder,
        period=_period(title, around),
        announced=around.published,
        determination=determination,
        capital=_is_capital(title, words),
        ring_fenced=ring_fenced_in(words),
        status=_status(title, around),
    )


def _status(title: str, around: Surroundings) -> str:
    """Return "provisional", "final" or the like where the heading, or else the nearest words, say
    it."""
    found = _STATUS.search(title)
    nearest = around.near or around.far
    if found is None and nearest:
        found = _STATUS.search(nearest[0])

    if found is None:
        return ""
    return found[1].lower()


def _period(title: str, around: Surroundings) -> str:
    """Return the period that heads the column, else the one nearest to the table."""
    own = find_periods(title)
    if own:
        return own[0].text

    year = _BARE_YEAR.search(title)
    if year:
        return year[0]

    return _first_period((*around.near, *around.far))


def _first_period(lines: Sequence[str]) -> str:
    """Return the first period that the lines print; empty where they print none."""
    for words in lines:
        found = find_periods(words)
        if found:
            return found[0].text

    return ""


def _is_capital(title: str, words: str) -> bool | None:
    if _CAPITAL.search(title):
        return True
    if _REVENUE.search(words):
        return False
    return None


def without_small(
    grid: Grid, payee: PayeeColumn, columns: Sequence[MoneyColumn]
) -> list[MoneyColumn]:
    """Return the columns without those of places and rates. Raises UnreadableTable where none is
    left."""
    rows = rows_of(grid, payee)
    kept = [
        column
        for column in columns
        if not has_only_small([row.cell(column.place) for row in rows], column.scale)
    ]
    if not kept:
        raise UnreadableTable(_NO_MONEY)
    return kept


def without_totals(
    grid: Grid, payee: PayeeColumn, columns: Sequence[MoneyColumn]
) -> list[MoneyColumn]:
    """Return the columns without those that are the sum of the others."""
    if not any(is_called_total(column.title) for column in columns):
        return list(columns)

    totals = _totals_among(grid, payee, columns)
    return [column for column in columns if column.place not in totals]


def _totals_among(grid: Grid, payee: PayeeColumn, columns: Sequence[MoneyColumn]) -> frozenset[int]:
    """Return the places of the columns that are the sum of the others."""
    rows = rows_of(grid, payee)
    figures = {column.place: _figures(column, rows) for column in columns}
    return total_columns(grid.titles, figures)


def _figures(column: MoneyColumn, rows: Sequence[NumberedRow]) -> list[int | None]:
    return [_pounds(column, row) for row in rows]


def _pounds(column: MoneyColumn, row: NumberedRow) -> int | None:
    money = column.money(row)
    if money is None:
        return None
    return money.pounds


# -- Rows ------------------------------------------------------------------------------------------


def rows_of(grid: Grid, payee: PayeeColumn) -> list[NumberedRow]:
    """Return the rows without those of totals, regions and the nation, and those without a name."""
    return [row for row in grid.body if _names_payee(row, payee)]


def _names_payee(row: NumberedRow, payee: PayeeColumn) -> bool:
    cell = row.cell(payee.place)
    if not cell or is_aggregate(cell):
        return False

    # "Total" may stand in a column to the left of the names.
    before = row.cells[: payee.place]
    return not any(is_total(label) for label in before)


def _read(grid: Grid, payee: PayeeColumn, columns: Sequence[MoneyColumn]) -> TableReading:
    """Return the statements of the rows, and what is wrong with rows."""
    faults = _Faults()
    statements: list[Statement] = []
    for row in rows_of(grid, payee):
        payees = _payees(row, payee, columns, faults)
        if payees is not None:
            statements += _of_row(row, payees, columns, faults)

    faults.misfits += _misfits(grid, payee, columns, faults)
    return TableReading(
        tuple(statements),
        tuple(faults.unmatched),
        tuple(faults.unread),
        tuple(faults.misfits),
        totals=tuple(_totals(grid, columns)),
    )


def _payees(
    row: NumberedRow, payee: PayeeColumn, columns: Sequence[MoneyColumn], faults: _Faults
) -> Payees | None:
    """Return whose row it is; None for another body's, and for a name nobody knows, which is a
    fault."""
    read = payee.read(row.cell(payee.place))
    if not isinstance(read, CouncilError):
        return read

    has_sum = any(row.cell(column.place) for column in columns)
    if has_sum and may_be_council(read) and _may_be_ours(row, payee):
        faults.unmatched.append(fault(row, str(read)))

    return None


def _may_be_ours(row: NumberedRow, payee: PayeeColumn) -> bool:
    """Return whether a name nobody knows may be a council's: in a column of other bodies, too, it
    has to look like one."""
    is_mixed = payee.hits < payee.named * _MIXED
    if not is_mixed:
        return True
    return looks_like_council(row.cell(payee.place))


def _of_row(
    row: NumberedRow, payees: Payees, columns: Sequence[MoneyColumn], faults: _Faults
) -> Iterator[Statement]:
    quote = quote_of(row.cells)
    for column in columns:
        money = column.money(row)
        if money is not None:
            yield statement_of(column.pattern, payees, money, quote)
            continue

        if column.is_unread(row):
            cell = row.cell(column.place)
            faults.unread.append(fault(row, f"not an amount: {cell!r}"))


def statement_of(pattern: Statement, payees: Payees, money: Money, quote: str) -> Statement:
    """Return the statement of one sum; not by replace(), which is slow over many thousand cells."""
    return Statement(
        pattern.kind,
        tuple(sorted(council.slug for council in payees.councils)),
        quote,
        pattern.programme,
        pattern.funder,
        money,
        pattern.period,
        pattern.announced,
        joint=len(payees.councils) > 1,
        determination=pattern.determination,
        capital=pattern.capital,
        ring_fenced=pattern.ring_fenced,
        status=pattern.status,
        what=_what(payees),
    )


def _what(payees: Payees) -> str:
    if not payees.others:
        return payees.body

    names = [other.name for other in payees.others]
    return "delivering for " + ", ".join(names)


def _misfits(
    grid: Grid, payee: PayeeColumn, columns: Sequence[MoneyColumn], faults: _Faults
) -> Iterator[RowFault]:
    """Return the total row that the rows do not add up to; nothing where rows could not be read,
    which is said of these."""
    total = _total_row(grid)
    if faults.unmatched or faults.unread or total is None:
        return

    rows = rows_of(grid, payee)
    for column in columns:
        misfit = _misfit(column, total, rows)
        if misfit is not None:
            yield misfit


def _total_row(grid: Grid) -> NumberedRow | None:
    """Return the row that is the total of all; None where there is none, or more than one."""
    totals = [row for row in grid.body if _is_total_of_all(row)]
    return totals[0] if len(totals) == 1 else None


def _totals(grid: Grid, columns: Sequence[MoneyColumn]) -> Iterator[PrintedTotal]:
    """Yield what the table prints as the total of each column, whether or not its rows add up."""
    total = _total_row(grid)
    if total is None:
        return

    quote = quote_of(total.cells)
    for column in columns:
        pounds = _pounds(column, total)
        if pounds is not None:
            yield _printed(column.pattern, pounds, quote)


def _printed(pattern: Statement, pounds: int, quote: str) -> PrintedTotal:
    return PrintedTotal(
        pounds,
        quote,
        pattern.programme,
        pattern.period,
        pattern.determination,
        pattern.capital,
    )


def _misfit(
    column: MoneyColumn, total: NumberedRow, rows: Sequence[NumberedRow]
) -> RowFault | None:
    """Return the fault of a total that one column's rows do not add up to; None where they do."""
    printed = _pounds(column, total)
    if printed is None:
        return None

    figures = _figures(column, rows)
    added = sum(pounds or 0 for pounds in figures)
    if adds_up(printed, added):
        return None
    return fault(total, f"the rows add up to {added:,}, not {printed:,}")


def _is_total_of_all(row: NumberedRow) -> bool:
    """Return whether one of the row's first cells calls it the total of the whole table."""
    labels = row.cells[:3]
    return any(is_whole_total(label) for label in labels)
