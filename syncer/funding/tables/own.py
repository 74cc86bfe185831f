"""A council's own table of its grants, which names no council: a row for each grant, year or
scheme, and columns of what was given beside columns of what was spent ("Grant | Payer |
Notified (£) | Spent (£)").

Only what stands in the table, heads it or introduces it says who gives: elsewhere such a paper
speaks of other money.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from syncer.errors import CouncilError, UnreadableTable
from syncer.funding.tables.allocations import (
    MoneyColumn,
    column_of,
    is_part_or_own,
    rows_of,
    statement_of,
    without_small,
    without_totals,
)
from syncer.funding.tables.cells import is_blank, is_figure
from syncer.funding.tables.columns import PayeeColumn, figure_columns
from syncer.funding.tables.grid import Grid, NumberedRow, grid_of
from syncer.funding.tables.names import CellReader, Payees
from syncer.funding.tables.reading import quote_of
from syncer.funding.tables.scope import (
    Giver,
    Scope,
    Surroundings,
    Whose,
    says_given,
    says_money,
)
from syncer.model import Council, FundingKind, Statement
from syncer.quantities.periods import find_periods
from syncer.register.councils import Register
from syncer.register.programmes import Programmes

_PAYER = re.compile(
    r"(?:from|(?:grant )?pa(?:yer|id by|ying body)|fund(?:er|ed by|ing body)|source|giver|body"
    r"|department|awarded by|awarding body|grantor|sponsor|ministry)",
    re.I,
)
"""The heading of a column that says of each row who pays."""
_USE = re.compile(
    r"\b(?:strands?|activit(?:y|ies)|uses?|use of|items?|work ?streams?|lines?|posts?|purpose"
    r"|themes?|heading|spend|expenditure|districts?|wards?|localit(?:y|ies))\b",
    re.I,
)
"""The heading of rows that part a sum by what it is spent on, or where."""
_REFERENCE = re.compile(r"[A-Z]{1,3}[ /-]?\d{1,4}[a-z]?")
"""What numbers a row: "G07"."""
_SPLIT = re.compile(
    r"\b(?:split|broken down|breakdown|apportioned|divided|spending plan|planned spend\w*"
    r"|(?:will|would|to) be (?:used|spent|shared)|spent on|used (?:for|on))\b",
    re.I,
)
"""What introduces the parts of a sum."""
_OTHER_BODY = re.compile(
    r"\b(?:(?<!Virtual )School|Primary|Secondary|Academy|College|Nurser(?:y|ies)|Infants|Juniors"
    r"|PRU|CE|CofE|RC|Preschool|Pre-school|Playgroup|Ltd|Limited|CIC|Charity|Foundation|Church)\b"
    r"(?! condition|[ -]based| head| places)"
)
"""A row of one of these is that body's: a school's budget is not its council's grant."""

_OWN_MONEY = re.compile(
    r"\b(?:council|authority|corporate|prudential|developers?|section 106|s106|capital receipts?"
    r"|reserves?|borrowing|general fund|revenue contribution|match|own|partners?|trust)\b"
    r"(?!['’]s (?:grant|allocation|award))",
    re.I,
)
"""A row of the council's own money, or of others', beside a grant's."""
_NOT_GIVEN = re.compile(
    r"\b(?:deficits?|surplus(?:es)?|(?:over|under)-?spen[dt]\w*|shortfalls?|gap|balances?"
    r"|(?:block )?transfers?|savings?|debts?|loans?|forecasts?|expenditure|pressures?"
    r"|repayments?|(?:brought|carried) forward)\b",
    re.I,
)
"""A row of nothing given, unless it is of a grant for such a thing."""


def read_own_grants(
    rows: Sequence[Sequence[str]],
    around: Surroundings,
    council: Council,
    register: Register,
    programmes: Programmes,
) -> tuple[Statement, ...]:
    """Return what the rows say that the council is given. Raises UnreadableTable where nothing in
    the table, or just above it, says that a ministry in scope gives it."""
    grid = grid_of(rows)
    names = _owner_of_rows(grid, council)
    heading = grid.titles[names.place]
    notes = around.far
    around = replace(around, near=(heading, *grid.caption, *around.near), far=())
    table = _OwnTable(
        grid,
        around,
        notes,
        names,
        Scope(around, programmes, grid.titles),
    )
    cells = CellReader(register, around.published)
    found = tuple(table.statements(cells))
    if not found:
        raise UnreadableTable("No row of the table says that a ministry gives it.")
    return found


def introduce_parts(lines: Iterable[str]) -> bool:
    """Return whether the lines above a table say that its rows are the parts of a sum: what it is
    spent on, whom it is shared out to."""
    return any(_SPLIT.search(line) for line in lines)


def _owner_of_rows(grid: Grid, council: Council) -> PayeeColumn:
    """Return the column of what the rows are called; each row is the council's."""
    payees = Payees((council,))
    for place in range(grid.width):
        cells = _filled(grid, place)
        named = [cell for cell in cells if _is_name(cell)]
        if len(named) * 2 > len(cells):
            return PayeeColumn(place, lambda _: payees, len(cells), len(cells))

    raise UnreadableTable("No column of the table says what its rows are.")


def _filled(grid: Grid, place: int) -> list[str]:
    """Return the column's cells, without the empty ones."""
    cells = []
    for row in grid.body:
        cell = row.cell(place)
        if cell:
            cells.append(cell)

    return cells


