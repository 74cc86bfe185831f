"""What a page says besides sums and places: who got nothing, interventions, partnerships."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from syncer.funding.attributes import PageFacts, quote_of
from syncer.funding.context import Page, Part
from syncer.funding.interventions import helps, interventions
from syncer.funding.mentions import Marked
from syncer.funding.merging import Told
from syncer.model import FundingKind, Money, Qualifier, Statement
from syncer.register.programmes import Programme

_NOTHING = re.compile(
    r"(?<!\bin )(?<!\bof )(?<!\bfor )(?<!\bacross )‹G(\d+)›"
    r"(?:\s+(?:have|has|had|both|each|all|were|was))*"
    r"\s+(?:received|been paid|paid|got|given)\s+(nothing|no (?:payments?|money|funding))\b",
    re.I,
)
_NO_MONEY = Money(0, Qualifier.EXACT, "received nothing", 0, 0)


def read_other_kinds(page: Page, facts: PageFacts) -> Iterator[Told]:
    """Yield what each sentence says of these."""
    for part in page.parts:
        common = _common(part, facts)
        yield from _nothing_paid(part.marked, common)
        yield from _interventions(part.marked, page.own, common)
        yield from _partnerships(part.marked, page.own, common)


def _common(part: Part, facts: PageFacts) -> Statement:
    """Return what all statements of a sentence have alike."""
    periods = part.marked.periods
    common = Statement(
        FundingKind.AWARD,
        (),
        quote_of(part.sentence),
        funder=facts.funder,
        announced=facts.day,
        period=periods[0].text if periods else "",
    )
    programme = _programme(part, facts)
    if programme is None:
        return common
    return replace(common, programme=programme.name, funder=programme.funder)


def _programme(part: Part, facts: PageFacts) -> Programme | None:
    named = part.marked.programmes
    if named:
        return named[0]
    return facts.main_programme


def _nothing_paid(here: Marked, common: Statement) -> Iterator[Told]:
    for found in _NOTHING.finditer(here.text):
        group = here.groups[int(found[1])]
        for unit in group.units:
            statement = replace(common, kind=FundingKind.PAYMENT, councils=unit, money=_NO_MONEY)
            yield Told(statement, named=bool(here.programmes))


def _interventions(here: Marked, subject: tuple[str, ...], common: Statement) -> Iterator[Told]:
    for found in interventions(here, subject):
        statement = replace(
            common,
            kind=FundingKind.INTERVENTION,
            councils=found.councils,
            what=found.what,
            status=found.status,
        )
        yield Told(statement)


def _partnerships(here: Marked, subject: tuple[str, ...], common: Statement) -> Iterator[Told]:
    for found in helps(here, subject):
        statement = replace(
            common,
            kind=FundingKind.PARTNERSHIP,
            councils=found.helper,
            helped=found.helped,
        )
        yield Told(statement)
