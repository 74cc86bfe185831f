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
from array import array
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial
from itertools import accumulate, compress, repeat
from operator import add, and_
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, Self

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
LIGATURES = "\ufb00\ufb01\ufb02\ufb03\ufb04\ufb05\ufb06"
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
ODD = LINE_END_HYPHEN + LIGATURES + INVISIBLE
WHITE = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
    "\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
"""All white space but a space."""
UNUSUAL = ODD + WHITE + "\0"
HTML = re.compile(r"\s*(<!doctype\s+html|<html|<head)", re.I)
WORD = re.compile(rf"([^\s\0{LINE_END_HYPHEN}]+[{LINE_END_HYPHEN}]?)")
# of a line's height: a narrower gap is not a space but a digit set a little apart ("1 9 June")
TIGHT = 0.08

MAX_LOADED = 16  # pages: a report of any length takes no more memory than these
BOX_BYTES = 16  # of pdfium's FS_RECTF: four floats
ROOM = 1024  # boxes of characters at a time: more than most pages have words

Handle = Any
"""What pdfium knows a page by, or its characters: a pointer to something of its own."""
Reference = Any
"""A place in memory, as `ctypes.byref` returns it: pypdfium2 and ctypes have no name for either."""


def pages(data: bytes, wanted: slice = FIRST_PAGES) -> tuple[PdfPage, ...]:
    """Return the wanted pages of a PDF (a slice of all of them, as of a list: `slice(-2, None)` is
    the last two). For a child process: pdfium can hang, crash, and is not thread-safe.

    Raises NotAPdf, ReportNotFound (Ofsted's page for a dead link), NoTextLayer when the first pages
    have no word, and DocumentError for a locked file.
    """
    with OpenPdf(data) as document:
        return document.pages(wanted)


def text_of_pages(data: bytes) -> list[str]:
    """Return the text of each page, one newline per line. Raises what `pages` raises."""
    with OpenPdf(data) as document:
        texts = document.texts(slice(0, None))

    _check_has_text(bool(WORD.search(text)) for text in texts)
    return texts


def _check_has_text(pages_have_words: Iterable[bool]) -> None:
    """Raise NoTextLayer where no page has a word."""
    has_words = list(pages_have_words)
    if not any(has_words):
        raise NoTextLayer(f"No text on the first {len(has_words)} pages; they may be pictures.")


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


@dataclass(frozen=True)
class _Loaded:
    """A page as pdfium has it in memory, with its characters, until it is closed: pdfium's own
    handles, since the objects that pypdfium2 makes of them cost a fiftieth of reading a report."""

    page: Handle
    characters: Handle

    @cached_property
    def text(self) -> str:
        """Return the page's characters, one for one with pdfium's own count, so that an index finds
        its box."""
        return text_of(self.characters)

    def close(self) -> None:
        """Give the page's memory back; it cannot be used again."""
        from pypdfium2 import raw

        raw.FPDFText_ClosePage(self.characters)
        raw.FPDF_ClosePage(self.page)


