"""Every change in one list, and one lasting page for each, with its evidence."""

from __future__ import annotations

from functools import partial

from syncer.model import Event
from syncer.site import addresses
from syncer.site.facts import Facts
from syncer.site.page import Pages, SitePage
from syncer.views import lists


def pages(facts: Facts) -> Pages:
    """Yield the list, and the page of every change."""
    yield addresses.CHANGES, lambda: _all(facts)
    for event in facts.events:
        yield addresses.change(event.id), partial(_one, facts, event)


def _all(facts: Facts) -> SitePage:
    newest_first = facts.events[::-1]
    listing = lists.changes(facts.register, newest_first)
    return SitePage("Changes", "changes.html.j2", {"listing": listing})


def _one(facts: Facts, event: Event) -> SitePage:
    return SitePage(
        f"Change {event.id}",
        "change.html.j2",
        {"event": event},
        trail=((addresses.CHANGES, "Changes"),),
    )
