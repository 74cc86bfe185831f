"""How a sum and a council stand to each other in a sentence, or that no council stands in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain

from syncer.funding.context import Part
from syncer.funding.signals.words import CLAUSE_ENDS, bucket, classes_in, count_marks, shape
from syncer.quantities import counts

_ALTERNATING = re.compile(r"(?P<total>M?)(?:(?:MG)+|(?:GM)+)")
"""Sums and councils in turn; a total may stand before them."""
_COUNTED = (
    r"(?:councils|authorities|areas|boroughs|counties|cities|towns|places|partners|sites"
    r"|pathfinders|pilots|neighbours|trailblazers|of them)"
)
_COUNT = re.compile(
    rf"\b(\d+|{'|'.join(counts.WORDS[1:])}|both|pair)\s+(?:[\w-]+ ){{0,3}}?{_COUNTED}\b"
    r"|\b(?:the|all|these|those) (\w+)(?= (?:will|are|were|have|had|get|got|share|shared|receive"
    r"|received|between)\b)|\b(both)\b",
    re.I,
)
_POINTING = (
    *("it", "we", "our", "us", "council", "authority", "they", "its", "county", "city"),
    *("both", "each", "pair", "boroughs", "councils", "authorities", "neighbours", "trust"),
)


def alternate(part: Part) -> list[int] | None:
    """Return the places of the sums and councils where both alternate, "‹G› ‹M›, ‹G› ‹M›", without
    a total that stands before them; None where they do not."""
    order = _marks(part)
    kinds = "".join(part.words[at][1] for at in order)
    found = _ALTERNATING.fullmatch(kinds)
    if found is None:
        return None

    pairs = order[len(found["total"]) :]
    return pairs if len(pairs) >= 4 else None


def _marks(part: Part) -> list[int]:
    """Return the places of the sentence's sums and councils."""
    found = []
    for at, word in enumerate(part.words):
        if word.startswith(("‹M", "‹G")):
            found.append(at)

    return found


def alternating(part: Part, place: int, council: int) -> Iterator[str]:
    """Say whether sum and council are a pair of "£3m for Leeds, £2m for Hull" or stand across."""
    order = alternate(part)
    if order is None:
        return
    if place not in order:
        yield "alternating: the total"
        return

    one = order.index(place)
    other = order.index(council)
    is_pair = one // 2 == other // 2
    yield "alternating: a pair" if is_pair else "alternating: across"


def counts_of_councils(words: str) -> list[int]:
    """Return how many councils the words count: 3 for "the three boroughs", 2 for "both"."""
    found = []
    for match in _COUNT.finditer(words):
        count = _count(next(filter(None, match.groups())))
        if count:
            found.append(count)

    return found


def _count(word: str) -> int:
    """Return what a number, or "both", counts; 0 for another word."""
    lower = word.lower()
    if lower in ("both", "pair"):
        return 2
    if lower.isdigit():
        return int(lower)
    return counts.COUNT_OF.get(lower, 0)


def counted(part: Part, units: int) -> Iterator[str]:
    """Say whether the sentence counts as many councils as the candidate has."""
    said = counts_of_councils(part.marked.text)
    if units in said:
        yield "as many as it counts"
    elif said:
        yield "counts more" if max(said) > units else "counts fewer"


def elsewhere(part: Part, place: int) -> Iterator[str]:
    """Say what in the sentence points at a council outside it: "it", "the council", "we"."""
    councils = len(part.places("G"))
    yield f"elsewhere: {bucket(councils, (0, 1))} councils here"

    first = part.words[0] if part.words else ""
    yield f"elsewhere: begins {shape(first)}"
    yield from _pointing(part, place)


def _pointing(part: Part, place: int) -> Iterator[str]:
    before = part.words[:place]
    for word in _POINTING:
        if word in before:
            yield f"elsewhere: {word} before"
        elif word in part.words:
            yield f"elsewhere: {word} after"


def between(part: Part, place: int, council: int) -> Iterator[str]:
    """Say what stands between the sum and the council, and on which side the council is."""
    side = "before" if council < place else "after"
    low, high = sorted((place, council))
    inner = part.words[low + 1 : high]

    yield side
    for name in chain(_how_far(inner), _how_joined(inner), _which_words(inner)):
        yield f"{side}: {name}"

    for name in classes_in(part, low + 1, high):
        yield f"{side}: {name} between"


def _how_far(inner: Sequence[str]) -> Iterator[str]:
    """Yield how many words, sums and councils stand between."""
    words = bucket(len(inner), (0, 1, 2, 3, 5, 8, 13))
    yield f"{words} words between"

    sums = count_marks(inner, "M")
    yield f"{min(sums, 2)} sums between"

    councils = count_marks(inner, "G")
    yield f"{min(councils, 2)} councils between"


def _how_joined(inner: Sequence[str]) -> Iterator[str]:
    """Yield the words and signs that part or join the two."""
    if any(word in CLAUSE_ENDS for word in inner):
        yield "another clause"

    if "," in inner:
        yield "comma between"


def _which_words(inner: Sequence[str]) -> Iterator[str]:
    """Yield a few words whole, of more the first and the last."""
    shapes = [shape(word) for word in inner]
    if len(shapes) <= 3:
        yield f"[{' '.join(shapes)}]"

    if shapes:
        # The weights know it by this name; it is the first word between, on whichever side.
        yield f"next to the council {shapes[0]}"
        yield f"beside {shapes[-1]}"
