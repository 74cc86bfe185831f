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
from collections.abc import Iterator
from dataclasses import replace

from syncer.errors import DocumentError, Gone, PageError
from syncer.model import FundingKind, RecordKind
from syncer.reading import Page, Reading
from syncer.sources import SourceContext
from syncer.sources._document_pages import as_page, file_document, page_document
from syncer.sources._documents import TABLES, read_document
from syncer.sources._funding import Reader, as_before, reading, unread
from syncer.sources._pages import address, repeated, taken_back
from syncer.sources._row_problems import ROWS
from syncer.sources.govuk.content import content, search
from syncer.sources.govuk.items import FUNDERS, Attachment, Found, Item
from syncer.sources.govuk.pages import (
    attached,
    download,
    due,
    failed,
    key_of_bytes,
    missing,
    recognised,
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
FILES = (*TABLES, ".pdf")


def fetch(context: SourceContext) -> Iterator[Page]:
    """Yield every page that is new, changed, or due again, each followed by its attachments."""
    found = _found(context)

    for path in due(found, context, PARSER):
        seen = found[path].changed.isoformat() if path in found else ""
        with context.attempt(address(path, context)):
            yield from _with_attachments(path, seen, context)


def parse(page: Page, context: SourceContext) -> Reading:
    """Return the statements of funding of one document, as observations."""
    if page.notes.get("withdrawn") or page.notes.get("moved"):
        return as_before(page, withdrawn="withdrawn" in page.notes)

    url = page.notes["url"]
    try:
        read = context.documents.call(read_document, page.data, page.notes, context.register)
    except (DocumentError, PageError) as error:
        return unread(error, page.notes["title"], url)
    if not read.problems:
        context.succeed(url + ROWS)

    statements = read.statements
    if page.notes["type"] == "decision":  # its interventions are read by a source of their own
        statements = [each for each in statements if each.kind is not FundingKind.INTERVENTION]
    said = reading(Reader(NAME, PARSER), page, statements, read.problems)
    return replace(said, totals=tuple(read.totals))


def _found(context: SourceContext) -> dict[str, Found]:
    """Return the pages that the search gives, by path."""
    rows = search(
        context,
        filter_organisations=list(FUNDERS),
        filter_content_store_document_type=list(TYPES),
        filter_public_timestamp=f"from:{context.since}",
    )
    return {row.path: row for row in rows if not SPENDING.search(row.title)}


# -- A page and its attachments --------------------------------------------------------------------


def _with_attachments(path: str, seen: str, context: SourceContext) -> Iterator[Page]:
    """Yield a page and its attachments, or what was read of them if it was taken back."""
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
    yield from _as_it_is(item, seen, context)


def _as_it_is(item: Item, seen: str, context: SourceContext) -> Iterator[Page]:
    """Yield a page that is there, and its attachments. If one of them cannot be fetched, the page
    counts as not seen, and is read again."""
    pages: list[Page] = []
    if _of_money(item):
        pages = list(attached(item, context, lambda each: _attached(each, item, context)))

    if failed(context, item):
        seen = ""
    elif not seen:
        seen = item.changed.isoformat()

    present = {each.key for each in recognised(item, context)}
    present.update(page.key for page in pages)
    absent = missing(item, present, context)

    more = {"missing": absent} if absent else {}
    document = page_document(item, item.path, more=more)
    yield as_page(document, PARSER, context, seen)
    yield from pages


def _of_money(item: Item) -> bool:
    titles = [item.title, *(each.title for each in item.attachments)]
    return bool(OF_MONEY.search(" ".join(titles)))


def _attached(attachment: Attachment, parent: Item, context: SourceContext) -> Iterator[Page]:
    """Yield what is attached to a page, if it is of a kind that can be read and has changed."""
    if attachment.kind == "html":
        yield from _attached_page(attachment, parent, context)
    elif attachment.kind != "external" and attachment.url.lower().endswith(FILES):
        yield from _attached_file(attachment, parent, context)


def _attached_page(attachment: Attachment, parent: Item, context: SourceContext) -> Iterator[Page]:
    try:
        item = content(context, attachment.url)
    except Gone:
        yield from taken_back(attachment.key, context, PARSER)
        return

    has_moved = attachment.key != attachment.url
    key = attachment.key if has_moved else item.path
    yield as_page(page_document(item, key, parent), PARSER, context)


def _attached_file(attachment: Attachment, parent: Item, context: SourceContext) -> Iterator[Page]:
    answer = download(attachment, context, PARSER)
    if answer is None:
        return

    key = key_of_bytes(attachment, parent, answer.data, context)
    yield as_page(file_document(attachment, key, parent, answer), PARSER, context)
