"""Days and ranges of days as people print them in England: day before month, the year often said
once for several days.

Read: `22 June 2015 – 16 July 2015`, `9–24 November 2017`, `2 May to 25 May 2017`, `18 and 19
February 2025`, `1/06/2015 - 25/06/2015`, `8 to 12 July 2019 and 7 to 8 August 2019` (two visits:
one range, from the first day to the last), `3 Feb 2020`, `Tuesday 1st July 2025`, `2024-07-15`; any
dash (a box-drawing one too); digits set apart (`1 9 June 201 9`).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2500\u2501\u00ad\ufe58\uff0d"

_MONTH = "|".join(name[:end] for name in MONTHS for end in range(len(name), 2, -1))
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:day)?\b[,.]?\s*)?"
_DAY = (
    r"(?:(?P<iso>(?:19|20)\d\d-\d\d-\d\d)"
    r"|(?P<d>\d{1,2})\s?[/.]\s?(?P<m>\d{1,2})\s?[/.]\s?(?P<y>(?:19|20)?\d\d)"
    rf"|{_WEEKDAY}(?P<day>[0-3]\s\d(?=\s*(?:{_MONTH}))|\d{{1,2}})\s?(?:st|nd|rd|th)?\b"
    rf"(?:\s*(?:of\s+)?(?P<month>{_MONTH})\b\.?(?:,?\s*(?P<year>(?:1\s?9"
    rf"|2\s?0)\s?\d\s?\d)(?!\d\d))?)?)"
)
_ONE = re.compile(rf"(?<![\d/£])(?:{_DAY})(?!/|\d\d)", re.I)
_BETWEEN = re.compile(
    rf"\s*(?:[{DASHES}]+|\b(?:to|until|through)\b|,?\s*\band(?:\s+then)?\b|,|&"
    rf"|\bplus\b)\s*(?:\b(?:from|between)\b\s*)?",
    re.I,
)
_CELL_FORMS = ("%d/%m/%Y", "%Y-%m-%d", "%d/%m/%y", "%d-%b-%y", "%d-%b-%Y", "%d.%m.%Y")


@dataclass(frozen=True)
class DayRange:
    """From one day to another, both included; `text` is how it was printed."""

    start: dt.date
    end: dt.date
    text: str


@dataclass(frozen=True)
class _Printed:
    """One day as printed: the month and the year may be said by a later one."""

    day: int
    month: int | None
    year: int | None


def ranges_in(text: str, before: dt.date | None = None) -> tuple[DayRange, ...]:
    """Return every day or run of days printed in the text, in its order; a single day is a range of
    one.

    A run without any year is left out, unless `before` is given: it then means the last such days
    before that one. A run with an impossible day (31 June) is left out. What was printed with its
    end before its start is given as it was printed.
    """
    found: list[DayRange] = []
    for printed, words in _runs(text):
        found += _as_range(printed, words, before)

    return tuple(found)


def day_of(text: str) -> dt.date:
    """Return the one day that this text prints. Raises ValueError when it prints none, several, or
    more than a day."""
    found = ranges_in(text)
    if len(found) != 1 or not _is_one_day(found[0], text):
        raise ValueError(f"not a single day: {text!r}")
    return found[0].start


def _is_one_day(days: DayRange, text: str) -> bool:
    """Return whether it is one day, and nothing but a full stop or the like stands beside it."""
    if days.start != days.end:
        return False

    beside = len(text.strip()) - len(days.text)
    return beside <= 1


def day_of_cell(cell: str) -> dt.date:
    """Return the day that a table's cell prints: 25/03/2015, 25/03/15, 2015-03-25, 25-Mar-15, or a
    day in words. Raises ValueError."""
    cell = cell.strip().removesuffix(" 00:00:00").removesuffix(" 00:00")
    for form in _CELL_FORMS:
        try:
            return dt.datetime.strptime(cell, form).date()
        except ValueError:
            continue

    return day_of(cell)


def _runs(text: str) -> Iterator[tuple[list[_Printed], str]]:
    """Yield the days joined by dashes, "to", "and" and commas as one run, with its text."""
    at = 0
    while first := _ONE.search(text, at):
        found = _joined_days(text, first)
        at = found[-1].end()

        days = _without_bare_numbers(found)
        if days:
            printed = [_printed(one) for one in days]
            end = days[-1].end()
            yield printed, text[first.start() : end]


def _without_bare_numbers(found: Sequence[re.Match[str]]) -> list[re.Match[str]]:
    """Return the days up to the last that has a month: "3 to 5 of them" are none, nor is the number
    that a sentence goes on with."""
    days = list(found)
    while days and _printed(days[-1]).month is None:
        days.pop()

    return days


def _joined_days(text: str, first: re.Match[str]) -> list[re.Match[str]]:
    """Return the day, and those that follow it joined by a dash, "to", "and" or a comma."""
    found = [first]
    while True:
        joint = _BETWEEN.match(text, found[-1].end())
        if joint is None:
            return found

        following = _ONE.match(text, joint.end())
        if following is None:
            return found
        found.append(following)


def _printed(found: re.Match[str]) -> _Printed:
    if found["iso"]:
        return _in_iso(found["iso"])
    if found["d"]:
        return _in_figures(found)
    return _in_words(found)


def _in_figures(found: re.Match[str]) -> _Printed:
    """Return a day printed as 25/03/2015."""
    day = int(found["d"])
    month = int(found["m"])
    return _Printed(day, month, _year_number(found["y"]))


def _in_iso(printed: str) -> _Printed:
    year, month, day = map(int, printed.split("-"))
    return _Printed(day, month, year)


def _in_words(found: re.Match[str]) -> _Printed:
    """Return a day whose month, if said, is a word; month and year may be left out."""
    day = int(_digits(found["day"]))
    month = _month_number(found["month"]) if found["month"] else None
    year = int(_digits(found["year"])) if found["year"] else None
    return _Printed(day, month, year)


def _year_number(printed: str) -> int:
    """Return the year; "15" is 2015."""
    year = int(printed)
    if len(printed) == 2:
        year += 2000
    return year


def _month_number(name: str) -> int:
    beginning = name[:3].lower()
    abbreviated = [month[:3] for month in MONTHS]
    return abbreviated.index(beginning) + 1


def _digits(text: str) -> str:
    """Return the digits that were set apart ("201 9")."""
    return re.sub(r"\s", "", text)


def _as_range(printed: list[_Printed], text: str, before: dt.date | None) -> Iterator[DayRange]:
    """Return the range of a run; nothing where it has no year, or an impossible day."""
    try:
        days = _days(printed, before)
    except ValueError:
        return

    if days:
        yield DayRange(days[0], days[-1], text)


def _days(printed: list[_Printed], before: dt.date | None) -> list[dt.date]:
    """Return the days of a run. Months and years are carried from right to left; a carried year is
    one less where the run would otherwise go back. Raises ValueError for an impossible day."""
    days: list[dt.date] = []
    month: int | None = None
    year = printed[-1].year or _year_before(printed[-1], before)
    for one in reversed(printed):
        month = one.month or month
        year = one.year or year
        if month is None or year is None:
            return []

        if one.year is None and days and _goes_back(one.day, month, year, days[-1]):
            year -= 1
        days.append(dt.date(year, month, one.day))

    return days[::-1]


def _goes_back(day: int, month: int, year: int, following: dt.date) -> bool:
    if year != following.year:
        return False
    return (month, day) > (following.month, following.day)


def _year_before(last: _Printed, before: dt.date | None) -> int | None:
    """Return the year of the last such day before a day; None where there is nothing to go by."""
    if before is None or last.month is None:
        return None

    same_year = dt.date(before.year, last.month, last.day)
    if same_year <= before:
        return before.year
    return before.year - 1
