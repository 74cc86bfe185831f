"""Every sum × every council it could be for; every council that may have been chosen.

A candidate knows how sum and council meet: in one sentence, through the heading, the introduction
of a list, the list that follows, the sentence before, or as the page's own council.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True)
class _Meeting:
    """One way in which a group meets the sum; `place` is the group's in the sum's sentence."""

    group: Group
    link: str
    place: int | None = None


def candidates_for(page: Page, part: Part, place: int) -> list[Candidate]:
    """Return whom the sum at this place of the part may be for, nearest first, each set of councils
    once."""
    meetings: dict[frozenset[str], list[_Meeting]] = {}
    for meeting in _meetings(page, part, place):
        councils = frozenset(meeting.group.councils)
        if councils:
            meetings.setdefault(councils, []).append(meeting)
    return [_candidate(found) for found in meetings.values()]


def _candidate(meetings: Sequence[_Meeting]) -> Candidate:
    """Return the candidate that meets the sum in these ways."""
    links = dict.fromkeys(meeting.link for meeting in meetings)
    places = [meeting.place for meeting in meetings if meeting.place is not None]
    return Candidate(meetings[0].group, tuple(links), places[0] if places else None)


def _meetings(page: Page, part: Part, place: int) -> Iterator[_Meeting]:
    """Yield every group with the way it meets the sum, nearest first."""
    yield from _in_sentence(part, place)
    yield from _in_order(page, part, place)
    yield from _in_lists(page, part)
    yield from _above(page, part)
    yield from _before(page, part)
    yield from _after(page, part)
    yield from _of_page(page)


def _in_sentence(part: Part, place: int) -> Iterator[_Meeting]:
    for where, number in sorted(part.places("G"), key=lambda one: abs(one[0] - place)):
        yield _Meeting(part.marked.groups[number], "same", where)


def _in_order(page: Page, part: Part, place: int) -> Iterator[_Meeting]:
    """Yield the council that is in a run of councils where this sum is in a run of as many sums:
    "Essex and Kent received £5m and £6m"; the councils may stand in the sentence before."""
    run = _run_of_sums(part, place)
    if len(run) < 2:
        return

    here = part.places("G")
    runs: list[tuple[Group, int | None]]
    runs = [(part.marked.groups[number], where) for where, number in here]
    if not here and part.number > 0:
        runs = [(group, None) for group in page.parts[part.number - 1].marked.groups]

    ordinal = run.index(place)
    for group, where in runs:
        if len(group.units) == len(run):
            yield _Meeting(Group((group.units[ordinal],)), "in order", where)


def _run_of_sums(part: Part, place: int) -> list[int]:
    """Return the places of the sums that this one is joined to by commas and "and"."""
    places = [at for at, _ in part.places("M")]
    own = places.index(place)

    first = own
    while first > 0 and _are_joined(part, places[first - 1], places[first]):
        first -= 1
    last = own
    while last + 1 < len(places) and _are_joined(part, places[last], places[last + 1]):
        last += 1
    return places[first : last + 1]


def _are_joined(part: Part, one: int, other: int) -> bool:
    between = set(part.words[one + 1 : other])
    return between <= {",", "and", "&"}


def _in_lists(page: Page, part: Part) -> Iterator[_Meeting]:
    """Yield the councils of the list that the sentence introduces, or that the next one does."""
    own = list_group(page, part.number)
    if own:
        yield _Meeting(own, "its list")
    following = list_group(page, part.number + 1)
    if following:
        yield _Meeting(following, "list after")


def _above(page: Page, part: Part) -> Iterator[_Meeting]:
    """Yield the groups of the introduction and of the heading."""
    introduction = page.introductions.get(part.number)
    if introduction is not None:
        for group in page.parts[introduction].marked.groups:
            yield _Meeting(group, "introduction")

    heading = page.headings.get(part.number)
    if heading is not None:
        for group in page.parts[heading].marked.groups[:2]:
            yield _Meeting(group, "heading")


def _before(page: Page, part: Part) -> Iterator[_Meeting]:
    """Yield the groups of the sentences before: the subject of the last, and the last named."""
    spoken = 0
    for back in range(1, _REACH_BACK + 3):
        if part.number - back < 0 or spoken >= _REACH_BACK:
            return
        groups = page.parts[part.number - back].marked.groups
        if not groups:
            continue

        spoken += 1
        near = "before" if back == 1 else "further back"
        yield _Meeting(groups[0], f"{near}: subject")
        if len(groups) > 1:
            yield _Meeting(groups[-1], f"{near}: last")


def _after(page: Page, part: Part) -> Iterator[_Meeting]:
    following = page.parts[part.number + 1 : part.number + 2]
    for other in following:
        for group in other.marked.groups[:2]:
            yield _Meeting(group, "after")


def _of_page(page: Page) -> Iterator[_Meeting]:
    """Yield the council whose paper it is, and the first that the page names."""
    if page.own:
        units = tuple((slug,) for slug in page.own)
        yield _Meeting(Group(units), "own")

    for part in page.parts:
        if part.marked.groups:
            link = "title" if part.number == 0 else "first"
            yield _Meeting(part.marked.groups[0], link)
            return
