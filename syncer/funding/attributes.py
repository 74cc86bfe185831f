"""What a text says of money besides who and how much: the programme, the giver, the period, the
status, whether it is capital or ring-fenced. The nearest words count."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from syncer.funding.context import Page, Part, words_around
from syncer.funding.document import Sentence
from syncer.funding.page_day import day_in
from syncer.funding.ring_fence import ring_fenced_in
from syncer.model import FundingKind
from syncer.quantities.periods import find_periods
from syncer.register.ministries import COMMUNITIES, GOVERNMENT
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
_CAPITAL = (
    r"\b{0} (?:grants?|funding|money|award|investment|allocation)\b|\bin {0}\b|‹M\d+› (?:of )?{0}\b"
)
_IS_CAPITAL = re.compile(_CAPITAL.format("capital"), re.I)
_IS_REVENUE = re.compile(_CAPITAL.format("revenue"), re.I)
_ALLOCATION = re.compile(r"\ballocations?\b", re.I)


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
        """Return the clause's words, with marks."""
        return " ".join(self.part.words[self.start : self.end])

    def inside(self, kind: str) -> list[int]:
        """Return the clause's marks of a kind, those after the sum first, nearest first."""
        after = []
        before = []
        for where, number in self.part.places(kind):
            if self.place < where < self.end:
                after.append(number)
            elif self.start <= where < self.place:
                before.append(number)

        return after + before[::-1]

    def anywhere(self, kind: str) -> list[int]:
        """Return the marks of a kind in the clause, then those in the sentence, nearest first."""
        found = self.inside(kind)
        by_distance = sorted(
            self.part.places(kind),
            key=lambda one: abs(one[0] - self.place),
        )
        for _, number in by_distance:
            if number not in found:
                found.append(number)

        return found


def clause_of(part: Part, place: int) -> Clause:
    """Return the clause of the sum (or council) at this place: up to the sums beside it."""
    start, end = words_around(part.words, place, _parts_clauses)
    return Clause(
        part=part,
        place=place,
        start=start,
        end=end,
    )


def _parts_clauses(word: str) -> bool:
    if word.startswith("‹M"):
        return True
    return word in (";", "while", "whereas")


def programme_of(page: Page, clause: Clause, facts: PageFacts) -> tuple[Programme | None, bool]:
    """Return the programme, and whether the sentence itself names it: that nearest in the clause,
    else in the sentence, the introduction, the heading, the paragraph before, or the page's."""
    part = clause.part
    for number in _programmes_about(clause):
        return part.marked.programmes[number], True

    around = _programme_around(page, part)
    return around or facts.main_programme, False


def _programmes_about(clause: Clause) -> Iterator[int]:
    """Yield the numbers of the clause's programmes, then of the sentence's. Where the clause names
    its own giver, another clause's programme of another ministry says nothing of this sum: "a DfE
    grant of £133,725, matched by £60,000 public health grant"."""
    has_giver = bool(clause.inside("F"))
    inside = clause.inside("P")
    for number in clause.anywhere("P"):
        is_ours = clause.part.marked.programmes[number].in_scope
        if number in inside or is_ours or not has_giver:
            yield number


def _programme_around(page: Page, part: Part) -> Programme | None:
    """Return the programme that the nearest part of the context names last; None where none
    does."""
    for other in _context(page, part):
        named = other.marked.programmes
        if named:
            return named[-1]

    return None


def _context(page: Page, part: Part) -> Iterator[Part]:
    """Yield the parts that say what this one is about: introduction, paragraph before, heading."""
    introduction = page.introduction_of(part)
    if introduction is not None:
        yield introduction

    yield from _earlier_in_paragraph(page, part)
    heading = page.heading_of(part)
    if heading is not None:
        yield heading


def _earlier_in_paragraph(page: Page, part: Part) -> Iterator[Part]:
    """Yield the sentences of its paragraph before it, nearest first."""
    for other in reversed(page.parts[: part.number]):
        if other.sentence.paragraph != part.sentence.paragraph:
            return
        yield other


