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
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

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
ODD = re.compile(f"[{LINE_END_HYPHEN}{LIGATURES}{INVISIBLE}]")
# of a line's height: a narrower gap is not a space but a digit set a little apart ("1 9 June")
TIGHT = 0.08

Box = tuple[float, float, float, float]
RawWord = tuple[str, float, float, float, float]
RawPage = tuple[int, float, float, list[RawWord], str]


def pages(data: bytes, wanted: slice = FIRST_PAGES) -> tuple[PdfPage, ...]:
    """Return the wanted pages of a PDF (a slice of all of them, as of a list: `slice(-2, None)` is
    the last two). For a child process: pdfium can hang, crash, and is not thread-safe.

    Raises NotAPdf, ReportNotFound (Ofsted's page for a dead link), NoTextLayer when the first pages
    have no word, and DocumentError for a locked file.
    """
    check_is_pdf(data)
    read = raw_pages(data, wanted)
    if not wanted.start and not any(words for _, _, _, words, _ in read):
        raise NoTextLayer(f"No text on the first {len(read)} pages; they may be pictures.")
    return tuple(
        PdfPage(number, width, height, tuple(Word(*word) for word in words), text)
        for number, width, height, words, text in read
    )


def check_is_pdf(data: bytes) -> None:
    """Raises NotAPdf, saying what the bytes are instead, or ReportNotFound for Ofsted's page in
    place of a missing report."""
    if b"%PDF" in data[:HEADER_WITHIN]:
        return
    if not data:
        raise NotAPdf("The file is empty.")
    start = data[:20_000].decode("utf-8", errors="replace")
    if re.match(r"\s*(<!doctype\s+html|<html|<head)", start, re.I):
        found = re.search(r"<title[^>]*>(.*?)</title>", start, re.I | re.S)
        title = " ".join(html.unescape(found[1]).split()) if found else ""
        if re.match(r"report not found\b", title, re.I):
            raise ReportNotFound(f"Ofsted's page “{title}” came in place of the report.")
        raise NotAPdf(
            f"An HTML page titled “{title}”, not a PDF." if title else "An HTML page, not a PDF."
        )
    raise NotAPdf(f"Not a PDF: it begins {data[:12]!r}.")


# -- In pdfium's terms ----------------------------------------------------------------------------


def raw_pages(data: bytes, wanted: slice) -> list[RawPage]:
    """Return number (from 1), width and height in points, words and text of the wanted pages."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise DocumentError("The PDF is locked with a password.") from error
        raise NotAPdf(
            f"Begins like a PDF and cannot be opened as one ({error}): cut short or damaged."
        ) from error
    try:
        return [raw_page(document[index], index + 1) for index in range(len(document))[wanted]]
    except pypdfium2.PdfiumError as error:
        raise DocumentError(f"A page of the PDF cannot be read ({error}).") from error
    finally:
        document.close()


def raw_page(page: pypdfium2.PdfPage, number: int) -> RawPage:
    """One page; positions as it is seen on a screen, also where the page is stored turned."""
    width, height = page.get_size()
    characters = page.get_textpage()
    text = text_of(characters)
    clean = tidy if ODD.search(text) else str
    to_view = viewer(page)
    words = [
        (clean(text[first:end]), *to_view(box))
        for (first, end), box in boxes(characters, word_spans(text))
    ]
    return number, width, height, join_tight(words), clean(lines_apart(text))


def text_of(characters: pypdfium2.PdfTextPage) -> str:
    """The page's characters, one for one with pdfium's own count, so that an index finds its
    box."""
    from pypdfium2 import raw

    count = characters.count_chars()
    text = characters.get_text_range() if count else ""
    if len(text) != count:
        text = "".join(chr(raw.FPDFText_GetUnicode(characters.raw, i)) for i in range(count))
    return text


def word_spans(text: str) -> Iterator[tuple[int, int]]:
    """(first, end) of each run without white space, ended too by the hyphen of a broken word."""
    return (
        found.span()
        for found in re.finditer(rf"[^\s\0{LINE_END_HYPHEN}]+[{LINE_END_HYPHEN}]?", text)
    )


def boxes(
    characters: pypdfium2.PdfTextPage, spans: Iterable[tuple[int, int]]
) -> Iterator[tuple[tuple[int, int], Box]]:
    """Each word's span with its left, bottom, right and top in the page's own space: the full line
    height, not the ink."""
    from pypdfium2 import raw

    box_of = raw.FPDFText_GetLooseCharBox
    one, other = raw.FS_RECTF(), raw.FS_RECTF()
    to_one, to_other, page = ctypes.byref(one), ctypes.byref(other), characters.raw
    for first, end in spans:
        box_of(page, first, to_one)
        box_of(page, end - 1, to_other)
        low, high = min(one.bottom, other.bottom), max(one.top, other.top)
        yield (first, end), (min(one.left, other.left), low, max(one.right, other.right), high)


def viewer(page: pypdfium2.PdfPage) -> Callable[[Box], Box]:
    """A function from a box in the page's own space (y upwards) to x0, top, x1, bottom as seen."""
    left, bottom, right, top = page.get_bbox()
    turned = page.get_rotation()

    def seen(box: Box) -> Box:
        x0, y0, x1, y1 = box
        if turned == 90:
            return y0 - bottom, x0 - left, y1 - bottom, x1 - left
        if turned == 180:
            return right - x1, y0 - bottom, right - x0, y1 - bottom
        if turned == 270:
            return top - y1, right - x1, top - y0, right - x0
        return x0 - left, top - y1, x1 - left, top - y0

    return seen


def join_tight(words: list[RawWord]) -> list[RawWord]:
    """Digits that stand closer than any space are one number."""
    joined = list(words)
    for index, (one, other) in reversed(list(enumerate(pairwise(joined)))):
        if one[0].isdigit() and other[0].isdigit() and _are_tight(one, other):
            joined[index : index + 2] = [_joined(one, other)]
    return joined


def _are_tight(one: RawWord, other: RawWord) -> bool:
    """Whether two words stand on one line with less than a space between them."""
    gap = other[1] - one[3]
    line = one[4] - one[2]
    is_one_line = abs(one[2] - other[2]) < line / 2
    return is_one_line and -line < gap < TIGHT * line


def _joined(one: RawWord, other: RawWord) -> RawWord:
    return one[0] + other[0], one[1], min(one[2], other[2]), other[3], max(one[4], other[4])


def tidy(text: str) -> str:
    """Ligatures as letters, the hyphen of a broken word as a hyphen, no invisible characters."""
    text = re.sub(rf"[{LINE_END_HYPHEN}]", "-", text)
    text = re.sub(
        f"[{LIGATURES}]", lambda ligature: unicodedata.normalize("NFKC", ligature[0]), text
    )
    return re.sub(f"[{INVISIBLE}]", "", text)


def lines_apart(text: str) -> str:
    """The page's text with one newline per line."""
    return (
        re.sub(rf"([{LINE_END_HYPHEN}])", "\\1\n", text)
        .replace("\r\n", "\n")
        .replace("\r", "\n")
        .replace("\0", "")
    )
