"""What one sum is to another: a part of it, its total, or the figure before. Of two sums that are
so related, one is told.

    "£4.4m, including £1.9m last year"              a part
    "£9.4m: Hartlepool £1.2m, Knowsley £8.2m"       the total
    "rose from £1.1m to £1.3m"                      the figure before
    "£260,100, in two equal parts of £130,050"      parts that make the whole
    "£1m (£833,000 revenue, £167,000 capital)"      parts that add up to it
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from syncer.funding.context import Part
from syncer.funding.decisions import SumReading
from syncer.funding.signals.links import alternate
from syncer.quantities import counts

PART = "a part of another sum"
TOTAL = "the total of other sums"
POT = "a pot of which a part is given"
BEFORE = "the figure before"

_PART_BEFORE = re.compile(
    r"(?:\bof (?:which|that|this|it)|\bincluding|\bincludes|\bincluded)(?: \S+){0,2} $"
)
_PART_AFTER = re.compile(
    r"^ of (?:it|which|that|this|the (?:money|grant|sum|cash|award|total))\b"
    r"|^ of (?:\S+ ){0,4}‹M\d+›"
)
_SHARES = re.compile(
    rf"\b(?P<count>\d|{'|'.join(counts.WORDS[1:12])}) (?:equal )?"
    r"(?:parts|instalments|installments|tranches|payments|slices|stages) of $"
)
_FROM = re.compile(r"\bfrom (?:the |its |about |around )?$")
_WAS = re.compile(r"[(,] (?:was|were|formerly|previously|originally|and not|not) $")
_ROSE = re.compile(
    r"\b(?:r[io]se|risen|rising|rises|up|grew|grown|increas\w*|f[ae]ll\w*|down|cut|reduc\w*|went"
    r"|doubl\w*|chang\w*|revis\w*|rais\w*|amend\w*|lift\w*)\b"
)
_MOST_ITEMS = 12
"""Sentences after a total in which its parts are looked for."""


def relation(reading: SumReading, told: Sequence[SumReading]) -> str:
    """Return what a sum is to those that are told (it may be one of them); empty where it stands
    for itself."""
    others = [other for other in told if other is not reading]
    if _is_figure_before(reading, others):
        return BEFORE
    if _is_pot(reading, others):
        return POT
    if _is_part(reading, others) or _adds_up_with_its_neighbours(reading, others):
        return PART
    if _is_total(reading, others):
        return TOTAL
    return ""


def _is_figure_before(reading: SumReading, told: Sequence[SumReading]) -> bool:
    """Return whether it is what another sum of its sentence was before: "up from £690,000",
    "(was £168,204)"."""
    before, _ = _around(reading.part, reading.place)
    rose = _FROM.search(before) and _ROSE.search(" ".join(reading.part.words))
    if not rose and not _WAS.search(before):
        return False
    return any(other.part is reading.part and _is_for_same(other, reading) for other in told)


def _is_part(reading: SumReading, told: Sequence[SumReading]) -> bool:
    """Return whether it is called a part, and the whole is told to the same councils in its
    sentence or the one before; or is the share of a whole that is told before."""
    before, after = _around(reading.part, reading.place)
    if _PART_BEFORE.search(before) or _PART_AFTER.search(after):
        return any(_is_whole(other, reading) for other in told)

    shares = _SHARES.search(before)
    if shares is None:
        return False
    whole = counts.read_count(shares["count"]) * reading.pounds
    return any(_is_for_same(other, reading) and other.pounds == whole for other in told)


def _adds_up_with_its_neighbours(reading: SumReading, told: Sequence[SumReading]) -> bool:
    """Return whether it is one of the sums that follow a whole in its sentence and add up to it:
    "£3.9m: £1.7m in 2022, £1.2m in 2023 and £1m last year"."""
    for whole in told:
        if whole.part is not reading.part or not _is_for_same(whole, reading):
            continue
        if reading.place in _parts_after(whole):
            return True

    return False


def _parts_after(whole: SumReading) -> list[int]:
    """Return the places of the sums right after one that add up to it; none where they do not."""
    parts: list[int] = []
    added = 0
    for place, number in whole.part.places("M"):
        if place <= whole.place:
            continue
        added += whole.part.marked.money[number].pounds
        parts.append(place)
        if added >= whole.pounds:
            break

    return parts if added == whole.pounds and len(parts) > 1 else []


def _is_whole(other: SumReading, part: SumReading) -> bool:
    if part.part.number - other.part.number not in (0, 1):
        return False
    if _is_councils_part(part, other):
        return False
    return _is_for_same(other, part) and other.pounds > part.pounds


def _is_pot(reading: SumReading, told: Sequence[SumReading]) -> bool:
    """Return whether only a part of it is the council's: "£4.2m, of which £1.35m is Derby's"."""
    return any(_is_councils_part(other, reading) for other in told)


def _is_councils_part(part: SumReading, whole: SumReading) -> bool:
    """Return whether a sum is called a part of another of its sentence, and the council stands
    beside the part."""
    if part.part is not whole.part or part.best.place is None:
        return False
    if not whole.place < part.place < part.best.place:
        return False
    before, _ = _around(part.part, part.place)
    return _PART_BEFORE.search(before) is not None and whole.pounds > part.pounds


def _is_total(reading: SumReading, told: Sequence[SumReading]) -> bool:
    """Return whether the sums that its sentence, or the next ones, tell to several councils add up
    to it."""
    pairs = alternate(reading.part)
    if pairs and reading.place in pairs:
        return False

    parts = [other for other in told if _may_be_its_part(other, reading)]
    if all(_is_for_same(part, reading) for part in parts):
        return False
    return len(parts) > 1 and sum(part.pounds for part in parts) == reading.pounds


def _may_be_its_part(other: SumReading, total: SumReading) -> bool:
    """Return whether a smaller sum of the total's sentence, or another council's in the few after
    it, may be a part of it."""
    if other.pounds >= total.pounds:
        return False
    if other.part is total.part:
        return True

    after = other.part.number - total.part.number
    return 0 < after <= _MOST_ITEMS and not _is_for_same(other, total)


def _is_for_same(one: SumReading, other: SumReading) -> bool:
    return set(one.best.councils) == set(other.best.councils)


def _around(part: Part, place: int) -> tuple[str, str]:
    """Return the words before and after a sum."""
    before = " ".join(part.words[:place]) + " "
    after = " " + " ".join(part.words[place + 1 :])
    return before, after
