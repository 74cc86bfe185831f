"""A document of GOV.UK (a page, a spreadsheet, a PDF) → the statements of funding in it, and what
is wrong with its tables. Run in the child that reads documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from syncer.documents import html, sheets
from syncer.documents.files import text_of
from syncer.documents.sheets import Sheet
from syncer.errors import EmptyPage, UnclearGiver, UnreadableTable
from syncer.funding import read_told_and_possible
from syncer.funding.scope import EDUCATION
from syncer.funding.tables import Surroundings, TableReading, read_table
from syncer.model import Problem, Statement
from syncer.register.councils import Register
from syncer.register.programmes import load_programmes
from syncer.sources._row_problems import ROWS, row_problems

TABLES = (".csv", ".ods", ".xlsx", ".xls")


def read_document(
    data: bytes, notes: Mapping[str, Any], register: Register
) -> tuple[list[Statement], list[Problem]]:
    """Return what a document tells and makes possible, and what is wrong with its tables. Its notes
    are those of its page: `url`, `title`, `published`, `funder`, for a file `etag`.

    Raises DocumentError or PageError for one that cannot be read."""
    if notes["url"].lower().endswith(TABLES):
        return _in_sheets(data, notes, register)

    is_file = "etag" in notes
    try:
        text = text_of(data) if is_file else html.main_text(data)
    except EmptyPage:
        return [], []

    statements = list(_in_prose(text, notes, register))
    problems = [] if is_file else list(_problems_on_page(data, notes, register))
    return statements, problems


def _in_prose(text: str, notes: Mapping[str, Any], register: Register) -> tuple[Statement, ...]:
    return read_told_and_possible(
        text,
        register,
        load_programmes(),
        published=notes["published"],
        title=notes["title"],
        funder=notes["funder"],
    )


def _in_sheets(
    data: bytes, notes: Mapping[str, Any], register: Register
) -> tuple[list[Statement], list[Problem]]:
    """Return the allocations of every sheet that has councils and amounts, and what is wrong with
    its rows."""
    statements: list[Statement] = []
    problems: list[Problem] = []

    for sheet in sheets.rows(data, notes["url"]):
        table, wrong = _table(sheet, notes, register)
        statements += table.statements
        problems += wrong
    return statements, problems


def _problems_on_page(
    data: bytes, notes: Mapping[str, Any], register: Register
) -> Iterator[Problem]:
    """Yield what is wrong with the tables in the page's own text."""
    for table in html.tables(data):
        rows = [list(row) for row in (*table.head, *table.rows)]
        sheet = Sheet(table.caption or table.heading, rows, [])
        _, wrong = _table(sheet, notes, register)
        yield from wrong


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
