"""The sector press: feeds named under [sites], and the articles they lead to. Off by default. A
figure first told here is confirmed, and replaced where it is rounded, by the funder's own words.

Comments, navigation, offers and side columns are no part of an article: `documents.html` leaves
them out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from syncer.documents import feed, html
from syncer.documents.markup import ends_within_article
from syncer.errors import EmptyPage, Gone, PageCutShort
from syncer.funding.reading import read_told_and_possible
from syncer.model import RecordKind, Statement
from syncer.reading import Page, Reading
from syncer.register.councils import Register
from syncer.register.programmes import load_programmes
from syncer.sources import SourceContext
from syncer.sources._funding import Reader, as_before, reading
from syncer.sources._pages import check_not_future, is_due, taken_back
from syncer.sources._versions import version

NAME = "press"
TITLE = "Sector press"
PARSER = 1
GIVES = (RecordKind.AWARD,)
READER = Reader(NAME, PARSER, retold=True)


def fetch(context: SourceContext) -> Iterator[Page]:
    """Yield every article of the feeds not read before, and known ones again while the feed has
    them."""
    due = _due(context)
    context.expect(len(due))

    for entry in due:
        pages: list[Page] = []
        with context.attempt(entry.link):
            pages = _article(entry, context)
        yield from pages


def parse(page: Page, context: SourceContext) -> Reading:
    """Return the statements of funding in one article."""
    if page.notes.get("withdrawn"):
        return as_before(page, withdrawn=True)
    found = context.documents.call(_statements, page.data, page.notes, context.register)
    return reading(READER, page, found)


def _statements(data: bytes, notes: Mapping[str, Any], register: Register) -> tuple[Statement, ...]:
    return read_told_and_possible(
        html.main_text(data),
        register,
        load_programmes(),
        published=notes["published"],
        title=notes["title"],
    )


# -- Feeds and articles ----------------------------------------------------------------------------


def _due(context: SourceContext) -> list[feed.Entry]:
    """Return the articles to read now. One that two feeds have is read once."""
    articles: dict[str, feed.Entry] = {}
    for address in context.sites["press"]:
        for entry in _listed(address, context):
            articles[entry.link] = entry

    due = []
    for link, entry in articles.items():
        published = entry.published.date() if entry.published else None
        if is_due(link, "", published, context, PARSER):
            due.append(entry)
    return due


def _listed(address: str, context: SourceContext) -> list[feed.Entry]:
    """Return the articles of a feed; none where it is empty, or cannot be read."""
    found: list[feed.Entry] = []
    with context.attempt(address):
        answer = context.client.get(address)
        try:
            found = context.documents.call(feed.entries, answer.data, address)
        except EmptyPage:
            return []
    return found


def _article(entry: feed.Entry, context: SourceContext) -> list[Page]:
    """Return one article, or what was read of it if it was taken down. Raises FetchError or
    PageError."""
    try:
        answer = context.client.get(entry.link)
    except Gone:
        return list(taken_back(entry.link, context, PARSER))

    text, dated = context.documents.call(_said, answer.data)
    published = entry.published.date() if entry.published else dated
    check_not_future(published, f"the article “{entry.title}”", context.today)

    # What stands around an article differs at every look: only its text makes a version.
    now = version(context.memory.page(entry.link), text, answer.sha256, context.today)
    notes = {"title": entry.title, "published": published, "parser": PARSER, **now.notes}
    page = Page(
        entry.link,
        entry.link,
        answer.data,
        now.sha256,
        before=context.memory.observations(entry.link),
        notes=notes,
    )
    return [page]


def _said(data: bytes) -> tuple[str, dt.date | None]:
    if ends_within_article(data):
        raise PageCutShort("the article ends in the middle")
    return html.main_text(data), html.published_of(data)
