"""A page → HTML. The templates are in templates/site; the clock and the network are no part of it,
so the same page gives the same bytes."""

from __future__ import annotations

from functools import cached_property, partial
from typing import Any

import jinja2

from syncer.digest import wording
from syncer.digest.message_model import ATTRIBUTION, NOT_THEIRS
from syncer.digest.render import PACKAGED
from syncer.site import addresses
from syncer.site.addresses import Places
from syncer.site.facts import Facts
from syncer.site.page import SitePage
from syncer.views.lists import humanise, pounds, short_area

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
    made.filters["pounds"] = pounds
    made.filters["words"] = humanise
    made.filters["short_area"] = short_area
    made.globals["at"] = addresses
    made.globals["attribution"] = ATTRIBUTION
    made.globals["not_theirs"] = NOT_THEIRS
    return made


class Renderer:
    """Makes the pages of one site."""

    def __init__(self, facts: Facts, places: Places) -> None:
        self._facts = facts
        self._places = places

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
            "link": partial(self._link, address),
        }
        template = self._environment.get_template(page.template)
        return template.render(**page.model, **shared).encode()

    def _link(self, page: str, to: str) -> str:
        return self._places.link(to, page)

    def style(self) -> bytes:
        """Return the style sheet of all pages."""
        return (FOLDER / "site.css").read_bytes()
