"""Which pages of GOV.UK are to be read now, and what hangs together there: a page, its attachments,
and what became of them.

The search index hides withdrawn pages and its timestamp moves on major changes only: known pages
are read again, a share each day, and one that the search no longer gives is looked at at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping

from syncer.errors import Vanished
from syncer.fetching.client import Response
from syncer.reading import Page
from syncer.sources import SourceContext
from syncer.sources._pages import BAD_PAGE, address, children, is_due
from syncer.sources.govuk.items import Attachment, Found, Item


def since(context: SourceContext) -> dt.date:
    """How far back the first read goes: the option `since`, else 1 April of the year before
    last."""
    given = context.options.get("since")
    return dt.date.fromisoformat(str(given)) if given else dt.date(context.today.year - 2, 4, 1)


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
        except BAD_PAGE as error:
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
