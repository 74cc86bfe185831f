"""The time that money is for, as people print it: "2017-18", "20/21", "financial year 2025 to
2026", "over the next three years", "April 2021 - September 2023".

An English financial year runs from 1 April to 31 March.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

from syncer.quantities import counts


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
_COUNT = rf"(?:\d+(?:\.\d+)?|{'|'.join(counts.WORDS[:10])})(?:[ -]and[ -]a[ -]half)?"
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
_UNTIL_YEAR = re.compile(
    r"\b(?:until|up to|through to"
    r"|(?:instal+ments?|payments?|running|continuing|lasting|extended) to)"
    rf"\s+(?:the end of |end of )?(?:{_FY_WORDS})?" + _YEARS.format("a1", "a2"),
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
    """Return every period in the text, in order; none lies within another."""
    found: list[Period] = []
    for read in (
        _spans,
        _months,
        _until_years,
        _years_in_pairs,
        _years_in_words,
        _untils,
        _instalments,
        _lengths,
    ):
        for period in read(text):
            if not any(_touch(period, other) for other in found):
                found.append(period)

    return sorted(found, key=lambda period: period.start)


def _touch(one: Period, other: Period) -> bool:
    """Return whether the two share characters of the text."""
    begins_before_end = one.start < other.end
    ends_after_start = one.end > other.start
    return begins_before_end and ends_after_start


def overlap(one: Period, other: Period) -> bool:
    """Return whether the periods can be of one grant: they do not exclude each other. A
    period without days excludes none."""
    return not _begins_after(one, other) and not _begins_after(other, one)


def _begins_after(one: Period, other: Period) -> bool:
    """Return whether a period is known to begin after the other's end."""
    if one.first is None or other.last is None:
        return False
    return one.first > other.last


def _spans(text: str) -> list[Period]:
    """Return the spans of several financial years: "2023-24 to 2031-32"."""
    periods = []
    for found in _SPAN.finditer(text):
        days = _days_of_span(found)
        if days is not None:
            periods.append(_period(text, found, *days))

    return periods


def _days_of_span(found: re.Match[str]) -> tuple[dt.date, dt.date] | None:
    """Return the first day of the first year and the last of the last; None where one of both is no
    financial year."""
    first_year = _financial_year(found["a1"], found["a2"])
    last_year = _financial_year(found["b1"], found["b2"])
    if first_year is None or last_year is None:
        return None

    first, _ = first_year
    _, last = last_year
    return first, last


def _months(text: str) -> list[Period]:
    """Return the spans from one month to another."""
    periods = []
    for found in _MONTHS_SPAN.finditer(text):
        first, last = _days_of_months(found)
        periods.append(_period(text, found, first, last))

    return periods


def _days_of_months(found: re.Match[str]) -> tuple[dt.date, dt.date]:
    """Return the first day of the first month and the last of the other."""
    # "April to March 2026": the year is said once.
    first_year = found["y1"] or found["y2"]
    first = dt.date(int(first_year), _month_of(found["m1"]), 1)
    last = _month_end(int(found["y2"]), _month_of(found["m2"]))
    return first, last


def _month_of(name: str) -> int:
    """Return the number of the month that is printed so ("Sept.")."""
    bare = name.lower().rstrip(".")
    return _MONTHS[bare]


def _years_in_pairs(text: str) -> list[Period]:
    """Return the single financial years that two numbers print: "2023-24", "23/24"."""
    periods = []
    for pattern in (_YEAR, _SHORT):
        for found in pattern.finditer(text):
            days = _financial_year(found["a1"], found["a2"])
            if days is not None:
                periods.append(_period(text, found, *days))

    return periods


def _years_in_words(text: str) -> list[Period]:
    """Return those that a word calls so: "FY 2023"."""
    periods = []
    for found in _SINGLE_FY.finditer(text):
        year = int(found["a1"])
        first, last = _april_to_march(year, year + 1)
        periods.append(_period(text, found, first, last))

    return periods


def _until_years(text: str) -> list[Period]:
    """Return the periods that last until the end of a financial year: "instalments to 2031-32"."""
    periods = []
    for found in _UNTIL_YEAR.finditer(text):
        days = _financial_year(found["a1"], found["a2"])
        if days is not None:
            periods.append(_period(text, found, None, days[1]))

    return periods


def _untils(text: str) -> list[Period]:
    """Return the periods of which only the end is said: "until March 2026"."""
    return [_until(text, found) for found in _UNTIL.finditer(text)]


def _instalments(text: str) -> list[Period]:
    """Return "three instalments", with the days of their year where one is named."""
    return [_in_instalments(text, found) for found in _INSTALMENTS.finditer(text)]


def _lengths(text: str) -> list[Period]:
    """Return the periods that say how long, how often or "next year", and no days."""
    periods = []
    for pattern in (_LENGTH, _NAMED, _EACH):
        for found in pattern.finditer(text):
            periods.append(_period(text, found, None, None))

    return periods


def _until(text: str, found: re.Match[str]) -> Period:
    month = 12
    if found["m2"]:
        month = _month_of(found["m2"])

    last = _month_end(int(found["y2"]), month)
    return _period(text, found, None, last)


def _in_instalments(text: str, found: re.Match[str]) -> Period:
    first, last = _calendar_year(found["y"])
    return _period(text, found, first, last)


def _calendar_year(printed: str | None) -> tuple[dt.date | None, dt.date | None]:
    """Return the first and the last day of a year; None where none is printed."""
    if not printed:
        return None, None

    year = int(printed)
    return dt.date(year, 1, 1), dt.date(year, 12, 31)


def _period(text: str, found: re.Match[str], first: dt.date | None, last: dt.date | None) -> Period:
    words = found[0].split()
    return Period(
        " ".join(words),
        found.start(),
        found.end(),
        first,
        last,
    )


def _financial_year(one: str, other: str) -> tuple[dt.date, dt.date] | None:
    """Return the days from April of the first year to March of the last; None where the second
    number is no later year."""
    is_short = len(one) == 2
    first, last = _years(one, other)

    if not first < last <= first + 10:
        return None
    # "20/21" is a year; other pairs of two digits may be a date or a score.
    if is_short and last != first + 1:
        return None
    return _april_to_march(first, last)


def _april_to_march(first: int, last: int) -> tuple[dt.date, dt.date]:
    """Return the days from April of one year to March of the other."""
    return dt.date(first, 4, 1), dt.date(last, 3, 31)


def _years(one: str, other: str) -> tuple[int, int]:
    """Return both years in full: "23" is 2023, and the second is of the first's century."""
    first = int(one)
    if len(one) == 2:
        first += 2000

    last = int(other)
    if len(other) != 4:
        last += first // 100 * 100

    return first, last


def _month_end(year: int, month: int) -> dt.date:
    _, days = calendar.monthrange(year, month)
    return dt.date(year, month, days)
