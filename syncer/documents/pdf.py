"""PDF bytes → pages of words with positions. To be called through `DocumentReader`.

pypdfium2 is the fastest reader of those tried (three pages of a report in 8 ms). Positions are kept
because the order in which a PDF draws its text is not the order in which it reads: the cells of a
judgement table are often drawn column by column.
"""

from __future__ import annotations

import ctypes
import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from syncer.errors import (
    DocumentError,
    NotAPdf,
    NoTextLayer,
    ReportNotFound,
)
from syncer.reports.paper import PdfPage, Word

if TYPE_CHECKING:
    import pypdfium2

FIRST_PAGES = slice(0, 3)
# bytes; readers accept a PDF whose header comes this late (ISO 32000-1, annex H.3, note 13)
HEADER_WITHIN = 1024
LINE_END_HYPHEN = (
    "\ufffe\u0002\u00ad"  # what pdfium gives for the hyphen of a word broken over two lines
)
LIGATURES = "\ufb00-\ufb06"
INVISIBLE = "\u200b-\u200d\u2060\ufeff"
HTML = re.compile(r"\s*(<!doctype\s+html|<html|<head)", re.I)
WORD = re.compile(rf"[^\s\0{LINE_END_HYPHEN}]+[{LINE_END_HYPHEN}]?")
ODD = re.compile(f"[{LINE_END_HYPHEN}{LIGATURES}{INVISIBLE}]")
# of a line's height: a narrower gap is not a space but a digit set a little apart ("1 9 June")
TIGHT = 0.08

Box = tuple[float, float, float, float]
Span = tuple[float, float]


def pages(data: bytes, wanted: slice = FIRST_PAGES) -> tuple[PdfPage, ...]:
    """Return the wanted pages of a PDF (a slice of all of them, as of a list: `slice(-2, None)` is
    the last two). For a child process: pdfium can hang, crash, and is not thread-safe.

    Raises NotAPdf, ReportNotFound (Ofsted's page for a dead link), NoTextLayer when the first pages
    have no word, and DocumentError for a locked file.
    """
    check_is_pdf(data)
    found = raw_pages(data, wanted)

    is_beginning = not wanted.start
    if is_beginning:
        _check_has_text(found)
    return tuple(found)


def _check_has_text(pages: Sequence[PdfPage]) -> None:
    """Raise NoTextLayer where no page has a word."""
    if not any(page.words for page in pages):
        raise NoTextLayer(f"No text on the first {len(pages)} pages; they may be pictures.")


def check_is_pdf(data: bytes) -> None:
    """Raise NotAPdf, saying what the bytes are instead, or ReportNotFound for Ofsted's page in
    place of a missing report."""
    if b"%PDF" in data[:HEADER_WITHIN]:
        return
    if not data:
        raise NotAPdf("The file is empty.")
    raise _what_it_is(data)


def _what_it_is(data: bytes) -> NotAPdf | ReportNotFound:
    """Return the error that says what came in place of a PDF."""
    start = data[:20_000].decode("utf-8", errors="replace")
    if not HTML.match(start):
        return NotAPdf(f"Not a PDF: it begins {data[:12]!r}.")
    return _page_in_place_of_pdf(_title(start))


def _page_in_place_of_pdf(title: str) -> NotAPdf | ReportNotFound:
    """Return what an HTML page of that title means."""
    if re.match(r"report not found\b", title, re.I):
        return ReportNotFound(f"Ofsted's page “{title}” came in place of the report.")

    titled = f" titled “{title}”" if title else ""
    return NotAPdf(f"An HTML page{titled}, not a PDF.")


def _title(page: str) -> str:
    """Return the title of an HTML page; empty where it has none."""
    found = re.search(r"<title[^>]*>(.*?)</title>", page, re.I | re.S)
    if not found:
        return ""

    words = html.unescape(found[1]).split()
    return " ".join(words)


# -- In pdfium's terms ----------------------------------------------------------------------------


def raw_pages(data: bytes, wanted: slice) -> list[PdfPage]:
    """Return the wanted pages. Raises DocumentError for a PDF that cannot be opened or read."""
    import pypdfium2

    document = _opened(data)
    try:
        return _pages(document, wanted)
    except pypdfium2.PdfiumError as error:
        raise DocumentError(f"A page of the PDF cannot be read ({error}).") from error
    finally:
        document.close()


def _pages(document: pypdfium2.PdfDocument, wanted: slice) -> list[PdfPage]:
    found = []
    for index in range(len(document))[wanted]:
        page = _page(document[index], index + 1)
        found.append(page)

    return found


def _opened(data: bytes) -> pypdfium2.PdfDocument:
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise DocumentError("The PDF is locked with a password.") from error
        said = f"Begins like a PDF and cannot be opened as one ({error}): cut short or damaged."
        raise NotAPdf(said) from error


