"""When each job runs, what a cron line may look like here, and how long whatever failed waits.
Times are Europe/London."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import NamedTuple
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
LONGEST_PAUSE = dt.timedelta(days=30)
"""No address that failed waits longer for its turn."""

# Nothing that runs once a night stands between 01:00 and 02:00: that hour is missing in March and
# comes twice in October.
DEFAULT_CRONS: Mapping[str, tuple[str, ...]] = {
    "sync": ("10 7 * * mon-fri", "40 9-17 * * mon-fri", "0 10 * * sat,sun"),
    "digests": ("*/15 * * * *",),
    "send": ("* * * * *",),
    "inbox": ("*/5 * * * *",),
    "check": ("5 * * * *",),
    "councils": ("10 0 * * *",),
    "prune": ("30 2 * * *",),
    "backup": ("0 3 * * *",),
}

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NO_VALUE = -1
"""A number that no field of a cron line has."""


class CronField(NamedTuple):
    """One of the five fields of a cron line: its smallest and largest value, and the names that
    stand for values."""

    name: str
    low: int
    high: int
    words: tuple[str, ...] = ()


FIELDS = (
    CronField("minute", 0, 59),
    CronField("hour", 0, 23),
    CronField("day of month", 1, 31),
    CronField("month", 1, 12, MONTHS),
    CronField("day of week", 0, 6, DAYS),
)
_PART = re.compile(r"(?:\*|(?P<first>\w+)(?:-(?P<last>\w+))?)(?:/(?P<step>\d+))?")


def check_cron(line: str) -> str:
    """Return the cron line, its names in lower case. Raises ValueError saying which of the five
    fields is wrong, and why."""
    fields = line.lower().split()
    if len(fields) != len(FIELDS):
        names = ", ".join(field.name for field in FIELDS)
        raise ValueError(f"{line!r} has {len(fields)} fields; a cron line has five: {names}")

    for text, field in zip(fields, FIELDS, strict=True):
        fault = _fault(text, field)
        if fault:
            raise ValueError(f"{line!r}: {fault}")
    return " ".join(fields)


def _fault(text: str, field: CronField) -> str:
    """Return what is wrong in one field; empty where nothing is."""
    if field.words is DAYS and re.search(r"(?<!/)\b\d", text):
        # APScheduler counts the days from Monday = 0, cron from Sunday = 0: "1" would be Tuesday
        # for the one, Monday for the other.
        names = ", ".join(DAYS)
        return f"write the day of the week as a name ({names}), not as a number"

    for part in text.split(","):
        if not _is_part(part, field):
            return f"{part!r} is not a {field.name}{_limits(field)}"
    return ""


def _limits(field: CronField) -> str:
    if field.words is DAYS:
        return ""
    return f" ({field.low} to {field.high})"


def _is_part(part: str, field: CronField) -> bool:
    """Return whether a part of a field is `*`, a value or a range, each with or without a step."""
    found = _PART.fullmatch(part)
    if found is None:
        return False
    if found["step"] is not None and int(found["step"]) == 0:
        return False

    written = [end for end in (found["first"], found["last"]) if end is not None]
    return _is_range([_number(end, field) for end in written], field)


def _is_range(ends: list[int], field: CronField) -> bool:
    """Return whether the ends are values of the field, the smaller first."""
    within = all(field.low <= end <= field.high for end in ends)
    return within and ends == sorted(ends)


def _number(text: str, field: CronField) -> int:
    """Return the value of one end of a range; NO_VALUE for what is neither a number nor a name."""
    if text in field.words:
        place = field.words.index(text)
        return field.low + place
    if text.isascii() and text.isdigit():
        return int(text)
    return NO_VALUE
