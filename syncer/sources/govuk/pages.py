"""Which pages of GOV.UK are to be read now, and what hangs together there: a page, its attachments,
and what became of them.

The search index hides withdrawn pages and its timestamp moves on major changes only: known pages
are read again, a share each day, and one that the search no longer gives is looked at at once.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from typing import Any

from syncer.errors import Vanished
from syncer.fetching.client import Response
from syncer.reading import KnownPage, Page
from syncer.sources import SourceContext
from syncer.sources._pages import address, children, is_due
from syncer.sources.govuk.items import Attachment, Found, Item

MISSED_READS = 3
MISSED_FOR = dt.timedelta(days=14)


def due(found: Mapping[str, Found], context: SourceContext, parser: int) -> list[str]:
    """Return the paths to read now: of what was found, and of what is known and the search no
    longer gives: at once where it should (it may have been withdrawn, which the search hides), else
    in its turn. One that failed waits for its turn in either case."""
    paths = []
    for path, row in found.items():
        if is_due(path, row.changed.isoformat(), row.changed.date(), context, parser):
            paths.append(path)

    for page in _not_in_search(found, context):
        is_hidden = _should_be_in_search(page, context) and not _was_read_today(page, context)
        may_try = context.memory.may_try(address(page.key, context))
        if (is_hidden and may_try) or is_due(page.key, "", _day(page.seen), context, parser):
            paths.append(page.key)

    context.expect(len(paths))
    return paths


def _not_in_search(found: Mapping[str, Found], context: SourceContext) -> list[KnownPage]:
    """Return the known pages, without attachments, that the search no longer gives."""
    pages = []
    for page in context.memory.pages():
        is_attachment = page.notes.get("parent") or not page.key.startswith("/")
        if page.key not in found and not is_attachment:
            pages.append(page)
    return pages


def _should_be_in_search(page: KnownPage, context: SourceContext) -> bool:
    """Return whether a page was read well, changed late enough, and has not been withdrawn."""
    is_late_enough = page.seen[:10] >= context.since.isoformat()
    is_withdrawn = page.notes.get("withdrawn")
    return is_late_enough and not is_withdrawn and page.last_good is not None


def _was_read_today(page: KnownPage, context: SourceContext) -> bool:
    return page.last_good is not None and page.last_good.date() == context.today


def recognised(item: Item, context: SourceContext) -> list[Attachment]:
    """Return the attachments of a page, each under the key it was first known by: one that moved to
    another address, or got another title, is the same document."""
    lost = _lost(item.attachments, item, context)
    found = []

    for attachment in item.attachments:
        same = [child for child in lost if _is_same(attachment, child)]
        if len(same) == 1 and context.memory.page(attachment.key) is None:
            lost.remove(same[0])
            attachment = replace(attachment, key=same[0].key)
        found.append(attachment)
    return found


def _lost(attachments: Sequence[Attachment], item: Item, context: SourceContext) -> list[KnownPage]:
    """Return what was read of the page's attachments before and is under none of these keys."""
    keys = {each.key for each in attachments}
    return [child for child in children(item.path, context) if child.key not in keys]


def _is_same(attachment: Attachment, child: KnownPage) -> bool:
    """Return whether an attachment is one known under another key: by its address, else by its
    title."""
    is_page = attachment.kind == "html"
    was_page = child.key.startswith("/")
    if is_page != was_page:
        return False

    address = str(child.notes.get("url", ""))
    if address.endswith(attachment.url):
        return True

    title = str(child.notes.get("title", ""))
    return title == attachment.title or title.endswith(f". {attachment.title}")


def key_of_bytes(attachment: Attachment, item: Item, data: bytes, context: SourceContext) -> str:
    """Return the key of an attachment, given its bytes: those of one that the page no longer lists
    are that one, whatever its new title and address."""
    if context.memory.page(attachment.key) is not None:
        return attachment.key

    digest = hashlib.sha256(data).hexdigest()
    lost = _lost(recognised(item, context), item, context)
    same = [child.key for child in lost if child.notes.get("digest") == digest]
    return same[0] if len(same) == 1 else attachment.key


def missing(item: Item, present: Set[str], context: SourceContext) -> dict[str, list[str]]:
    """Return the days on which each attachment that was read before was not on the page, and tell
    the operator of those that were long looked for (DESIGN §6.3). Nothing is concluded: it may have
    been an accident."""
    owner = context.memory.page(item.path)
    before = owner.notes.get("missing", {}) if owner else {}
    days_by_key: dict[str, list[str]] = {}

    for child in children(item.path, context):
        if child.key in present:
            context.succeed(child.key)
        elif not child.notes.get("withdrawn") and context.memory.observations(child.key):
            days = sorted({*before.get(child.key, ()), context.today.isoformat()})
            days_by_key[child.key] = days
            if _is_gone(days):
                context.fail(_vanished(child, item), child.key)

    return days_by_key


def _vanished(child: KnownPage, item: Item) -> Vanished:
    name = child.key.partition("#")[2] or child.key
    return Vanished(f"{item.link} no longer has the attachment {name}")


def _is_gone(days: Sequence[str]) -> bool:
    first = dt.date.fromisoformat(days[0])
    last = dt.date.fromisoformat(days[-1])
    return len(days) >= MISSED_READS and last - first >= MISSED_FOR


def download(attachment: Attachment, context: SourceContext, parser: int) -> Response | None:
    """Return a file attached to a page; None where it has not changed since this parser read it.
    Raises FetchError."""
    tags: Mapping[str, Any] = {}
    known = context.memory.page(attachment.key)
    if known is not None and not context.full and _is_as_read(known, attachment, parser):
        tags = known.notes

    answer = context.client.get(
        attachment.url,
        etag=tags.get("etag", ""),
        last_modified=tags.get("modified", ""),
    )
    return answer if answer.status == 200 else None


def _is_as_read(known: KnownPage, attachment: Attachment, parser: int) -> bool:
    """Return whether this parser read the file from the same address."""
    by_this_parser = known.notes.get("parser") == parser
    return by_this_parser and known.notes.get("url") == attachment.url


def edited_on(item: Item, context: SourceContext) -> dt.date:
    """Return the day of the edit that is seen now: that of the last major change if it came after
    our last look, else (a silent edit) today."""
    known = context.memory.page(item.path)
    before = known.last_good if known else None
    is_major = before is None or item.changed > before
    return item.changed.date() if is_major else context.today


def attached(
    item: Item, context: SourceContext, read: Callable[[Attachment], Iterator[Page]]
) -> Iterator[Page]:
    """Yield the pages that `read` makes of a page's attachments. One that cannot be fetched is
    noted, and the rest goes on."""
    for attachment in recognised(item, context):
        url = address(attachment.url, context)
        if context.full or context.memory.may_try(url):
            with context.attempt(url):
                yield from read(attachment)


def failed(context: SourceContext, item: Item) -> bool:
    """Return whether an attachment of the page could not be fetched in this run: the page then
    counts as not seen, and is read again."""
    addresses = {address(each.url, context) for each in item.attachments}
    return any(problem.url in addresses for problem in context.problems)


def _day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text[:10]) if text else None
