"""How the site is made: what is read, how right it is, licence and attribution, privacy."""

from __future__ import annotations

from syncer.site.addresses import ABOUT
from syncer.site.facts import Facts
from syncer.site.page import Pages, SitePage


def pages(facts: Facts) -> Pages:
    """Yield the page about the site."""
    yield ABOUT, lambda: SitePage("About", "about.html.j2")
