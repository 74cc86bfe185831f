"""One file's bytes → the statements of funding in it: the one way in for `syncer extract`. The
bytes decide what the file is.

Read are plain texts, web pages, PDFs, spreadsheets (CSV, ODS, XLSX), and pages of GOV.UK as its
content API gives them (JSON).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from syncer.documents.files import MARKUP, WORKBOOK, plain_text, text_of
from syncer.documents.html import main_text, published_of, title_of
from syncer.documents.sheets import rows
from syncer.errors import EmptyPage, Gone, NotASpreadsheet, UnreadableTable
from syncer.funding import read_statements
from syncer.funding.tables import Surroundings, read_table
from syncer.model import Statement
from syncer.register.councils import Register, load_register
from syncer.register.programmes import Programmes, load_programmes

FUNDERS = {
    "department-for-education": "DfE",
    "ministry-of-housing-communities-local-government": "MHCLG",
    "ministry-of-housing-communities-and-local-government": "MHCLG",
    "department-for-levelling-up-housing-and-communities": "DLUHC",
    "department-for-communities-and-local-government": "DCLG",
}
"""Organisations of GOV.UK, by the last part of their path, that are funders in scope (DESIGN
§5.8)."""

TABLE_SUFFIXES = (".csv", ".tsv", ".ods", ".xlsx", ".xls")


@dataclass
class FundingReader:
    """What reading funding takes, made once for many files."""

    register: Register = field(default_factory=load_register)
    programmes: Programmes = field(default_factory=load_programmes)

    def read(self, name: str, data: bytes) -> tuple[Statement, ...]:
        """The statements in a file; only for a CSV its name matters, which is nothing but text.
        Raises DocumentError, PageError, or Gone for a page that GOV.UK took down."""
        if data.startswith(WORKBOOK) or name.lower().endswith(TABLE_SUFFIXES):
            return self._tables(name, data)
        if data.lstrip().startswith(b"{"):
            return self._content_item(data)
        if MARKUP.match(data):
            return self._page(data)
        return self._text(text_of(data))

    def _text(
        self, text: str, published: dt.date | None = None, title: str = "", funder: str = ""
    ) -> tuple[Statement, ...]:
        return read_statements(
            text, self.register, self.programmes, published=published, title=title, funder=funder
        )

    def _page(self, data: bytes) -> tuple[Statement, ...]:
        try:
            title = title_of(data)
        except EmptyPage:
            title = ""
        return self._text(main_text(data), published_of(data), title)

    def _tables(self, name: str, data: bytes) -> tuple[Statement, ...]:
        """Every sheet that has a column of councils and one of money. Raises UnreadableTable where
        no sheet has."""
        found: list[Statement] = []
        refusals: list[UnreadableTable] = []
        sheets = rows(data, name)
        for sheet in sheets:
            try:
                around = Surroundings((sheet.name,), alone=True)
                found += read_table(
                    sheet.rows, around, self.register, self.programmes, numbers=sheet.numbers
                ).statements
            except UnreadableTable as error:
                refusals.append(error)
        if len(refusals) == len(sheets):
            raise refusals[0] if refusals else NotASpreadsheet("there is no sheet in it")
        return tuple(found)

    def _content_item(self, data: bytes) -> tuple[Statement, ...]:
        try:
            item = json.loads(data)
        except ValueError:
            return self._text(plain_text(data))
        if not isinstance(item.get("details"), Mapping) or "title" not in item:
            return self._text(text_of(data))
        if item.get("schema_name") == "gone":
            raise Gone(f"{item.get('base_path', 'the page')} was taken down")
        body = body_of(item["details"])
        parts = (str(item.get("description") or ""), main_text(body) if body.strip() else "")
        return self._text(
            "\n\n".join(filter(None, parts)), _published(item), str(item["title"]), _funder(item)
        )


def body_of(details: Mapping[str, Any]) -> str:
    """The HTML of a content item: its body (a string, or renderings of which the HTML one is
    taken), or that of its parts."""
    body = details.get("body") or ""
    if isinstance(body, list):
        return next(
            (
                str(part.get("content", ""))
                for part in body
                if part.get("content_type") == "text/html"
            ),
            "",
        )
    parts = details.get("parts") or ()
    return str(body) or "\n".join(
        f"<h2>{part.get('title', '')}</h2>\n{body_of(part)}" for part in parts
    )


def _published(item: Mapping[str, Any]) -> dt.date | None:
    moment = item.get("first_published_at") or item.get("public_updated_at")
    try:
        return dt.datetime.fromisoformat(moment).date() if isinstance(moment, str) else None
    except ValueError:
        return None


def _funder(item: Mapping[str, Any]) -> str:
    """The ministry that published the page, if it is one that gives councils money."""
    organisations = (item.get("links") or {}).get("organisations") or ()
    paths = [str(one.get("base_path", "")).rsplit("/", 1)[-1] for one in organisations]
    return next((FUNDERS[path] for path in paths if path in FUNDERS), "")
