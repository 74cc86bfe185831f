"""Every sum × every council it could be for; every council that may have been chosen.

A candidate knows how sum and council meet: in one sentence, through the heading, the introduction
of a list, the list that follows, the sentence before, or as the page's own council.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from syncer.funding.context import Page, Part, list_group
from syncer.funding.mentions import Group

LISTED = frozenset(("its list", "list after", "list before"))
"""The links of a sum with the councils of a list."""
_REACH_BACK = 3
"""Sentences: how far back "it" or "the council" is looked for."""
_MOST_BESIDE = 2
"""Runs of councils of a heading, or of the next sentence, that may be meant."""


@dataclass(frozen=True)
class Candidate:
    """A group of councils that a sum may be for. `links` says how they meet; `place` is the group's
    place among the words of the sum's own sentence, None where it stands elsewhere."""

    group: Group
    links: tuple[str, ...]
    place: int | None = None

    @property
    def councils(self) -> tuple[str, ...]:
        """Return the councils' slugs."""
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
    meetings = _meetings(page, part, place)
    return [_candidate(found) for found in _by_councils(meetings)]


def _by_councils(meetings: Iterable[_Meeting]) -> Iterable[list[_Meeting]]:
    """Return the meetings with each set of councils, in the order of the first ones."""
    found: dict[frozenset[str], list[_Meeting]] = {}
    for meeting in meetings:
        councils = frozenset(meeting.group.councils)
        if councils:
            found.setdefault(councils, []).append(meeting)

    return found.values()


def _candidate(meetings: Sequence[_Meeting]) -> Candidate:
    """Return the candidate that meets the sum in these ways."""
    links = dict.fromkeys(meeting.link for meeting in meetings)
    places = [meeting.place for meeting in meetings if meeting.place is not None]
    return Candidate(
        meetings[0].group,
        tuple(links),
        places[0] if places else None,
    )


def _meetings(page: Page, part: Part, place: int) -> Iterator[_Meeting]:
    """Yield every group with the way it meets the sum, nearest first."""
    yield from _in_sentence(part, place)
    yield from _in_company(page, part)
    yield from _in_order(page, part, place)
    yield from _in_lists(page, part)
    yield from _above(page, part)
    yield from _before(page, part)
    yield from _after(page, part)
    yield from _of_page(page, part)


def _in_sentence(part: Part, place: int) -> Iterator[_Meeting]:
    by_distance = sorted(
        part.councils(),
        key=lambda run: abs(run[0] - place),
    )
    for where, group in by_distance:
        yield _Meeting(group, "same", where)


# -- Councils that act with others -----------------------------------------------------------------

_COMPANY = re.compile(
    r"\b(?:(?:along|together|jointly|in partnership|in consortium|alongside"
    r"|as part of an? [\w ]{0,20}(?:bid|partnership|consortium)) (?:with )?"
    r"|plus |as well as |with )"
    r"(?:its |our |their |the |fellow |neighbour(?:s|ing)? |councils |council |of )*$"
)
"""What stands before those who act with the council that the sentence is about."""


def _in_company(page: Page, part: Part) -> Iterator[_Meeting]:
    """Yield those whom the sentence names as companions together with the council they go with: one
    named before them in it, the last sentence's, or the page's own."""
    for where, companions in part.councils():
        before = " ".join(part.words[:where]) + " "
        if not _COMPANY.search(before):
            continue
        for group, link in _whom_they_join(page, part, where):
            joined = _joined(group, companions)
            if joined != group:
                yield _Meeting(joined, link, where)


def _joined(group: Group, companions: Group) -> Group:
    """Return the councils of both, each once."""
    units = dict.fromkeys(group.units)
    units |= dict.fromkeys(companions.units)
    return Group(tuple(units))


def _whom_they_join(page: Page, part: Part, where: int) -> Iterator[tuple[Group, str]]:
    """Yield the councils that the companions named at a place go with, and how these are found."""
    named = [group for at, group in part.councils() if at < where]
    if named:
        yield named[-1], "in company"
        return

    spoken = _spoken_before(page, part)
    if spoken:
        last = spoken[0].marked.groups
        yield last[0], "in company of the last"

    own = _owner(page)
    if own is not None:
        yield own, "in our company"


# -- As many councils as sums ----------------------------------------------------------------------


def _in_order(page: Page, part: Part, place: int) -> Iterator[_Meeting]:
    """Yield the council that is in a run of councils where this sum is in a run of as many sums:
    "Essex and Kent received £5m and £6m"; the councils may stand in the sentence before."""
    sums = _run_of_sums(part, place)
    if len(sums) < 2:
        return

    ordinal = sums.index(place)
    for where, group in _runs_of_councils(page, part):
        if len(group.units) == len(sums):
            own = group.units[ordinal]
            yield _Meeting(Group((own,)), "in order", where)


