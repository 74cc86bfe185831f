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
from syncer.funding.signals.links import counts_of_councils
from syncer.funding.signals.nearby import REFUSED_LATER
from syncer.funding.signals.page import FOR_MANY, WHOLE_SCHOOLS_GRANT

MIN_POUNDS = 1_000
"""Pounds: what a text says is less is a price or a rate, not a grant to a council."""
_SURE = 2.0
"""How far the best candidate's score is above the next for the council to be sure."""

VETOES = frozenset(
    (
        FOR_MANY,
        WHOLE_SCHOOLS_GRANT,
        "clause before LOSS",
        "after COMPARE",
        "governed by BACK",
        "part after back",
        "clause REFUSED",
        REFUSED_LATER,
        "clause WRONG",
        "council unsure, fits",
        "council unsure, hardly fits",
        "giver programme False one before",
        "frame other body GIVE council",
        "frame other body be GIVE ",
        "frame other body GET ",
        "question",
        "clause before OWN",
        "for after: 1 sums between",
        "giver other several before",
    )
)
"""Signals of the known traps: a sum with one of them is at most possible, whatever speaks for it.
Of the training texts' sums that have one, more than a third that score high are not given."""


@dataclass(frozen=True)
class SumReading:
    """One sum, for whom it would be, and how likely it is given to them. `other` is whom it may as
    well be for, where that is not sure."""

    part: Part
    number: int
    place: int
    best: Candidate
    signals: frozenset[str]
    p: float
    other: Candidate | None = None

    @property
    def pounds(self) -> int:
        """Return how many whole pounds the sum is."""
        return self.part.marked.money[self.number].pounds


@dataclass(frozen=True)
class PlaceReading:
    """A run of councils without a sum, and how likely they were chosen for something that pays."""

    part: Part
    place: int
    group: Group
    signals: frozenset[str]
    p: float


def read_sums(page: Page, scorer: Scorer) -> Iterator[SumReading]:
    """Yield each sum that some council can be meant by, in the order of the text."""
    for part in page.parts:
        for place, number in _large_sums(part):
            reading = _read_sum(page, part, place, number, scorer)
            if reading is not None:
                yield reading


def _large_sums(part: Part) -> Iterator[tuple[int, int]]:
    """Yield the place and the number of each sum that is large enough to be a grant."""
    for place, number in part.places("M"):
        money = part.marked.money[number]
        if money.pounds >= MIN_POUNDS:
            yield place, number


def _read_sum(page: Page, part: Part, place: int, number: int, scorer: Scorer) -> SumReading | None:
    """Return how likely one sum is given, and to whom; None where no council can be meant."""
    candidates = candidates_for(page, part, place)
    if not candidates:
        return None

    scores = _link_scores(page, part, place, candidates, scorer)
    best, sure = _best(candidates, scores)
    signals = sum_signals(page, part, place, number, best)
    signals.add(sure)
    return SumReading(
        part,
        number,
        place,
        best,
        frozenset(signals),
        scorer.sum.probability(signals),
        _second(candidates, scores),
    )


def best_of(
    page: Page, part: Part, place: int, candidates: Sequence[Candidate], scorer: Scorer
) -> tuple[Candidate, str]:
    """Return the candidate that the sum is most likely for (of two alike, the nearer), and how sure
    that is, as a signal."""
    scores = _link_scores(page, part, place, candidates, scorer)
    return _best(candidates, scores)


def _best(candidates: Sequence[Candidate], scores: Sequence[float]) -> tuple[Candidate, str]:
    highest = max(scores)
    number = scores.index(highest)
    how_sure = _how_sure(highest, _margin(scores))
    return candidates[number], how_sure


def _second(candidates: Sequence[Candidate], scores: Sequence[float]) -> Candidate | None:
    """Return the candidate whose score is next to the highest; None where that one is sure."""
    if _margin(scores) >= _SURE:
        return None
    by_score = sorted(range(len(scores)), key=lambda number: -scores[number])
    return candidates[by_score[1]]


def _link_scores(
    page: Page, part: Part, place: int, candidates: Sequence[Candidate], scorer: Scorer
) -> list[float]:
    """Return how well the sum fits each candidate, in their order."""
    scores = []
    for rank, candidate in enumerate(candidates):
        signals = link_signals(page, part, place, candidate, rank)
        scores.append(scorer.link.score(signals))

    return scores


def _margin(scores: Sequence[float]) -> float:
    """Return how far the highest score is above the next; far enough where there is no other."""
    if len(scores) < 2:
        return _SURE

    best, second = sorted(scores, reverse=True)[:2]
    return best - second


def _how_sure(score: float, margin: float) -> str:
    """Return the signal for a best candidate of this score, so far above the next."""
    fit = "fits" if score > 0 else "hardly fits"
    if margin >= _SURE:
        return f"council sure, {fit}"
    if margin >= _SURE / 2:
        return f"council fairly sure, {fit}"
    return f"council unsure, {fit}"


def read_places(page: Page, scorer: Scorer) -> Iterator[PlaceReading]:
    """Yield each run of councils with how likely it was chosen."""
    for part in page.parts:
        for place, number in part.places("G"):
            if part.marked.groups[number].councils:
                yield _read_place(page, part, place, number, scorer)


def _read_place(page: Page, part: Part, place: int, number: int, scorer: Scorer) -> PlaceReading:
    """Return how likely one run of councils was chosen."""
    group = part.marked.groups[number]
    signals = place_signals(page, part, place, number)
    return PlaceReading(
        part,
        place,
        group,
        frozenset(signals),
        scorer.place.probability(signals),
    )


# -- How several share -----------------------------------------------------------------------------

_EACH = re.compile(
    r"\b(?:each|apiece|every one|per (?:council|authority|area)|all given"
    r"|every [\w ‹›]{0,30}?(?:council|authority|area|borough|site|pathfinder|partner))\b",
    re.I,
)
_FOR_MORE = re.compile(
    r"\b(?:among(?:st)? (?:them|those|the)|including|such as|for example|along with \d+ others"
    r"|and (?:\w+ )?others)\b",
    re.I,
)


def recipients(page: Page, reading: SumReading) -> tuple[list[tuple[str, ...]], bool]:
    """Return for whom the sum is, and whether it is theirs: one joint set of councils, each of them
    alone, or (False) each without a sum, because it is shared with others who are not named."""
    units = list(reading.best.group.units)
    together = [reading.best.group.councils]
    if len(units) < 2:
        return together, True

    words = _words_on_shares(page, reading)
    if _EACH.search(words):
        return units, True
    if _is_for_more(words, len(units)):
        return units, False
    return together, True


def _words_on_shares(page: Page, reading: SumReading) -> str:
    """Return the words that may say how several share: the sentence's, and those of what introduces
    it where the councils stand there."""
    words = reading.part.marked.text
    introduction = page.introduction_of(reading.part)
    if introduction is None or reading.best.place is not None:
        return words
    return f"{introduction.marked.text} {words}"


def _is_for_more(words: str, named: int) -> bool:
    """Return whether the words speak of more councils than are named."""
    if any(count > named for count in counts_of_councils(words)):
        return True

    return _FOR_MORE.search(words) is not None