class OpenPdf:
    """A PDF whose pages are read as they are asked for; to be used in a `with`.

    The pages that were asked for last stay in memory: the next are likely to use their fonts, and
    whoever has seen a page's text may ask for its words. Raises what `pages` raises, and
    DocumentError where a page cannot be read.
    """

    def __init__(self, data: bytes) -> None:
        check_is_pdf(data)
        self._document = _opened(data)
        self._count = len(self._document)
        self._loaded: dict[int, _Loaded] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        while self._loaded:
            self._close_oldest()
        self._document.close()

    def __len__(self) -> int:
        return self._count

    def pages(self, wanted: slice) -> tuple[PdfPage, ...]:
        """Return these pages with their words. Raises NoTextLayer where they are the first ones and
        have none."""
        found = [_page(self._at(index), index + 1) for index in self._places(wanted)]

        is_beginning = not wanted.start
        if is_beginning:
            _check_has_text(bool(page.words) for page in found)
        return tuple(found)

    def texts(self, wanted: slice) -> list[str]:
        """Return the text of these pages, one newline per line: that costs less than to know where
        each word stands."""
        return [_tidied(lines_apart(self._at(index).text)) for index in self._places(wanted)]

    def drawn(self, wanted: slice) -> list[str]:
        """Return the text of these pages in the order in which it is drawn, as pdfium sets it: the
        ends of lines and what has no letter are characters of its own."""
        found = []
        for index in self._places(wanted):
            text = self._at(index).text
            found.append(_tidied(text))
        return found

    def check(self, wanted: slice) -> None:
        """Raise DocumentError where one of these pages is not in the file, which may be cut
        short: that costs much less than to read them."""
        import pypdfium2

        for index in self._places(wanted):
            try:
                self._document.get_page_size(index)
            except pypdfium2.PdfiumError as error:
                raise _unreadable_page("Failed to load page.") from error

    def _places(self, wanted: slice) -> range:
        return range(self._count)[wanted]

    def _at(self, index: int) -> _Loaded:
        """Return the page at this index, loaded if it is not in memory."""
        if index not in self._loaded:
            self._loaded[index] = _loaded(self._document, index)

        if len(self._loaded) > MAX_LOADED:
            self._close_oldest()
        return self._loaded[index]

    def _close_oldest(self) -> None:
        oldest = next(iter(self._loaded))
        self._loaded.pop(oldest).close()


def _unreadable_page(why: str) -> DocumentError:
    return DocumentError(f"A page of the PDF cannot be read ({why}).")


def _loaded(document: pypdfium2.PdfDocument, index: int) -> _Loaded:
    """Return the page at this index, to be closed."""
    from pypdfium2 import raw

    page = raw.FPDF_LoadPage(document, index)
    if not page:
        raise _unreadable_page("Failed to load page.")

    characters = raw.FPDFText_LoadPage(page)
    if not characters:
        raw.FPDF_ClosePage(page)
        raise _unreadable_page("Failed to load text page.")
    return _Loaded(page, characters)


def _opened(data: bytes) -> pypdfium2.PdfDocument:
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise DocumentError("The PDF is locked with a password.") from error
        said = f"Begins like a PDF and cannot be opened as one ({error}): cut short or damaged."
        raise NotAPdf(said) from error


def _page(loaded: _Loaded, number: int) -> PdfPage:
    """Return one page; positions as it is seen on a screen, also where the page is stored
    turned."""
    from pypdfium2 import raw

    width = raw.FPDF_GetPageWidthF(loaded.page)
    height = raw.FPDF_GetPageHeightF(loaded.page)
    view = _view(loaded.page)

    words, first, last = _placed_words(loaded.text)
    seen = view.seen(boxes(loaded.characters, first, last))
    # What NamedTuple makes of this is a call in Python for each word, and there are thousands.
    placed = map(partial(tuple.__new__, Word), zip(words, *seen, strict=True))
    return PdfPage(number, width, height, join_tight(list(placed)))


def _view(page: Handle) -> _View:
    """Return how a page is shown."""
    from pypdfium2 import raw

    box = raw.FS_RECTF()
    raw.FPDF_GetPageBoundingBox(page, box)
    quarters_turned = raw.FPDFPage_GetRotation(page)
    return _View(box.left, box.bottom, box.right, box.top, 90 * quarters_turned)


def _placed_words(text: str) -> tuple[list[str], list[int], list[int]]:
    """Return the words of a page's text, and which characters are the first and the last of
    each."""
    spaced = text.replace("\r\n", "  ").replace("\xa0", " ")  # each in its place
    if _has_any(UNUSUAL, spaced):
        return _placed_odd_words(text)

    # Without a regular expression: there are thousands of words.
    pieces = spaced.split(" ")  # nothing between two spaces
    with_space = map(add, map(len, pieces), repeat(1))
    places = list(accumulate(with_space, initial=0))
    first = compress(places, pieces)
    next_first = compress(places[1:], pieces)
    last = [place - 2 for place in next_first]
    return list(filter(None, pieces)), list(first), last


