"""Every change in one list."""

from __future__ import annotations

from syncer.site import addresses
from syncer.site.facts import Facts
from syncer.site.page import Pages, SitePage
from syncer.views import lists


def pages(facts: Facts) -> Pages:
    """Yield the list of all changes."""
    yield addresses.CHANGES, lambda: _all(facts)


def _all(facts: Facts) -> SitePage:
    newest_first = facts.events[::-1]
    listing = lists.changes(facts.register, newest_first)
    return SitePage("Changes", "changes.html.j2", {"listing": listing})
