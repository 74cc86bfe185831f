"""How near stands what makes a place one that was chosen and is paid for: in the clause, the
sentence, what introduces it, the sentence before, the heading, the title."""

from __future__ import annotations

from collections.abc import Iterator

from syncer.funding.context import Page, Part, list_group
from syncer.funding.signals.givers import nearest_giver
from syncer.funding.signals.words import AGAINST, bucket, classes_in, classes_of, clause_around

_AGAINST = AGAINST - {"PER"}
"""A rate says nothing of a place."""
_FOR = frozenset(("CHOSEN", "GIVE", "GET", "GRANT", "APPROVE", "SHARENOUN", "EACH"))
_MOST = 3


def reach(page: Page, part: Part, place: int, number: int) -> Iterator[str]:
    """Yield what speaks for and against the councils at this place having been chosen, by where it
    stands, alone and with the nearest giver."""
    nearest = list(nearest_giver(page, part, place))
    yield from nearest

    around = _around(page, part, place)
    for where, classes in around.items():
        yield from _balance(where, classes, nearest[0])

    yield from _first("for", around, _FOR, nearest[0])
    yield from _first("against", around, _AGAINST, nearest[0])
    yield from _shape(page, part, number, nearest[0])


def _around(page: Page, part: Part, place: int) -> dict[str, set[str]]:
    """Return the classes of the words around a place, from near to far."""
    start, end = clause_around(part.words, place)
    return {
        "clause": classes_in(part, start, end),
        "sentence": classes_of(part),
        "introduction": _classes(page.introduction_of(part)),
        "before": _classes(page.before_list(part)),
        "heading": _classes(page.heading_of(part)),
        "title": classes_of(page.parts[0]),
    }


def _classes(part: Part | None) -> set[str]:
    return set() if part is None else classes_of(part)


def _balance(where: str, classes: set[str], nearest: str) -> Iterator[str]:
    speaks_for = len(classes & _FOR)
    against = len(classes & _AGAINST)
    yield f"{where}: {min(speaks_for, _MOST)} for"
    yield f"{where}: {min(against, _MOST)} against"
    yield f"{where}: {min(speaks_for, 2)} for, {min(against, 2)} against"

    if "CHOSEN" in classes:
        yield f"{where}: chosen & {nearest}"
    if speaks_for:
        yield f"{where}: for & {nearest}"


def _first(
    name: str, around: dict[str, set[str]], classes: frozenset[str], nearest: str
) -> Iterator[str]:
    """Yield where such a word stands nearest."""
    for where, found in around.items():
        if found.isdisjoint(classes):
            continue

        first = f"first {name} in the {where}"
        yield first
        yield f"{first} & {nearest}"
        return


def _shape(page: Page, part: Part, number: int, nearest: str) -> Iterator[str]:
    """Yield whether it is a list's, and how many councils and sums there are."""
    introduction = page.introduction_of(part)
    is_listed = introduction is not None and list_group(page, introduction.number) is not None
    yield f"of a list {is_listed}"
    yield f"sums beside it {bool(part.places('M'))}"

    units = len(part.marked.groups[number].units)
    yield f"{min(units, 4)} units & {nearest}"
    sums = sum(len(other.places("M")) for other in page.around(part))
    yield f"{bucket(sums, (0, 1, 2))} sums on the page"
