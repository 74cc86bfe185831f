"""Sums of pounds written out in words: "half a million", "eighty-six thousand pounds", "one and a
half million", "a quarter of a million".

"A million children" is no money: without "pounds" the words that follow must not be what is
counted, and "a million" or "two thousand" by itself is too loose a way of speaking.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from syncer.quantities import counts

_TENS = {
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9}
_FRACTIONS = {
    "a half": Decimal("0.5"),
    "half": Decimal("0.5"),
    "a quarter": Decimal("0.25"),
    "one quarter": Decimal("0.25"),
    "quarter": Decimal("0.25"),
    "three quarters": Decimal("0.75"),
    "three-quarters": Decimal("0.75"),
    "a third": Decimal("0.333333"),
    "a tenth": Decimal("0.1"),
}

_ONES = "|".join(sorted(counts.WORDS[:19], key=len, reverse=True))
_BELOW_HUNDRED = rf"(?:(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(counts.WORDS[:9])}))?|{_ONES})"
_COUNT = rf"(?:(?:an?|{_BELOW_HUNDRED}) hundred(?: and {_BELOW_HUNDRED})?|{_BELOW_HUNDRED}|an?)"
_FRACTION = rf"(?:{'|'.join(sorted(_FRACTIONS, key=len, reverse=True))})"
_SCALE = rf"(?:{'|'.join(_SCALES)})"
_NOT_COUNTED = (
    r"(?=\s*(?:$|[.,;:!?)”\"'’–—]|(?:from|for|to|towards|in|into|over|out|out of|by|went|goes|came"
    r"|comes|will|has|had|was|is|here|there|a year|each|apiece|extra|more|on|at|last|this|next)\b))"
)

_OF_A_MILLION = re.compile(
    rf"(?:£|\b)(?P<fraction>{_FRACTION})[ -](?:of[ -])?an?[ -](?P<scale>million|billion)"
    rf"(?P<pounds>[ -](?:pounds|quid))?\b",
    re.IGNORECASE,
)
_DIGIT = rf"(?:{'|'.join(counts.WORDS[:9])}|nought|zero|oh)"
_COUNTED = re.compile(
    rf"(?:£|\b)(?P<count>{_COUNT})(?: point (?P<decimals>{_DIGIT}(?: {_DIGIT})*))?"
    rf"(?: and (?P<part>{_FRACTION}))?[ -](?P<scale>{_SCALE})"
    rf"(?: and (?P<later>{_FRACTION}))?"
    rf"(?:,? (?:and )?(?P<rest>{_COUNT}) thousand)?"
    rf"(?P<pounds>[ -](?:pounds|quid))?\b",
    re.IGNORECASE,
)
_NEXT = re.compile(_NOT_COUNTED, re.IGNORECASE)
_WHAT_IS_COUNTED = re.compile(
    r"\s+(?:(?:more|other|young|vulnerable) )?(?:children|people|\w{4,}s)\b"
)


@dataclass(frozen=True)
class SpelledSum:
    """A sum in words where it stands; `unit` is how many pounds its last word counts."""

    found: re.Match[str]
    pounds: Decimal
    unit: Decimal


def spelled_sums(text: str) -> Iterator[SpelledSum]:
    """Yield every sum of pounds that is written out in words."""
    for found in _OF_A_MILLION.finditer(text):
        counts_others = _WHAT_IS_COUNTED.match(text, found.end())
        if found["pounds"] or not counts_others:
            yield _part_of_a_million(found)

    for found in _COUNTED.finditer(text):
        if _is_money(text, found):
            yield _counted(found)


def _part_of_a_million(found: re.Match[str]) -> SpelledSum:
    """Return "a quarter of a million" as a sum, which people say of what is near it."""
    scale = _SCALES[found["scale"].lower()]
    share = _FRACTIONS[found["fraction"].lower()]
    return SpelledSum(found, scale * share, Decimal(scale) / 10)


def _is_money(text: str, found: re.Match[str]) -> bool:
    """Return whether the count is one of pounds: it says so, or counts nothing else."""
    if found["pounds"] or found[0].startswith("£"):
        return True
    if found["scale"].lower() == "thousand" or found["count"].lower() in ("a", "an"):
        return False
    return _NEXT.match(text, found.end()) is not None


def _counted(found: re.Match[str]) -> SpelledSum:
    scale = Decimal(_SCALES[found["scale"].lower()])
    share = found["part"] or found["later"]
    pounds = _number(found["count"]) * scale
    unit = scale

    if found["decimals"]:
        digits = [_of_word(word) for word in found["decimals"].lower().split()]
        unit = scale / 10 ** len(digits)
        pounds += int("".join(map(str, digits))) * unit
    if share:
        pounds += _FRACTIONS[share.lower()] * scale
        unit = scale / 10
    if found["rest"]:
        pounds += _number(found["rest"]) * 1000
        unit = Decimal(1000)

    return SpelledSum(found, pounds, unit)


def _number(words: str) -> int:
    """Return "a hundred and six", "eighty-six" or "a" as a number."""
    total = 0
    for word in re.split(r"[- ]", words.lower()):
        if word == "hundred":
            total *= 100
        elif word != "and":
            total += _of_word(word)

    return total


def _of_word(word: str) -> int:
    if word in ("a", "an"):
        return 1
    if word in ("nought", "zero", "oh"):
        return 0
    return _TENS.get(word) or counts.COUNT_OF[word]
