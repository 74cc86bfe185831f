"""A page of GOV.UK, or what is attached to one → a page of its own, with what the next read has to
know of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from syncer.fetching.client import Response
from syncer.model import nothing
from syncer.reading import Page
from syncer.sources import SourceContext
from syncer.sources._versions import version
from syncer.sources.govuk.items import Attachment, Item
from syncer.sources.govuk.pages import edited_on


@dataclass(frozen=True)
class Document:
    """A page of GOV.UK, or one that is attached to the page `parent`, as it was fetched. `item`
    describes it: for a file that is the page it is attached to. `said` is what makes a version of
    it, `more` what else the next read has to know."""

    key: str
    item: Item
    parent: Item | None
    title: str
    url: str
    said: str | bytes
    data: bytes
    sha256: str
    more: Mapping[str, Any]


def page_document(
    item: Item, key: str, parent: Item | None = None, more: Mapping[str, Any] = nothing()
) -> Document:
    """Return a page as a document, remembered by that key."""
    return Document(
        key=key,
        item=item,
        parent=parent,
        title=item.title,
        url=item.link,
        said=item.said,
        data=item.whole.encode(),
        sha256=item.sha256,
        more=more,
    )


def file_document(attachment: Attachment, key: str, parent: Item, answer: Response) -> Document:
    """Return a file as a document, remembered by that key."""
    return Document(
        key=key,
        item=parent,
        parent=parent,
        title=f"{parent.title}. {attachment.title}",
        url=attachment.url,
        said=answer.data,
        data=answer.data,
        sha256=answer.sha256,
        more={"etag": answer.etag, "modified": answer.last_modified},
    )


def as_page(document: Document, parser: int, context: SourceContext, seen: str = "") -> Page:
    """Return a document as a page, with what is remembered of it; `seen` is what the search said of
    it."""
    known = context.memory.page(document.key)
    edited = edited_on(document.item, context)
    now = version(known, document.said, document.sha256, edited)
    notes = {
        **_whose(document, parser),
        **now.notes,
        **_parent(document, context),
        "title": document.title,
        "type": document.item.type,
        "url": document.url,
        **document.more,
    }
    return Page(
        document.key,
        document.item.link,
        document.data,
        now.sha256,
        seen=seen,
        before=context.memory.observations(document.key),
        notes=notes,
    )


def _whose(document: Document, parser: int) -> dict[str, Any]:
    """Return when a document was published and by which ministry: with its page, if it has one."""
    item, parent = document.item, document.parent
    published = parent.published if parent else item.published
    funder = item.funder or (parent.funder if parent else "")
    return {"published": published, "parser": parser, "funder": funder}


def _parent(document: Document, context: SourceContext) -> dict[str, Any]:
    """Return to which page a document is attached. If that was read before without it, it is as new
    as the edit that attached it."""
    parent = document.parent
    if parent is None:
        return {}

    owner = context.memory.page(parent.path)
    was_read = owner is not None and owner.last_good is not None
    is_new = context.memory.page(document.key) is None
    if was_read and is_new:
        return {"parent": parent.path, "edited": edited_on(parent, context)}
    return {"parent": parent.path}
