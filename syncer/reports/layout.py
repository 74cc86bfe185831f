"""Words with positions → the lines and columns that a reader sees, whatever order the PDF draws
them in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter, itemgetter

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
        return " ".join(word.text for word in self.words)

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
        return tuple(w for w in self.words if w.x0 < x), tuple(w for w in self.words if w.x0 >= x)

    def runs_across(self, x: float) -> bool:
        """Whether a sentence goes on over x: a word lies across it, or two words close to each
        other lie at either side."""
        left, right = self.split_at(x)
        end = max((word.x1 for word in left), default=0.0)
        return end > x + 1 or bool(
            left and right and min(word.x0 for word in right) - end < APART * self.height
        )


def lines_of(page: PdfPage) -> tuple[Line, ...]:
    """The page's lines, from the top. Two words belong to one line when their middles are less than
    half a word's height apart."""
    levels: list[list[Word]] = []
    level, context = 0.0, -1.0
    for at, word in sorted(
        ((word.top + word.bottom, word) for word in page.words), key=itemgetter(0)
    ):
        height = word.bottom - word.top
        if abs(at - level) < min(context, height):
            levels[-1].append(word)
        else:
            levels.append([word])
            level, context = at, height
    return tuple(Line(page.number, tuple(sorted(words, key=attrgetter("x0")))) for words in levels)


def all_lines(pages: Iterable[PdfPage]) -> tuple[Line, ...]:
    return tuple(line for page in pages for line in lines_of(page))


def text_of(lines: Sequence[Line]) -> str:
    """The lines' text, one line each."""
    return "\n".join(line.text for line in lines)