def _placed_odd_words(text: str) -> tuple[list[str], list[int], list[int]]:
    """Return the same of a text with characters that are no part of a word, or not as they are."""
    pieces = WORD.split(text)  # white space, word, white space, word, … white space
    ends = list(accumulate(map(len, pieces)))
    first = ends[:-1:2]
    last = [end - 1 for end in ends[1::2]]

    words = pieces[1::2]
    if words:
        joined = " ".join(words)
        words = _tidied(joined).split(" ")
    return words, first, last


def _tidied(text: str) -> str:
    """Return the text tidy; most is already."""
    return tidy(text) if _has_any(ODD, text) else text


def _has_any(characters: Iterable[str], text: str) -> bool:
    """Return whether one of them is in the text: to look for one after the other takes less time
    than a regular expression for all."""
    return any(map(text.__contains__, characters))


def text_of(characters: Handle) -> str:
    """Return the characters of a page, one for one with pdfium's own count."""
    from pypdfium2 import raw

    count = raw.FPDFText_CountChars(characters)
    text = _text_range(characters, count)
    if len(text) == count:
        return text
    codes = [raw.FPDFText_GetUnicode(characters, place) for place in range(count)]
    return "".join(map(chr, codes))


def _text_range(characters: Handle, count: int) -> str:
    """Return the text of so many characters, as pdfium gives it: it may leave some out.
    pypdfium2's own way makes a C type for each length."""
    from pypdfium2 import raw

    units = array("H", bytes(2 * (count + 1)))  # UTF-16, with the NUL at the end
    begins, _ = units.buffer_info()
    pointer = ctypes.cast(begins, ctypes.POINTER(ctypes.c_ushort))
    written = raw.FPDFText_GetText(characters, 0, count, pointer)
    return units[: max(written - 1, 0)].tobytes().decode("utf-16-le", errors="ignore")


def boxes(characters: Handle, first_places: Sequence[int], last_places: Sequence[int]) -> Boxes:
    """Return the boxes of words, each of which runs from one character to another: the full line
    height, not the ink."""
    first = _character_boxes(characters, first_places)
    last = _character_boxes(characters, last_places)
    return Boxes(
        left=_lesser(first.left, last.left),
        bottom=_lesser(first.bottom, last.bottom),
        right=_greater(first.right, last.right),
        top=_greater(first.top, last.top),
    )


def _lesser(first: array[float], last: array[float]) -> Sequence[float]:
    """Return the lesser side of each two; to call `min` for each would take six times as long. The
    words of most pages have one font from their first letters to their last."""
    if first.tobytes() == last.tobytes():
        return first
    return [
        at_last if at_last < at_first else at_first
        for at_first, at_last in zip(first, last, strict=True)
    ]


def _greater(first: array[float], last: array[float]) -> Sequence[float]:
    """Return the greater side of each two."""
    if first.tobytes() == last.tobytes():
        return first
    return [
        at_last if at_last > at_first else at_first
        for at_first, at_last in zip(first, last, strict=True)
    ]


def _character_boxes(characters: Handle, places: Sequence[int]) -> _Sides:
    """Return the sides of the boxes of single characters."""
    sides = array("f")
    for begin in range(0, len(places), ROOM):
        end = begin + ROOM
        sides += _sides(characters, places[begin:end])

    return _Sides(
        left=sides[0::4],
        top=sides[1::4],
        right=sides[2::4],
        bottom=sides[3::4],
    )


def _sides(characters: Handle, places: Sequence[int]) -> array[float]:
    """Return left, top, right and bottom of each of at most ROOM characters, one box behind the
    other, as pdfium writes them: there are too many for an object each."""
    memory, slots = _room_for_boxes()
    size = BOX_BYTES * len(places)

    ctypes.memset(slots[0], 0, size)

    page = ctypes.byref(characters.contents)
    write = _loose_box()
    written = map(write, repeat(page), places, slots)
    deque(written, maxlen=0)  # calls them all

    end = size // memory.itemsize
    return memory[:end]


