"""What a source that reads pages again and again knows of them: when a known page is due, what
became of one that was taken down, and which days cannot be.
"""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Iterator
from typing import Any

from syncer.errors import ImpossibleDate
from syncer.reading import KnownPage, Page
from syncer.sources import SourceContext

WEEK = 7
YOUNG = dt.timedelta(days=730)
CLOCKS_DIFFER = dt.timedelta(days=2)


def check_not_future(day: dt.date | None, where: str, today: dt.date) -> None:
    """Raise ImpossibleDate for what says that it was published on a day to come."""
    if day is not None and day > today + CLOCKS_DIFFER:
        raise ImpossibleDate(f"{where} is dated {day}, which is to come")


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


def address(key: str, context: SourceContext) -> str:
    """The address under which what is wrong with a page is noted."""
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
