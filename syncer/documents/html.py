"""Web pages → their text, tables, title and date: the article or publication itself, without what a
site puts around it.

Nothing here knows a site. Furniture (navigation, comments, related links, subscription offers …) is
known by the element's kind or role, by the words in its class and id, by the heading over it, and,
for offers inside an article, by what the line says.

A general extractor (trafilatura) was tried: 93 MB with what it needs, and it guesses; a page read
here must lose no row and gain no reader's comment.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from bs4 import (
    BeautifulSoup,
    CData,
    MarkupResemblesLocatorWarning,
    NavigableString,
    Tag,
    XMLParsedAsHTMLWarning,
)
from bs4.element import PageElement

from syncer.errors import DocumentTooSlow, EmptyPage, UnreadableTable

MAX_CELLS = 500_000
MAX_TAGS = 600_000

BREAK, BULLET = (
    "\ue000",
    "\ue001",
)  # private characters: where a line ends, where a list item begins
PRINTED_BULLET = re.compile("[•●▪]")
CELL_BORDER = " | "

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")

BLOCKS = (
    "address",
    "article",
    "blockquote",
    "body",
    "caption",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "header",
    "hr",
    "html",
    "li",
    "main",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tr",
    "ul",
    *HEADINGS,
)
UNSEEN = (
    "button",
    "canvas",
    "dialog",
    "head",
    "iframe",
    "noscript",
    "object",
    "script",
    "select",
    "style",
    "svg",
    "template",
    "textarea",
)

TABLE_PARTS = ("tbody", "tr", "td", "th")
FURNITURE_ELEMENTS = ("nav", "aside", "footer", "form", "menu")
FURNITURE_ROLES = (
    "navigation",
    "complementary",
    "contentinfo",
    "banner",
    "search",
    "dialog",
    "alert",
    "menu",
    "menubar",
)
FURNITURE_NAMES = re.compile(
    r"(?:^|[-_])(?:comments?|comment-?list|commentlist|respond|disqus|livefyre|sidebar"
    r"|side-?bar|widget-?area|related|recommended|"
    r"most-?(?:read|popular|commented)|more-?(?:from|on|stories|news|like)|read-?(?:more"
    r"|next)|you-?may-?(?:also-?)?like|trending|"
    r"nav|navbar|navigation|menu|breadcrumbs?|crumbs?|pagination|pager|skip-?links?|footer"
    r"|masthead|site-?header|"
    r"share|sharing|sharedaddy|addthis|social-?(?:share|sharing|links?|media|icons?"
    r"|buttons?)|follow-?us|"
    r"newsletter|subscribe|subscription|subscriptions|signup|sign-?up|paywall|membership"
    r"|promo|promoted|sponsored|"
    r"advert|adverts|advertisement|advertising|ads?|ad-?slot|banner-?ad|cookies?"
    r"|cookie-?(?:banner|consent|notice)|gdpr|consent|"
    r"author-?(?:bio|box|info)|tag-?(?:list|cloud)|tags-?links|feedback|popup|modal"
    r"|print-?link|visually-?hidden|nonvisual|sr-?only)"
    r"(?:$|[-_])",
    re.I,
)
FURNITURE_HEADINGS = re.compile(
    r"(?:\d+\s+|reader(?:s['’]?)?\s+|your\s+)?comments?(?:\s*\(?\d+\)?)?|\d+\s+(?:responses?"
    r"|replies|thoughts? on\b.*)|"
    r"(?:responses?|replies)\s*\(\d+\)|(?:leave|post|add) a (?:reply|comment|response).*|"
    r"have your say|join the (?:discussion|conversation)|"
    r"related (?:articles?|stories|content|links?|news|posts?|topics?)|most (?:read|popular"
    r"|commented|viewed)|"
    r"latest (?:news|jobs|stories)|more (?:from|on|like|stories|news|articles)\b.*|"
    r"you (?:may|might) also (?:like|be interested in).*|read (?:next|more)|recommended(?: "
    r"(?:for you|reading|articles?|stories))?|"
    r"share this.*|sign up (?:to|for)\b.*|subscribe.*|explore the topic|is this page "
    r"useful\??|help us improve.*|cookies on .*",
    re.I,
)
# "1. sandy beach February 23, 2017 at 10:50 pm #": how blogs head a reader's comment; nothing after
# the first is the article.
COMMENT_HEAD = re.compile(
    (
        r"(?P<number>\d{1,4}[.)] )?.{2,60}\b\w+ \d{1,2},? \d{4} (?:at |[-–] )?\d{1,2}[:.]\d\d "
        r"?[ap]m\b\W{0,3}(?P<end>#|reply|says:?)?"
    ),
    re.I,
)
OFFER = re.compile(
    r"(?:from |only |just )?£\d+(?:\.\d\d)?\s*(?:/|per|a|an)\s*(?:month|year|week|quarter"
    r"|issue)\.?|"
    r"(?:subscribe|sign up|sign in|log ?in|register|join)(?: (?:now|today|here|free|for free))?!?|"
    r"(?:already a|become a) (?:subscriber|member)\b.*|(?:more from|more on|read more|read "
    r"next)\b.{0,80}|"
    r"(?:[\w’']+ ){0,4}(?:digital|print|full|online) (?:membership|subscription)s?"
    r"|(?:[\w’']+ ){1,3}magazine|"
    r"(?:latest (?:digital|print) issues|latest online articles|archive of (?:more than "
    r")?[\d,]+ articles|digital editions?|"
    r"archive of digital editions|themed supplements|unlimited access\b.*)",
    re.I,
)
FOOTNOTE_MARK = re.compile(r"\[?\(?(?:\d{1,3}|[a-z]|[*†‡§¶]+|(?:foot)?note \d+)\)?\]?", re.I)


@dataclass(frozen=True)
class Table:
    """One table as a grid: `head` and `rows` are rows of equally many cells, a spanning cell
    repeated in every place it covers. `repeated` are the (row, column) places of `rows` that only
    repeat the cell above: one sum for three councils stays one sum. `caption` is its own, `heading`
    the heading it stands under; either may be empty."""

    caption: str
    heading: str
    head: tuple[tuple[str, ...], ...]
    rows: tuple[tuple[str, ...], ...]
    repeated: frozenset[tuple[int, int]] = frozenset()


def main_text(html: str | bytes) -> str:
    """The text of the article or publication, one line for each paragraph, heading, list item ("-
    …") and table row ("a | b"), in the page's order. Raises EmptyPage when nothing is left."""
    lines = list(_without_comments(_lines(_content(html))))
    if not lines:
        raise EmptyPage("the page holds no text")
    return "\n".join(lines)


def text_or_nothing(html: str | bytes) -> str:
    """Return the text as `main_text` gives it; the empty string for a page without any."""
    try:
        return main_text(html)
    except EmptyPage:
        return ""


def tables(html: str | bytes) -> list[Table]:
    """The tables of the article or publication, without those used only for layout. Raises
    UnreadableTable for one that claims more than 500,000 cells."""
    found = []
    for table in _content(html).find_all("table"):
        is_layout = table.find("table") is not None
        if not is_layout:
            found.append(_table(table))
    return found


def title_of(html: str | bytes) -> str:
    """The page's heading; else the title it gives of itself, without the site's name. Raises
    EmptyPage when it has none."""
    soup = _soup(html)
    heading, named = soup.select_one("h1"), soup.select_one('meta[property="og:title"]')
    candidates = [
        _flat(heading) if heading else "",
        str(named.get("content", "")).strip() if named else "",
        re.split(r"\s+[|–—-]\s+", _flat(soup.title))[0] if soup.title else "",
    ]
    title = next(filter(None, candidates), "")
    if not title:
        raise EmptyPage("the page has no title")
    return title


def published_of(html: str | bytes) -> dt.date | None:
    """The day the page says it was published (by its metadata, else the first time in its content);
    None where it does not say."""
    soup = _soup(html)
    for printed in _published_candidates(soup):
        if match := re.match(r"\d{4}-\d\d-\d\d", printed.strip()):
            try:
                return dt.date.fromisoformat(match[0])
            except ValueError:
                continue
    return None


# -- what belongs to the article -------------------------------------------------------------------


def _soup(html: str | bytes) -> BeautifulSoup:
    return parsed(_with_body(html))


def parsed(html: str | bytes) -> BeautifulSoup:
    """Return the page as a tree. A page may name an encoding that cannot be one: then it is taken
    for UTF-8. Raises DocumentTooSlow for one of more elements than can be read in seconds."""
    tags = html.count("<") if isinstance(html, str) else html.count(b"<")
    if tags > MAX_TAGS:
        raise DocumentTooSlow(f"A page of {tags:,} tags; more than {MAX_TAGS:,} are not read.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        try:
            return BeautifulSoup(html, "lxml")
        except (ValueError, LookupError):
            text = html if isinstance(html, str) else html.decode("utf-8", errors="replace")
            return BeautifulSoup(text, "lxml")


def _with_body(html: str | bytes) -> str | bytes:
    """Without a <body>, which HTML 5 allows, lxml takes elements that it does not know for parts of
    the head."""
    if isinstance(html, str):
        return html if "<body" in html.lower() else f"<body>{html}"
    return html if b"<body" in html.lower() else b"<body>" + html


def _content(html: str | bytes) -> Tag:
    soup = _soup(html)
    for element in soup.find_all(UNSEEN):
        element.decompose()
    root = _root(soup)
    vital = {id(holder) for part in root.select("main, h1") for holder in (part, *part.parents)}
    for element in root.find_all(True):
        if not _is_dropped(element) and id(element) not in vital and _is_furniture(element):
            element.decompose()
    for heading in root.find_all(HEADINGS[1:]):
        if not _is_dropped(heading) and FURNITURE_HEADINGS.fullmatch(_flat(heading)):
            _drop_part_under(heading)
    for mark in root.find_all("sup"):
        if FOOTNOTE_MARK.fullmatch(_flat(mark)):
            mark.decompose()
    return root


def _is_dropped(element: Tag) -> bool:
    """Whether the element was decomposed. bs4's own `decomposed` searches an element that was not
    for a tag of that name, to its end."""
    return "_decomposed" in vars(element)


def _root(soup: BeautifulSoup) -> Tag:
    """The article whose heading is the page's; else the main part; else the whole page."""
    heading = soup.select_one("h1")
    article = heading.find_parent("article") if heading else None
    return article or soup.select_one("main") or soup.select_one("[role=main]") or soup.body or soup


def _is_furniture(element: Tag) -> bool:
    if element.name in FURNITURE_ELEMENTS or element.get("role") in FURNITURE_ROLES:
        return True
    if element.has_attr("hidden") or element.get("aria-hidden") == "true":
        return True
    if element.name == "header":
        return not element.find_parent(("main", "article"))
    if (
        element.name == "article"
    ):  # a blog lists the article's own topics among its classes, "comments-open" too
        return bool({"comment", "comment-body"} & set(_names(element)))
    named_by_their_words = (
        element.name in HEADINGS
    )  # an id made of the heading's text: "feedback-from-councils"
    return not (named_by_their_words or element.name in TABLE_PARTS) and any(
        map(FURNITURE_NAMES.search, _names(element))
    )


def _names(element: Tag) -> list[str]:
    return " ".join(
        [*map(str, element.get_attribute_list("class")), str(element.get("id") or "")]
    ).split()


def _drop_part_under(heading: Tag) -> None:
    """The heading and what it stands over: its section where it opens one, else all up to the next
    heading of its rank."""
    section = heading.parent
    opens_it = (
        section
        and section.name in ("section", "div", "aside")
        and section.find(HEADINGS) is heading
    )
    if section and opens_it and not section.select_one("h1"):
        section.decompose()
        return
    for sibling in heading.find_next_siblings(True):
        if not isinstance(sibling, Tag):
            continue
        if sibling.name in HEADINGS and sibling.name <= heading.name:
            break
        sibling.decompose()
    heading.decompose()


def _without_comments(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        comment = COMMENT_HEAD.fullmatch(line.removeprefix("- "))
        if comment and (comment["number"] or comment["end"]):
            return
        if not OFFER.fullmatch(line.removeprefix("- ")):
            yield line


# -- text ------------------------------------------------------------------------------------------


def _pieces(element: Tag) -> Iterator[str]:
    """The element's text in order, with BREAK where the browser would begin a new line and BULLET
    where it would print one. One pass, without recursion: pages are long, and some are nested
    beyond reason."""
    waiting: list[PageElement | str] = [element]
    while waiting:
        part = waiting.pop()
        if not isinstance(part, Tag):
            if type(part) in (str, NavigableString, CData):  # not a comment, nor a declaration
                yield str(part)
        elif part.name == "br":
            yield BREAK
        elif part.name == "table" and part.find("table") is None:
            yield BREAK + BREAK.join(_row_lines(part)) + BREAK
        else:
            edge = BREAK if part.name in BLOCKS else ""
            waiting.append(edge)
            waiting.extend(reversed(part.contents))
            has_bullet = part.name == "li" and any(True for _ in part.stripped_strings)
            waiting.append(edge + BULLET if has_bullet else edge)


def _lines(content: Tag) -> Iterator[str]:
    bullet = ""
    for line in PRINTED_BULLET.sub(BREAK + BULLET, "".join(_pieces(content))).split(BREAK):
        bullet = "- " if BULLET in line else bullet
        text = " ".join(line.replace(BULLET, " ").split())
        if text:
            yield bullet + text
            bullet = ""


def _flat(element: Tag) -> str:
    """The element's text in one line."""
    text = "".join(_pieces(element))
    unmarked = text.replace(BREAK, " ").replace(BULLET, " ")
    return " ".join(unmarked.split())


# -- tables ----------------------------------------------------------------------------------------


def _row_lines(table: Tag) -> Iterator[str]:
    """The rows as printed: a cell that spans several stands only in the first, so that no sum is
    read twice."""
    caption = table.select_one("caption")
    if caption:
        yield _flat(caption)
    for row in table.find_all("tr"):
        yield CELL_BORDER.join(_flat(cell) for cell in row.find_all(("td", "th")))


def _table(table: Tag) -> Table:
    caption, heading = table.select_one("caption"), table.find_previous(HEADINGS)
    rows = table.find_all("tr")
    grid, repeated = _grid(rows)
    heads = 0
    while heads < len(rows) and (rows[heads].find_parent("thead") or not rows[heads].find("td")):
        heads += 1
    return Table(
        caption=_flat(caption) if caption else "",
        heading=_flat(heading) if isinstance(heading, Tag) else "",
        head=tuple(grid[:heads]),
        rows=tuple(grid[heads:]),
        repeated=frozenset((row - heads, column) for row, column in repeated if row >= heads),
    )


def _grid(rows: list[Tag]) -> tuple[list[tuple[str, ...]], set[tuple[int, int]]]:
    """Return every place of the table (HTML standard §4.9.12.1: a cell takes the first free place,
    rowspan 0 reaches to the end), and those that repeat the cell above. Raises UnreadableTable."""
    places: dict[tuple[int, int], str] = {}
    repeated: set[tuple[int, int]] = set()
    for y, row in enumerate(rows):
        x = 0
        for cell in row.find_all(("td", "th")):
            while (y, x) in places:
                x += 1
            height = min(_span(cell, "rowspan") or len(rows), len(rows) - y)
            width = max(1, _span(cell, "colspan"))
            if len(places) + height * width > MAX_CELLS:
                raise UnreadableTable(f"a table of more than {MAX_CELLS:,} cells")

            text = _flat(cell)
            covered = [(y + down, x + right) for down in range(height) for right in range(width)]
            places.update(dict.fromkeys(covered, text))
            repeated.update(place for place in covered if place[0] > y)

    width = max((x + 1 for _, x in places), default=0)
    if width * len(rows) > MAX_CELLS:
        raise UnreadableTable(f"a table of more than {MAX_CELLS:,} cells")
    grid = [tuple(places.get((y, x), "") for x in range(width)) for y in range(len(rows))]
    return grid, repeated


def _span(cell: Tag, name: str) -> int:
    printed = str(cell.get(name, "1")).strip()
    return min(int(printed), 1000) if printed.isdigit() else 1


# -- dates -----------------------------------------------------------------------------------------


def _published_candidates(soup: BeautifulSoup) -> Iterator[str]:
    for element in soup.select(
        '[property="article:published_time"], [itemprop="datePublished"], '
        '[name="govuk:first-published-at"]'
    ):
        yield str(element.get("content") or element.get("datetime") or "")
    for script in soup.find_all("script", type="application/ld+json"):
        yield from _json_ld_dates(script.string or "")
    for element in _root(soup).find_all("time", datetime=True):
        yield str(element["datetime"])


def _json_ld_dates(text: str) -> Iterator[str]:
    try:
        waiting: list[Any] = [json.loads(text)]
    except (ValueError, RecursionError):
        return
    while waiting:
        part = waiting.pop(0)
        if isinstance(part, dict):
            if isinstance(part.get("datePublished"), str):
                yield part["datePublished"]
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