@cache
def _room_for_boxes() -> tuple[array[float], list[Reference]]:
    """Return memory for the boxes of ROOM characters, and where in it each begins. It is made once:
    to make the references would take longer than to have boxes written to them."""
    memory = array("f", bytes(BOX_BYTES * ROOM))
    begin = ctypes.c_char.from_buffer(memory)

    slots = []
    for offset in range(0, BOX_BYTES * ROOM, BOX_BYTES):
        slot = ctypes.byref(begin, offset)
        slots.append(slot)

    return memory, slots


@cache
def _loose_box() -> Callable[[Reference, int, Reference], int]:
    """Return pdfium's function that writes the box of a character (page, place) to an address, in
    the order of FS_RECTF. With the kinds of its arguments declared, as pypdfium2 does, a call takes
    twice as long: they have to be a reference, which is handed on as it is, an int and a
    reference."""
    from pypdfium2 import raw

    address = ctypes.cast(raw.FPDFText_GetLooseCharBox, ctypes.c_void_p).value or 0
    return ctypes.PYFUNCTYPE(ctypes.c_int)(address)


class _Sides(NamedTuple):
    """The same as `Boxes`, as pdfium writes it."""

    left: array[float]
    top: array[float]
    right: array[float]
    bottom: array[float]


@dataclass(frozen=True)
class Boxes:
    """The sides of many boxes in a page's own space (y upwards): each list has one side of all."""

    left: Sequence[float]
    bottom: Sequence[float]
    right: Sequence[float]
    top: Sequence[float]


Spread = tuple[Sequence[float], Sequence[float]]
"""Where boxes begin and end on one axis."""


@dataclass(frozen=True)
class _View:
    """How a page is shown: its box in its own space (y upwards), and by how many degrees it is
    turned."""

    left: float
    bottom: float
    right: float
    top: float
    turned: int

    def seen(self, boxes: Boxes) -> tuple[Sequence[float], ...]:
        """Return boxes of the page's own space as they are seen: x0, top, x1, bottom of all."""
        across, down = self._axes(boxes)
        return across[0], down[0], across[1], down[1]

    def _axes(self, boxes: Boxes) -> tuple[Spread, Spread]:
        """Return where boxes begin and end from left to right, and from top to bottom."""
        if self.turned == 90:
            return self._from_bottom(boxes), self._from_left(boxes)
        if self.turned == 180:
            return self._from_right(boxes), self._from_bottom(boxes)
        if self.turned == 270:
            return self._from_top(boxes), self._from_right(boxes)
        return self._from_left(boxes), self._from_top(boxes)

    def _from_left(self, boxes: Boxes) -> Spread:
        if not self.left:
            return boxes.left, boxes.right  # most pages begin at 0: there is nothing to take off

        begin = [x - self.left for x in boxes.left]
        end = [x - self.left for x in boxes.right]
        return begin, end

    def _from_right(self, boxes: Boxes) -> Spread:
        begin = [self.right - x for x in boxes.right]
        end = [self.right - x for x in boxes.left]
        return begin, end

    def _from_bottom(self, boxes: Boxes) -> Spread:
        begin = [y - self.bottom for y in boxes.bottom]
        end = [y - self.bottom for y in boxes.top]
        return begin, end

    def _from_top(self, boxes: Boxes) -> Spread:
        begin = [self.top - y for y in boxes.top]
        end = [self.top - y for y in boxes.bottom]
        return begin, end


def join_tight(words: Sequence[Word]) -> tuple[Word, ...]:
    """Return the words, where digits that stand closer than any space are one number."""
    printed = [word.text for word in words]
    are_digits = list(map(str.isdigit, printed))
    if not any(map(and_, are_digits, are_digits[1:])):
        return tuple(words)

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
