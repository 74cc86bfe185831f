"""Where everything on the site lies: paths below its root, without a slash before them. A page's
ends in a slash (the root's is empty), a file's in its suffix."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

HOME = ""
COUNCILS = "councils/"
CHANGES = "changes/"
REGIONS = "regions/"
PROGRAMMES = "programmes/"
INTERVENTIONS = "interventions/"
FUNDING = "funding/"
IMPROVE = "improve/"
OVER_TIME = "over-time/"
DATA = "data/"
ABOUT = "about/"
STYLE = "style.css"
SCRIPT = "tables.js"
FEED = "changes.atom"
SUBSCRIBE = "subscribe"
MANAGE = "manage"
"""Forms: they are answered by `syncer serve` alone."""


def council(slug: str) -> str:
    """Return where a council's page lies."""
    return f"{COUNCILS}{slug}/"


def change(number: int) -> str:
    """Return where the lasting page of a change lies. `number` is the event's id."""
    return f"{CHANGES}{number}/"


def region(slug: str) -> str:
    """Return where a region's page lies. `slug` is that of its name."""
    return f"{REGIONS}{slug}/"


def programme(slug: str) -> str:
    """Return where a programme's page lies. `slug` is that of its name."""
    return f"{PROGRAMMES}{slug}/"


def data_file(name: str, form: str) -> str:
    """Return where a list lies as a file. `form` is the suffix: csv, json or xlsx."""
    return f"{DATA}{name}.{form}"


def data_of(slug: str) -> str:
    """Return where all that is known of a council lies as a file."""
    return f"{council(slug)}data.json"


def feed_of(page: str) -> str:
    """Return where the feed of a page lies."""
    return f"{page}feed.atom"


def slug_of(name: str) -> str:
    """Return a name as one word of an address: "Yorkshire and the Humber" →
    "yorkshire-and-the-humber"."""
    letters = "".join(letter if letter.isalnum() else " " for letter in name.casefold())
    return "-".join(letters.split())


@dataclass(frozen=True)
class Places:
    """How pages name each other. `root` is the site's own https address, empty where nobody said
    it. `live`: pages are answered by `syncer serve`, and not written into a folder. `forms`: where
    that answers for a folder, `[web] url`."""

    root: str = ""
    live: bool = False
    forms: str = ""

    def link(self, to: str, page: str) -> str:
        """Return what stands in `href` on one page for another: relative, so that the folder works
        at any address; live, from the root, because a page there answers with and without its
        last slash."""
        if self.live:
            return f"/{to}"
        start = posixpath.dirname(page) or "."
        found = posixpath.relpath(to or ".", start)
        return f"{found}/" if to.endswith("/") or not to else found

    def form(self, to: str) -> str:
        """Return what stands in `href` for a form; empty where nothing answers for one."""
        if self.live:
            return f"/{to}"
        return f"{self.forms.rstrip('/')}/{to}" if self.forms else ""

    def absolute(self, to: str) -> str:
        """Return the whole address of a page or file; its path alone where nobody said where the
        site is."""
        return f"{self.root.rstrip('/')}/{to}"

    def whole(self, to: str, page: str) -> str:
        """Return the whole address of a page or file where it is known where the site is, else
        how `page` names it."""
        return self.absolute(to) if self.root else self.link(to, page)
