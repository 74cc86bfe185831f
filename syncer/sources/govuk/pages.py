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

from syncer.errors import StoreError, Vanished
from syncer.fetching.client import Response
from syncer.reading import KnownPage, Page
from syncer.sources import SourceContext
from syncer.sources._pages import address, children, is_due
from syncer.sources.govuk.items import Attachment, Found, Item

MISSED_READS = 3
MISSED_FOR = dt.timedelta(days=14)


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


def recognised(item: Item, context: SourceContext) -> list[Attachment]:
    """Return the attachments of a page, each under the key it was first known by: one that moved to
    another address, or got another title, is the same document."""
    keys = {each.key for each in item.attachments}
    lost = [child for child in children(item.path, context) if child.key not in keys]
    found = []
    for each in item.attachments:
        same = [child for child in lost if _is_same(each, child)]
        if len(same) == 1 and context.memory.page(each.key) is None:
            lost.remove(same[0])
            each = replace(each, key=same[0].key)
        found.append(each)
    return found


def _is_same(attachment: Attachment, child: KnownPage) -> bool:
    """Whether an attachment is one known under another key: by its address, else by its title."""
    if (attachment.kind == "html") != child.key.startswith("/"):
        return False
    address, title = str(child.notes.get("url", "")), str(child.notes.get("title", ""))
    if address.endswith(attachment.url):
        return True
    return title == attachment.title or title.endswith(f". {attachment.title}")


def key_of_bytes(attachment: Attachment, item: Item, data: bytes, context: SourceContext) -> str:
    """Return the key of an attachment, given its bytes: those of one that the page no longer lists
    are that one, whatever its new title and address."""
    if context.memory.page(attachment.key) is not None:
        return attachment.key
    keys = {each.key for each in recognised(item, context)}
    digest = hashlib.sha256(data).hexdigest()
    same = [
        child.key
        for child in children(item.path, context)
        if child.key not in keys and child.notes.get("digest") == digest
    ]
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
                name = child.key.partition("#")[2] or child.key
                said = f"{item.link} no longer has the attachment {name}"
                context.fail(Vanished(said), child.key)
    return days_by_key


def _is_gone(days: Sequence[str]) -> bool:
    span = dt.date.fromisoformat(days[-1]) - dt.date.fromisoformat(days[0])
    return len(days) >= MISSED_READS and span >= MISSED_FOR


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
    for attachment in recognised(item, context):
        if not context.full and not context.memory.may_try(address(attachment.url, context)):
            continue
        try:
            yield from read(attachment)
        except StoreError:
            raise
        except Exception as error:
            context.fail(error, address(attachment.url, context))
            continue
        context.succeed(address(attachment.url, context))


def failed(context: SourceContext, item: Item) -> bool:
    """Return whether an attachment of the page could not be fetched in this run: the page then
    counts as not seen, and is read again."""
    had = {address(a.url, context) for a in item.attachments}
    return any(p.url in had for p in context.problems)


def _day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text[:10]) if text else None
