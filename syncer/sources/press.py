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
from syncer.errors import EmptyPage, Gone, StoreError
from syncer.funding import read_told_and_possible
from syncer.model import RecordKind, Statement
from syncer.reading import Page, Reading
from syncer.register.councils import Register
from syncer.register.programmes import load_programmes
from syncer.sources import SourceContext
from syncer.sources._funding import as_before, reading, version
from syncer.sources._pages import check_not_future, is_due, taken_back

NAME = "press"
TITLE = "Sector press"
PARSER = 1
GIVES = (RecordKind.AWARD,)


def fetch(context: SourceContext) -> Iterator[Page]:
    """Every article of the feeds not read before, and known ones again while the feed has them."""
    articles = {
        entry.link: entry
        for address in context.sites["press"]
        for entry in _listed(address, context)
    }
    due = [
        e
        for link, e in articles.items()
        if is_due(link, "", e.published.date() if e.published else None, context, PARSER)
    ]
    context.expect(len(due))
    for entry in due:
        try:
            page = _article(entry, context)
        except Gone:
            yield from taken_back(entry.link, context, PARSER)
            continue
        except StoreError:
            raise
        except Exception as error:
            context.fail(error, entry.link)
            continue
        context.succeed(entry.link)
        yield page


def parse(page: Page, context: SourceContext) -> Reading:
    """The statements of funding in one article."""
    if page.notes.get("withdrawn"):
        return as_before(page, withdrawn=True)
    found = context.documents.call(_statements, page.data, page.notes, context.register)
    return reading(NAME, PARSER, page, found, retold=True)


def _statements(data: bytes, notes: Mapping[str, Any], register: Register) -> tuple[Statement, ...]:
    return read_told_and_possible(
        html.main_text(data),
        register,
        load_programmes(),
        published=notes["published"],
        title=notes["title"],
    )


def _said(data: bytes) -> tuple[str, dt.date | None]:
    return html.main_text(data), html.published_of(data)


def _article(entry: feed.Entry, context: SourceContext) -> Page:
    """One article. What stands around it differs at every look. Raises FetchError or PageError."""
    answer = context.client.get(entry.link)
    text, dated = context.documents.call(_said, answer.data)
    published = entry.published.date() if entry.published else dated
    check_not_future(published, f"the article “{entry.title}”", context.today)
    now = version(context.memory.page(entry.link), text, answer.sha256, context.today)
    notes = {"title": entry.title, "published": published, "parser": PARSER, **now.notes}
    return Page(
        entry.link,
        entry.link,
        answer.data,
        now.sha256,
        before=context.memory.observations(entry.link),
        notes=notes,
    )


def _listed(address: str, context: SourceContext) -> list[feed.Entry]:
    try:
        found = context.documents.call(feed.entries, context.client.get(address).data, address)
    except EmptyPage:
        return []
    except StoreError:
        raise
    except Exception as error:
        context.fail(error, address)
        return []
    context.succeed(address)
    return found
