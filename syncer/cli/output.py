"""One way to print rows: a table for people, or the forms of programs (`views.forms`); on stdout or
into a file.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal, NamedTuple

import click

from syncer.views.cells import harmless, plain_text
from syncer.views.forms import CSV_FOR_EXCEL, TEXTS, as_bytes, json_text

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from syncer.views.listing import Column, Listing, Row

FORMATS = ("table", "csv", "json", "jsonl", "xlsx")
UNLIMITED = 100_000
LONGEST_WORD = 20
GAP = 2
NARROW = re.compile(r"[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u20ac\u2192]+")
"""Text of letters, signs and punctuation that a terminal shows one column wide."""
STYLES = {
    "outstanding": "cyan",
    "good": "green",
    "requires improvement": "yellow",
    "inadequate": "red",
}


BYTES = ("xlsx", CSV_FOR_EXCEL)
"""The forms that are no text a terminal could show."""


def emit(listing: Listing, form: str, out: Path | None = None) -> None:
    """Print a listing in one of FORMATS, or as CSV for Excel. Raises UsageError when a spreadsheet
    would go to a terminal or the file cannot be written."""
    if out is not None:
        _save(out, _whole(listing, form))
    elif form == "table":
        print_table(listing)
    elif form in BYTES:
        _write_bytes(listing, form)
    else:
        text = TEXTS[form](listing)
        click.echo(text, nl=False)


def _write_bytes(listing: Listing, form: str) -> None:
    """Write a file on stdout. Raises UsageError where a spreadsheet would go to a terminal."""
    if form == "xlsx" and sys.stdout.isatty():
        raise click.UsageError("a spreadsheet needs a file: add --out FILE.xlsx")
    sys.stdout.buffer.write(as_bytes(listing, form))


def form_of(form: str | None = None, as_json: bool = False, out: Path | None = None) -> str:
    """Return the format to use: the one asked for, else JSON where --json was given, else the one
    the file's name ends in, else a table."""
    if form:
        return form
    if as_json:
        return "json"
    suffix = out.suffix.removeprefix(".").lower() if out else ""
    return suffix if suffix in FORMATS else "table"


def say(text: str, *, err: bool = False) -> None:
    """Print a text that may come from a page, a file, a mail or another server."""
    click.echo(harmless(text), err=err)


def print_json(value: Any) -> None:
    """Print one value as a JSON text on stdout."""
    click.echo(json_text(value, indent=2))


def print_json_line(value: Any) -> None:
    """Print one value as one line of JSON on stdout."""
    click.echo(json_text(value))


def print_problem(name: str, message: str, hint: str = "", url: str = "") -> None:
    """Print a problem on stderr: its name, what happened and where, what to do next."""
    where = ""
    if url and url not in message:
        where = f" ({url})"

    say(f"problem: {name}: {message}{where}", err=True)
    if hint:
        say(f"  {hint}", err=True)


def print_new_problems(problems: Iterable[Mapping[str, Any]], known: Collection[int]) -> int:
    """Print the rows of problems that are not among the known ones, and return the exit code: 1
    where there is one."""
    code = 0
    for problem in problems:
        if problem["id"] not in known:
            print_problem(problem["name"], problem["message"], problem["hint"])
            code = 1
    return code


def print_notes(lines: Iterable[str]) -> None:
    """Print what is not data, on stderr."""
    for line in lines:
        say(line, err=True)


def _save(out: Path, data: bytes) -> None:
    try:
        out.write_bytes(data)
    except OSError as error:
        raise click.UsageError(f"{out} cannot be written: {error.strerror}") from error


def _whole(listing: Listing, form: str) -> bytes:
    if form == "table":
        return _table_text(listing).encode()
    return as_bytes(listing, form)


# -- For people ------------------------------------------------------------------------------------


def table_cell(column: Column, row: Row) -> str:
    """Return a value as a table shows it: one line, nothing that could steer a terminal."""
    text = _worded(column, row)
    on_one_line = " ".join(text.split())
    return "".join(letter for letter in on_one_line if letter.isprintable())


def _worded(column: Column, row: Row) -> str:
    if column.wording is not None:
        return column.wording(row)

    value = row[column.name]
    if isinstance(value, bool):
        return "yes" if value else ""
    return plain_text(value)


def _table_text(listing: Listing) -> str:
    """Return the table without a terminal: columns aligned by spaces, nothing cut off."""
    shown = _shown_columns(listing)
    if shown and _is_narrow(shown, listing.closing):
        return _aligned(shown, listing.closing)

    drawn = io.StringIO()
    _draw(listing, drawn, width=UNLIMITED)

    lines = []
    for line in drawn.getvalue().splitlines():
        lines.append(line.rstrip() + "\n")
    return "".join(lines)


def _is_narrow(shown: Sequence[_Shown], closing: str) -> bool:
    """Return whether every letter is as wide as one of ours: then a table is aligned without rich,
    which takes longer to import than most commands to run."""
    texts = [closing]
    for each in shown:
        texts += [each.heading, *each.cells]
    return NARROW.fullmatch("".join(texts)) is not None


