"""The words around a sum or a council, by their distance and their classes, and the nearest that
say what happens to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from syncer.funding.context import Part
from syncer.funding.signals.words import classes_in, clause_around, count_marks, is_sum, shape_at

REFUSED_LATER = "refused later"
_NEAR = 4
_GOVERNORS = frozenset(
    (
        *("GIVE", "GET", "FLOW", "EXPECT", "APPROVE", "GRANT", "SUPPORT", "BID", "NEED", "SPEND"),
        *("USE", "OWN", "LOSS", "BACK", "HANDON", "POT", "NEG", "COMPARE", "INCOME", "REFUSED"),
        "CONTRIB",
    )
)
_COUNCIL_GOVERNORS = _GOVERNORS | {"CHOSEN", "AMONG", "SAY", "MODAL"}
_AGAINST = frozenset(
    (
        *("NEG", "BID", "MODAL", "BACK", "LOSS", "OWN", "OTHER", "BODY", "COMPARE"),
        *("PROVISIONAL", "NEED", "WRONG", "REFUSED"),
    )
)


def beside_council(part: Part, council: int) -> Iterator[str]:
    """Say which words stand on both sides of the council's name."""
    yield f"council first: {council == 0}"
    for step in (1, 2):
        before = shape_at(part, council - step)
        after = shape_at(part, council + step)
        yield f"council -{step} {before}"
        yield f"council +{step} {after}"

    yield from _classes_beside_council(part, council)


def _classes_beside_council(part: Part, council: int) -> Iterator[str]:
    before = classes_in(part, council - 3, council)
    yield from _each("council after", before)

    after = classes_in(part, council + 1, council + 4)
    yield from _each("council then", after)


def around_sum(part: Part, place: int) -> Iterator[str]:
    """Name the words around the sum by their distance."""
    before = [shape_at(part, place - step) for step in (1, 2, 3)]
    yield from _by_distance("-", before)
    yield f"- {before[1]} {before[0]}"

    after = [shape_at(part, place + step) for step in (1, 2, 3)]
    yield from _by_distance("+", after)
    yield f"+ {after[0]} {after[1]}"


def _by_distance(side: str, words: Sequence[str]) -> Iterator[str]:
    for step, word in enumerate(words, 1):
        yield f"{side}{step} {word}"


def classes_around_sum(part: Part, place: int) -> Iterator[str]:
    """Name the classes of the words just before and after the sum, and in its clause."""
    start, end = clause_around(part.words, place)
    near_start = max(start, place - _NEAR)
    near_end = min(end, place + 1 + _NEAR)

    after = classes_in(part, place + 1, near_end)
    yield from _each("before", classes_in(part, near_start, place))
    yield from _each("after", after)
    yield from _classes_of_clause(part, start, end)
    yield from _classes_earlier(classes_in(part, start, place), after)


def _classes_of_clause(part: Part, start: int, end: int) -> Iterator[str]:
    """Name the clause's classes; those against a grant weigh more where the sum is alone in it."""
    classes = classes_in(part, start, end)
    yield from _each("clause", classes)

    sums = count_marks(part.words[start:end], "M")
    number = "alone" if sums == 1 else "of several"
    yield from _each(f"{number}:", classes & _AGAINST)


def _classes_earlier(earlier: set[str], after: set[str]) -> Iterator[str]:
    """Name the classes of the clause before the sum, and those that govern with those after it."""
    yield from _each("clause before", earlier)
    for name in earlier & _GOVERNORS:
        yield from _each(f"{name} …", after & _GOVERNORS)


# -- What happens to it ----------------------------------------------------------------------------


def sum_governors(part: Part, place: int) -> Iterator[str]:
    """Name the nearest words before and after that say what happens to the sum, up to the sums
    beside it."""
    yield from _governed_by(part, place)

    after = _nearest_governor(part, range(place + 1, len(part.words)))
    if after is not None and not is_sum(part.words[after]):
        yield from _governor(part, after, "followed by")
    if _is_refused_later(part, place):
        yield REFUSED_LATER


def _is_refused_later(part: Part, place: int) -> bool:
    """Return whether the rest of the sentence, up to another sum, says that it came to nothing:
    "offered £1.5m but the council turned it down"."""
    for at in range(place + 1, len(part.words)):
        if is_sum(part.words[at]):
            return False
        if "REFUSED" in part.classes[at]:
            return True

    return False


def _governed_by(part: Part, place: int) -> Iterator[str]:
    """Name the nearest governing word before the sum, or that another sum stands before it."""
    before = _nearest_governor(part, range(place - 1, -1, -1))
    if before is None:
        return

    if is_sum(part.words[before]):
        yield "governed across a sum"
    else:
        yield from _governor(part, before, "governed by")


def _nearest_governor(part: Part, places: Iterable[int]) -> int | None:
    """Return the first of the places with a governing word, or with a sum."""
    for at in places:
        if is_sum(part.words[at]):
            return at
        if part.classes[at] & _GOVERNORS:
            return at

    return None


def council_governors(part: Part, council: int) -> Iterator[str]:
    """Name the nearest words before and after that say what happens to the council."""
    before = range(council - 1, -1, -1)
    yield from _council_governor(part, before, "preceded by")

    after = range(council + 1, len(part.words))
    yield from _council_governor(part, after, "followed by")


def _council_governor(part: Part, places: Iterable[int], name: str) -> Iterator[str]:
    for at in places:
        if part.classes[at] & _COUNCIL_GOVERNORS:
            yield from _governor(part, at, name, _COUNCIL_GOVERNORS)
            return


def _governor(part: Part, at: int, name: str, kinds: frozenset[str] = _GOVERNORS) -> Iterator[str]:
    """Name the classes of a word, and the word itself."""
    classes = part.classes[at] & kinds
    yield from _each(name, classes)

    word = part.words[at]
    yield f"{name} {word}"


def _each(name: str, classes: Iterable[str]) -> Iterator[str]:
    for one in classes:
        yield f"{name} {one}"
