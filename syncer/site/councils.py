"""All councils in one list, and a page for each that has, had or will have children's services."""

from __future__ import annotations

from functools import partial

from syncer.model import Council, RecordKind
from syncer.site import addresses
from syncer.site.facts import Facts
from syncer.site.page import Pages, SitePage
from syncer.views import lists


def pages(facts: Facts) -> Pages:
    """Yield the list, and the page of every council of the register."""
    yield addresses.COUNCILS, lambda: _all(facts)
    for council in facts.register:
        yield addresses.council(council.slug), partial(_one, facts, council)


def _all(facts: Facts) -> SitePage:
    inspections = facts.of(RecordKind.INSPECTION)
    listing = lists.ratings(facts.councils, inspections, facts.unread, facts.day)
    return SitePage(
        "All councils",
        "councils.html.j2",
        {"listing": listing, "councils": facts.councils},
    )


def _one(facts: Facts, council: Council) -> SitePage:
    return SitePage(
        council.name,
        "council.html.j2",
        {"council": council},
        trail=((addresses.COUNCILS, "Councils"),),
    )
