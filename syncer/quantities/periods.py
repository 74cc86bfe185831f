"""The time that money is for, as people print it: "2017-18", "20/21", "financial year 2025 to
2026", "over the next three years", "April 2021 - September 2023".

An English financial year runs from 1 April to 31 March.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Period:
    """A period as printed, where it stands in its text, and its first and last day where it says
    them."""

    text: str
    start: int
    end: int
    first: dt.date | None = None
    last: dt.date | None = None


_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name} | {
    "sept": 9
}
_MONTH = r"(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_TO = r"\s?(?:-|–|—|/|to|until|and|through to)\s?"
_COUNT = (
    r"(?:\d+(?:\.\d+)?|one|two|three|four|five|six|seven|eight|nine|ten)(?:[ -]and[ -]a[ -]half)?"
)
_FY_WORDS = r"(?:(?:the )?(?:financial|fiscal|academic|school) years?|FY)\s*(?:of\s+)?"
_YEARS = (
    r"(?<![\d/£,.-])(?P<{0}>(?:19|20)\d\d)\s?(?:-|–|—|/|to|‑)\s?(?P<{1}>(?:20)?\d\d)(?!\d|[,./-]\d)"
)
_SPAN = re.compile(
    rf"(?:{_FY_WORDS})?"
    + _YEARS.format("a1", "a2")
    + r"(?:\s?(?:to|and|-|–|—|until|,)\s?"
    + _YEARS.format("b1", "b2")
    + r")+",
    re.IGNORECASE,
)
_YEAR = re.compile(rf"(?:{_FY_WORDS})?" + _YEARS.format("a1", "a2"), re.IGNORECASE)
_SHORT = re.compile(
    rf"(?P<fy>{_FY_WORDS})?(?<![\d/£,.-])(?P<a1>\d\d)/(?P<a2>\d\d)(?!\d|[,./]\d)", re.IGNORECASE
)
_SINGLE_FY = re.compile(_FY_WORDS + r"(?P<a1>20\d\d)\b", re.IGNORECASE)
_MONTHS_SPAN = re.compile(
    rf"(?:from |between )?(?P<m1>{_MONTH})\s+(?P<y1>20\d\d)?{_TO}(?:the end of |end of "
    rf")?(?P<m2>{_MONTH})\s+(?P<y2>20\d\d)\b",
    re.IGNORECASE,
)
_UNTIL = re.compile(
    rf"\b(?:until|up to|to|by)\s+(?:the end of |end of "
    rf")?(?:(?P<m2>{_MONTH})\s+)?(?P<y2>20\d\d)(?![\d/–-])",
    re.IGNORECASE,
)
_LENGTH = re.compile(
    rf"\b(?:(?:over|for|across|during|within|in)\s+)?(?:(?:the|a|an|a further|another)\s+)?"
    rf"(?:next\s+|first\s+|coming\s+|following\s+|further\s+)?"
    rf"{_COUNT}[ -](?:financial[ -])?(?:years?"
    rf"|months?)(?:[ -]period)?\b(?![ -]olds?\b)(?!\s+ago\b)",
    re.IGNORECASE,
)
_EACH = re.compile(
    r"\b(?:each|per|every) (?:financial )?year\b|\ba year\b|\bannually\b|\bper annum\b",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"\b(?:in |for |over )?(?:the )?(?:this|next|current|coming|forthcoming) (?:financial "
    r")?year\b|\b(?:for|in) the year\b",
    re.IGNORECASE,
)
_INSTALMENTS = re.compile(
    rf"\b{_COUNT} instal+ments(?: (?:across|in|over|during) (?P<y>20\d\d))?\b", re.IGNORECASE
)


def find_periods(text: str) -> list[Period]:
    """Every period in the text, in order; none lies within another."""
    found: list[Period] = []
    for read in (_spans, _months, _financial_years, _loose):
        for period in read(text):
            if all(period.end <= other.start or other.end <= period.start for other in found):
                found.append(period)
    return sorted(found, key=lambda period: period.start)


def overlap(one: Period, other: Period) -> bool:
    """Whether the periods can be of one grant: they do not exclude each other. A period without
    days excludes none."""
    if one.first and other.last and one.first > other.last:
        return False
    return not (other.first and one.last and other.first > one.last)


def _spans(text: str) -> list[Period]:
    """Several financial years: "2023-24 to 2031-32"."""
    periods = []
    for found in _SPAN.finditer(text):
        first, last = (
            _financial_year(found["a1"], found["a2"]),
            _financial_year(found["b1"], found["b2"]),
        )
        if first and last:
            periods.append(_period(text, found, first[0], last[1]))
    return periods


def _months(text: str) -> list[Period]:
    """From one month to another."""
    periods = []
    for found in _MONTHS_SPAN.finditer(text):
        last = int(found["y2"])
        first = int(found["y1"] or last)
        one, other = (
            _MONTHS[found["m1"].lower().rstrip(".")],
            _MONTHS[found["m2"].lower().rstrip(".")],
        )
        periods.append(_period(text, found, dt.date(first, one, 1), _month_end(last, other)))
    return periods


def _financial_years(text: str) -> list[Period]:
    periods = []
    for found in (*_YEAR.finditer(text), *_SHORT.finditer(text)):
        if days := _financial_year(found["a1"], found["a2"]):
            periods.append(_period(text, found, *days))
    for found in _SINGLE_FY.finditer(text):
        year = int(found["a1"])
        periods.append(_period(text, found, dt.date(year, 4, 1), dt.date(year + 1, 3, 31)))
    return periods


def _loose(text: str) -> list[Period]:
    """Periods that say how long or until when, and not both ends."""
    periods = [_until(text, found) for found in _UNTIL.finditer(text)]
    periods += [_in_instalments(text, found) for found in _INSTALMENTS.finditer(text)]
    for pattern in (_LENGTH, _NAMED, _EACH):
        periods += [_period(text, found, None, None) for found in pattern.finditer(text)]
    return periods


def _until(text: str, found: re.Match[str]) -> Period:
    month = _MONTHS[found["m2"].lower().rstrip(".")] if found["m2"] else 12
    return _period(text, found, None, _month_end(int(found["y2"]), month))


def _in_instalments(text: str, found: re.Match[str]) -> Period:
    if not found["y"]:
        return _period(text, found, None, None)
    year = int(found["y"])
    return _period(text, found, dt.date(year, 1, 1), dt.date(year, 12, 31))


def _period(text: str, found: re.Match[str], first: dt.date | None, last: dt.date | None) -> Period:
    return Period(
        " ".join(text[found.start() : found.end()].split()), found.start(), found.end(), first, last
    )


def _financial_year(one: str, other: str) -> tuple[dt.date, dt.date] | None:
    """The days from April of the first year to March of the last; None if the second number is no
    later year."""
    first = int(one) if len(one) == 4 else 2000 + int(one)
    last = int(other) if len(other) == 4 else first // 100 * 100 + int(other)
    if not first < last <= first + 10 or (len(one) == 2 and last != first + 1):
        return None
    return dt.date(first, 4, 1), dt.date(last, 3, 31)


def _month_end(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])
