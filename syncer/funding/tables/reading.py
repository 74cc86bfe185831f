"""What reading a table gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from syncer.funding.tables.grid import NumberedRow
from syncer.model import PrintedTotal, Statement

QUOTE = 400
"""Characters of a row that are kept as its evidence."""


@dataclass(frozen=True)
class RowFault:
    """A row that could not be read, or a total that does not fit: `number` is the row's in the
    file, `row` what it prints, `message` what is wrong."""

    number: int
    row: str
    message: str

    def __str__(self) -> str:
        printed = self.row[:80]
        return f"row {self.number}: {printed} ({self.message})"


@dataclass(frozen=True)
class TableReading:
    """The statements in the order of the rows; `unmatched` are rows whose council the register does
    not know, `unread` those whose figure could not be read, `misfits` totals that their rows do not
    add up to, `totals` what the table prints as the sum of its rows. `not_given`: the columns hold
    money that nobody is given, or that is not the ministries', for this reason."""

    statements: tuple[Statement, ...] = ()
    unmatched: tuple[RowFault, ...] = ()
    unread: tuple[RowFault, ...] = ()
    misfits: tuple[RowFault, ...] = ()
    not_given: str = ""
    totals: tuple[PrintedTotal, ...] = ()


def quote_of(cells: Sequence[str]) -> str:
    """Return the row as printed, without its empty cells."""
    filled = [cell for cell in cells if cell]
    row = " | ".join(filled)
    return row[:QUOTE]


def fault(row: NumberedRow, message: str) -> RowFault:
    """Return the fault of this row."""
    printed = quote_of(row.cells)
    return RowFault(row.number, printed, message)
