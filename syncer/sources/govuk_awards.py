"""Money announced on GOV.UK: press releases, guidance, determinations with their tables, letters; by DfE and the communities ministry.

- Since April 2025 the largest children's grants are published by MHCLG: both are asked.
- The search index has no pages of attachments: they are read with the page that has them, and again with it.
- One page can be many documents: the page itself, its HTML attachments, its files. Each is a page of its own here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from syncer.documents import html, sheets
from syncer.documents.files import text_of
from syncer.errors import DocumentError, EmptyPage, FetchError, Gone, PageError, UnreadableTable
from syncer.funding import read_statements
from syncer.funding.funding_tables import TableReading, statements_from_rows
from syncer.model import FundingKind, Problem, Statement
from syncer.reading import Page, Reading
from syncer.register.programmes import load_programmes
from syncer.sources import Reach
from syncer.sources._funding import ROWS, as_before, reading, unmatched, unread, version
from syncer.sources.govuk.content import Attachment, Item, content, search
from syncer.sources.govuk.pages import (
    address,
    attached,
    download,
    due,
    edited_on,
    failed,
    no_longer_attached,
    repeated,
    since,
    taken_back,
)

NAME = "govuk_awards"
TITLE = "Funding announced on GOV.UK"
PARSER = 1

ORGANISATIONS = {
    "department-for-education": "DfE", "ministry-of-housing-communities-local-government": "MHCLG",
    "department-for-levelling-up-housing-and-communities": "DLUHC", "department-for-communities-and-local-government": "DCLG",
}  # fmt: skip
TYPES = ("press_release", "news_story", "guidance", "notice", "transparency", "correspondence", "decision")
SPENDING = re.compile(r"spend(?:ing)? over £?25", re.I)
OF_MONEY = re.compile(r"grant|fund|alloc|award|determination|payment|agreement|safety valve|£|investment|settlement", re.I)
TABLES = (".csv", ".ods", ".xlsx", ".xls")


def fetch(reach: Reach) -> Iterator[Page]:
    """Every page that is new, changed, or due again, each followed by its attachments."""
    rows = search(reach, filter_organisations=list(ORGANISATIONS), filter_content_store_document_type=list(TYPES),
                  filter_public_timestamp=f"from:{since(reach)}")  # fmt: skip
    found = {row.path: row for row in rows if not SPENDING.search(row.title)}
    for path in due(found, reach, PARSER):
        seen = found[path].changed.isoformat() if path in found else ""
        try:
            yield from _document(path, seen, reach)
        except (FetchError, PageError) as error:
            reach.fail(error, address(path, reach))
            continue
        reach.succeed(address(path, reach))


def parse(page: Page, reach: Reach) -> Reading:
    """The statements of funding of one document, as observations."""
    if page.notes.get("withdrawn") or page.notes.get("moved"):
        return as_before(page, withdrawn="withdrawn" in page.notes)
    try:
        statements, problems = _statements(page, reach)
    except (DocumentError, PageError) as error:
        return unread(page, error.name, f"{page.notes['title']}: {error}", error.hint, page.notes["url"])
    if not problems:
        reach.succeed(page.notes["url"] + ROWS)
    interventions = page.notes["type"] == "decision"  # these are read by a source of their own
    wanted = (s for s in statements if not (interventions and s.kind is FundingKind.INTERVENTION))
    return reading(NAME, PARSER, page, wanted, problems)


def _document(path: str, seen: str, reach: Reach) -> Iterator[Page]:
    """A page and its attachments. An attachment that cannot be had is a problem, and the page is read again."""
    try:
        item = content(reach, path)
    except Gone:
        yield from taken_back(path, reach, PARSER)
        return
    if item.withdrawn:
        yield from taken_back(item.path, reach, PARSER)
        return
    if item.path != path:
        yield repeated(path, reach, moved=item.path, parser=PARSER)
    pages = list(attached(item, reach, lambda each: _attached(each, item, reach))) if _of_money(item) else []
    yield _page(item, "" if failed(reach, item) else seen or item.changed.isoformat(), reach)
    yield from pages
    no_longer_attached(item, reach)


def _of_money(item: Item) -> bool:
    return bool(OF_MONEY.search(" ".join((item.title, *(a.title for a in item.attachments)))))


def _page(item: Item, seen: str, reach: Reach, parent: Item | None = None) -> Page:
    notes, sha256 = _notes(item.path, item.said, item.sha256, item, parent, reach)
    notes |= {"title": item.title, "type": item.type, "url": item.link}
    return Page(item.path, item.link, item.body.encode(), sha256, seen=seen, before=reach.memory.observations(item.path), notes=notes)


def _attached(attachment: Attachment, parent: Item, reach: Reach) -> Iterator[Page]:
    if attachment.kind == "external":
        return
    if attachment.kind == "html":
        try:
            yield _page(content(reach, attachment.url), "", reach, parent)
        except Gone:
            yield from taken_back(attachment.key, reach, PARSER)
    elif attachment.url.lower().endswith((*TABLES, ".pdf")) and (answer := download(attachment, reach, PARSER)):
        notes, sha256 = _notes(attachment.key, answer.data, answer.sha256, parent, parent, reach)
        notes |= {"title": f"{parent.title}. {attachment.title}", "type": parent.type, "url": attachment.url,
                  "etag": answer.etag, "modified": answer.last_modified}  # fmt: skip
        yield Page(attachment.key, parent.link, answer.data, sha256, before=reach.memory.observations(attachment.key), notes=notes)


def _notes(key: str, said: str | bytes, sha256: str, item: Item, parent: Item | None, reach: Reach) -> tuple[dict[str, Any], str]:
    """What is remembered of a document, and the bytes that first said what it says. One that is attached to a page read before is as new
    as the edit that attached it."""
    known, owner = reach.memory.page(key), reach.memory.page(parent.path) if parent else None
    now = version(known, said, sha256, edited_on(item, reach))
    notes = {"published": (parent or item).published, "parser": PARSER, "funder": _funder(item), **now.notes}
    if parent:
        notes |= {"parent": parent.path, "funder": _funder(item) or _funder(parent)}
    if parent and known is None and owner is not None and owner.last_good is not None:
        notes["edited"] = edited_on(parent, reach)
    return notes, now.sha256


def _funder(item: Item) -> str:
    return next((ORGANISATIONS[o] for o in item.organisations if o in ORGANISATIONS), "")


# -- What a document says -----------------------------------------------------------------------------------------------------


def _statements(page: Page, reach: Reach) -> tuple[list[Statement], list[Problem]]:
    notes = page.notes
    if notes["url"].lower().endswith(TABLES):
        return _from_sheets(page, reach)
    is_file = "etag" in notes
    try:
        text = text_of(page.data, reach.pdf) if is_file else html.main_text(page.data)
    except EmptyPage:
        return [], []
    found = read_statements(text, reach.register, load_programmes(), published=notes["published"], title=notes["title"],
                            funder=notes["funder"])  # fmt: skip
    return list(found), [] if is_file else list(_unmatched_on_page(page, reach))


def _from_sheets(page: Page, reach: Reach) -> tuple[list[Statement], list[Problem]]:
    """The allocations of every sheet that has councils and amounts; a row whose council is not known is a problem, never dropped."""
    found, problems = list[Statement](), list[Problem]()
    for sheet in sheets.rows(page.data, page.notes["url"]):
        try:
            table = _table(sheet.rows, sheet.name, page, reach)
        except UnreadableTable:
            continue
        found += table.statements
        problems += unmatched(table.unmatched, page.notes["url"], sheet.name)
    return found, problems


def _unmatched_on_page(page: Page, reach: Reach) -> Iterator[Problem]:
    rows: list[Sequence[str]] = []
    for table in html.tables(page.data):
        try:
            rows += _table((*table.head, *table.rows), table.caption or table.heading, page, reach).unmatched
        except UnreadableTable:
            continue
    yield from unmatched(rows, page.notes["url"])


def _table(rows: Sequence[Sequence[str]], name: str, page: Page, reach: Reach) -> TableReading:
    notes = page.notes
    return statements_from_rows(rows, reach.register, load_programmes(), published=notes["published"], lead=f"{notes['title']} {name}",
                                funder=notes["funder"])  # fmt: skip
