"""A page → HTML. The templates are in templates/site; the clock and the network are no part of it,
so the same page gives the same bytes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container
from functools import cached_property, partial
from typing import Any

import jinja2

from syncer.digest import about, wording
from syncer.digest.items import grade_badge, safe_link, site_of
from syncer.digest.message_model import ATTRIBUTION, NOT_THEIRS, Fact
from syncer.digest.render import PACKAGED
from syncer.model import Event
from syncer.register.councils import Register
from syncer.site import addresses, atom, telling
from syncer.site.addresses import Places
from syncer.site.facts import Facts
from syncer.site.feeds import Feed
from syncer.site.page import SitePage
from syncer.views.cells import plain_text
from syncer.views.listing import humanise
from syncer.views.lists import council_label, pounds, short_area

FOLDER = PACKAGED / "site"


def environment() -> jinja2.Environment:
    """Return what finds and fills the templates of the site."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    made.filters["day"] = wording.day
    made.filters["moment"] = wording.moment
    made.filters["local_day"] = wording.local_day
    made.filters["pounds"] = pounds
    made.filters["words"] = humanise
    made.filters["short_area"] = short_area
    made.filters["area"] = wording.area
    made.filters["capital"] = wording.capital
    made.filters["badge"] = grade_badge
    made.filters["safe_link"] = safe_link
    made.filters["site_of"] = _site
    made.filters["name_of"] = _name
    made.filters["in_cell"] = plain_text
    made.tests["day_of_calendar"] = _is_day
    made.globals["at"] = addresses
    made.globals["attribution"] = ATTRIBUTION
    made.globals["not_theirs"] = NOT_THEIRS
    return made


def _name(register: Register, slug: str) -> str:
    return council_label(register, slug).name


def _site(link: str) -> str:
    """Return the site's name as people say it; nothing where there is no address."""
    return site_of(link) if link else ""


def _is_day(value: object) -> bool:
    """Return whether a value is a day, and not a moment."""
    return isinstance(value, dt.date) and not isinstance(value, dt.datetime)


class Renderer:
    """Makes the pages of one site. `present` are the addresses at which something lies: what is
    not there is linked from nowhere."""

    def __init__(self, facts: Facts, places: Places, present: Container[str]) -> None:
        self._facts = facts
        self._places = places
        self._present = present

    @cached_property
    def _environment(self) -> jinja2.Environment:
        return environment()

    def page(self, address: str, page: SitePage) -> bytes:
        """Return a page as it lies at its address."""
        shared: dict[str, Any] = {
            "page": page,
            "address": address,
            "places": self._places,
            "facts": self._facts,
            "sources": self._sources,
            "link": partial(self._link, address),
            "has": self._has,
            "present": self._present,
        }
        template = self._environment.get_template(page.template)
        return template.render(**page.model, **shared).encode()

    def _link(self, page: str, to: str) -> str:
        return self._places.link(to, page)

    def _has(self, address: str) -> bool:
        return address in self._present

    @cached_property
    def _sources(self) -> tuple[Fact, ...]:
        """When each source was last read, in the words of a digest."""
        return about.sources(self._facts.freshness)

    def feed(self, feed: Feed) -> bytes:
        """Return a feed as it lies at its address."""
        return atom.document(feed, self._facts, self._places, partial(self._entry, feed))

    def _entry(self, feed: Feed, event: Event) -> str:
        """Return the HTML of a change in a feed."""
        later = self._facts.taken_back.get(event.id)
        lasting = addresses.change(later.by.id) if later else ""
        return self._environment.get_template("entry.html.j2").render(
            item=telling.item(event, self._facts.context),
            later=later,
            later_link=self._places.whole(lasting, feed.address),
        )

    def style(self) -> bytes:
        """Return the style sheet of all pages."""
        return (FOLDER / "site.css").read_bytes()

    def script(self) -> bytes:
        """Return the little script that sorts and filters tables."""
        return (FOLDER / "tables.js").read_bytes()
