"""A table → the statements of funding in it: one for each row and year, with the row as printed.

cells.py     what a cell holds: a figure, nothing on purpose, words
grid.py      caption, header, body, notes
names.py     a cell → the council or councils it names
columns.py   which column has the payees, which have money
units.py     "£000", "£m": how many pounds one printed unit is
scope.py     whose money it is, and whether it is given
totals.py    rows and columns that add up others
ledger.py    lists of payments: supplier, transaction, date
own.py       a council's own table of its grants, which names none
allocations.py   the other tables
text.py      lines of text → the tables that stand in them
"""

from __future__ import annotations

from collections.abc import Sequence

from syncer.errors import UnreadableTable
from syncer.funding.tables.allocations import read_allocations
from syncer.funding.tables.grid import grid_of
from syncer.funding.tables.ledger import is_ledger, read_ledger
from syncer.funding.tables.reading import RowFault, TableReading
from syncer.funding.tables.scope import Surroundings
from syncer.register.councils import Register
from syncer.register.programmes import Programmes

__all__ = ["RowFault", "Surroundings", "TableReading", "read_table"]


def read_table(
    rows: Sequence[Sequence[str]],
    around: Surroundings,
    register: Register,
    programmes: Programmes,
    *,
    numbers: Sequence[int] = (),
    determination: str = "",
) -> TableReading:
    """Return what a table says of money given to councils; `numbers` are its rows' numbers in the
    file. Raises UnreadableTable where no column names councils, none beside it holds money, or
    nothing says whose money it is."""
    grid = grid_of(rows, numbers)
    if not grid.body:
        raise UnreadableTable("The table has no rows with figures.")
    if is_ledger(grid):
        return read_ledger(grid, around, register, programmes)
    return read_allocations(grid, around, register, programmes, determination)
