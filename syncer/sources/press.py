"""The sector press: feeds named under [sites], and the articles they lead to. Off by default. A figure first told here is confirmed, and
replaced where it is rounded, by the funder's own words.

Comments, navigation, offers and side columns are no part of an article: `documents.html` leaves them out.
"""

from __future__ import annotations

from collections.abc import Iterator

from syncer.documents import feed, html
from syncer.errors import EmptyPage, Gone, SyncerError
from syncer.programmes import load_programmes
from syncer.reading import Entry, Page, Reading
from syncer.sources import Reach
from syncer.sources._funding import Document, observations
from syncer.sources._govuk import is_due
from syncer.statements import read_statements

NAME = "press"
TITLE = "Sector press"
PARSER = 1


def fetch(reach: Reach) -> Iterator[Page]:
    """Every article of the feeds not read before, and known ones again while they are young."""
    articles = {entry.link: entry for address in reach.sites["press"] for entry in _listed(address, reach)}
    due = [e for link, e in articles.items() if is_due(link, "", e.published.date() if e.published else None, reach, PARSER)]
    reach.expect(len(due))
    for entry in due:
        try:
            answer = reach.client.get(entry.link)
        except SyncerError as error:
            if not isinstance(error, Gone):
                reach.fail(error, entry.link)
            continue
        published = entry.published.date() if entry.published else html.published_of(answer.data)
        yield Page(entry.link, entry.link, answer.data, answer.sha256, before=reach.memory.observations(entry.link),
                   notes={"title": entry.title, "published": published, "parser": PARSER})  # fmt: skip


def parse(page: Page, reach: Reach) -> Reading:
    """The statements of funding in one article."""
    published = page.notes["published"]
    found = read_statements(html.main_text(page.data), reach.register, load_programmes(), published=published, title=page.notes["title"])
    made = observations(found, Document(NAME, page.key, page.link, published, page.sha256, PARSER))
    gone = frozenset(k for k, o in page.before.items() if o.parser < PARSER and o.sha256 == page.sha256) - {o.key for o in made}
    return Reading(tuple(Entry(o.key, page.notes["title"], o.published, page.link) for o in made), made, gone=gone)


def _listed(address: str, reach: Reach) -> list[feed.Entry]:
    try:
        found = feed.entries(reach.client.get(address).data, address)
    except EmptyPage:
        return []
    except SyncerError as error:
        reach.fail(error, address)
        return []
    reach.succeed(address)
    return found
