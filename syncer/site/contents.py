"""What lies at each address of the site, made when it is asked for.

A module that adds pages has a function `pages(facts)` that yields (address, function that makes the
page); it is named once, in `MODULES`."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property, partial

from syncer.site import (
    about,
    change_list,
    changes,
    council_list,
    councils,
    data,
    feeds,
    home,
    improve,
    intervention_list,
    money,
    over_time,
    regions,
)
from syncer.site.addresses import HOME, SCRIPT, STYLE, Places
from syncer.site.facts import Facts
from syncer.site.page import SitePage
from syncer.site.render import Renderer

Maker = Callable[[], bytes]
MODULES = (
    home,
    council_list,
    councils,
    change_list,
    changes,
    regions,
    money,
    intervention_list,
    improve,
    over_time,
    data,
    about,
)
TYPES = {
    "": "text/html; charset=utf-8",
    ".atom": "application/atom+xml; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""By suffix; a page has none."""


class Contents(Mapping[str, Maker]):
    """All of the site by address: what makes the bytes that lie there. Nothing is made before it is
    asked for."""

    def __init__(self, facts: Facts, places: Places) -> None:
        self.facts = facts
        self.places = places
        self._renderer = Renderer(facts, places, self)

    @cached_property
    def _makers(self) -> dict[str, Maker]:
        makers = dict(self._pages())
        makers[STYLE] = self._renderer.style
        makers[SCRIPT] = self._renderer.script
        makers.update(data.files(self.facts))
        for feed in feeds.feeds(self.facts):
            if feed.page in makers:
                makers[feed.address] = partial(self._renderer.feed, feed)
        return makers

    def _pages(self) -> Iterator[tuple[str, Maker]]:
        for module in MODULES:
            for address, page in module.pages(self.facts):
                yield address, self._maker(address, page)

    def _maker(self, address: str, page: Callable[[], SitePage]) -> Maker:
        return lambda: self._renderer.page(address, _with_files(address, page()))

    def not_found(self) -> bytes:
        """Return the page that a reader is shown where nothing lies."""
        page = SitePage("Page not found", "not_found.html.j2")
        return self.page(HOME, page)

    def page(self, address: str, page: SitePage) -> bytes:
        """Return a page that is not of this site but looks like it, as it lies at an address."""
        return self._renderer.page(address, page)

    def __getitem__(self, address: str) -> Maker:
        return self._makers[address]

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


def _with_files(address: str, page: SitePage) -> SitePage:
    """Return a page with the links to its data and its feed, where it names none itself; one that
    is not there is not shown."""
    return replace(
        page,
        downloads=page.downloads or data.downloads_of(address),
        feed=page.feed or feeds.feed_at(address),
    )


def type_of(address: str) -> str:
    """Return the media type of what lies at an address."""
    name = address.rpartition("/")[2]
    _, dot, suffix = name.rpartition(".")
    known = TYPES.get(f"{dot}{suffix}" if dot else "")
    return known or mimetypes.guess_type(name)[0] or "application/octet-stream"
