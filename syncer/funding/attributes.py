"""What a text says of money besides who and how much: the programme, the giver, the period, the
status, whether it is capital or ring-fenced. The nearest words count."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from syncer.funding.context import Page, Part
from syncer.funding.document import Sentence, day_in
from syncer.funding.scope import COMMUNITIES, GOVERNMENT
from syncer.model import FundingKind
from syncer.quantities.periods import find_periods
from syncer.register.programmes import Programme

QUOTE = 400
"""Characters: a quote is cut off there."""
_PAID = re.compile(
    r"(?<!be )\bpaid\s+(?!for\b)(?:[\w-]+ ){0,3}?(?:‹[GMF]|out\b|over\b|towards\b|to\b)"
    r"|\bcontributions?\b[^;]{0,60}\bwas\b|\bpayments? (?:made|received|to date|so far)\b"
    r"|‹M›,? (?:has|had|have|was|were) (?:since |now |already |so far |then )*(?:been )?paid\b"
    r"(?! (?:for|by ‹G))"
    r"|\bpayment,? (?:of )?‹M›,? (?:was|has been|had been) (?:made|received|paid)\b",
    re.I,
)
"""Its ‹M› is the amount asked about."""
_DATED = re.compile(r"\b(?:in|on)\s+((?:\d{1,2}(?:st|nd|rd|th)?\s+)?[A-Z][a-z]+\s+20\d\d)\b")
_STATUS = re.compile(
    r"\b(indicative|provisional|notional|final|revised)\b"
    r"(?! (?:report|decision|direction|year|plan|agreement))",
    re.I,
)
_ITS_PERIOD = re.compile(
    r"^(?:the|this|that) (?:\w+ ){0,2}"
    r"(?:funding|grant|money|award|cash|investment|funded period)\b"
    r"|^(?:it|funding) (?:will|is|covers|runs)\b|^launched\b",
    re.I,
)
NOT_RING_FENCED = re.compile(r"\b(?:not|un|non)[- ]?ring-?\s?fenced\b", re.I)
RING_FENCED = re.compile(r"\bring-?\s?fenced\b", re.I)
_CAPITAL = (
    r"\b{0} (?:grants?|funding|money|award|investment|allocation)\b|\bin {0}\b|‹M\d+› (?:of )?{0}\b"
)
_IS_CAPITAL = re.compile(_CAPITAL.format("capital"), re.I)
_IS_REVENUE = re.compile(_CAPITAL.format("revenue"), re.I)
_ALLOCATION = re.compile(r"\ballocations?\b", re.I)
_SOLE_MONEY = re.compile(r"‹M(\d+)›")


@dataclass(frozen=True)
class PageFacts:
    """What holds for the whole page: its day, the programme it is mostly about, the ministry that
    publishes it or is first named on it, its one determination number, whether it is ring-fenced
    and whether it speaks of the government's money for children at all."""

    day: dt.date | None
    main_programme: Programme | None = None
    funder: str = ""
    determination: str = ""
    ring_fenced: bool | None = None
    about_children: bool = False


@dataclass(frozen=True)
class Clause:
    """The words of a sentence that speak of one sum: from `start` to before `end` among the words;
    `place` is the sum's own."""

    part: Part
    place: int
    start: int
    end: int

    @property
    def text(self) -> str:
        """The clause's words, with marks."""
        return " ".join(self.part.words[self.start : self.end])

    def inside(self, kind: str) -> list[int]:
        """Return the clause's marks of a kind, those after the sum first, nearest first."""
        within = [
            (where, number)
            for where, number in self.part.places(kind)
            if self.start <= where < self.end
        ]
        after = sorted(one for one in within if one[0] > self.place)
        before = sorted((one for one in within if one[0] < self.place), reverse=True)
        return [number for _, number in after + before]

    def anywhere(self, kind: str) -> list[int]:
        """Return the marks of a kind in the clause, then those in the sentence, nearest first."""
        near = self.inside(kind)
        rest = sorted(self.part.places(kind), key=lambda one: abs(one[0] - self.place))
        return near + [number for _, number in rest if number not in near]


def clause_of(part: Part, place: int) -> Clause:
    """Return the clause of the sum (or council) at this place: up to the sums beside it."""
    start, end = place, place + 1
    while start > 0 and not _parts_clauses(part.words[start - 1]):
        start -= 1
    while end < len(part.words) and not _parts_clauses(part.words[end]):
        end += 1
    return Clause(part, place, start, end)


