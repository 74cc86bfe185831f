"""A gift (giving.py, shares.py) → a Statement: under which programme, from whom, for when, of what
kind; or none, if it is not the ministries' money (DESIGN §5.8).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from syncer.funding.giving import Gift
from syncer.funding.listing import is_item
from syncer.funding.marked import Marked
from syncer.funding.merging import Told
from syncer.funding.sentences import Sentence, day_in
from syncer.funding.shares import says_allocation
from syncer.model import FundingKind, Statement
from syncer.quantities.periods import find_periods
from syncer.register.programmes import Programme

QUOTE = 400
GOVERNMENT = "government"
MIN_POUNDS = 1_000
"""Pounds: what a text says is less is a price or a rate, not a grant to a council."""
_COMMUNITIES = ("MHCLG", "DLUHC", "DCLG")
_PAID = re.compile(
    r"(?<!be )\bpaid\s+(?!for\b)(?:[\w-]+ ){0,3}?(?:‹[GMF]|out\b|over\b|towards\b|to\b)"
    r"|\bcontributions?\b[^;]{0,60}\bwas\b|\bpayments? (?:made|received|to date|so far)\b"
    r"|‹M›,? (?:has|had|have|was|were) (?:since |now |already |so far |then )*(?:been )?paid\b(?! (?:for|by ‹G))"
    r"|\bpayment,? (?:of )?‹M›,? (?:was|has been|had been) (?:made|received|paid)\b",
    re.I,
)
"""Its ‹M› is the amount asked about."""
_DATED = re.compile(r"\b(?:in|on)\s+((?:\d{1,2}(?:st|nd|rd|th)?\s+)?[A-Z][a-z]+\s+20\d\d)\b")
_STATUS = re.compile(
    r"\b(indicative|provisional|notional|final|revised)\b(?! (?:report|decision|direction|year|plan"
    r"|agreement))",
    re.I,
)
NOT_RING_FENCED = re.compile(r"\b(?:not|un|non)[- ]?ring-?\s?fenced\b", re.I)
RING_FENCED = re.compile(r"\bring-?\s?fenced\b", re.I)


@dataclass(frozen=True)
class PageFacts:
    """What holds for the whole page: its day, the council whose paper it is, the programme it is
    mostly about, the ministry first named on it, its one determination number, and whether it
    speaks of the government's money for children at all."""

    day: dt.date | None
    subject: tuple[str, ...] = ()
    main_programme: Programme | None = None
    funder: str = ""
    determination: str = ""
    ring_fenced: bool | None = None
    about_children: bool = False


def statement_of(
    gift: Gift,
    sentence: Sentence,
    here: Marked,
    nearby: Programme | None,
    page: PageFacts,
    following: str,
) -> Iterator[Told]:
    """The statement a gift makes; nothing if it is not the ministries' money."""
    inside = _programme_of(gift, here)
    if nearby and not nearby.in_scope and re.search(r"‹F\d+›", gift.clause):
        nearby = page.main_programme
    programme = inside or nearby
    funder = _funder_of(gift, here, programme, page)
    if not _in_scope(programme, inside, funder, page):
        return
    money = here.money[gift.money] if gift.money >= 0 else None
    if money and money.pounds < MIN_POUNDS:
        return
    period = _period_of(gift, here) or _first_period(following)
    clause = _words(gift.clause, here)
    yield Told(
        Statement(
            _kind(gift, programme, bool(page.determination)),
            gift.councils,
            quote_of(sentence),
            programme.name if programme else "",
            funder,
            money,
            period,
            _announced(clause, page.day),
            len(gift.councils) > 1,
            determination=page.determination,
            capital=_capital(clause),
            ring_fenced=_ring_fenced(clause, page),
            status=_status(clause),
        ),
        bool(inside),
    )


def _programme_of(gift: Gift, here: Marked) -> Programme | None:
    """The programme named nearest after the gift in its clause, else before it, else in the
    sentence."""
    inside = [int(number) for number in re.findall(r"‹P(\d+)›", gift.clause)]
    place = gift.clause.find(f"‹M{gift.money}›")
    after = (
        [
            int(number)
            for number in re.findall(r"‹P(\d+)›", gift.clause[place:].partition(", ‹M")[0])
        ]
        if place >= 0
        else []
    )
    if gift.clause.count("‹M") > 1 and place >= 0:
        behind = re.findall(r"‹P(\d+)›", gift.clause[:place].rpartition("‹M")[2])
        after = [
            int(number)
            for number in re.findall(r"‹P(\d+)›", gift.clause[place + 4 :].partition("‹M")[0])
        ] or [int(number) for number in behind]
    anywhere = [] if gift.listed else [int(number) for number in re.findall(r"‹P(\d+)›", here.text)]
    anywhere = [
        number for number in anywhere if here.programmes[number].in_scope or number in inside
    ]
    numbers = after or ([] if gift.listed else inside) or anywhere
    if says_allocation(gift.clause) and gift.money < 0:
        return None
    return here.programmes[numbers[0]] if numbers else None


