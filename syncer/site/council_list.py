"""All councils in one list."""

from __future__ import annotations

from syncer.model import RecordKind
from syncer.site import addresses
from syncer.site.facts import Facts
from syncer.site.page import Pages, SitePage
from syncer.views import lists


def pages(facts: Facts) -> Pages:
    """Yield the list of all councils."""
    yield addresses.COUNCILS, lambda: _all(facts)


def _all(facts: Facts) -> SitePage:
    inspections = facts.of(RecordKind.INSPECTION)
    listing = lists.ratings(facts.councils, inspections, facts.unread, facts.day)
    return SitePage(
        "All councils",
        "councils.html.j2",
        {"listing": listing, "councils": facts.councils},
    )
