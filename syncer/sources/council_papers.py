"""Council papers: reports given by their address under [sites] council_papers (PDF, web page or text). Off by default. They tell of
sums that the funder never publishes council by council.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from syncer.documents import html
from syncer.documents.files import MARKUP, text_of
from syncer.errors import EmptyPage, SyncerError
from syncer.programmes import load_programmes
from syncer.reading import Entry, Page, Reading
from syncer.sources import Reach
from syncer.sources._funding import Document, observations
from syncer.sources._govuk import is_due
from syncer.statements import read_statements

NAME = "council_papers"
TITLE = "Council papers"
PARSER = 1


def fetch(reach: Reach) -> Iterator[Page]:
    """Every paper named in the configuration, again every four weeks."""
    due = [address for address in reach.sites["council_papers"] if is_due(address, "", None, reach, PARSER)]
    reach.expect(len(due))
    for address in due:
        try:
            answer = reach.client.get(address)
            yield Page(address, address, answer.data, answer.sha256, before=reach.memory.observations(address), notes={"parser": PARSER})
        except SyncerError as error:
            reach.fail(error, address)


def parse(page: Page, reach: Reach) -> Reading:
    """The statements of funding in one paper, dated by the paper itself."""
    title, published = _title_and_day(page.data)
    found = read_statements(text_of(page.data, reach.pdf), reach.register, load_programmes(), published=published, title=title)
    made = observations(found, Document(NAME, page.key, page.link, published, page.sha256, PARSER))
    gone = frozenset(k for k, o in page.before.items() if o.parser < PARSER and o.sha256 == page.sha256) - {o.key for o in made}
    return Reading(tuple(Entry(o.key, title, o.published, page.link) for o in made), made, gone=gone)


def _title_and_day(data: bytes) -> tuple[str, dt.date | None]:
    if not MARKUP.match(data):
        return "", None
    try:
        return html.title_of(data), html.published_of(data)
    except EmptyPage:
        return "", html.published_of(data)
