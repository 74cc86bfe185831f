"""Web pages → their text, tables, title and date: the article or publication itself, without what a
site puts around it.

A general extractor (trafilatura) was tried: 93 MB with what it needs, and it guesses; a page read
here must lose no row and gain no reader's comment.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from syncer.documents.furniture import article, article_root, without_comments
from syncer.documents.grid import Table, table_of
from syncer.documents.markup import flat, lines_of, parsed
from syncer.errors import EmptyPage

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

__all__ = [
    "Table",
    "main_text",
    "published_of",
    "tables",
    "text_or_nothing",
    "texts_or_nothing",
    "title_of",
]

DAYS_IN_METADATA = (
    '[property="article:published_time"], [itemprop="datePublished"], '
    '[name="govuk:first-published-at"]'
)
BEFORE_SITE_NAME = re.compile(r"\s+[|–—-]\s+")


def main_text(html: str | bytes) -> str:
    """Return the text of the article or publication, one line for each paragraph, heading, list
    item ("- …") and table row ("a | b"), in the page's order. Raises EmptyPage when nothing is
    left."""
    lines = list(without_comments(lines_of(_content(html))))
    if not lines:
        raise EmptyPage("the page holds no text")
    return "\n".join(lines)


def text_or_nothing(html: str | bytes) -> str:
    """Return the text as `main_text` gives it; the empty string for a page without any."""
    try:
        return main_text(html)
    except EmptyPage:
        return ""


def texts_or_nothing(pages: Iterable[str | bytes]) -> list[str]:
    """Return the text of each page, as `text_or_nothing` gives it."""
    texts = []
    for page in pages:
        text = text_or_nothing(page)
        texts.append(text)
    return texts


def tables(html: str | bytes) -> list[Table]:
    """Return the tables of the article or publication, without those used only for layout. Raises
    UnreadableTable for one that claims more than 500,000 cells."""
    found = []
    for table in _content(html).find_all("table"):
        is_layout = table.find("table") is not None
        if not is_layout:
            found.append(table_of(table))
    return found


def title_of(html: str | bytes) -> str:
    """Return the page's heading; else the title it gives of itself, without the site's name. Raises
    EmptyPage when it has none."""
    for title in _title_candidates(_soup(html)):
        if title:
            return title
    raise EmptyPage("the page has no title")


def published_of(html: str | bytes) -> dt.date | None:
    """Return the day the page says it was published (by its metadata, else the first time in its
    content); None where it does not say."""
    for printed in _published_candidates(_soup(html)):
        match = re.match(r"\d{4}-\d\d-\d\d", printed.strip())
        if not match:
            continue
        try:
            return dt.date.fromisoformat(match[0])
        except ValueError:
            continue
    return None


def _content(html: str | bytes) -> Tag:
    return article(_soup(html))


def _soup(html: str | bytes) -> BeautifulSoup:
    return parsed(_with_body(html))


def _with_body(html: str | bytes) -> str | bytes:
    """Return the page with a <body>: without one, which HTML 5 allows, lxml takes elements that it
    does not know for parts of the head."""
    if isinstance(html, str):
        return html if "<body" in html.lower() else f"<body>{html}"
    if b"<body" in html.lower():
        return html
    return b"<body>" + html


# -- Title and date --------------------------------------------------------------------------------


def _title_candidates(soup: BeautifulSoup) -> Iterator[str]:
    """Yield what may be the title, the best first; some may be empty."""
    heading = soup.select_one("h1")
    if heading:
        yield flat(heading)
    yield from _titles_in_head(soup)


def _titles_in_head(soup: BeautifulSoup) -> Iterator[str]:
    named = soup.select_one('meta[property="og:title"]')
    if named:
        yield str(named.get("content", "")).strip()

    if soup.title:
        yield BEFORE_SITE_NAME.split(flat(soup.title))[0]


def _published_candidates(soup: BeautifulSoup) -> Iterator[str]:
    """Yield what may be the day of publication, the best first."""
    yield from _days_in_metadata(soup)
    for element in article_root(soup).find_all("time", datetime=True):
        yield str(element["datetime"])


def _days_in_metadata(soup: BeautifulSoup) -> Iterator[str]:
    """Yield the days that the page gives for machines."""
    for element in soup.select(DAYS_IN_METADATA):
        yield str(element.get("content") or element.get("datetime") or "")

    for script in soup.find_all("script", type="application/ld+json"):
        yield from _json_ld_dates(script.string or "")


def _json_ld_dates(text: str) -> Iterator[str]:
    """Yield every `datePublished` of a JSON-LD script, the outermost first."""
    try:
        waiting: list[Any] = [json.loads(text)]
    except (ValueError, RecursionError):
        return

    while waiting:
        part = waiting.pop(0)
        if isinstance(part, list):
            waiting += part
            continue
        if not isinstance(part, dict):
            continue

        day = part.get("datePublished")
        if isinstance(day, str):
            yield day
        waiting += part.values()
