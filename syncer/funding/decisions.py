"""One role for each sum (told, possible or nothing) and for each council named without one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from syncer.funding.candidates import Candidate, candidates_for
from syncer.funding.context import Page, Part
from syncer.funding.mentions import Group
from syncer.funding.score import Scorer
from syncer.funding.signals import link_signals, place_signals, sum_signals

MIN_POUNDS = 1_000
"""Pounds: what a text says is less is a price or a rate, not a grant to a council."""


_SURE = 2.0
"""How far the best candidate's score is above the next for the council to be sure."""


VETOES = frozenset(
    (
        "for many, none named here",
        "clause before LOSS",
        "after COMPARE",
        "alone: BACK",
        "clause before NEG",
        "clause before SCHOOLS",
        "clause before BODY",
        "before SHARENOUN",
        "council unsure, fits",
        "council unsure, hardly fits",
        "giver programme False one before",
        "under OTHER",
        "alone: NEG",
        "alone: LOSS",
        "alone: OTHER",
        "frame other body GIVE council",
        "frame other body be GIVE ",
        "frame other body GET ",
    )
)
"""Signals of the known traps: a sum with one of them is at most possible, whatever speaks for it.
Of the training texts' sums that have one, more than a third that score high are not given."""


@dataclass(frozen=True)
class SumReading:
    """One sum, for whom it would be, and how likely it is given to them."""

    part: Part
    number: int
    place: int
    best: Candidate
    signals: frozenset[str]
    p: float


@dataclass(frozen=True)
class PlaceReading:
    """A run of councils without a sum, and how likely they were chosen for something that pays."""

    part: Part
    number: int
    group: Group
    signals: frozenset[str]
    p: float


def read_sums(page: Page, scorer: Scorer) -> Iterator[SumReading]:
    """Yield each sum that some council can be meant by, in the order of the text."""
    for part in page.parts:
        for place, number in part.places("M"):
            if part.marked.money[number].pounds < MIN_POUNDS:
                continue
            candidates = candidates_for(page, part, place)
            if not candidates:
                continue
            best, sure = best_of(page, part, place, candidates, scorer)
            signals = frozenset(sum_signals(page, part, place, number, best) | {sure})
            yield SumReading(part, number, place, best, signals, scorer.sum.probability(signals))


def best_of(
    page: Page, part: Part, place: int, candidates: Sequence[Candidate], scorer: Scorer
) -> tuple[Candidate, str]:
    """Return the candidate that the sum is most likely for (of two alike, the nearer), and how sure
    that is, as a signal."""
    scored = [
        (scorer.link.score(link_signals(page, part, place, one, rank)), -rank, one)
        for rank, one in enumerate(candidates)
    ]
    scored.sort(key=lambda each: each[:2], reverse=True)
    best = scored[0]
    margin = best[0] - scored[1][0] if len(scored) > 1 else _SURE
    sure = "sure" if margin >= _SURE else "fairly sure" if margin >= _SURE / 2 else "unsure"
    fit = "fits" if best[0] > 0 else "hardly fits"
    return best[2], f"council {sure}, {fit}"


def read_places(page: Page, scorer: Scorer) -> Iterator[PlaceReading]:
    """Yield each run of councils with how likely it was chosen."""
    for part in page.parts:
        for place, number in part.places("G"):
            group = part.marked.groups[number]
            if group.councils:
                signals = frozenset(place_signals(page, part, place, number))
                p = scorer.place.probability(signals)
                yield PlaceReading(part, number, group, signals, p)


# -- How several share -----------------------------------------------------------------------------

_EACH = re.compile(r"\b(?:each|apiece|every one|per (?:council|authority|area)|all given)\b", re.I)
_FOR_MORE = re.compile(
    r"\b(?:among(?:st)? (?:them|those|the)|including|such as|for example|along with \d+ others"
    r"|and (?:\w+ )?others)\b",
    re.I,
)
_COUNT = re.compile(
    r"\b(\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen"
    r"|sixteen|seventeen|eighteen|nineteen|twenty)\s+(?:[\w-]+ ){0,3}?(?:councils|authorities|areas"
    r"|boroughs|counties|cities|places|partners|sites|pathfinders|pilots|neighbours|of them)\b",
    re.I,
)
_NUMBERS = dict(
    zip(
        [
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ],
        range(2, 21),
        strict=True,
    )
)


def recipients(page: Page, reading: SumReading) -> tuple[list[tuple[str, ...]], bool]:
    """Return for whom the sum is, and whether it is theirs: one joint set of councils, each of them
    alone, or (False) each without a sum, because it is shared with others who are not named."""
    group = reading.best.group
    if len(group.units) < 2:
        return [group.councils], True
    introduction = page.introductions.get(reading.part.number)
    words = reading.part.marked.text
    if introduction is not None and reading.best.place is None:
        words = f"{page.parts[introduction].marked.text} {words}"
    if _EACH.search(words):
        return list(group.units), True
    if _is_for_more(words, len(group.units)):
        return list(group.units), False
    return [group.councils], True


def _is_for_more(words: str, named: int) -> bool:
    counts = [
        int(found[1]) if found[1].isdigit() else _NUMBERS[found[1].lower()]
        for found in _COUNT.finditer(words)
    ]
    return any(count > named for count in counts) or bool(_FOR_MORE.search(words))