def _page(page: pypdfium2.PdfPage, number: int) -> PdfPage:
    """Return one page; positions as it is seen on a screen, also where the page is stored
    turned."""
    width, height = page.get_size()
    characters = page.get_textpage()
    text = text_of(characters)
    clean = tidy if ODD.search(text) else str

    left, bottom, right, top = page.get_bbox()
    view = _View(left, bottom, right, top, page.get_rotation())

    words = []
    for (first, end), box in boxes(characters, word_spans(text)):
        printed = clean(text[first:end])
        words.append(Word(printed, *view.seen(box)))

    return PdfPage(
        number,
        width,
        height,
        words=join_tight(words),
        text=clean(lines_apart(text)),
    )


def text_of(characters: pypdfium2.PdfTextPage) -> str:
    """Return the page's characters, one for one with pdfium's own count, so that an index finds its
    box."""
    from pypdfium2 import raw

    count = characters.count_chars()
    text = characters.get_text_range() if count else ""
    if len(text) == count:
        return text
    codes = [raw.FPDFText_GetUnicode(characters.raw, place) for place in range(count)]
    return "".join(map(chr, codes))


def word_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield (first, end) of each run without white space, ended too by the hyphen of a broken
    word."""
    for found in WORD.finditer(text):
        yield found.span()


def boxes(
    characters: pypdfium2.PdfTextPage, spans: Iterable[tuple[int, int]]
) -> Iterator[tuple[tuple[int, int], Box]]:
    """Yield each word's span with its left, bottom, right and top in the page's own space: the full
    line height, not the ink."""
    from pypdfium2 import raw

    page = characters.raw
    box_of = raw.FPDFText_GetLooseCharBox
    one = raw.FS_RECTF()
    other = raw.FS_RECTF()
    to_one = ctypes.byref(one)
    to_other = ctypes.byref(other)

    for first, end in spans:
        box_of(page, first, to_one)
        box_of(page, end - 1, to_other)
        yield (first, end), _around(one, other)


def _around(one: Any, other: Any) -> Box:
    """Return the box around two of pdfium's."""
    return (
        min(one.left, other.left),
        min(one.bottom, other.bottom),
        max(one.right, other.right),
        max(one.top, other.top),
    )


@dataclass(frozen=True)
class _View:
    """How a page is shown: its box in its own space (y upwards), and by how many degrees it is
    turned."""

    left: float
    bottom: float
    right: float
    top: float
    turned: int

    def seen(self, box: Box) -> Box:
        """Return a box of the page's own space as it is seen: x0, top, x1, bottom."""
        across, down = self._axes(box)
        return across[0], down[0], across[1], down[1]

    def _axes(self, box: Box) -> tuple[Span, Span]:
        """Return where a box begins and ends from left to right, and from top to bottom."""
        if self.turned == 90:
            return self._from_bottom(box), self._from_left(box)
        if self.turned == 180:
            return self._from_right(box), self._from_bottom(box)
        if self.turned == 270:
            return self._from_top(box), self._from_right(box)
        return self._from_left(box), self._from_top(box)

    def _from_left(self, box: Box) -> Span:
        x0, _, x1, _ = box
        return x0 - self.left, x1 - self.left

    def _from_right(self, box: Box) -> Span:
        x0, _, x1, _ = box
        return self.right - x1, self.right - x0

    def _from_bottom(self, box: Box) -> Span:
        _, y0, _, y1 = box
        return y0 - self.bottom, y1 - self.bottom

    def _from_top(self, box: Box) -> Span:
        _, y0, _, y1 = box
        return self.top - y1, self.top - y0


def join_tight(words: Sequence[Word]) -> tuple[Word, ...]:
    """Return the words, where digits that stand closer than any space are one number."""
    joined: list[Word] = []

    for word in reversed(words):  # the last first: what follows a digit is a whole number by then
        is_digits = word.text.isdigit()
        if joined and is_digits and _is_tight(word, joined[-1]):
            joined[-1] = _together(word, joined[-1])
        else:
            joined.append(word)

    return tuple(reversed(joined))


def _is_tight(word: Word, following: Word) -> bool:
    """Return whether digits follow a word on its line, with less between them than a space."""
    if not following.text.isdigit():
        return False

    line = word.bottom - word.top
    gap = following.x0 - word.x1
    return -line < gap < TIGHT * line and _is_on_line_of(word, following)


def _is_on_line_of(word: Word, following: Word) -> bool:
    half_a_line = (word.bottom - word.top) / 2
    apart = abs(word.top - following.top)
    return apart < half_a_line


def _together(word: Word, following: Word) -> Word:
    return Word(
        text=word.text + following.text,
        x0=word.x0,
        top=min(word.top, following.top),
        x1=following.x1,
        bottom=max(word.bottom, following.bottom),
    )


def tidy(text: str) -> str:
    """Return the text with ligatures as letters, the hyphen of a broken word as a hyphen, and no
    invisible characters."""
    text = re.sub(rf"[{LINE_END_HYPHEN}]", "-", text)
    text = re.sub(f"[{LIGATURES}]", _letters, text)
    return re.sub(f"[{INVISIBLE}]", "", text)


def _letters(ligature: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", ligature[0])


def lines_apart(text: str) -> str:
    """Return the page's text with one newline per line."""
    text = re.sub(rf"([{LINE_END_HYPHEN}])", "\\1\n", text)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\0", "")
