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
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from syncer.documents.markup import is_cut_short, parsed
from syncer.errors import EmptyPage, PageCutShort, PageRedesigned
from syncer.model import FileKind
from syncer.quantities.dates import day_of

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, NavigableString, Tag

PROVIDER = re.compile(r"/provider/44/([0-9]+)/?(?:[?#].*)?$")
FILE = re.compile(r"/v1/file/([0-9]+)/?(?:[?#].*)?$")
LABEL = re.compile(
    r"^(?P<title>.*?)[,\s]*(?:as\s+)?pdf\s*[-–—]\s*(?P<day>\d{1,2}\s+\w+\s+\d{4})\s*$", re.I | re.S
)
URN = re.compile(r"URN:\s*([0-9]+)")
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
class UnclearLink:
    """An entry of a provider page of which only the file is certain: its day is not."""

    file_id: str
    title: str
    url: str


@dataclass(frozen=True)
class ProviderPage:
    """One provider page: its heading, the id it prints, its entries newest first, what looks
    different from what is known, and the entries whose signs disagree."""

    heading: str
    provider_id: str
    entries: tuple[ReportLink, ...]
    oddities: tuple[str, ...] = ()
    unclear: tuple[UnclearLink, ...] = ()


@dataclass
class _Timeline:
    """What the entries of a provider page come to, by file id."""

    entries: dict[str, ReportLink] = field(default_factory=dict)
    unclear: dict[str, UnclearLink] = field(default_factory=dict)
    odd: set[str] = field(default_factory=set)


def read_list(html: bytes) -> ListPage:
    """Read one page of the list of providers; a row whose signs disagree is told and left out.
    Raises PageCutShort, and EmptyPage when there is no row."""
    soup = _whole(html)
    rows: list[ListRow] = []
    odd: set[str] = set()
    for link in soup.find_all("a", href=PROVIDER):
        row = link.find_parent("li")
        if row is not None:
            _add_row(link, row, rows, odd)

    main = soup.find("main") or soup
    total = TOTAL.search(_text(main))
    if not rows:
        stated = f' ("{total[0]}")' if total else ""
        message = f"the list of providers has no rows{stated}"
        raise EmptyPage(message, "Open the list in a browser.")
    return ListPage(
        tuple(rows),
        _number(total),
        tuple(sorted(odd)),
    )


def _whole(html: bytes) -> BeautifulSoup:
    """Return the page as a tree. Raises PageCutShort for one without its end, which may lack the
    newest entries, or the oldest, or any row of the list."""
    if is_cut_short(html):
        raise PageCutShort("the page ends in the middle, without </html>")
    return parsed(html)


def _add_row(link: Tag, row: Tag, rows: list[ListRow], odd: set[str]) -> None:
    """Add one row of the list, and what looks different about it."""
    if "search-result" not in _classes(row):
        odd.add("a row of the list is not marked as search-result")
    try:
        rows.append(_row(link, row))
    except PageRedesigned as error:
        odd.add(f"{_text(link)}: {error}")


def _number(total: re.Match[str] | None) -> int | None:
    if total is None:
        return None
    digits = total[1].replace(",", "")
    return int(digits)


def read_provider(html: bytes) -> ProviderPage:
    """Read one provider page; an entry whose signs disagree is told and kept apart. Raises
    PageCutShort, and PageRedesigned when there is no heading."""
    soup = _whole(html)
    heading = soup.find("h1")
    if heading is None:
        raise PageRedesigned("the page has no heading")

    found = _Timeline(odd=set(_labels_without_link(soup)))
    for link in soup.find_all("a", href=FILE):
        _add_entry(link, found)

    urn = URN.search(_text(soup))
    return ProviderPage(
        _text(heading),
        urn[1] if urn else "",
        tuple(found.entries.values()),
        tuple(sorted(found.odd)),
        tuple(found.unclear.values()),
    )


def _add_entry(link: Tag, found: _Timeline) -> None:
    """Add one entry of a provider page, and what looks different about it."""
    try:
        entry, strange = _entry(link)
        _check_once(entry, found)
    except PageRedesigned as error:
        found.odd.add(str(error))
        unclear = _unclear(link)
        found.unclear[unclear.file_id] = unclear
        found.entries.pop(unclear.file_id, None)
    else:
        found.odd.update(strange)
        if entry.file_id not in found.unclear:
            found.entries[entry.file_id] = entry


