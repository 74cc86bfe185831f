"""The words of a sentence as signals see them: clauses, classes, and how a signal names a word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from syncer.funding.context import Part, words_around

AGAINST = frozenset(
    (
        *("NEG", "BID", "MODAL", "BACK", "LOSS", "OWN", "OTHER", "BODY", "COMPARE", "PROVISIONAL"),
        *("NEED", "SPEND", "HANDON", "SCHOOLS", "PER", "COMMUNITY", "COMMENT", "WRONG", "REFUSED"),
        "INVOLVED",
    )
)
"""Classes of words that speak against a sum's, or a place's, being given to a council."""
CLAUSE_ENDS = frozenset((";", ".", "but", "while", "whereas"))
COMMON = frozenset(
    (
        *("a", "an", "the", "of", "and", "to", "in", "for", "on", "at"),
        *("by", "with", "from", "as", "is", "was", "be", "it"),
    )
)
"""Words that say nothing by themselves."""

_DIGIT = re.compile(r"\d")


def clause_around(words: Sequence[str], place: int) -> tuple[int, int]:
    """Return the first place of the clause and the place after its last."""
    return words_around(words, place, CLAUSE_ENDS.__contains__)


def is_mark(word: str) -> bool:
    """Return whether it is a mark and not a word of the text."""
    if len(word) < 2:
        return False
    return word[0] == "‹"


def is_sum(word: str) -> bool:
    """Return whether it is the mark of a sum."""
    return word.startswith("‹M")


def count_marks(words: Iterable[str], kind: str) -> int:
    """Return how many marks of the kind are among the words."""
    start = f"‹{kind}"
    marks = [word for word in words if word.startswith(start)]
    return len(marks)


def shape(word: str) -> str:
    """Return a word as a signal names it: marks by their kind, digits alike."""
    if is_mark(word):
        return f"‹{word[1]}›"
    return _DIGIT.sub("0", word)


def shape_at(part: Part, place: int) -> str:
    """Return the shape of the word at a place; "^" before the sentence, "$" after it."""
    if place < 0:
        return "^"
    if place >= len(part.words):
        return "$"
    return shape(part.words[place])


def classes_in(part: Part, start: int, end: int) -> set[str]:
    """Return the classes of the words from `start` to before `end`."""
    inside = part.classes[max(0, start) : max(0, end)]
    found: set[str] = set()
    return found.union(*inside)


def classes_of(part: Part) -> set[str]:
    """Return the classes of all its words."""
    return classes_in(part, 0, len(part.words))


def bucket(count: int, limits: Sequence[int]) -> str:
    """Return the first limit that the count does not exceed, or "more"."""
    for limit in limits:
        if count <= limit:
            return str(limit)

    return "more"
