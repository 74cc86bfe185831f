"""One file's bytes → the statements of funding in it: the one way in for `syncer extract`. The
bytes decide what the file is.

Read are plain texts, web pages, PDFs, spreadsheets (CSV, ODS, XLSX), and pages of GOV.UK as its
content API gives them (JSON).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from syncer.documents.files import MARKUP, WORKBOOK, text_of
from syncer.documents.html import main_text, published_of, title_of
from syncer.documents.sheets import Sheet, rows
from syncer.errors import EmptyPage, NotASpreadsheet, PageRedesigned, UnreadableTable
from syncer.funding.reading import read_funding
from syncer.funding.tables import Surroundings, read_table
from syncer.model import Statement
from syncer.register.councils import Register, load_register
from syncer.register.programmes import Programmes, load_programmes
from syncer.sources.govuk.items import read_text

TABLE_SUFFIXES = (".csv", ".tsv", ".ods", ".xlsx", ".xls")


@dataclass
class FundingReader:
    """What reading funding takes, made once for many files."""

    register: Register = field(default_factory=load_register)
    why: bool = False
    """Whether sums taken for nothing are returned too, with the reasons."""
    programmes: Programmes = field(default_factory=load_programmes)

    def read(self, name: str, data: bytes) -> tuple[Statement, ...]:
        """Return the statements in a file; only for a CSV its name matters, which is nothing but
        text. Raises DocumentError, PageError, or Gone for a page that GOV.UK took down."""
        is_table = name.lower().endswith(TABLE_SUFFIXES)
        if is_table or data.startswith(WORKBOOK):
            return self._tables(name, data)

        if data.lstrip().startswith(b"{"):
            return self._content_item(data)
        if MARKUP.match(data):
            return self._page(data)
        return self._text(text_of(data))

    def _text(
        self, text: str, published: dt.date | None = None, title: str = "", funder: str = ""
    ) -> tuple[Statement, ...]:
        read = read_funding(
            text,
            self.register,
            self.programmes,
            published=published,
            title=title,
            funder=funder,
        )
        found = read.told + read.possible
        return found + read.nothing if self.why else found

    def _page(self, data: bytes) -> tuple[Statement, ...]:
        try:
            title = title_of(data)
        except EmptyPage:
            title = ""
        return self._text(main_text(data), published_of(data), title)

    def _tables(self, name: str, data: bytes) -> tuple[Statement, ...]:
        """Return what every sheet says that has a column of councils and one of money. Raises
        UnreadableTable where no sheet has, NotASpreadsheet where there is no sheet."""
        sheets = rows(data, name)
        if not sheets:
            raise NotASpreadsheet("there is no sheet in it")

        found, refusals = self._readable(sheets)
        if len(refusals) == len(sheets):
            raise refusals[0]
        return tuple(found)

    def _readable(self, sheets: Iterable[Sheet]) -> tuple[list[Statement], list[UnreadableTable]]:
        """Return what the sheets say, and why those say nothing that cannot be read."""
        found: list[Statement] = []
        refusals: list[UnreadableTable] = []
        for sheet in sheets:
            try:
                found += self._sheet(sheet)
            except UnreadableTable as error:
                refusals.append(error)
        return found, refusals

    def _sheet(self, sheet: Sheet) -> Sequence[Statement]:
        around = Surroundings((sheet.name,), alone=True)
        table = read_table(
            sheet.rows,
            around,
            self.register,
            self.programmes,
            numbers=sheet.numbers,
        )
        return table.statements

    def _content_item(self, data: bytes) -> tuple[Statement, ...]:
        """Return the statements on a page of GOV.UK; JSON of any other kind is text."""
        try:
            page = read_text(data, "the file")
        except PageRedesigned:
            return self._text(text_of(data))
        return self._text(
            page.text,
            page.published,
            page.title,
            page.funder,
        )