def _is_name(cell: str) -> bool:
    if is_figure(cell) or is_blank(cell):
        return False
    return _REFERENCE.fullmatch(cell) is None


@dataclass(frozen=True)
class _OwnTable:
    """A table, the words about it and below it, the column of what its rows are called, and who
    gives what. The notes say in what units it is, and nothing of who gives."""

    grid: Grid
    around: Surroundings
    notes: tuple[str, ...]
    names: PayeeColumn
    scope: Scope

    def statements(self, cells: CellReader) -> Iterator[Statement]:
        """Yield what is given: in each row, by the giver that it names itself, else by the
        column's."""
        givers = self._givers(cells)
        columns = self._columns(givers)
        for row in rows_of(self.grid, self.names):
            if self._is_not_given(row.cell(self.names.place)):
                continue
            own = self.scope.named_in(_words_of(row))
            for column in columns:
                giver = own or givers[column.place]
                if giver.whose is Whose.OURS:
                    yield from self._statement(row, column, giver)

    def _is_not_given(self, name: str) -> bool:
        """Return whether a row of this name is of others, of nothing given, or the whole grant for
        schools."""
        return _is_of_others(name) or bool(self.scope.whole_schools_grant(name))

    def _givers(self, cells: CellReader) -> dict[int, Giver]:
        """Return who gives the money of each column, by its place."""
        has_payers = any(_PAYER.fullmatch(title) for title in self.grid.titles)
        has_payers = has_payers or any(self._is_granted(row) for row in self.grid.body)
        givers = {}
        around = replace(self.around, far=self.notes)
        for place in figure_columns(self.grid, self.names, around, cells):
            giver = self._giver(place)
            if has_payers:
                giver = self._unless_by_heading(giver, place)
            givers[place] = giver

        return givers

    def _is_granted(self, row: NumberedRow) -> bool:
        """Return whether a row says itself that it is a ministry's grant ("DfE grant")."""
        name = row.cell(self.names.place)
        return self.scope.granted_by_title(name) is not None

    def _giver(self, place: int) -> Giver:
        title = self.grid.titles[place]
        granted = self.scope.granted_by_title(title)
        if granted is not None:
            return granted
        if is_part_or_own(self.scope, self.grid, place):
            return Giver(Whose.OTHER, why=title)
        if self.scope.is_beside_givers(title):
            return Giver(Whose.OTHER, why=f"another's column: {title}")
        return self.scope.of_column(title)

    def _unless_by_heading(self, giver: Giver, place: int) -> Giver:
        """Return that the rows say who gives a column, whatever introduces their table, unless its
        own heading says that it holds something else."""
        title = self.grid.titles[place]
        if giver.whose is not Whose.OTHER or self.scope.is_of_other_things(title):
            return giver
        return Giver(Whose.UNCLEAR, why="the rows say who gives")

    def _columns(self, givers: Mapping[int, Giver]) -> list[MoneyColumn]:
        """Return the columns that hold what is given, as far as the headings say it. Raises
        UnreadableTable where there is none."""
        columns = []
        for place, giver in givers.items():
            if giver.whose is Whose.OTHER or not self._may_be_given(giver, place):
                continue
            column = column_of(self.grid, self.names, place, giver, self.around, "")
            columns.append(column)

        large = without_small(self.grid, self.names, columns)
        return without_totals(self.grid, self.names, large)

    def _may_be_given(self, giver: Giver, place: int) -> bool:
        """Return whether the column's sums may each be given: the strands on which a grant is spent
        are not, unless the heading says it; where the rows are to name the giver, the words speak
        of money given."""
        title = self.grid.titles[place]
        if self._parts_a_sum():
            return self.scope.granted_by_title(title) is not None
        if giver.whose is Whose.OURS or says_money(title):
            return True
        return not title or bool(find_periods(title))

    def _parts_a_sum(self) -> bool:
        """Return whether the heading of the rows, or what introduces them, says that they are what
        a sum is spent on, or shared out for."""
        if _USE.search(self.grid.titles[self.names.place]):
            return True
        return introduce_parts(self.around.near)

    def _statement(
        self, row: NumberedRow, column: MoneyColumn, giver: Giver
    ) -> Iterator[Statement]:
        money = column.money(row)
        payees = self.names.read("")
        if money is None or money.pounds <= 0 or isinstance(payees, CouncilError):
            return

        given = statement_of(column.pattern, payees, money, quote_of(row.cells))
        periods = find_periods(_words_of(row))
        given = _under(given, giver)
        yield replace(given, period=periods[0].text) if periods else given


def _is_of_others(name: str) -> bool:
    """Return whether a row is of another body, of the council's own money, or of nothing given."""
    if _NOT_GIVEN.search(name) and not says_given(name):
        return True
    return _OTHER_BODY.search(name) is not None or _OWN_MONEY.search(name) is not None


def _words_of(row: NumberedRow) -> str:
    """Return what a row says beside its figures."""
    words = [cell for cell in row.cells if cell and not is_figure(cell)]
    return " ".join(words)


def _under(given: Statement, giver: Giver) -> Statement:
    """Return a statement as an award, or an allocation, of this giver."""
    programme = giver.programme
    kind = FundingKind.AWARD
    if programme is not None and programme.kind is FundingKind.ALLOCATION:
        kind = FundingKind.ALLOCATION

    return replace(
        given,
        kind=kind,
        programme=programme.name if programme else given.programme,
        funder=giver.funder or given.funder,
    )
