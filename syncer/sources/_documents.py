"""A document of GOV.UK (a page, a spreadsheet, a PDF) → the statements of funding in it, and what
is wrong with its tables. Run in the child that reads documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from syncer.documents import html, sheets
from syncer.documents.files import text_of
from syncer.documents.sheets import Sheet
from syncer.errors import EmptyPage, UnclearGiver, UnreadableTable
from syncer.funding.reading import read_told_and_possible
from syncer.funding.tables import Surroundings, TableReading, read_table
from syncer.model import PrintedTotal, Problem, Statement
from syncer.register.councils import Register
from syncer.register.ministries import EDUCATION
from syncer.register.programmes import load_programmes
from syncer.sources._row_problems import ROWS, row_problems

TABLES = (".csv", ".ods", ".xlsx", ".xls")


@dataclass(frozen=True)
class DocumentReading:
    """What a document tells and makes possible, what is wrong with its tables, and what these print
    as the sum of their rows."""

    statements: Sequence[Statement] = ()
    problems: Sequence[Problem] = ()
    totals: Sequence[PrintedTotal] = ()


def read_document(data: bytes, notes: Mapping[str, Any], register: Register) -> DocumentReading:
    """Return what a document says of money. Its notes are those of its page: `url`, `title`,
    `published`, `funder`, for a file `etag`.

    Raises DocumentError or PageError for one that cannot be read."""
    if notes["url"].lower().endswith(TABLES):
        return _in_tables(sheets.rows(data, notes["url"]), notes, register)

    is_file = "etag" in notes
    try:
        text = text_of(data) if is_file else html.main_text(data)
    except EmptyPage:
        return DocumentReading()

    statements = _in_prose(text, notes, register)
    if is_file:
        return DocumentReading(statements)

    tables = _in_tables(_tables_on_page(data), notes, register)
    return replace(tables, statements=statements)


def _in_prose(text: str, notes: Mapping[str, Any], register: Register) -> tuple[Statement, ...]:
    return read_told_and_possible(
        text,
        register,
        load_programmes(),
        published=notes["published"],
        title=notes["title"],
        funder=notes["funder"],
    )


def _in_tables(
    tables: Iterable[Sheet], notes: Mapping[str, Any], register: Register
) -> DocumentReading:
    """Return the allocations of every table that has councils and amounts, what is wrong with its
    rows, and the totals it prints."""
    statements: list[Statement] = []
    problems: list[Problem] = []
    totals: list[PrintedTotal] = []

    for sheet in tables:
        table, wrong = _table(sheet, notes, register)
        statements += table.statements
        problems += wrong
        totals += table.totals
    return DocumentReading(statements, problems, totals)


def _tables_on_page(data: bytes) -> Iterator[Sheet]:
    """Yield the tables in the page's own text, as sheets."""
    for table in html.tables(data):
        rows = [list(row) for row in (*table.head, *table.rows)]
        yield Sheet(table.caption or table.heading, rows, [])


def _table(
    sheet: Sheet, notes: Mapping[str, Any], register: Register
) -> tuple[TableReading, list[Problem]]:
    """Return what a table says, and what is wrong with it: its rows, or that a page of the
    education ministry does not say whose money it holds."""
    url, funder = notes["url"], notes["funder"]
    around = Surroundings((sheet.name,), (notes["title"],), funder, notes["published"])

    try:
        table = read_table(sheet.rows, around, register, load_programmes(), numbers=sheet.numbers)
    except UnclearGiver as error:
        unclear = Problem(error.name, str(error), url + ROWS)
        return TableReading(), [unclear] if funder == EDUCATION else []
    except UnreadableTable:
        return TableReading(), []
    return table, row_problems(table, url, sheet.name)
