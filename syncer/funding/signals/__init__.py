"""What speaks for and against: the signals of a candidate, each a name that is there or not.

Three sets. *Link* signals say which council a sum is for, *sum* signals whether it is given to a
council at all, *place* signals whether a council without a sum has been chosen for something that
pays. Their weights are learned (weights.json).

    words.py         the words of a sentence: clauses, classes, how a signal names a word
    links.py         how a sum and a council stand to each other
    nearby.py        the words around a sum or a council, and what happens to it
    frames.py        who does what with the sum
    givers.py        who gives, in the clause, around it and on the page
    balance.py       how much speaks for and against
    parts.py         whether it is a part of another sum
    reach.py         how near stands what makes a council one that was chosen
    page.py          the sentence, its neighbours, and the figure
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from syncer.funding.candidates import LISTED, Candidate
from syncer.funding.context import Page, Part
from syncer.funding.mentions import Group
from syncer.funding.signals.balance import balance
from syncer.funding.signals.frames import frames
from syncer.funding.signals.givers import givers, nearest_giver
from syncer.funding.signals.links import (
    alternate,
    alternating,
    between,
    counted,
    counts_of_councils,
    elsewhere,
)
from syncer.funding.signals.nearby import (
    around_sum,
    beside_council,
    classes_around_sum,
    council_governors,
    sum_governors,
)
from syncer.funding.signals.page import (
    FOR_MANY,
    figure,
    neighbours,
    sentence,
    sentence_of_place,
)
from syncer.funding.signals.parts import part_of_sum
from syncer.funding.signals.reach import reach
from syncer.funding.signals.words import (
    COMMON,
    bucket,
    classes_in,
    classes_of,
    clause_around,
    shape,
)


def link_signals(page: Page, part: Part, place: int, one: Candidate, rank: int) -> set[str]:
    """Return what speaks for this candidate being the one the sum is for."""
    found = set(_of_candidate(page, one, rank))
    found.update(counted(part, len(one.group.units)))
    if one.place is None:
        found.update(_outside(part, place))
    else:
        found.update(_inside(part, place, one.place))

    return found


def _inside(part: Part, place: int, council: int) -> Iterator[str]:
    """Yield how the sum stands to a council in its sentence."""
    yield from between(part, place, council)
    yield from beside_council(part, council)
    yield from alternating(part, place, council)


def _outside(part: Part, place: int) -> Iterator[str]:
    """Yield what the sentence says of a council that stands elsewhere."""
    yield from elsewhere(part, place)
    if alternate(part) is not None:
        yield "elsewhere though sums and councils alternate"


def _of_candidate(page: Page, one: Candidate, rank: int) -> Iterator[str]:
    """Yield what the candidate is, each signal by itself and with whether the page has an owner."""
    owner = "own" if page.own else "no own"
    for name in _kinds_of_candidate(page, one, rank):
        yield name
        yield f"{name}&{owner}"


def _kinds_of_candidate(page: Page, one: Candidate, rank: int) -> Iterator[str]:
    for link in one.links:
        yield f"link:{link}"

    yield f"rank:{min(rank, 4)}"
    yield "several" if len(one.group.units) > 1 else "one council"
    if set(one.councils) == set(page.own):
        yield "the page's own"


def sum_signals(page: Page, part: Part, place: int, number: int, best: Candidate) -> set[str]:
    """Return what speaks for and against the sum's being given to a council by a ministry."""
    done = set(frames(part, place))
    found = {
        *around_sum(part, place),
        *classes_around_sum(part, place),
        *sum_governors(part, place),
        *done,
        *_around(page, part, place),
        *figure(page, part, number),
        *part_of_sum(part, place, number),
        *_of_best(part, place, best),
        *_by_giver(page, part, place, best, done),
    }
    is_counted = len(best.group.units) in counts_of_councils(part.marked.text)
    if is_counted or not LISTED.isdisjoint(best.links):
        # the many are named, though not in this sentence
        found.discard(FOR_MANY)
    return found


def _by_giver(
    page: Page, part: Part, place: int, best: Candidate, done: Iterable[str]
) -> Iterator[str]:
    """Yield the nearest giver, and each thing that is done with the sum with the giver beside it:
    "council GET" of one ministry's money is an award, of another's nothing."""
    nearest = list(nearest_giver(page, part, place))
    yield from nearest
    yield from balance(page, part, place, best, nearest[0])

    for link in best.links:
        yield f"{nearest[0]} & for: {link}"
    for what in done:
        if " then " not in what:
            yield f"{nearest[0]} & {what}"


def _of_best(part: Part, place: int, best: Candidate) -> Iterator[str]:
    """Yield how the sum meets the council that it is for."""
    for link in best.links:
        yield f"for: {link}"

    if best.place is not None:
        for name in between(part, place, best.place):
            yield f"for {name}"


def _around(page: Page, part: Part, place: int) -> Iterator[str]:
    """Yield what the sentence is, what stands around it, and who gives on the page."""
    yield from sentence(page, part)
    yield from neighbours(page, part)
    yield from givers(page, part, place)


def place_signals(page: Page, part: Part, council: int, number: int) -> set[str]:
    """Return what speaks for the councils at this place having been chosen for what pays."""
    group = part.marked.groups[number]
    return {
        *beside_council(part, council),
        *_classes_of_place(part, council),
        *_words_of_place(part, council),
        *council_governors(part, council),
        *sentence(page, part),
        *neighbours(page, part, of_list=True),
        *givers(page, part, council),
        *sentence_of_place(page, part),
        *_of_group(page, part, group),
        *reach(page, part, council, number),
    }


def _classes_of_place(part: Part, council: int) -> Iterator[str]:
    """Yield the classes of the sentence, and those of the clause."""
    for name in classes_of(part):
        yield f"sentence {name}"

    start, end = clause_around(part.words, council)
    for name in classes_in(part, start, end):
        yield f"clause {name}"


def _words_of_place(part: Part, council: int) -> Iterator[str]:
    """Yield the words of the clause."""
    start, end = clause_around(part.words, council)
    words = set(part.words[start:end])
    for word in words - COMMON:
        yield f"clause {shape(word)}"


def _of_group(page: Page, part: Part, group: Group) -> Iterator[str]:
    """Yield how many councils the run has, and how the page names them."""
    yield f"units {bucket(len(group.units), (1, 2, 4, 8))}"
    if not set(group.councils).isdisjoint(page.own):
        yield "the page's own"

    yield from _on_the_page(page.around(part), group)


def _on_the_page(parts: Sequence[Part], group: Group) -> Iterator[str]:
    """Yield how many runs the sentences around name, and whether they name this one again."""
    runs = [other.councils for part in parts for other in part.marked.groups]
    yield f"{bucket(len(runs), (1, 2, 4, 8))} runs on the page"
    if runs.count(group.councils) > 1:
        yield "named again"