def _aligned(shown: Sequence[_Shown], closing: str) -> str:
    """Return a table of columns two spaces apart, each as wide as its longest text."""
    columns = [_aligned_column(each) for each in shown]
    lines = ["".join(row).rstrip() + "\n" for row in zip(*columns, strict=True)]
    if closing:
        lines.append(closing.rstrip() + "\n")
    return "".join(lines)


def _aligned_column(shown: _Shown) -> list[str]:
    texts = [shown.heading, *shown.cells]
    width = max(map(len, texts))
    pad = str.rjust if shown.column.right else str.ljust
    return [pad(text, width) + " " * GAP for text in texts]


def print_table(listing: Listing) -> None:
    """Print a table as wide as the terminal is; plain text when piped. That there is no row is not
    data, and is said on stderr."""
    if not listing.rows:
        click.echo(listing.empty, err=True)
    elif sys.stdout.isatty():
        _draw(listing, sys.stdout)
    else:
        click.echo(_table_text(listing), nl=False)


def widths_within(columns: Sequence[Sequence[str]], width: int) -> list[int]:
    """Return how wide each column is so that together, two spaces apart, they are no wider than
    `width` and no word is broken, an address excepted; where that cannot be, as wide as they need,
    so that nothing is lost."""
    full = [max(map(len, texts)) for texts in columns]
    least = [_longest_word(texts) for texts in columns]
    gaps = GAP * (len(columns) - 1)
    spare = width - sum(least) - gaps
    if spare < 0:
        return full
    return _widened(least, full, spare)


def _widened(least: Sequence[int], full: Sequence[int], spare: int) -> list[int]:
    """Return the widths with the spare characters given, one by one, to the column that lacks
    most."""
    found = list(least)
    while spare and found != full:
        missing = [wanted - given for wanted, given in zip(full, found, strict=True)]
        neediest = missing.index(max(missing))
        found[neediest] += 1
        spare -= 1

    return found


def _longest_word(texts: Sequence[str]) -> int:
    """Return the length of the longest word that is no address."""
    longest = 0
    for text in texts:
        for word in text.split():
            longest = max(longest, len(word))
    return min(longest, LONGEST_WORD)


class _Shown(NamedTuple):
    """A column that has a cell to show, with its heading and its cells."""

    column: Column
    heading: str
    cells: list[str]


def _shown_columns(listing: Listing) -> list[_Shown]:
    """Return each column that is not hidden and has a cell to show."""
    shown = []
    for column in listing.columns:
        cells = [table_cell(column, row) for row in listing.rows]
        if any(cells) and not column.hidden:
            shown.append(_Shown(column, _heading(column), cells))

    return shown


def _heading(column: Column) -> str:
    return column.heading or column.name.replace("_", " ")


def _draw(listing: Listing, file: IO[str], width: int | None = None) -> None:
    """Draw a table on a terminal, or as wide as `width` characters into any other file."""
    from rich.console import Console
    from rich.text import Text

    shown = _shown_columns(listing)
    console = Console(file=file, width=width, highlight=False)
    widths = _widths(shown, console.width)
    if not _fits(widths, console):
        console = _unlimited(console)

    console.print(_table(shown, widths), soft_wrap=True)
    if listing.closing:
        console.print(Text(listing.closing), soft_wrap=True)


def _fits(widths: Sequence[int], console: Console) -> bool:
    """Return whether columns of these widths stand beside each other on a console."""
    gaps = GAP * len(widths)
    return sum(widths) + gaps <= console.width


def _widths(shown: Sequence[_Shown], width: int) -> list[int]:
    texts = [[each.heading, *each.cells] for each in shown]
    return widths_within(texts, width)


def _unlimited(console: Console) -> Console:
    """Return a console into the same file that breaks no line."""
    from rich.console import Console

    return Console(
        file=console.file,
        width=UNLIMITED,
        highlight=False,
        force_terminal=console.is_terminal,
    )


def _table(shown: Sequence[_Shown], widths: Sequence[int]) -> Table:
    """Return the table to draw, grades in their colours."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold")
    for each, width in zip(shown, widths, strict=True):
        _add_column(table, each, width)

    _add_rows(table, shown)
    return table


def _add_rows(table: Table, shown: Sequence[_Shown]) -> None:
    columns = [each.cells for each in shown]
    for row in zip(*columns, strict=True):
        table.add_row(*map(_coloured, row))


def _add_column(table: Table, shown: _Shown, width: int) -> None:
    from rich.text import Text

    side: Literal["left", "right"] = "right" if shown.column.right else "left"
    heading = Text(shown.heading)
    table.add_column(heading, justify=side, overflow="fold", width=width)


def _coloured(cell: str) -> Text:
    from rich.text import Text

    return Text(cell, style=STYLES.get(cell, ""))
