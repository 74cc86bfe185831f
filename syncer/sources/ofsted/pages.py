"""Ofsted's two kinds of page, as HTML → what is listed there. Each thing is recognised by several
independent signs: where a link leads, the hidden label for screen readers, the visible dates, and
the class names. Where they disagree this says so; nothing is guessed.

The signs are those that several public readers of the live pages agree on (class names, nesting,
hidden label), and the site's own style sheet.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass

from bs4 import BeautifulSoup, NavigableString, Tag

from syncer.documents.markup import parsed
from syncer.errors import EmptyPage, PageRedesigned
from syncer.model import FileKind
from syncer.quantities.dates import day_of

PROVIDER = re.compile(r"/provider/44/([0-9]+)/?(?:[?#].*)?$")
FILE = re.compile(r"/v1/file/([0-9]+)/?(?:[?#].*)?$")
LABEL = re.compile(
    r"^(?P<title>.*?)[,\s]*(?:as\s+)?pdf\s*[-–—]\s*(?P<day>\d{1,2}\s+\w+\s+\d{4})\s*$", re.I | re.S
)
WHOLE = ("ol", "ul", "main", "body")
TOTAL = re.compile(r"\b([0-9][0-9,]*)\s+results?\b", re.I)
TITLES = (
    ("focused visit", FileKind.FOCUSED_VISIT),
    ("monitoring visit", FileKind.MONITORING_VISIT),
    ("joint area child protection", FileKind.JTAI),
    ("joint targeted", FileKind.JTAI),
    ("jtai", FileKind.JTAI),
    ("send ", FileKind.SEND),
    ("special educational", FileKind.SEND),
    ("safeguarding children board", FileKind.LSCB_REVIEW),
    ("joint area review", FileKind.OTHER),
    ("inspection", FileKind.INSPECTION),
)
"""Words of an entry's title and what it is; the first that stand in it count."""


@dataclass(frozen=True)
class ListRow:
    """One provider of the list: its id and name as printed, and the day of its latest report (None:
    none yet)."""

    provider_id: str
    name: str
    latest: dt.date | None


@dataclass(frozen=True)
class ListPage:
    """One page of the list: its rows, the total that it states (None: not stated), and what looks
    different from what is known."""

    rows: tuple[ListRow, ...]
    total: int | None
    oddities: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReportLink:
    """One entry of a provider page: file id, title, day of publication, address of the file."""

    file_id: str
    title: str
    published: dt.date
    url: str


@dataclass(frozen=True)
class ProviderPage:
    """One provider page: its heading, the id it prints, its entries newest first, and what looks
    different from what is known."""

    heading: str
    provider_id: str
    entries: tuple[ReportLink, ...]
    oddities: tuple[str, ...] = ()


def read_list(html: bytes) -> ListPage:
    """Read one page of the list of providers; a row whose signs disagree is told and left out.
    Raises EmptyPage when there is no row."""
    soup = parsed(html)
    rows, odd = [], []
    for link in soup.find_all("a", href=PROVIDER):
        if (row := link.find_parent("li")) is None:
            continue
        if "search-result" not in _classes(row):
            odd.append("a row of the list is not marked as search-result")
        try:
            rows.append(_row(link, row))
        except PageRedesigned as error:
            odd.append(f"{_text(link)}: {error}")
    total = TOTAL.search(_text(soup.find("main") or soup))
    if not rows:
        raise EmptyPage(
            "the list of providers has no rows" + (f' ("{total[0]}")' if total else ""),
            "Open the list in a browser.",
        )
    return ListPage(
        tuple(rows), int(total[1].replace(",", "")) if total else None, tuple(sorted(set(odd)))
    )


def read_provider(html: bytes) -> ProviderPage:
    """Read one provider page; an entry whose signs disagree is told and left out. Raises
    PageRedesigned when there is no heading."""
    soup = parsed(html)
    heading = soup.find("h1")
    if heading is None:
        raise PageRedesigned("the page has no heading")
    urn = re.search(r"URN:\s*([0-9]+)", _text(soup))
    entries, odd = {}, []
    for link in soup.find_all("a", href=FILE):
        try:
            entry, strange = _entry(link)
        except PageRedesigned as error:
            odd.append(str(error))
            continue
        entries[entry.file_id] = entry
        odd += strange
    odd += [
        f'"{_text(label)}" looks like a report and has no link to a file'
        for label in _labels_without_link(soup)
    ]
    return ProviderPage(
        _text(heading), urn[1] if urn else "", tuple(entries.values()), tuple(sorted(set(odd)))
    )


