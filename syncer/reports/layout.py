"""Words with positions → the lines and columns that a reader sees, whatever order the PDF draws
them in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter

from syncer.reports.paper import PdfPage, Word

APART = 0.45
"""Of a line's height: the white between two words of one sentence is narrower, between two cells
wider."""

BULLETS = "•●◦■▪◼❖➢\ue000-\uf8ff"
"""For a class of characters in a regular expression. The last are private to fonts of symbols."""


@dataclass(frozen=True)
class Line:
    """The words that stand on one level of a page, from left to right. `page` counts from 1;
    points, y downwards."""

    page: int
    words: tuple[Word, ...]

    @cached_property
    def text(self) -> str:
        printed = [word.text for word in self.words]
        return " ".join(printed)

    @cached_property
    def top(self) -> float:
        return min(word.top for word in self.words)

    @cached_property
    def bottom(self) -> float:
        return max(word.bottom for word in self.words)

    @property
    def height(self) -> float:
        return max(word.bottom - word.top for word in self.words)

    def split_at(self, x: float) -> tuple[tuple[Word, ...], tuple[Word, ...]]:
        """The words that begin left of x, and the others."""
        left: list[Word] = []
        right: list[Word] = []

        for word in self.words:
            side = left if word.x0 < x else right
            side.append(word)

        return tuple(left), tuple(right)

    def runs_across(self, x: float) -> bool:
        """Whether a sentence goes on over x: a word lies across it, or two words close to each
        other lie at either side."""
        left, right = self.split_at(x)
        left_end = max((word.x1 for word in left), default=0.0)
        if left_end > x + 1:
            return True

        if not left or not right:
            return False

        white = min(word.x0 for word in right) - left_end
        return white < APART * self.height


def lines_of(page: PdfPage) -> tuple[Line, ...]:
    """The page's lines, from the top. Two words belong to one line when their middles are less than
    half a word's height apart."""
    by_height = sorted(page.words, key=_twice_the_middle)
    levels: list[list[Word]] = []
    level = 0.0
    level_height = -1.0

    for word in by_height:
        at = _twice_the_middle(word)
        height = word.bottom - word.top

        if abs(at - level) < min(level_height, height):
            levels[-1].append(word)
        else:
            levels.append([word])
            level = at
            level_height = height

    found = []
    for words in levels:
        from_the_left = sorted(words, key=attrgetter("x0"))
        found.append(Line(page.number, tuple(from_the_left)))
    return tuple(found)


def _twice_the_middle(word: Word) -> float:
    """Return twice the height at which a word's middle stands: whole numbers stay exact."""
    return word.top + word.bottom


def all_lines(pages: Iterable[PdfPage]) -> tuple[Line, ...]:
    found: list[Line] = []
    for page in pages:
        found += lines_of(page)
    return tuple(found)


def text_of(lines: Sequence[Line]) -> str:
    """The lines' text, one line each."""
    printed = [line.text for line in lines]
    return "\n".join(printed)
