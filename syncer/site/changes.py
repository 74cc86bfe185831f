"""One lasting page for each change, with its evidence."""

from __future__ import annotations

from functools import partial

from syncer.model import Event
from syncer.site import addresses
from syncer.site.facts import Facts
from syncer.site.page import Pages, SitePage


def pages(facts: Facts) -> Pages:
    """Yield the page of every change."""
    for event in facts.events:
        yield addresses.change(event.id), partial(_one, facts, event)


def _one(facts: Facts, event: Event) -> SitePage:
    return SitePage(
        f"Change {event.id}",
        "change.html.j2",
        {"event": event},
        trail=((addresses.CHANGES, "Changes"),),
    )
