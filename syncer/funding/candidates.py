"""Every sum × every council it could be for; every council that may have been chosen.

A candidate knows how sum and council meet: in one sentence, through the heading, the introduction
of a list, the list that follows, the sentence before, or as the page's own council.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from syncer.funding.context import Page, Part, list_group
from syncer.funding.mentions import Group

_REACH_BACK = 3
"""Sentences: how far back "it" or "the council" is looked for."""


@dataclass(frozen=True)
class Candidate:
    """A group of councils that a sum may be for. `links` says how they meet; `place` is the group's
    place among the words of the sum's own sentence, None where it stands elsewhere."""

    group: Group
    links: tuple[str, ...]
    place: int | None = None

    @property
    def councils(self) -> tuple[str, ...]:
        """The councils' slugs."""
        return self.group.councils


@dataclass
class _Found:
    group: Group
    links: list[str] = field(default_factory=list)
    place: int | None = None


def candidates_for(page: Page, part: Part, place: int) -> list[Candidate]:
    """Return whom the sum at this place of the part may be for, nearest first, each set of councils
    once."""
    found: dict[frozenset[str], _Found] = {}
    for group, link, where in _met(page, part, place):
        if not group.councils:
            continue
        known = found.setdefault(frozenset(group.councils), _Found(group))
        if known.place is None:
            known.place = where
        if link not in known.links:
            known.links.append(link)
    return [Candidate(one.group, tuple(one.links), one.place) for one in found.values()]


def _met(page: Page, part: Part, place: int) -> Iterator[tuple[Group, str, int | None]]:
    """Yield every group with the way it meets the sum and its place in the sentence."""
    here = part.places("G")
    for where, number in sorted(here, key=lambda one: abs(one[0] - place)):
        yield part.marked.groups[number], "same", where
    yield from _in_order(page, part, place)
    if group := list_group(page, part.number):
        yield group, "its list", None
    if group := list_group(page, part.number + 1):
        yield group, "list after", None
    yield from _around(page, part)


def _in_order(page: Page, part: Part, place: int) -> Iterator[tuple[Group, str, int | None]]:
    """Yield the council that is in a run of councils where this sum is in a run of as many sums:
    "Essex and Kent received £5m and £6m"; the councils may stand in the sentence before."""
    run = _run_of_sums(part, place)
    if len(run) < 2:
        return
    ordinal = run.index(place)
    for where, number in part.places("G"):
        units = part.marked.groups[number].units
        if len(units) == len(run):
            yield Group((units[ordinal],)), "in order", where
    if not part.places("G") and part.number > 0:
        for group in page.parts[part.number - 1].marked.groups:
            if len(group.units) == len(run):
                yield Group((group.units[ordinal],)), "in order", None


def _run_of_sums(part: Part, place: int) -> list[int]:
    """Return the places of the sums that this one is joined to by commas and "and"."""
    places = [at for at, _ in part.places("M")]
    run = [place]
    for at in reversed(places[: places.index(place)]):
        if not _are_joined(part, at, run[0]):
            break
        run.insert(0, at)
    for at in places[places.index(place) + 1 :]:
        if not _are_joined(part, run[-1], at):
            break
        run.append(at)
    return run


def _are_joined(part: Part, one: int, other: int) -> bool:
    return set(part.words[one + 1 : other]) <= {",", "and", "&"}


def _around(page: Page, part: Part) -> Iterator[tuple[Group, str, int | None]]:
    """Yield the groups of the introduction, the heading, the neighbouring sentences, the page."""
    introduction = page.introductions.get(part.number)
    if introduction is not None:
        for group in page.parts[introduction].marked.groups:
            yield group, "introduction", None
    heading = page.headings.get(part.number)
    if heading is not None:
        for group in page.parts[heading].marked.groups[:2]:
            yield group, "heading", None
    yield from _before(page, part)
    if part.number + 1 < len(page.parts):
        for group in page.parts[part.number + 1].marked.groups[:2]:
            yield group, "after", None
    if page.own:
        yield Group(tuple((slug,) for slug in page.own)), "own", None
    first = next((one for one in page.parts if one.marked.groups), None)
    if first is not None:
        yield first.marked.groups[0], "title" if first.number == 0 else "first", None


def _before(page: Page, part: Part) -> Iterator[tuple[Group, str, int | None]]:
    """Yield the groups of the sentences before: the subject of the last, and the last named."""
    spoken = 0
    for back in range(1, _REACH_BACK + 3):
        if part.number - back < 0 or spoken >= _REACH_BACK:
            return
        before = page.parts[part.number - back]
        groups = before.marked.groups
        if not groups:
            continue
        spoken += 1
        near = "before" if back == 1 else "further back"
        yield groups[0], f"{near}: subject", None
        if len(groups) > 1:
            yield groups[-1], f"{near}: last", None
