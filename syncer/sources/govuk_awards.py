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
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from syncer.errors import DocumentError, Gone, PageError
from syncer.fetching.client import Response
from syncer.model import FundingKind, RecordKind
from syncer.reading import Page, Reading
from syncer.sources import SourceContext
from syncer.sources._documents import TABLES, read_document
from syncer.sources._funding import Reader, as_before, reading, unread
from syncer.sources._pages import address, repeated, taken_back
from syncer.sources._row_problems import ROWS
from syncer.sources._versions import Version, version
from syncer.sources.govuk.content import content, search
from syncer.sources.govuk.items import FUNDERS, Attachment, Found, Item
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
FILES = (*TABLES, ".pdf")


@dataclass(frozen=True)
class _Document:
    """A page of GOV.UK, or one that is attached to the page `parent`, as it was fetched. `item`
    describes it: for a file that is the page it is attached to."""

    key: str
    item: Item
    parent: Item | None
    title: str
    url: str
    said: str | bytes
    data: bytes
    sha256: str


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
        statements, problems = context.documents.call(
            read_document, page.data, page.notes, context.register
        )
    except (DocumentError, PageError) as error:
        return unread(error, page.notes["title"], url)
    if not problems:
        context.succeed(url + ROWS)

    if page.notes["type"] == "decision":  # its interventions are read by a source of their own
        statements = [each for each in statements if each.kind is not FundingKind.INTERVENTION]
    return reading(Reader(NAME, PARSER), page, statements, problems)


def _found(context: SourceContext) -> dict[str, Found]:
    """Return the pages that the search gives, by path."""
    rows = search(
        context,
        filter_organisations=list(FUNDERS),
        filter_content_store_document_type=list(TYPES),
        filter_public_timestamp=f"from:{since(context)}",
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
    yield _page(_of_item(item, item.path), context, more, seen)
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
    yield _page(_of_item(item, key, parent), context, {})


def _attached_file(attachment: Attachment, parent: Item, context: SourceContext) -> Iterator[Page]:
    answer = download(attachment, context, PARSER)
    if answer is None:
        return

    key = key_of_bytes(attachment, parent, answer.data, context)
    tags = {"etag": answer.etag, "modified": answer.last_modified}
    yield _page(_of_file(attachment, key, parent, answer), context, tags)


# -- A document as a page of its own ---------------------------------------------------------------


def _of_item(item: Item, key: str, parent: Item | None = None) -> _Document:
    return _Document(
        key=key,
        item=item,
        parent=parent,
        title=item.title,
        url=item.link,
        said=item.said,
        data=item.whole.encode(),
        sha256=item.sha256,
    )


def _of_file(attachment: Attachment, key: str, parent: Item, answer: Response) -> _Document:
    return _Document(
        key=key,
        item=parent,
        parent=parent,
        title=f"{parent.title}. {attachment.title}",
        url=attachment.url,
        said=answer.data,
        data=answer.data,
        sha256=answer.sha256,
    )


def _page(
    document: _Document, context: SourceContext, more: Mapping[str, Any], seen: str = ""
) -> Page:
    """Return the document as a page with what is remembered of it, and `more` of that."""
    known = context.memory.page(document.key)
    edited = edited_on(document.item, context)
    now = version(known, document.said, document.sha256, edited)

    notes = _notes(document, now, context)
    notes |= {"title": document.title, "type": document.item.type, "url": document.url, **more}
    return Page(
        document.key,
        document.item.link,
        document.data,
        now.sha256,
        seen=seen,
        before=context.memory.observations(document.key),
        notes=notes,
    )


def _notes(document: _Document, now: Version, context: SourceContext) -> dict[str, Any]:
    """Return when a document was published and by whom. One that is attached to a page read before
    is as new as the edit that attached it."""
    item, parent = document.item, document.parent
    notes = {
        "published": (parent or item).published,
        "parser": PARSER,
        "funder": item.funder,
        **now.notes,
    }
    if parent is None:
        return notes

    notes |= {"parent": parent.path, "funder": item.funder or parent.funder}
    owner = context.memory.page(parent.path)
    is_new = context.memory.page(document.key) is None
    if is_new and owner is not None and owner.last_good is not None:
        notes["edited"] = edited_on(parent, context)
    return notes
