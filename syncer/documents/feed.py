"""RSS and Atom → the entries of the feed, by feedparser, which knows the many ways in which real
feeds are broken.

A feed that declares entities of its own is refused before it is parsed: no real one does, and a few
lines of them can unfold to gigabytes.
"""

from __future__ import annotations

import calendar
import datetime as dt
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import feedparser

from syncer.documents.html import main_text
from syncer.errors import DocumentTooSlow, EmptyPage, PageRedesigned

MAX_ENTRIES = 5_000
ENTRY = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>]", re.I)
OWN_ENTITIES = re.compile(rb"<!ENTITY|<!DOCTYPE[^>]*\[", re.I)


@dataclass(frozen=True)
class Entry:
    """One entry. `title` and `summary` are plain text, the summary may be empty; `link` is
    absolute; `id` is the feed's own name for the entry, else the link; `published` in UTC, None
    where the feed does not say."""

    title: str
    link: str
    published: dt.datetime | None
    id: str
    summary: str = ""


def entries(data: bytes, url: str = "") -> list[Entry]:
    """Return the entries of a feed in its own order, those without a title or a link left out;
    relative links are resolved against `url`. Raises PageRedesigned for what is no feed, EmptyPage
    for a feed without entries, DocumentTooSlow for one of more than 5,000."""
    name = url or "the feed"
    _check_is_safe(data, name)
    parsed = _parsed(data, name)
    if not parsed.get("version"):
        raise PageRedesigned(f"{url or 'the page'} is not a feed: it begins {data[:40]!r}")

    found = _complete_entries(parsed, url)
    if not found:
        raise EmptyPage(f"{name} has no entries")
    return found


def _complete_entries(parsed: Any, url: str) -> list[Entry]:
    """Return the entries that have a title and a link."""
    found: list[Entry] = []
    for entry in parsed.entries:
        if entry.get("title") and _link(entry):
            found.append(_entry(entry, url))

    return found


def _check_is_safe(data: bytes, name: str) -> None:
    """Raise DocumentTooSlow or PageRedesigned for what would take too long to parse."""
    if len(ENTRY.findall(data)) > MAX_ENTRIES:
        raise DocumentTooSlow(f"{name} has more than {MAX_ENTRIES:,} entries")
    if OWN_ENTITIES.search(data):
        raise PageRedesigned(f"{name} declares entities of its own, as no feed needs to")


def _parsed(data: bytes, name: str) -> Any:
    """Return the feed as feedparser has it. Raises PageRedesigned."""
    stream = io.BytesIO(data)  # bytes that look like a path or an address would be opened
    try:
        return feedparser.parse(stream, resolve_relative_uris=False, sanitize_html=False)
    except (ValueError, OverflowError, LookupError) as error:
        # What feedparser raises for characters and dates that cannot be ("&#xd800;").
        raise PageRedesigned(f"{name} is not well formed: {error}") from error


def _entry(entry: Mapping[str, Any], url: str) -> Entry:
    link = urljoin(url, _link(entry))
    return Entry(
        title=_plain(entry["title"]),
        link=link,
        published=_moment(entry),
        id=str(entry.get("id") or link),
        summary=_plain(entry.get("summary", "")),
    )


def _link(entry: Mapping[str, Any]) -> str:
    return str(entry.get("link", "")).strip()


def _moment(entry: Mapping[str, Any]) -> dt.datetime | None:
    # feedparser's own mapping answers for a missing date with another one, and warns.
    own = dict(entry)
    when = own.get("published_parsed") or own.get("updated_parsed")
    if not when:
        return None

    seconds = calendar.timegm(when)
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def _plain(text: str) -> str:
    """Return text as it is read: feeds put markup in their summaries, and some in their titles."""
    if "<" not in text and "&" not in text:
        return " ".join(text.split())
    try:
        return " ".join(main_text(text).split())
    except EmptyPage:
        return ""
