"""A web page's table → a grid of equally long rows, a spanning cell repeated in every place it
covers (HTML standard §4.9.12.1)."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from syncer.documents.markup import CELLS, HEADINGS, flat
from syncer.errors import UnreadableTable

if TYPE_CHECKING:
    from bs4 import Tag

MAX_CELLS = 500_000
MAX_SPAN = 1000

Place = tuple[int, int]
"""A row and a column."""


@dataclass(frozen=True)
class Table:
    """One table as a grid: `head` and `rows` are rows of equally many cells, a spanning cell
    repeated in every place it covers. `repeated` are the (row, column) places of `rows` that only
    repeat the cell above: one sum for three councils stays one sum. `caption` is its own, `heading`
    the heading it stands under; either may be empty."""

    caption: str
    heading: str
    head: tuple[tuple[str, ...], ...]
    rows: tuple[tuple[str, ...], ...]
    repeated: frozenset[Place] = frozenset()


@dataclass(frozen=True)
class _Area:
    """The places that one cell covers."""

    top: int
    left: int
    height: int
    width: int

    @property
    def size(self) -> int:
        return self.height * self.width

    def places(self) -> Iterator[Place]:
        """Yield the places row by row."""
        for row in range(self.top, self.top + self.height):
            for column in range(self.left, self.left + self.width):
                yield row, column


def table_of(table: Tag) -> Table:
    """Return a table element as a grid. Raises UnreadableTable for one that claims more than
    500,000 cells."""
    rows = table.find_all("tr")
    cells, repeated = _filled(rows)
    grid = _rows(cells, len(rows))
    heads = _count_of_heads(rows)

    return Table(
        caption=_caption(table),
        heading=_heading(table),
        head=tuple(grid[:heads]),
        rows=tuple(grid[heads:]),
        repeated=_under_the_head(repeated, heads),
    )


def _caption(table: Tag) -> str:
    """Return the table's own caption; empty where it has none."""
    caption = table.select_one("caption")
    if caption:
        return flat(caption)
    return ""


def _heading(table: Tag) -> str:
    """Return the heading under which the table stands; empty where there is none."""
    from bs4 import Tag

    heading = table.find_previous(HEADINGS)
    if isinstance(heading, Tag):
        return flat(heading)
    return ""


def _under_the_head(places: set[Place], heads: int) -> frozenset[Place]:
    """Return those places that are not in the head, counted from the row after it."""
    under: set[Place] = set()
    for row, column in places:
        if row >= heads:
            under.add((row - heads, column))

    return frozenset(under)


def _count_of_heads(rows: Sequence[Tag]) -> int:
    """Return how many rows head the table: those in its head, or without a cell of data."""
    count = 0
    for row in rows:
        if not row.find_parent("thead") and row.find("td"):
            break
        count += 1
    return count


def _filled(rows: Sequence[Tag]) -> tuple[Mapping[Place, str], set[Place]]:
    """Return the text in every place of the table, and the places that repeat the cell above.
    Raises UnreadableTable."""
    cells: dict[Place, str] = {}
    repeated: set[Place] = set()

    for cell, area in _areas(rows, cells):
        _check_size(len(cells) + area.size)
        text = flat(cell)
        for place in area.places():
            cells[place] = text
            if place[0] > area.top:
                repeated.add(place)

    return cells, repeated


def _areas(rows: Sequence[Tag], taken: Container[Place]) -> Iterator[tuple[Tag, _Area]]:
    """Yield each cell with what it covers, beginning at the first place of its row that is free by
    then; the caller adds its places to those `taken` before it asks for the next."""
    for number, row in enumerate(rows):
        column = 0
        for cell in row.find_all(CELLS):
            while (number, column) in taken:
                column += 1
            yield cell, _area(cell, number, column, len(rows))


def _area(cell: Tag, row: int, column: int, rows: int) -> _Area:
    """Return what a cell covers that begins there. A rowspan of 0 reaches to the end."""
    height = _span(cell, "rowspan") or rows
    width = _span(cell, "colspan") or 1
    return _Area(
        top=row,
        left=column,
        height=min(height, rows - row),
        width=width,
    )


def _span(cell: Tag, name: str) -> int:
    printed = str(cell.get(name, "1")).strip()
    if printed.isdecimal():
        return min(int(printed), MAX_SPAN)
    return 1


def _rows(cells: Mapping[Place, str], count: int) -> list[tuple[str, ...]]:
    """Return so many rows of equal length, empty where no cell reaches. Raises UnreadableTable."""
    width = max((column + 1 for _, column in cells), default=0)
    _check_size(width * count)
    return [_row(cells, number, width) for number in range(count)]


def _row(cells: Mapping[Place, str], number: int, width: int) -> tuple[str, ...]:
    """Return the row of that number as so many cells."""
    row = [cells.get((number, column), "") for column in range(width)]
    return tuple(row)


def _check_size(cells: int) -> None:
    if cells > MAX_CELLS:
        raise UnreadableTable(f"a table of more than {MAX_CELLS:,} cells")
