"""Money announced on GOV.UK: press releases, guidance, determinations with their tables, letters;
by DfE and the communities ministry.

- Since April 2025 the largest children's grants are published by MHCLG: both are asked.
- The search index has no pages of attachments: they are read with the page that has them, and again
  with it.
- One page can be many documents: the page itself, its HTML attachments, its files. Each is a page
  of its own here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from syncer.documents import html, sheets
from syncer.documents.files import text_of
from syncer.errors import (
    DocumentError,
    EmptyPage,
    Gone,
    PageError,
    StoreError,
    UnclearGiver,
    UnreadableTable,
)
from syncer.funding import read_told_and_possible
from syncer.funding.scope import EDUCATION
from syncer.funding.tables import Surroundings, TableReading, read_table
from syncer.model import FundingKind, Problem, RecordKind, Statement
from syncer.reading import Page, Reading
from syncer.register.councils import Register
from syncer.register.programmes import load_programmes
from syncer.sources import SourceContext
from syncer.sources._funding import ROWS, as_before, reading, row_problems, unread, version
from syncer.sources._pages import address, repeated, taken_back
from syncer.sources.govuk.content import content, search
from syncer.sources.govuk.items import FUNDERS, Attachment, Item
from syncer.sources.govuk.pages import (
    attached,
    download,
    due,
    edited_on,
    failed,
    key_of_bytes,
    missing,
    recognised,
    since,
)

NAME = "govuk_awards"
TITLE = "Funding announced on GOV.UK"
PARSER = 1
GIVES = (RecordKind.AWARD,)

TYPES = (
    "press_release",
    "news_story",
    "guidance",
    "notice",
    "transparency",
    "correspondence",
    "decision",
)
SPENDING = re.compile(r"spend(?:ing)? over £?25", re.I)
OF_MONEY = re.compile(
    r"grant|fund|alloc|award|determination|payment|agreement|safety valve|£|investment|settlement",
    re.I,
)
TABLES = (".csv", ".ods", ".xlsx", ".xls")


def fetch(context: SourceContext) -> Iterator[Page]:
    """Every page that is new, changed, or due again, each followed by its attachments."""
    rows = search(
        context,
        filter_organisations=list(FUNDERS),
        filter_content_store_document_type=list(TYPES),
        filter_public_timestamp=f"from:{since(context)}",
    )
    found = {row.path: row for row in rows if not SPENDING.search(row.title)}
    for path in due(found, context, PARSER):
        seen = found[path].changed.isoformat() if path in found else ""
        try:
            yield from _document(path, seen, context)
        except StoreError:
            raise
        except Exception as error:
            context.fail(error, address(path, context))
            continue
        context.succeed(address(path, context))


def parse(page: Page, context: SourceContext) -> Reading:
    """The statements of funding of one document, as observations."""
    if page.notes.get("withdrawn") or page.notes.get("moved"):
        return as_before(page, withdrawn="withdrawn" in page.notes)
    try:
        statements, problems = context.documents.call(
            _statements, page.data, page.notes, context.register
        )
    except (DocumentError, PageError) as error:
        return unread(
            page, error.name, f"{page.notes['title']}: {error}", error.hint, page.notes["url"]
        )
    if not problems:
        context.succeed(page.notes["url"] + ROWS)
    interventions = page.notes["type"] == "decision"  # these are read by a source of their own
    wanted = (s for s in statements if not (interventions and s.kind is FundingKind.INTERVENTION))
    return reading(NAME, PARSER, page, wanted, problems)


def _document(path: str, seen: str, context: SourceContext) -> Iterator[Page]:
    """A page and its attachments. An attachment that cannot be had is a problem, and the page is
    read again."""
    try:
        item = content(context, path)
    except Gone:
        yield from taken_back(path, context, PARSER)
        return
    if item.withdrawn:
        yield from taken_back(item.path, context, PARSER)
        return
    if item.path != path:
        yield repeated(path, context, moved=item.path, parser=PARSER)
    pages: list[Page] = []
    if _of_money(item):
        pages = list(attached(item, context, lambda each: _attached(each, item, context)))
    present = {each.key for each in recognised(item, context)} | {page.key for page in pages}
    seen = "" if failed(context, item) else seen or item.changed.isoformat()
    yield _page(item, item.path, seen, context, missing=missing(item, present, context))
    yield from pages


def _of_money(item: Item) -> bool:
    return bool(OF_MONEY.search(" ".join((item.title, *(a.title for a in item.attachments)))))


def _page(
    item: Item,
    key: str,
    seen: str,
    context: SourceContext,
    parent: Item | None = None,
    missing: Mapping[str, list[str]] | None = None,
) -> Page:
    notes, sha256 = _notes(key, item.said, item.sha256, item, parent, context)
    notes |= {"title": item.title, "type": item.type, "url": item.link}
    if missing:
        notes["missing"] = missing
    return Page(
        key,
        item.link,
        item.whole.encode(),
        sha256,
        seen=seen,
        before=context.memory.observations(key),
        notes=notes,
    )


def _attached(attachment: Attachment, parent: Item, context: SourceContext) -> Iterator[Page]:
    if attachment.kind == "external":
        return
    if attachment.kind == "html":
        try:
            item = content(context, attachment.url)
            has_moved = attachment.key != attachment.url
            key = attachment.key if has_moved else item.path
            yield _page(item, key, "", context, parent)
        except Gone:
            yield from taken_back(attachment.key, context, PARSER)
    elif attachment.url.lower().endswith((*TABLES, ".pdf")) and (
        answer := download(attachment, context, PARSER)
    ):
        key = key_of_bytes(attachment, parent, answer.data, context)
        notes, sha256 = _notes(key, answer.data, answer.sha256, parent, parent, context)
        notes |= {
            "title": f"{parent.title}. {attachment.title}",
            "type": parent.type,
            "url": attachment.url,
            "etag": answer.etag,
            "modified": answer.last_modified,
        }
        yield Page(
            key,
            parent.link,
            answer.data,
            sha256,
            before=context.memory.observations(key),
            notes=notes,
        )


def _notes(
    key: str,
    said: str | bytes,
    sha256: str,
    item: Item,
    parent: Item | None,
    context: SourceContext,
) -> tuple[dict[str, Any], str]:
    """What is remembered of a document, and the bytes that first said what it says. One that is
    attached to a page read before is as new as the edit that attached it."""
    known, owner = context.memory.page(key), context.memory.page(parent.path) if parent else None
    now = version(known, said, sha256, edited_on(item, context))
    notes = {
        "published": (parent or item).published,
        "parser": PARSER,
        "funder": item.funder,
        **now.notes,
    }
    if parent:
        notes |= {"parent": parent.path, "funder": item.funder or parent.funder}
    if parent and known is None and owner is not None and owner.last_good is not None:
        notes["edited"] = edited_on(parent, context)
    return notes, now.sha256


# -- What a document says --------------------------------------------------------------------------


def _statements(
    data: bytes, notes: Mapping[str, Any], register: Register
) -> tuple[list[Statement], list[Problem]]:
    if notes["url"].lower().endswith(TABLES):
        return _from_sheets(data, notes, register)
    is_file = "etag" in notes
    try:
        text = text_of(data) if is_file else html.main_text(data)
    except EmptyPage:
        return [], []
    found = read_told_and_possible(
        text,
        register,
        load_programmes(),
        published=notes["published"],
        title=notes["title"],
        funder=notes["funder"],
    )
    return list(found), [] if is_file else list(_problems_on_page(data, notes, register))


def _from_sheets(
    data: bytes, notes: Mapping[str, Any], register: Register
) -> tuple[list[Statement], list[Problem]]:
    """Return the allocations of every sheet that has councils and amounts, and what is wrong with
    its rows."""
    found: list[Statement] = []
    problems: list[Problem] = []
    for sheet in sheets.rows(data, notes["url"]):
        table, wrong = _table(sheet.rows, sheet.name, notes, register, sheet.numbers)
        found += table.statements
        problems += wrong
    return found, problems


def _problems_on_page(
    data: bytes, notes: Mapping[str, Any], register: Register
) -> Iterator[Problem]:
    """Return what is wrong with the tables in the page's own text."""
    for table in html.tables(data):
        words = table.caption or table.heading
        _, wrong = _table((*table.head, *table.rows), words, notes, register)
        yield from wrong


def _table(
    rows: Sequence[Sequence[str]],
    name: str,
    notes: Mapping[str, Any],
    register: Register,
    numbers: Sequence[int] = (),
) -> tuple[TableReading, list[Problem]]:
    """Return what a table says, and what is wrong with it: its rows, or that a page of the
    education ministry does not say whose money it holds."""
    url = notes["url"]
    around = Surroundings((name,), (notes["title"],), notes["funder"], notes["published"])
    try:
        table = read_table(rows, around, register, load_programmes(), numbers=numbers)
    except UnclearGiver as error:
        ours = notes["funder"] == EDUCATION
        return TableReading(), [Problem(error.name, str(error), url + ROWS)] if ours else []
    except UnreadableTable:
        return TableReading(), []
    return table, row_problems(table, url, name)
