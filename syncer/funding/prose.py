"""The sums and places of a page's prose → statements, each told, possible or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

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
    VETOES,
    PlaceReading,
    SumReading,
    read_places,
    read_sums,
    recipients,
)
from syncer.funding.merging import Told
from syncer.funding.scope import counts
from syncer.funding.score import Model, Scorer
from syncer.model import Certainty, Statement

OUT_OF_SCOPE = "another giver's money"


def read_prose(page: Page, facts: PageFacts, scorer: Scorer) -> Iterator[Told]:
    """Yield a statement for each sum, and for each council that a run of names tells was chosen."""
    for reading in read_sums(page, scorer):
        yield from _of_sum(page, reading, facts, scorer)
    for place in read_places(page, scorer):
        yield from _of_place(page, place, facts, scorer)


def _of_sum(page: Page, reading: SumReading, facts: PageFacts, scorer: Scorer) -> Iterator[Told]:
    certainty = _certainty(reading.p, scorer.told, scorer.possible)
    if certainty is Certainty.TOLD and reading.signals & VETOES:
        certainty = Certainty.POSSIBLE
    told = _statement(page, reading.part, reading.place, facts)
    told = _judged(told, certainty, reading.p, scorer.sum, reading.signals)
    groups, theirs = recipients(page, reading)
    if not theirs:
        return
    money = reading.part.marked.money[reading.number]
    for councils in groups:
        one = replace(told.statement, councils=councils, money=money, joint=len(councils) > 1)
        yield replace(told, statement=one)


def _of_place(
    page: Page, reading: PlaceReading, facts: PageFacts, scorer: Scorer
) -> Iterator[Told]:
    certainty = _certainty(reading.p, scorer.place_told, scorer.place_possible)
    if certainty is Certainty.NOTHING:
        return
    place = next(where for where, n in reading.part.places("G") if n == reading.number)
    told = _statement(page, reading.part, place, facts)
    told = _judged(told, certainty, reading.p, scorer.place, reading.signals)
    for unit in reading.group.units:
        yield replace(told, statement=replace(told.statement, councils=unit))


def _certainty(p: float, told: float, possible: float) -> Certainty:
    if p >= told:
        return Certainty.TOLD
    return Certainty.POSSIBLE if p >= possible else Certainty.NOTHING


def _judged(
    told: Told, certainty: Certainty, p: float, model: Model, signals: frozenset[str]
) -> Told:
    """Return it with its certainty and the reasons; what is out of scope is nothing."""
    reasons = model.reasons(signals)
    if told.out_of_scope:
        certainty, reasons = Certainty.NOTHING, (OUT_OF_SCOPE, *reasons)
    one = replace(told.statement, certainty=certainty, p=round(p, 3), why=reasons)
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
    return Told(one, named, not ours)