def _check_once(entry: ReportLink, found: _Timeline) -> None:
    """Raise PageRedesigned where the page lists the same file on another day."""
    known = found.entries.get(entry.file_id)
    if known is not None and known.published != entry.published:
        days = f"{known.published} and {entry.published}"
        raise PageRedesigned(f"report {entry.file_id} is listed twice, on {days}")


def _unclear(link: Tag) -> UnclearLink:
    title, _ = _title(link, _hidden_label(link))
    return UnclearLink(_captured(FILE, link), title, str(link["href"]))


def _row(link: Tag, row: Tag) -> ListRow:
    provider_id = _captured(PROVIDER, link)
    printed = _labelled(row, "URN")
    if printed and printed != provider_id:
        message = f"the link leads to provider {provider_id}, the row says URN {printed}"
        raise PageRedesigned(message)

    latest = _labelled(row, "Latest report")
    day = _day(latest) if latest else None
    return ListRow(provider_id, _text(link), day)


def _captured(pattern: re.Pattern[str], link: Tag) -> str:
    """Return the id in the address of a link that was found by this pattern."""
    match = pattern.search(str(link["href"]))
    assert match is not None
    return match[1]


def kind_of(title: str) -> FileKind:
    """What the title of an entry says it is. The file itself has the last word."""
    words = re.findall(r"[a-z]+", title.lower())
    plain = " ".join(words) + " "
    for sign, kind in TITLES:
        if sign in plain:
            return kind
    return FileKind.OTHER


def _entry(link: Tag) -> tuple[ReportLink, list[str]]:
    """Return one entry and what looks different about it. Raises PageRedesigned where its signs
    disagree."""
    file_id = _captured(FILE, link)
    odd = []
    if "publication-link" not in _classes(link):
        odd.append("a link to a report is not marked as publication-link")
    hidden = _hidden_label(link)
    if hidden is None:
        odd.append("a link to a report has no hidden label")

    days = _days(link, hidden)
    day = _agreed(days, file_id)
    if len(set(days)) > 1:
        odd.append("the dates of one entry disagree")

    title, strange = _title(link, hidden)
    entry = ReportLink(file_id, title, day, str(link["href"]))
    return entry, odd + strange


def _hidden_label(link: Tag) -> re.Match[str] | None:
    """Return the label for screen readers: title and day."""
    for span in link.find_all("span"):
        label = LABEL.match(_text(span))
        if label is not None:
            return label
    return None


def _days(link: Tag, hidden: re.Match[str] | None) -> list[dt.date]:
    """Return every day that is printed around a link, and that of its hidden label."""
    times = _around(link).find_all("time")
    days = [_day(_text(time)) for time in times]
    if hidden:
        days.append(_day(hidden["day"]))
    return days


def _title(link: Tag, hidden: re.Match[str] | None) -> tuple[str, list[str]]:
    """Return an entry's title, and whether the visible and the hidden one disagree."""
    strings = link.find_all(string=True, recursive=False)
    visible = " ".join("".join(strings).split())
    if hidden is None:
        return visible, []

    title = " ".join(hidden["title"].split())
    if not visible or _bare(visible) == _bare(title):
        return title, []
    return title, [f'the visible title "{visible}" and the hidden one "{title}" disagree']


def _agreed(days: list[dt.date], file_id: str) -> dt.date:
    """Return the day that most signs give. Raises PageRedesigned for none, or no such day."""
    if not days:
        raise PageRedesigned(f"report {file_id} stands without a date")

    (day, votes), *others = Counter(days).most_common()
    if not others:
        return day

    _, next_votes = others[0]
    if votes < 2 or votes == next_votes:
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


def _labels_without_link(soup: BeautifulSoup) -> Iterator[str]:
    """Yield what is wrong about each hidden label that stands in no link to a file."""
    for span in soup.find_all("span"):
        text = _text(span)
        if LABEL.match(text) and span.find_parent("a", href=FILE) is None:
            yield f'"{text}" looks like a report and has no link to a file'


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
