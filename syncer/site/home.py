"""The first page: what changed lately, worst first; the country in numbers; what was read when."""

from __future__ import annotations

from syncer.site.addresses import HOME
from syncer.site.facts import Facts
from syncer.site.page import Pages, SitePage


def pages(facts: Facts) -> Pages:
    """Yield the first page."""
    yield HOME, lambda: _home(facts)


def _home(facts: Facts) -> SitePage:
    return SitePage("Children’s services in England", "home.html.j2")
