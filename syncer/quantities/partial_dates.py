"""Days of which a text may print the month or the year only: "14 February 2024", "March 2024",
"2019". Pure. As ISO says it: 2024-02-14, 2024-03, 2019."""

from __future__ import annotations

import calendar
import datetime as dt
import re

from syncer.quantities.dates import MONTHS

_PRINTED = re.compile(
    rf"(?:(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+)?(?P<month>{'|'.join(MONTHS)})\s+)?"
    r"(?P<year>\d{4})",
    re.I,
)


def iso_of(printed: str) -> str | None:
    """Return the day, month or year as ISO writes it; None for none, or one that there is not."""
    hit = _PRINTED.fullmatch(printed.strip())
    if hit is None:
        return None

    iso = hit["year"]
    if hit["month"]:
        iso += f"-{MONTHS.index(hit['month'].lower()) + 1:02}"
    if hit["day"]:
        iso += f"-{int(hit['day']):02}"
    if _is_real(iso):
        return iso
    return None


def days_of(iso: str) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of a day, month or year in ISO's writing. Raises
    ValueError."""
    numbers = [int(part) for part in iso.split("-")]
    if len(numbers) == 3:
        day = dt.date(*numbers)
        return day, day

    year, months = numbers[0], numbers[1:] or (1, 12)
    last_month = months[-1]
    _, last_day = calendar.monthrange(year, last_month)
    return dt.date(year, months[0], 1), dt.date(year, last_month, last_day)


def _is_real(iso: str) -> bool:
    try:
        days_of(iso)
    except ValueError:
        return False
    return True
