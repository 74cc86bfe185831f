"""When each job runs, and what a cron line may look like here. Times are Europe/London."""

from __future__ import annotations

import re
from collections.abc import Mapping

# Nothing that runs once a night stands between 01:00 and 02:00: that hour is missing in March and
# comes twice in October.
DEFAULT_CRONS: Mapping[str, tuple[str, ...]] = {
    "sync": ("10 7 * * mon-fri", "40 9-17 * * mon-fri", "0 10 * * sat,sun"),
    "digests": ("*/15 * * * *",),
    "send": ("* * * * *",),
    "check": ("5 * * * *",),
    "councils": ("10 0 * * *",),
    "prune": ("30 2 * * *",),
    "backup": ("0 3 * * *",),
}

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of month", 1, 31, ()),
    ("month", 1, 12, MONTHS),
    ("day of week", 0, 6, DAYS),
)
_PART = re.compile(r"(?:\*|(?P<first>\w+)(?:-(?P<last>\w+))?)(?:/(?P<step>\d+))?")


def check_cron(line: str) -> str:
    """The cron line, its names in lower case. Raises ValueError saying which of the five fields is
    wrong, and why."""
    fields = line.lower().split()
    if len(fields) != len(FIELDS):
        raise ValueError(
            f"{line!r} has {len(fields)} fields; a cron line has five: "
            + ", ".join(name for name, *_ in FIELDS)
        )
    for text, (name, low, high, words) in zip(fields, FIELDS, strict=True):
        if words is DAYS and re.search(r"(?<!/)\b\d", text):
            # APScheduler counts the days from Monday = 0, cron from Sunday = 0: "1" would be
            # Tuesday for the one, Monday for the other.
            raise ValueError(
                f"{line!r}: write the day of the week as a name ({', '.join(DAYS)}), not as a number"
            )
        for part in text.split(","):
            if not _is_part(part, low, high, words):
                raise ValueError(
                    f"{line!r}: {part!r} is not a {name}"
                    + ("" if words is DAYS else f" ({low} to {high})")
                )
    return " ".join(fields)


def _is_part(part: str, low: int, high: int, words: tuple[str, ...]) -> bool:
    found = _PART.fullmatch(part)
    if found is None or found["step"] == "0" * len(found["step"] or "-"):
        return False
    ends = [_number(end, low, words) for end in (found["first"], found["last"]) if end is not None]
    return all(low <= end <= high for end in ends) and ends == sorted(ends)


def _number(text: str, low: int, words: tuple[str, ...]) -> int:
    """The value of one end of a range; -1, which no field has, for what is neither a number nor a
    name."""
    if text in words:
        return words.index(text) + low
    return int(text) if text.isascii() and text.isdigit() else -1
