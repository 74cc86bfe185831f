"""A page for each council that has, had or will have children's services."""

from __future__ import annotations

from functools import partial

from syncer.model import Council
from syncer.site import addresses
from syncer.site.facts import Facts
from syncer.site.page import Pages, SitePage


def pages(facts: Facts) -> Pages:
    """Yield the page of every council of the register."""
    for council in facts.register:
        yield addresses.council(council.slug), partial(_one, facts, council)


def _one(facts: Facts, council: Council) -> SitePage:
    return SitePage(
        council.name,
        "council.html.j2",
        {"council": council},
        trail=((addresses.COUNCILS, "Councils"),),
    )
