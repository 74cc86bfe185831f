"""Words with positions → the lines and columns that a reader sees, whatever order the PDF draws
them in."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from math import inf
from operator import attrgetter
from typing import NamedTuple

from syncer.reports.paper import PdfPage, Word

APART = 0.45
"""Of a line's height: the white between two words of one sentence is narrower, between two cells
wider."""

BULLETS = "•●◦■▪◼❖➢\ue000-\uf8ff"
"""For a class of characters in a regular expression. The last are private to fonts of symbols."""

LEFT_EDGE = attrgetter("x0")


class Line(NamedTuple):
    """The words that stand on one level of a page, from left to right, as `lines_of` makes
    them. `page` counts from 1; points, y downwards. `text` and `bottom` follow from the words;
    whoever reads a report asks for them again and again. A tuple, since a report has hundreds."""

    page: int
    words: tuple[Word, ...]
    text: str
    bottom: float

    @property
    def top(self) -> float:
        return min(word.top for word in self.words)

    @property
    def height(self) -> float:
        return max(word.bottom - word.top for word in self.words)

    def split_at(self, x: float) -> tuple[tuple[Word, ...], tuple[Word, ...]]:
        """Return the words that begin left of x, and the others."""
        place = bisect_left(self.words, x, key=LEFT_EDGE)
        return self.words[:place], self.words[place:]

    def runs_across(self, x: float) -> bool:
        """Return whether a sentence goes on over x: a word lies across it, or two words close to
        each other lie at either side."""
        left, right = self.split_at(x)
        left_end = max((word.x1 for word in left), default=0.0)
        if left_end > x + 1:
            return True

        white = _white_between(left, right)
        return white < APART * self.height


def lines_of(page: PdfPage) -> tuple[Line, ...]:
    """Return the page's lines, from the top. Two words belong to one line when their middles are
    less than half a word's height apart."""
    found = []
    for words in _levels(page.words):
        line = _line(page.number, words)
        found.append(line)

    return tuple(found)


def _line(page: int, words: Iterable[Word]) -> Line:
    """Return the line that words on one level of a page are, at least one."""
    from_the_left = tuple(sorted(words, key=LEFT_EDGE))
    printed, _, _, _, bottoms = zip(*from_the_left, strict=True)

    return Line(page, from_the_left, " ".join(printed), max(bottoms))


def _levels(words: Iterable[Word]) -> list[list[Word]]:
    """Return the words by the level on which they stand, each level beginning with its highest
    word."""
    levels: list[list[Word]] = []
    level: list[Word] = []
    first_middle = first_height = float("-inf")

    for word in sorted(words, key=_twice_the_middle):
        _, _, top, _, bottom = word
        middle = top + bottom
        height = bottom - top
        lower = middle - first_middle

        if lower < first_height and lower < height:
            level.append(word)
        else:
            level = [word]
            levels.append(level)
            first_middle, first_height = middle, height
    return levels


def _twice_the_middle(word: Word) -> float:
    """Return twice the height at which a word's middle stands: whole numbers stay exact."""
    return word.top + word.bottom


def _white_between(left: Sequence[Word], right: Sequence[Word]) -> float:
    """Return how much white lies between words and those to their right, in points; infinitely
    much where one side has none."""
    if not left or not right:
        return inf

    left_end = max(word.x1 for word in left)
    right_begin = min(word.x0 for word in right)
    return right_begin - left_end


def all_lines(pages: Iterable[PdfPage]) -> tuple[Line, ...]:
    found: list[Line] = []
    for page in pages:
        found += lines_of(page)
    return tuple(found)


def text_of(lines: Sequence[Line]) -> str:
    """Return the lines' text, one line each."""
    printed = [line.text for line in lines]
    return "\n".join(printed)
