"""Rows of cells → what stands above the columns, the header, the body, and the notes below.

A workbook's sheet begins with a title, notes and units, each in one cell; a header may take two
rows, of which the upper one spans several columns; below the last row there are notes again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from syncer.funding.tables.cells import is_blank, is_figure

Row = tuple[str, ...]

_YEAR = re.compile(r"(?:19|20)\d\d")
_UNDERSCORE = re.compile(r"(?<=\w)_(?=\w)")
_SPACES = re.compile(r"\s+")
_HEADING = re.compile(
    r"(?:(?:local|lead|upper[- ]tier|GSS|ONS|LA|DfE|financial) )*"
    r"(?:authorit(?:y|ies)|councils?|LAs?|areas?|regions?|names?|codes?|recipients?"
    r"|year|lead|total)"
    r"(?: (?:names?|codes?))?",
    re.I,
)
_FIELD = re.compile(r"[A-Z][\w ]{2,30}: \S")
_MAX_HEADER_ROWS = 30


@dataclass(frozen=True)
class NumberedRow:
    """One row of the body: `number` is its number in the file, from 1."""

    number: int
    cells: Row

    def cell(self, place: int) -> str:
        """Return the cell at this place; empty where the row is shorter."""
        if place >= len(self.cells):
            return ""
        return self.cells[place]


@dataclass(frozen=True)
class Grid:
    """A table taken apart. `caption` are the lines above the header, `titles` says for each column
    what stands above it, `notes` are the lines below the last row."""

    caption: tuple[str, ...]
    titles: tuple[str, ...]
    body: tuple[NumberedRow, ...]
    notes: tuple[str, ...]

    @property
    def width(self) -> int:
        """Return the number of columns."""
        return len(self.titles)


def grid_of(rows: Sequence[Sequence[str]], numbers: Sequence[int] = ()) -> Grid:
    """Return the rows taken apart; `numbers` are their numbers in the file, else they are counted
    from 1."""
    table = _numbered(rows, numbers)
    width = max((len(row.cells) for row in table), default=0)

    first = _first_data_row(table)
    caption, header = _caption_and_header(table[:first])
    body, notes = _body_and_notes(table[first:])

    return Grid(
        tuple(caption),
        _titles(header, width),
        tuple(body),
        tuple(notes),
    )


def _numbered(rows: Sequence[Sequence[str]], numbers: Sequence[int]) -> list[NumberedRow]:
    table = []
    for index, row in enumerate(rows):
        cells = tuple(_SPACES.sub(" ", cell).strip() for cell in row)
        if not any(cells):
            continue

        number = numbers[index] if numbers else index + 1
        table.append(NumberedRow(number, cells))

    return table


def _first_data_row(table: Sequence[NumberedRow]) -> int:
    """Return the index of the first row with a figure that is no heading ("2022", or columns
    numbered 1, 2, 3), or with a cell left blank on purpose."""
    upper_rows = table[:_MAX_HEADER_ROWS]
    for index, row in enumerate(upper_rows):
        filled = [cell for cell in row.cells if cell]
        if len(filled) > 1 and _is_data(filled):
            return index

    return len(upper_rows)


def _is_data(filled: Sequence[str]) -> bool:
    """Return whether the cells are those of a row with data. Years are headings where the words
    beside them are ("Local authority | 2022 | 2023")."""
    figures = [cell for cell in filled if is_figure(cell)]
    words = [cell for cell in filled if cell not in figures]
    if not figures:
        return any(is_blank(cell) for cell in filled[1:])
    if all(_HEADING.fullmatch(word) for word in words):
        return not _numbers_the_columns(figures)
    return True


def _numbers_the_columns(figures: Sequence[str]) -> bool:
    """Return whether the figures are years, or count the columns."""
    bare = [figure.strip("()") for figure in figures]
    if all(_YEAR.fullmatch(figure) for figure in bare):
        return True
    if len(bare) < 2:
        return False

    column_numbers = range(1, len(bare) + 1)
    return bare == [str(number) for number in column_numbers]


def _caption_and_header(rows: Sequence[NumberedRow]) -> tuple[list[str], list[Row]]:
    """Return the lines that stand alone in their row, and the rows that head columns."""
    caption: list[str] = []
    header: list[Row] = []
    for row in rows:
        filled = [cell for cell in row.cells if cell]
        stands_alone = len(filled) == 1
        # Below the first row that heads columns, a cell that stands alone further to the right is
        # a heading, too.
        if stands_alone and (row.cells[0] or not header):
            caption.append(filled[0])
        elif not header and _says_what_of_all(filled):
            caption += filled
        else:
            header.append(row.cells)

    return caption, header


def _says_what_of_all(filled: Sequence[str]) -> bool:
    """Return whether cells are of the whole table ("Payer: Department for Education"), and head no
    columns."""
    of_all = [cell for cell in filled if _FIELD.match(cell)]
    return len(of_all) * 2 > len(filled)


def _body_and_notes(rows: Sequence[NumberedRow]) -> tuple[list[NumberedRow], list[str]]:
    body = list(rows)
    notes: list[str] = []
    while body:
        filled = [cell for cell in body[-1].cells if cell]
        if len(filled) != 1:
            break
        notes.insert(0, filled[0])
        body.pop()

    return body, notes


def _titles(header: Sequence[Row], width: int) -> tuple[str, ...]:
    """Return what stands above each column, from top to bottom. The cell of an upper row spans the
    empty ones after it."""
    rows = [_spread(row, width) for row in header[:-1]]
    rows += [_padded(row, width) for row in header[-1:]]

    titles = [_title(rows, place) for place in range(width)]
    return tuple(titles)


def _padded(row: Row, width: int) -> list[str]:
    """Return the cells of a row, with empty ones at its end."""
    missing = width - len(row)
    return [*row, *[""] * missing]


def _title(rows: Sequence[Sequence[str]], place: int) -> str:
    """Return what the rows say above one column, each word once; a data file's "grant_000" is read
    as words."""
    above: dict[str, None] = {}
    for row in rows:
        if row[place]:
            above[_UNDERSCORE.sub(" ", row[place])] = None

    return " ".join(above)


def _spread(row: Row, width: int) -> list[str]:
    cells: list[str] = []
    current = ""
    for place in range(width):
        cell = row[place] if place < len(row) else ""
        current = cell or current
        cells.append(current)

    return cells
