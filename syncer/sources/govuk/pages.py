"""Which pages of GOV.UK are to be read now, and what hangs together there: a page, its attachments,
and what became of them.

The search index hides withdrawn pages and its timestamp moves on major changes only: known pages
are read again, a share each day, and one that the search no longer gives is looked at at once.
"""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from syncer.errors import FetchError, PageError, Vanished
from syncer.fetching.client import Response
from syncer.reading import KnownPage, Page
from syncer.sources import SourceContext
from syncer.sources.govuk.content import Attachment, Found, Item

WEEK = 7
YOUNG = dt.timedelta(days=730)


def since(context: SourceContext) -> dt.date:
    """How far back the first read goes: the option `since`, else 1 April of the year before
    last."""
    given = context.options.get("since")
    return dt.date.fromisoformat(str(given)) if given else dt.date(context.today.year - 2, 4, 1)


def is_due(
    key: str, seen: str, published: dt.date | None, context: SourceContext, parser: int
) -> bool:
    """Whether a page is to be read: never read, changed in a major way, read by an older parser, or
    due again because edits can be silent: weekly while younger than 24 months, then every four
    weeks, a share each day. One that failed waits for its turn."""
    known = context.memory.page(key)
    if not context.full and not context.memory.may_try(address(key, context)):
        return False
    if (
        context.full
        or known is None
        or known.last_good is None
        or (seen and known.seen != seen)
        or known.notes.get("parser", 0) < parser
    ):
        return True
    days = WEEK if published and context.today - published < YOUNG else 4 * WEEK
    age = (context.today - known.last_good.date()).days
    return age >= days or (
        age > 0 and zlib.crc32(key.encode()) % days == context.today.toordinal() % days
    )


def due(found: Mapping[str, Found], context: SourceContext, parser: int) -> list[str]:
    """The paths to read now: of what was found, and of what is known and the search no longer
    gives: at once where it should (it may have been withdrawn, which the search hides), else in its
    turn."""
    paths = [
        path
        for path, row in found.items()
        if is_due(path, row.changed.isoformat(), row.changed.date(), context, parser)
    ]
    for page in context.memory.pages():
        if page.key.startswith("/") and page.key not in found and not page.notes.get("parent"):
            hidden = (
                page.seen[:10] >= since(context).isoformat()
                and not page.notes.get("withdrawn")
                and page.last_good is not None
            )
            tried = page.last_good is None or page.last_good.date() == context.today
            if (hidden and not tried) or is_due(page.key, "", _day(page.seen), context, parser):
                paths.append(page.key)
    context.expect(len(paths))
    return paths


def address(key: str, context: SourceContext) -> str:
    """The address under which what is amiss with a page is noted."""
    return context.sites["govuk"][0] + key if key.startswith("/") else key


def children(path: str, context: SourceContext) -> list[KnownPage]:
    """The attachments of a page that were read before."""
    return [page for page in context.memory.pages() if page.notes.get("parent") == path]


def taken_back(path: str, context: SourceContext, parser: int) -> Iterator[Page]:
    """A page that GOV.UK has taken down or withdrawn, and with it what was attached to it, as far
    as anything was read there."""
    for known in filter(None, (context.memory.page(path), *children(path, context))):
        parent = {"parent": path} if known.key != path else {}
        yield repeated(known.key, context, withdrawn=True, parser=parser, **parent)


def repeated(key: str, context: SourceContext, **notes: Any) -> Page:
    """A page that has nothing new to say: what was read there before."""
    before = context.memory.observations(key)
    link = next((o.url for o in before.values()), address(key, context))
    return Page(key, link, b"", "", before=before, notes=notes)


def no_longer_attached(item: Item, context: SourceContext) -> None:
    """Tell the operator of attachments that a page no longer has. Nothing is concluded: it may have
    been an accident."""
    now = {a.key for a in item.attachments}
    for gone in (
        child
        for child in children(item.path, context)
        if child.key not in now and not child.notes.get("withdrawn")
    ):
        if context.memory.observations(gone.key):
            context.fail(
                Vanished(
                    f"{item.link} no longer has the attachment {gone.key.partition('#')[2] or gone.key}"
                ),
                gone.key,
            )


def download(attachment: Attachment, context: SourceContext, parser: int) -> Response | None:
    """A file attached to a page; None where it has not changed since this parser read it. Raises
    FetchError."""
    known = context.memory.page(attachment.key)
    same = (
        known is not None
        and not context.full
        and known.notes.get("parser") == parser
        and known.notes.get("url") == attachment.url
    )
    tags = known.notes if known is not None and same else {}
    answer = context.client.get(
        attachment.url, etag=tags.get("etag", ""), last_modified=tags.get("modified", "")
    )
    return answer if answer.status == 200 else None


def edited_on(item: Item, context: SourceContext) -> dt.date:
    """The day of the edit that is seen now: that of the last major change if it came after our last
    look, else (a silent edit) today."""
    known = context.memory.page(item.path)
    before = known.last_good if known else None
    return item.changed.date() if before is None or item.changed > before else context.today


def attached(
    item: Item, context: SourceContext, read: Callable[[Attachment], Iterator[Page]]
) -> Iterator[Page]:
    """The pages that `read` makes of a page's attachments. One that cannot be had is noted, and the
    rest goes on."""
    for attachment in item.attachments:
        if not context.full and not context.memory.may_try(address(attachment.url, context)):
            continue
        try:
            yield from read(attachment)
        except (FetchError, PageError) as error:
            context.fail(error, address(attachment.url, context))
            continue
        context.succeed(address(attachment.url, context))


def failed(context: SourceContext, item: Item) -> bool:
    """Whether an attachment of the page could not be had in this run: the page then counts as not
    seen, and is read again."""
    had = {address(a.url, context) for a in item.attachments}
    return any(p.url in had for p in context.problems)


def _day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text[:10]) if text else None
