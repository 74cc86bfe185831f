"""Who gives: the ministries, programmes and other givers in the clause, before it and on the page,
and which of them is the nearest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from syncer.funding.context import Page, Part
from syncer.funding.signals.words import classes_in, classes_of, clause_around

_BEFORE, _AFTER = 4, 2
"""Sentences in which the nearest giver is looked for."""


def givers(page: Page, part: Part, place: int) -> Iterator[str]:
    """Say which giver stands nearest: the education ministry, another ministry, a programme."""
    start, end = clause_around(part.words, place)
    clause = range(start, end)
    yield from _ministries(part, clause)
    yield from _programmes(part, clause)
    yield from _givers_before(page, part)
    yield from _ministries_around(page.around(part))
    yield from _others_around(page.around(part))


def _ministries(part: Part, clause: range) -> Iterator[str]:
    """Name the sentence's ministries, apart for the clause."""
    for where, number in part.places("F"):
        kind = part.marked.funders[number] or "government"
        reach = "clause" if where in clause else "sentence"
        yield f"giver {kind} in {reach}"


def _programmes(part: Part, clause: range) -> Iterator[str]:
    """Name the sentence's programmes likewise."""
    for where, number in part.places("P"):
        programme = part.marked.programmes[number]
        scope = "ours" if programme.in_scope else "others'"
        reach = "clause" if where in clause else "sentence"
        yield f"programme {scope} in {reach}"


def _givers_before(page: Page, part: Part) -> Iterator[str]:
    """Name the givers of the nearest earlier sentence that has any."""
    for other in reversed(page.parts[: part.number]):
        kinds = _givers_of(other)
        if kinds:
            is_next = other.number + 1 == part.number
            reach = "one" if is_next else "several"
            for kind in kinds:
                yield f"giver {kind} {reach} before"
            return

    yield "no giver before"


def _givers_of(part: Part) -> set[str]:
    """Return the givers that a sentence names: ministries, programmes, others."""
    kinds = set()
    for name in part.marked.funders:
        kinds.add(name or "government")

    for programme in part.marked.programmes:
        kinds.add(f"programme {programme.in_scope}")

    if "OTHER" in classes_of(part):
        kinds.add("other")

    return kinds


def _ministries_around(parts: Sequence[Part]) -> Iterator[str]:
    ministries: set[str] = set()
    for part in parts:
        ministries.update(part.marked.funders)

    for name in ministries:
        yield f"giver {name or 'government'} on the page"

    if not ministries:
        yield "no giver on the page"


def _others_around(parts: Sequence[Part]) -> Iterator[str]:
    """Say whether the sentences around name a programme in scope, and another giver."""
    programmes = [one for part in parts for one in part.marked.programmes]
    if any(programme.in_scope for programme in programmes):
        yield "programme on the page"

    if any("OTHER" in classes_of(part) for part in parts):
        yield "other giver on the page"


# -- The nearest -----------------------------------------------------------------------------------


def nearest_giver(page: Page, part: Part, place: int) -> Iterator[str]:
    """Name the givers that stand nearest, all of that reach, with the reach and without: the
    clause's, the sentence's, those of what introduces it, of the sentences before, of the heading,
    of the sentences after."""
    for reach, kinds in _by_reach(page, part, place):
        if kinds:
            names = "+".join(sorted(kinds))
            yield f"nearest {names}"
            yield f"nearest {names} {reach}"
            return

    yield "nearest nobody"


def _by_reach(page: Page, part: Part, place: int) -> Iterator[tuple[str, set[str]]]:
    """Yield the givers of each reach, from the nearest to the farthest."""
    start, end = clause_around(part.words, place)
    yield "clause", _kinds_in(part, range(start, end))
    yield "sentence", _kinds_of(part)
    yield "introduction", _kinds_above(page.introduction_of(part))

    yield from _before(page, part)
    yield "heading", _kinds_above(page.heading_of(part))
    yield from _after(page, part)
    yield "page", _only_ministry(page)


def _before(page: Page, part: Part) -> Iterator[tuple[str, set[str]]]:
    first = max(0, part.number - _BEFORE)
    for other in reversed(page.parts[first : part.number]):
        is_next = other.number + 1 == part.number
        name = "one before" if is_next else "several before"
        yield name, _kinds_of(other)


def _after(page: Page, part: Part) -> Iterator[tuple[str, set[str]]]:
    first = part.number + 1
    for other in page.parts[first : first + _AFTER]:
        yield "after", _kinds_of(other)


def _kinds_above(other: Part | None) -> set[str]:
    if other is None:
        return set()
    return _kinds_of(other)


def _only_ministry(page: Page) -> set[str]:
    """Return the ministry that the whole page names, where it names one only."""
    named = {name for part in page.parts for name in part.marked.funders if name}
    if len(named) != 1:
        return set()
    return {"education" if named == {"DfE"} else "government"}


def _kinds_of(part: Part) -> set[str]:
    return _kinds_in(part, range(len(part.words)))


def _kinds_in(part: Part, places: range) -> set[str]:
    """Return the kinds of the givers that stand at these places."""
    kinds = set()
    for at, number in part.places("F"):
        if at in places:
            kinds.add("education" if part.marked.funders[number] == "DfE" else "government")

    for at, number in part.places("P"):
        if at in places:
            kinds.add("programme" if part.marked.programmes[number].in_scope else "other")

    if "OTHER" in classes_in(part, places.start, places.stop):
        kinds.add("other")

    return kinds