def _run_of_sums(part: Part, place: int) -> list[int]:
    """Return the places of the sums that this one is joined to by commas and "and"."""
    run: list[int] = []
    for at, _ in part.places("M"):
        if run and not _are_joined(part, run[-1], at):
            if place in run:
                return run
            run = []
        run.append(at)

    return run


def _are_joined(part: Part, one: int, other: int) -> bool:
    between = part.words[one + 1 : other]
    return all(word in (",", "and", "&", "/") for word in between)


def _runs_of_councils(page: Page, part: Part) -> Iterator[tuple[int | None, Group]]:
    """Yield the runs of the sentence with their places, or those of the sentence before."""
    here = part.councils()
    yield from here

    before = page.before(part)
    if not here and before is not None:
        for group in before.marked.groups:
            yield None, group


# -- What stands around ----------------------------------------------------------------------------


def _in_lists(page: Page, part: Part) -> Iterator[_Meeting]:
    """Yield the councils of the list that the sentence introduces, that the next one does, or that
    has just ended: "• Wirral • Gateshead The above have each been promised £228,000"."""
    own = list_group(page, part.number)
    if own is not None:
        yield _Meeting(own, "its list")

    following = list_group(page, part.number + 1)
    if following is not None:
        yield _Meeting(following, "list after")

    ended = _list_just_ended(page, part)
    if ended is not None:
        yield _Meeting(ended, "list before")


def _list_just_ended(page: Page, part: Part) -> Group | None:
    """Return the councils of the list whose last item stands before the sentence."""
    before = page.before(part)
    if before is None or part.number in page.introductions:
        return None

    introduction = page.introduction_of(before)
    if introduction is None:
        return None
    return list_group(page, introduction.number)


def _above(page: Page, part: Part) -> Iterator[_Meeting]:
    """Yield the groups of the introduction and of the heading."""
    introduction = page.introduction_of(part)
    if introduction is not None:
        yield from _groups(introduction, "introduction")

    heading = page.heading_of(part)
    if heading is not None:
        yield from _groups(heading, "heading", _MOST_BESIDE)


def _after(page: Page, part: Part) -> Iterator[_Meeting]:
    """Yield the groups of the next sentence, unless that is only the first item of a list."""
    following = page.after(part)
    if following is None or following.number in page.introductions:
        return
    yield from _groups(following, "after", _MOST_BESIDE)


def _groups(other: Part, link: str, most: int | None = None) -> Iterator[_Meeting]:
    """Yield the runs of councils of another sentence, the first so many (None: all)."""
    for group in other.marked.groups[:most]:
        yield _Meeting(group, link)


def _before(page: Page, part: Part) -> Iterator[_Meeting]:
    """Yield the groups of the sentences before: the subject of the last, and the last named."""
    for other in _spoken_before(page, part):
        is_next = other.number + 1 == part.number
        near = "before" if is_next else "further back"
        yield from _subject_and_last(other.marked.groups, near)


def _subject_and_last(groups: Sequence[Group], near: str) -> Iterator[_Meeting]:
    """Yield the first run of a sentence before, and the last where there are several."""
    yield _Meeting(groups[0], f"{near}: subject")
    if len(groups) > 1:
        yield _Meeting(groups[-1], f"{near}: last")


def _spoken_before(page: Page, part: Part) -> list[Part]:
    """Return the sentences before that name councils, nearest first; a few may stand between."""
    spoken = [other for other in reversed(_just_before(page, part)) if other.marked.groups]
    return spoken[:_REACH_BACK]


def _just_before(page: Page, part: Part) -> Sequence[Part]:
    """Return the few sentences before one, in the order of the text."""
    first = max(0, part.number - _REACH_BACK - 2)
    return page.parts[first : part.number]


def _owner(page: Page) -> Group | None:
    """Return the council whose paper it is, as a group."""
    if not page.own:
        return None
    units = tuple((slug,) for slug in page.own)
    return Group(units)


def _of_page(page: Page, part: Part) -> Iterator[_Meeting]:
    """Yield the council whose paper it is, and the first that the page names, unless that is one
    item of the list that the sentence introduces."""
    own = _owner(page)
    if own is not None:
        yield _Meeting(own, "own")

    first = next((other for other in page.parts if other.marked.groups), None)
    if first is not None and page.introductions.get(first.number) != part.number:
        link = "first" if first.number else "title"
        yield from _groups(first, link, 1)
