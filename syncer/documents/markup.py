"""A web page's elements → their text: one line for each paragraph, heading, list item ("- …") and
table row ("a | b").

bs4 is imported where a page is read: that is the child, and the process beside it stays without.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING

from syncer.errors import DocumentTooSlow

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag
    from bs4.element import PageElement

MAX_TAGS = 600_000

# Private characters: where a line ends, where a list item begins.
BREAK, BULLET = "\ue000", "\ue001"
PRINTED_BULLET = re.compile("[•●▪]")
CELL_BORDER = " | "
CELLS = ("td", "th")

END = re.compile(rb"</html\s*>(?>\s+|<!--.*?-->|<script\b.*?</script\s*>)*+\Z", re.I | re.S)
"""The end of a page. Behind it some sites print a comment or a script of their own."""

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


def is_cut_short(html: bytes) -> bool:
    """Return whether a page has a beginning and no end. A reply may be whole by its length and yet
    hold half of the page: a site's cache may have kept half."""
    return bool(html.strip()) and END.search(html) is None


def ends_within_article(html: bytes) -> bool:
    """Return whether a page of any site ends in the middle of its content. HTML allows a page to
    leave out </html>, but not the end of an article."""
    if not is_cut_short(html):
        return False
    text = html.lower()
    return any(text.count(b"<" + name) > text.count(b"</" + name) for name in (b"article", b"main"))


def parsed(html: str | bytes) -> BeautifulSoup:
    """Return the page as a tree. A page may name an encoding that cannot be one: then it is taken
    for UTF-8. Raises DocumentTooSlow for one of more elements than can be read in seconds."""
    from bs4 import MarkupResemblesLocatorWarning, XMLParsedAsHTMLWarning

    _check_size(html)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        return _tree(html)


def _check_size(html: str | bytes) -> None:
    """Raise DocumentTooSlow for a page of too many tags."""
    tags = html.count("<") if isinstance(html, str) else html.count(b"<")
    if tags > MAX_TAGS:
        raise DocumentTooSlow(f"A page of {tags:,} tags; more than {MAX_TAGS:,} are not read.")


def _tree(html: str | bytes) -> BeautifulSoup:
    from bs4 import BeautifulSoup

    try:
        return BeautifulSoup(html, "lxml")
    except (ValueError, LookupError):
        text = html if isinstance(html, str) else html.decode("utf-8", errors="replace")
        return BeautifulSoup(text, "lxml")


def lines_of(content: Tag) -> Iterator[str]:
    """Yield the element's text as a browser would break it into lines, without empty ones."""
    pieces = "".join(_pieces(content))
    printed = PRINTED_BULLET.sub(BREAK + BULLET, pieces)
    bullet = ""

    for line in printed.split(BREAK):
        if BULLET in line:
            bullet = "- "
        words = line.replace(BULLET, " ").split()
        text = " ".join(words)
        if text:
            yield bullet + text
            bullet = ""


def flat(element: Tag) -> str:
    """Return the element's text in one line."""
    text = "".join(_pieces(element))
    unmarked = text.replace(BREAK, " ").replace(BULLET, " ")
    return " ".join(unmarked.split())


def _pieces(element: Tag) -> Iterator[str]:
    """Yield the element's text in order, with BREAK where the browser would begin a new line and
    BULLET where it would print one. One pass, without recursion: pages are long, and some are
    nested beyond reason."""
    from bs4 import CData, NavigableString, Tag

    shown = (str, NavigableString, CData)  # not a comment, nor a declaration
    waiting: list[PageElement | str] = [element]

    while waiting:
        part = waiting.pop()
        if not isinstance(part, Tag):
            if type(part) in shown:
                yield str(part)
        elif part.name == "br":
            yield BREAK
        elif part.name == "table" and part.find("table") is None:
            yield BREAK + BREAK.join(_row_lines(part)) + BREAK
        else:
            waiting += _within_edges(part)


def _within_edges(part: Tag) -> list[PageElement | str]:
    """Return what an element holds, the last first, between the line breaks that it makes."""
    edge = BREAK if part.name in BLOCKS else ""
    has_bullet = part.name == "li" and any(True for _ in part.stripped_strings)
    beginning = edge + BULLET if has_bullet else edge
    return [edge, *reversed(part.contents), beginning]


def _row_lines(table: Tag) -> Iterator[str]:
    """Yield the rows as printed: a cell that spans several stands only in the first, so that no sum
    is read twice."""
    caption = table.select_one("caption")
    if caption:
        yield flat(caption)

    for row in table.find_all("tr"):
        cells = [flat(cell) for cell in row.find_all(CELLS)]
        yield CELL_BORDER.join(cells)