def _parts_clauses(word: str) -> bool:
    return word in (";", "while", "whereas") or word.startswith("‹M")


def programme_of(page: Page, clause: Clause, facts: PageFacts) -> tuple[Programme | None, bool]:
    """Return the programme, and whether the sentence itself names it: that nearest in the clause,
    else in the sentence, the introduction, the heading, the paragraph before, or the page's."""
    part = clause.part
    numbers = clause.anywhere("P")
    if numbers:
        return part.marked.programmes[numbers[0]], True
    for number in _context(page, part):
        named = page.parts[number].marked.programmes
        if named:
            return named[-1], False
    return facts.main_programme, False


def _context(page: Page, part: Part) -> list[int]:
    """Return the parts that say what this one is about: introduction, paragraph before, heading."""
    numbers = []
    if part.number in page.introductions:
        numbers.append(page.introductions[part.number])
    for number in range(part.number - 1, -1, -1):
        if page.parts[number].sentence.paragraph != part.sentence.paragraph:
            break
        numbers.append(number)
    if part.number in page.headings:
        numbers.append(page.headings[part.number])
    return numbers


def funder_of(
    page: Page, clause: Clause, programme: Programme | None, named: bool, facts: PageFacts
) -> str:
    """Return the ministry the clause names, else the sentence or its context, else the programme's,
    else the page's; "government" where none is named."""
    part = clause.part
    for number in clause.anywhere("F"):
        if part.marked.funders[number]:
            return part.marked.funders[number]
    if named and programme:
        return _programmes_funder(programme, facts)
    for number in _context(page, part):
        givers = [name for name in page.parts[number].marked.funders if name]
        if givers:
            return givers[-1]
    if programme:
        return _programmes_funder(programme, facts)
    return facts.funder or GOVERNMENT


def _programmes_funder(programme: Programme, facts: PageFacts) -> str:
    """The programme's giver; a communities ministry by the name that the page uses."""
    if programme.funder in COMMUNITIES and facts.funder in COMMUNITIES:
        return facts.funder
    return programme.funder


def kind_of(clause: Clause, programme: Programme | None, facts: PageFacts) -> FundingKind:
    """Return whether it is an award, an allocation by formula, or money that has been paid."""
    if programme and programme.kind is FundingKind.ALLOCATION:
        return FundingKind.ALLOCATION
    own = clause.part.words[clause.place]
    if own.startswith("‹M") and _PAID.search(clause.text.replace(own, "‹M›")):
        return FundingKind.PAYMENT
    if (facts.determination and clause.part.sentence.item) or (
        not programme and _ALLOCATION.search(clause.text)
    ):
        return FundingKind.ALLOCATION
    return FundingKind.AWARD


def period_of(page: Page, clause: Clause) -> str:
    """Return the period as printed nearest after the sum, else before it, else in the next sentence
    where that goes on about the money; "" where none is printed."""
    part = clause.part
    numbers = clause.anywhere("Y")
    if numbers:
        return part.marked.periods[numbers[0]].text
    if part.number + 1 < len(page.parts):
        following = page.parts[part.number + 1].sentence.text
        periods = find_periods(following) if _ITS_PERIOD.match(following) else []
        if periods:
            return periods[0].text
    return ""


def announced_of(part: Part, day: dt.date | None) -> dt.date | None:
    """Return the day the sentence itself gives ("in May 2023" is its first), if not after the
    page's; else the page's day."""
    said = _DATED.search(part.sentence.text)
    own = day_in(said[1]) if said else None
    return own if own and (day is None or own <= day) else day


def is_capital(clause: Clause) -> bool | None:
    """Return whether the clause says capital (True) or revenue (False); None for neither."""
    if _IS_CAPITAL.search(clause.text):
        return True
    return False if _IS_REVENUE.search(clause.text) else None


def is_ring_fenced(clause: Clause, facts: PageFacts) -> bool | None:
    """Return what the sentence says, else what the page says."""
    if NOT_RING_FENCED.search(clause.part.sentence.text):
        return False
    return True if RING_FENCED.search(clause.part.sentence.text) else facts.ring_fenced


def status_of(clause: Clause) -> str:
    """Return "indicative", "provisional", "final" and the like, or ""."""
    found = _STATUS.search(clause.text)
    return found[1].lower() if found else ""


def quote_of(sentence: Sentence) -> str:
    """Return the sentence as printed, with what introduces it."""
    words = f"{sentence.lead} {sentence.text}" if sentence.lead else sentence.text
    return " ".join(words.split())[:QUOTE]
