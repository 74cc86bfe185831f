"""How many kinds of words speak for and against: one alone may be chance, several seldom are, and
where none speaks against, little has to speak for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from syncer.funding.candidates import Candidate
from syncer.funding.context import Page, Part
from syncer.funding.signals.words import AGAINST, classes_in, classes_of, clause_around

_FOR = frozenset(("GIVE", "GET", "FLOW", "APPROVE", "GRANT", "INCOME"))
_MOST = 3


def balance(page: Page, part: Part, place: int, best: Candidate, nearest: str) -> Iterator[str]:
    """Yield how many classes of the clause speak for and against, alone and with the nearest giver
    and with how the sum meets its council; and how many in the sentence and in those around it
    speak against."""
    start, end = clause_around(part.words, place)
    inside = classes_in(part, start, end)
    against = min(len(inside & AGAINST), _MOST)
    speaks = f"{min(len(inside & _FOR), _MOST)} for, {min(against, 2)} against"

    yield f"{against} against"
    yield f"{against} against & {nearest}"
    yield speaks
    yield f"{speaks} & {nearest}"
    for link in best.links[:1]:
        yield f"{min(against, 2)} against & {link} & {nearest}"

    in_sentence = len(classes_of(part) & AGAINST)
    yield f"{min(in_sentence, _MOST + 1)} against in the sentence"
    yield f"{_around(page.around(part))} against on the page"


def _around(parts: Sequence[Part]) -> int:
    """Return how many classes of the sentences around speak against, in steps of two."""
    found: set[str] = set()
    for part in parts:
        found |= classes_of(part)

    against = len(found & AGAINST)
    pairs = min(against, 8) // 2
    return pairs * 2