def _row(link: Tag, row: Tag) -> ListRow:
    match = PROVIDER.search(str(link["href"]))
    assert match is not None  # the link was found by this pattern
    latest, printed = _labelled(row, "Latest report"), _labelled(row, "URN")
    if printed and printed != match[1]:
        raise PageRedesigned(f"the link leads to provider {match[1]}, the row says URN {printed}")
    return ListRow(match[1], _text(link), _day(latest) if latest else None)


def kind_of(title: str) -> FileKind:
    """What the title of an entry says it is. The file itself has the last word."""
    plain = " ".join(re.findall(r"[a-z]+", title.lower())) + " "
    return next((kind for words, kind in TITLES if words in plain), FileKind.OTHER)


def _entry(link: Tag) -> tuple[ReportLink, list[str]]:
    """Return one entry and what looks different about it. Raises PageRedesigned where its signs
    disagree."""
    match = FILE.search(str(link["href"]))
    assert match is not None  # the link was found by this pattern
    odd = []
    if "publication-link" not in _classes(link):
        odd.append("a link to a report is not marked as publication-link")
    hidden = next((m for span in link.find_all("span") if (m := LABEL.match(_text(span)))), None)
    if hidden is None:
        odd.append("a link to a report has no hidden label")

    days = [_day(_text(time)) for time in _around(link).find_all("time")]
    if hidden:
        days.append(_day(hidden["day"]))
    day = _agreed(days, match[1])
    if len(set(days)) > 1:
        odd.append("the dates of one entry disagree")

    visible = " ".join("".join(t for t in link.find_all(string=True, recursive=False)).split())
    title = hidden["title"] if hidden else visible
    if hidden and visible and _bare(visible) != _bare(title):
        odd.append(f'the visible title "{visible}" and the hidden one "{title}" disagree')
    return ReportLink(match[1], " ".join(title.split()), day, str(link["href"])), odd


def _agreed(days: list[dt.date], file_id: str) -> dt.date:
    """Return the day that most signs give. Raises PageRedesigned for none, or no such day."""
    if not days:
        raise PageRedesigned(f"report {file_id} stands without a date")
    (day, votes), *others = Counter(days).most_common()
    if others and (votes < 2 or votes == others[0][1]):
        printed = ", ".join(sorted(each.isoformat() for each in set(days)))
        raise PageRedesigned(f"report {file_id} stands with several dates: {printed}")
    return day


def _around(link: Tag) -> Tag:
    """The part of the page that belongs to one link: up to the largest element that holds no other
    link to a file."""
    place: Tag = link
    while (
        (around := place.parent) is not None
        and around.name not in WHOLE
        and len(around.find_all("a", href=FILE)) == 1
    ):
        place = around
    return place


def _labels_without_link(soup: BeautifulSoup) -> list[Tag]:
    return [
        span
        for span in soup.find_all("span")
        if LABEL.match(_text(span)) and span.find_parent("a", href=FILE) is None
    ]


def _labelled(row: Tag, label: str) -> str:
    """The text of `<li>Label: <strong>…</strong></li>` in a row; empty where there is none."""
    for item in row.find_all("li"):
        text = _text(item)
        if text.lower().startswith(label.lower() + ":"):
            return text[len(label) + 1 :].strip()
    return ""


def _bare(title: str) -> str:
    return re.sub(r"[\W_]+|\bpdf\b|\bas\b", "", title.casefold())


def _classes(tag: Tag) -> list[str]:
    return [str(name) for name in tag.get_attribute_list("class")]


def _text(tag: Tag | NavigableString) -> str:
    return " ".join(tag.get_text(" ").split())


def _day(text: str) -> dt.date:
    try:
        return day_of(text)
    except ValueError as error:
        raise PageRedesigned(f'"{text}" stands where a date is expected') from error
