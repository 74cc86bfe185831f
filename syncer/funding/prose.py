"""The sums and places of a page's prose → statements, each told, possible or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from syncer.funding.attributes import (
    PageFacts,
    announced_of,
    clause_of,
    funder_of,
    is_capital,
    is_ring_fenced,
    kind_of,
    period_of,
    programme_of,
    quote_of,
    status_of,
)
from syncer.funding.context import Page, Part
from syncer.funding.decisions import (
    MIN_POUNDS,
    VETOES,
    PlaceReading,
    SumReading,
    read_places,
    read_sums,
    recipients,
)
from syncer.funding.figures import relation
from syncer.funding.merging import Told
from syncer.funding.scope import counts
from syncer.funding.score import Scorer
from syncer.model import Certainty, Money, Statement
from syncer.register.ministries import GOVERNMENT

OUT_OF_SCOPE = "another giver's money"
GIVER_UNKNOWN = "nothing says who gives it"
_LIKELY = 0.35
"""From this probability on a sum whose giver is not named is shown."""
FOR_NOBODY = "no council is named whom it could be for"
TOO_SMALL = "less than what a council is granted"
SHARED_WITH_OTHERS = "shared with councils that are not named"


def read_prose(page: Page, facts: PageFacts, scorer: Scorer) -> Iterator[Told]:
    """Yield a statement for each sum, and for each council that a run of names tells was chosen."""
    verdicts = [(one, _verdict_on_sum(one, scorer)) for one in read_sums(page, scorer)]
    told = [one for one, verdict in verdicts if verdict.certainty is Certainty.TOLD]
    for reading, verdict in verdicts:
        related = relation(reading, told)
        if related:
            verdict = _nothing(verdict, related)
        yield from _of_sum(page, reading, verdict, facts)

    yield from _for_nobody(page, [reading for reading, _ in verdicts], facts)
    for place in read_places(page, scorer):
        yield from _of_place(page, place, facts, scorer)


def _for_nobody(page: Page, readings: Sequence[SumReading], facts: PageFacts) -> Iterator[Told]:
    """Yield, as nothing, each sum that was not read as possibly some council's: none is dropped
    without a word."""
    read = {(reading.part.number, reading.number) for reading in readings}
    for part in page.parts:
        for place, number in part.places("M"):
            if (part.number, number) in read:
                continue
            yield _passed_over(page, part, place, number, facts)


def _passed_over(page: Page, part: Part, place: int, number: int, facts: PageFacts) -> Told:
    """Return a sum that can be no council's, with the reason."""
    money = part.marked.money[number]
    reason = TOO_SMALL if money.pounds < MIN_POUNDS else FOR_NOBODY
    verdict = _Verdict(Certainty.NOTHING, 0.0, (reason,))

    told = _statement(page, part, place, facts)
    return _given_to((), money, _judged(told, verdict))


def _of_sum(page: Page, reading: SumReading, verdict: _Verdict, facts: PageFacts) -> Iterator[Told]:
    groups, theirs = recipients(page, reading)
    if not theirs:
        verdict = _nothing(verdict, SHARED_WITH_OTHERS)

    if reading.part.sentence.doubtful:
        verdict = _at_most_possible(verdict)

    told = _statement(page, reading.part, reading.place, facts)
    told = _judged(told, verdict)
    money = reading.part.marked.money[reading.number]
    for councils in groups:
        yield _given_to(councils, money, told)

    if reading.other is not None and told.statement.certainty is Certainty.POSSIBLE:
        yield _given_to(reading.other.councils, money, told)


def _given_to(councils: tuple[str, ...], money: Money, told: Told) -> Told:
    """Return the sum as given to these councils."""
    is_joint = len(councils) > 1
    one = replace(told.statement, councils=councils, money=money, joint=is_joint)
    return replace(told, statement=one)


def _of_place(
    page: Page, reading: PlaceReading, facts: PageFacts, scorer: Scorer
) -> Iterator[Told]:
    verdict = _verdict_on_place(reading, scorer)
    if verdict.certainty is Certainty.NOTHING:
        return

    told = _statement(page, reading.part, reading.place, facts)
    told = _judged(told, verdict)
    for unit in reading.group.units:
        yield _with_councils(told, unit)


def _with_councils(told: Told, councils: tuple[str, ...]) -> Told:
    """Return a statement as one about these councils."""
    one = replace(told.statement, councils=councils)
    return replace(told, statement=one)


# -- How certain it is -----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Verdict:
    """How certain a sum or a place is, how likely, and why."""

    certainty: Certainty
    p: float
    reasons: tuple[str, ...]


def _verdict_on_sum(reading: SumReading, scorer: Scorer) -> _Verdict:
    certainty = _certainty(reading.p, scorer.told, scorer.possible)
    if certainty is Certainty.TOLD and reading.signals & VETOES:
        certainty = Certainty.POSSIBLE

    reasons = scorer.sum.reasons(reading.signals)
    return _Verdict(certainty, reading.p, reasons)


def _verdict_on_place(reading: PlaceReading, scorer: Scorer) -> _Verdict:
    certainty = _certainty(reading.p, scorer.place_told, scorer.place_possible)
    reasons = scorer.place.reasons(reading.signals)
    return _Verdict(certainty, reading.p, reasons)


def _certainty(p: float, told: float, possible: float) -> Certainty:
    if p >= told:
        return Certainty.TOLD
    if p >= possible:
        return Certainty.POSSIBLE
    return Certainty.NOTHING


def _nothing(verdict: _Verdict, reason: str) -> _Verdict:
    """Return the verdict that it is nothing, for this reason before the others."""
    return _Verdict(Certainty.NOTHING, verdict.p, (reason, *verdict.reasons))


def _at_most_possible(verdict: _Verdict) -> _Verdict:
    """Return the verdict on a sum whose giver is not named: what is likely is possible."""
    if verdict.p < _LIKELY:
        return _nothing(verdict, GIVER_UNKNOWN)
    reasons = (GIVER_UNKNOWN, *verdict.reasons)
    return _Verdict(Certainty.POSSIBLE, verdict.p, reasons)


def _judged(told: Told, verdict: _Verdict) -> Told:
    """Return it with its certainty and the reasons; what is out of scope is nothing."""
    if told.out_of_scope:
        verdict = _nothing(verdict, OUT_OF_SCOPE)
    elif told.giver_unknown:
        verdict = _at_most_possible(verdict)

    one = replace(
        told.statement,
        certainty=verdict.certainty,
        p=round(verdict.p, 3),
        why=verdict.reasons,
    )
    return replace(told, statement=one)


def _statement(page: Page, part: Part, place: int, facts: PageFacts) -> Told:
    """Return what the text says of the money at this place, without whose it is."""
    clause = clause_of(part, place)
    programme, named = programme_of(page, clause, facts)
    funder = funder_of(page, clause, programme, named, facts)
    ours = counts(funder, programme, named_with_it=named, for_children=facts.about_children)

    one = Statement(
        kind_of(clause, programme, facts),
        (),
        quote_of(part.sentence),
        programme.name if programme else "",
        funder,
        period=period_of(page, clause),
        announced=announced_of(part, facts.day),
        determination=facts.determination,
        capital=is_capital(clause),
        ring_fenced=is_ring_fenced(clause, facts),
        status=status_of(clause),
    )
    unknown = not ours and funder == GOVERNMENT and programme is None
    return Told(
        one,
        named,
        out_of_scope=not ours and not unknown,
        giver_unknown=unknown,
    )
