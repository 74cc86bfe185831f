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
    """Return whether a page is to be read: never read, changed in a major way, read by an older
    parser, or due again because edits can be silent: weekly while younger than 24 months, then
    every four weeks, a share each day. One that failed waits for its turn."""
    if context.full:
        return True
    if not context.memory.may_try(address(key, context)):
        return False

    known = context.memory.page(key)
    if known is None or known.last_good is None:
        return True

    has_changed = bool(seen) and known.seen != seen
    by_older_parser = known.notes.get("parser", 0) < parser
    if has_changed or by_older_parser:
        return True

    is_young = published is not None and context.today - published < YOUNG
    return _is_its_turn(key, WEEK if is_young else 4 * WEEK, known.last_good.date(), context.today)


def _is_its_turn(key: str, days: int, last_good: dt.date, today: dt.date) -> bool:
    """Return whether a page that is read every so many days is to be read today: each has a day of
    its own, so that a share of all is read each day."""
    age = (today - last_good).days
    is_its_day = zlib.crc32(key.encode()) % days == today.toordinal() % days
    return age >= days or (age > 0 and is_its_day)


def address(key: str, context: SourceContext) -> str:
    """Return the address under which what is wrong with a page is noted."""
    return context.sites["govuk"][0] + key if key.startswith("/") else key


def children(path: str, context: SourceContext) -> list[KnownPage]:
    """Return the attachments of a page that were read before."""
    return [page for page in context.memory.pages() if page.notes.get("parent") == path]


def taken_back(path: str, context: SourceContext, parser: int) -> Iterator[Page]:
    """Yield a page that GOV.UK has taken down or withdrawn, and with it what was attached to it, as
    far as anything was read there."""
    if context.memory.page(path) is not None:
        yield repeated(path, context, withdrawn=True, parser=parser)

    for child in children(path, context):
        yield repeated(child.key, context, withdrawn=True, parser=parser, parent=path)


def repeated(key: str, context: SourceContext, **notes: Any) -> Page:
    """Return a page that has nothing new to say: what was read there before."""
    before = context.memory.observations(key)
    links = [observation.url for observation in before.values()]
    link = links[0] if links else address(key, context)
    return Page(key, link, b"", "", before=before, notes=notes)