def funder_of(
    page: Page, clause: Clause, programme: Programme | None, named: bool, facts: PageFacts
) -> str:
    """Return the ministry the clause names, else the sentence or its context, else the programme's,
    else the page's; "government" where none is named."""
    in_sentence = _first_ministry(clause)
    if in_sentence:
        return in_sentence

    own = _programmes_funder(programme, facts) if programme else ""
    if named and own:
        return own

    around = _ministry_around(page, clause.part)
    return around or own or facts.funder or GOVERNMENT


def _ministry_around(page: Page, part: Part) -> str:
    """Return the ministry that the nearest part of the context names last; empty where none
    does."""
    for other in _context(page, part):
        givers = [name for name in other.marked.funders if name]
        if givers:
            return givers[-1]

    return ""


def _first_ministry(clause: Clause) -> str:
    """Return the nearest ministry of the clause, else of the sentence; empty where there is none,
    or only "the government"."""
    funders = clause.part.marked.funders
    for number in clause.anywhere("F"):
        if funders[number]:
            return funders[number]

    return ""


def _programmes_funder(programme: Programme, facts: PageFacts) -> str:
    """Return the programme's giver; a communities ministry by the name that the page uses."""
    if programme.funder in COMMUNITIES and facts.funder in COMMUNITIES:
        return facts.funder
    return programme.funder


def kind_of(clause: Clause, programme: Programme | None, facts: PageFacts) -> FundingKind:
    """Return whether it is an award, an allocation by formula, or money that has been paid."""
    if programme and programme.kind is FundingKind.ALLOCATION:
        return FundingKind.ALLOCATION
    if _is_paid(clause):
        return FundingKind.PAYMENT
    if facts.determination and clause.part.sentence.item:
        return FundingKind.ALLOCATION
    if not programme and _ALLOCATION.search(clause.text):
        return FundingKind.ALLOCATION
    return FundingKind.AWARD


def _is_paid(clause: Clause) -> bool:
    """Return whether the clause says that its sum has been paid."""
    own = clause.part.words[clause.place]
    if not own.startswith("‹M"):
        return False
    return _PAID.search(clause.text.replace(own, "‹M›")) is not None


def period_of(page: Page, clause: Clause) -> str:
    """Return the period as printed nearest after the sum, else before it, else in the next sentence
    where that goes on about the money; "" where none is printed."""
    numbers = clause.anywhere("Y")
    if numbers:
        nearest = clause.part.marked.periods[numbers[0]]
        return nearest.text

    following = page.after(clause.part)
    return _period_of_money(following.sentence.text) if following else ""


def _period_of_money(sentence: str) -> str:
    """Return the period of a sentence that goes on about the money; "" for another sentence."""
    if not _ITS_PERIOD.match(sentence):
        return ""
    periods = find_periods(sentence)
    return periods[0].text if periods else ""


def announced_of(part: Part, day: dt.date | None) -> dt.date | None:
    """Return the day the sentence itself gives ("in May 2023" is its first), if not after the
    page's; else the page's day."""
    said = _DATED.search(part.sentence.text)
    own = day_in(said[1]) if said else None
    if own is None:
        return day
    if day is not None and own > day:
        return day
    return own


def is_capital(clause: Clause) -> bool | None:
    """Return whether the clause says capital (True) or revenue (False); None for neither."""
    text = clause.text
    if _IS_CAPITAL.search(text):
        return True
    if _IS_REVENUE.search(text):
        return False
    return None


def is_ring_fenced(clause: Clause, facts: PageFacts) -> bool | None:
    """Return what the sentence says, else what the page says."""
    said = ring_fenced_in(clause.part.sentence.text)
    if said is None:
        return facts.ring_fenced
    return said


def status_of(clause: Clause) -> str:
    """Return "indicative", "provisional", "final" and the like, or ""."""
    found = _STATUS.search(clause.text)
    if found:
        return found[1].lower()
    return ""


def quote_of(sentence: Sentence) -> str:
    """Return the sentence as printed, with what introduces it."""
    words = f"{sentence.lead} {sentence.text}".split()
    return " ".join(words)[:QUOTE]