def _funder_of(gift: Gift, here: Marked, programme: Programme | None, page: PageFacts) -> str:
    """The ministry the clause names, else the sentence, else the programme's, else the page's."""
    for words in (gift.clause, here.text):
        named = [here.funders[int(number)] for number in re.findall(r"‹F(\d+)›", words)]
        if any(named):
            return next(name for name in named if name)
    if not programme and not page.funder:
        return GOVERNMENT
    if programme and not (programme.funder in _COMMUNITIES and page.funder in _COMMUNITIES):
        return programme.funder
    return page.funder


def _in_scope(
    programme: Programme | None, inside: Programme | None, funder: str, page: PageFacts
) -> bool:
    """DfE's money; the communities ministry's under a programme we know (DESIGN §5.8); "the
    government's", in a text about children."""
    if programme and not programme.in_scope and (inside or funder != "DfE"):
        return False
    return (
        funder == "DfE" or programme is not None or (funder == GOVERNMENT and page.about_children)
    )


def _kind(gift: Gift, programme: Programme | None, determined: bool) -> FundingKind:
    if (programme and programme.kind is FundingKind.ALLOCATION) or (
        determined and is_item(re.split(r":\s+(?=‹G)", gift.clause)[-1])
    ):
        return FundingKind.ALLOCATION
    if gift.money >= 0 and _PAID.search(gift.clause.replace(f"‹M{gift.money}›", "‹M›")):
        return FundingKind.PAYMENT
    by_formula = says_allocation(gift.clause) and gift.money < 0
    return (
        FundingKind.ALLOCATION
        if by_formula or (not programme and re.search(r"\ballocations?\b", gift.clause, re.I))
        else FundingKind.AWARD
    )


def _period_of(gift: Gift, here: Marked) -> str:
    """The period printed nearest after the amount in its clause, else the nearest before, else any
    in the sentence."""
    place = max(0, gift.clause.find(f"‹M{gift.money}›"))
    after = re.findall(r"‹Y(\d+)›", gift.clause[place:])
    before = re.findall(r"‹Y(\d+)›", gift.clause[:place])
    anywhere = re.findall(r"‹Y(\d+)›", here.text)
    chosen = after[:1] or before[-1:] or anywhere[:1]
    return here.periods[int(chosen[0])].text if chosen else ""


def _first_period(text: str) -> str:
    periods = find_periods(text) if text else []
    return periods[0].text if periods else ""


def _words(clause: str, here: Marked) -> str:
    """The clause with its periods as printed; the other marks hold no days."""
    return re.sub(r"‹Y(\d+)›", lambda sign: here.periods[int(sign[1])].text, clause)


def _announced(clause: str, day: dt.date | None) -> dt.date | None:
    """The day the clause itself gives to the award ("in May 2023" is its first), if not after the
    page's; else the page's day."""
    said = _DATED.search(clause)
    own = day_in(said[1]) if said else None
    return own if own and (day is None or own <= day) else day


def _capital(clause: str) -> bool | None:
    if re.search(
        r"\bcapital (?:grants?|funding|money|award|investment|allocation)\b|\bin capital\b|‹M\d+› (?:of )?capital\b",
        clause,
        re.I,
    ):
        return True
    return (
        False
        if re.search(
            r"\brevenue (?:grants?|funding|money|award|allocation)\b|\bin revenue\b|‹M\d+› (?:of )?revenue\b",
            clause,
            re.I,
        )
        else None
    )


def _ring_fenced(clause: str, page: PageFacts) -> bool | None:
    if NOT_RING_FENCED.search(clause):
        return False
    return True if RING_FENCED.search(clause) else page.ring_fenced


def _status(clause: str) -> str:
    found = _STATUS.search(clause)
    return found[1].lower() if found else ""


def quote_of(sentence: Sentence) -> str:
    words = f"{sentence.lead} {sentence.text}" if sentence.lead else sentence.text
    return " ".join(words.split())[:QUOTE]
