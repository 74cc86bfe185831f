"""How many councils stood at each grade of one area, day by day: the country over time. Pure."""

from __future__ import annotations

import calendar
import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum

from syncer.model import Absence, Area, Council, Grade, Record
from syncer.records.standing import when
from syncer.views.listing import Column, Listing, Row, humanise
from syncer.views.lists import (
    by_council,
    known_standing,
    not_read,
    reaches_back,
    short_area,
    why_unknown,
)

ONE_DAY = dt.timedelta(days=1)
ALWAYS_SHOWN = (
    Grade.OUTSTANDING,
    Grade.GOOD,
    Grade.REQUIRES_IMPROVEMENT,
    Grade.INADEQUATE,
)
SHOWN_WHERE_ANY = (Grade.ADEQUATE, Grade.NOT_JUDGED, Absence.JUDGED_TOGETHER)
"""What has a column only where a council stood so on one of the days."""

ABSENCES = (Absence.NO_LONGER_JUDGED, Absence.NEVER_JUDGED, Absence.UNKNOWN)


class Step(StrEnum):
    """How far apart the days are."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


LAST_MONTHS: Mapping[Step, tuple[int, ...]] = {
    Step.MONTH: tuple(range(1, 13)),
    Step.QUARTER: (3, 6, 9, 12),
    Step.YEAR: (3,),
}
"""The months that end a step. A year ends on 31 March, as in Ofsted's statistics ("Local authority
inspection outcomes as at 31 March") and in whatever else councils count."""


def last_days(first: dt.date, last: dt.date, step: Step) -> list[dt.date]:
    """Return the last day of each month, quarter or year, from `first` to `last`."""
    found = []
    for day in _ends_of_months(first, last):
        if day.month in LAST_MONTHS[step]:
            found.append(day)
    return found


def _ends_of_months(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """Yield the last day of each month, from `first` to `last`."""
    day = _end_of_month(first)

    while day <= last:
        yield day
        if day == dt.date.max:
            return

        next_day = day + ONE_DAY
        day = _end_of_month(next_day)


def _end_of_month(day: dt.date) -> dt.date:
    _, days = calendar.monthrange(
        day.year,
        day.month,
    )
    return day.replace(day=days)


def counts(
    councils: Iterable[Council],
    inspections: Iterable[Record],
    read: Collection[str],
    area: Area,
    days: Iterable[dt.date],
) -> Listing:
    """Return one row a day: how many of the councils that were open on it stood at each grade.

    Of the given inspections those count that had begun by the day, whenever their reports came
    out. `read` are the councils whose pages were well read ("": a table of all was). Where nobody
    looked, or the pages do not reach back, a council is counted as `unknown` and never as
    `never_judged` (DESIGN §6.10).
    """
    every = list(councils)
    inspected = by_council(inspections)

    counted = {}
    for day in days:
        counted[day] = _count(
            every,
            inspected,
            read,
            area,
            day,
        )

    shown = _shown(counted.values())
    rows = []
    for day, count in counted.items():
        rows.append(_row(day, count, shown))

    ended = "No month, quarter or year ended then."
    return Listing(
        _columns(shown),
        rows,
        _closing(area),
        ended,
        "counts",
    )


def _row(
    day: dt.date, count: Mapping[Grade | Absence, int], shown: Iterable[Grade | Absence]
) -> Row:
    row: dict[str, dt.date | int] = {"day": day}
    for value in shown:
        row[str(value)] = count[value]

    return row


def _count(
    councils: Iterable[Council],
    inspected: Mapping[str, Sequence[Record]],
    read: Collection[str],
    area: Area,
    day: dt.date,
) -> Counter[Grade | Absence]:
    """Return how many councils stood at each grade, or had none for which reason, on a day."""
    there = [council for council in councils if council.open_on(day)]
    unread = not_read(there, read, day)

    count: Counter[Grade | Absence] = Counter()
    for council in there:
        value = _standing(
            council,
            inspected.get(council.slug, ()),
            area,
            council.slug in unread,
            day,
        )
        count[value] += 1

    return count


def _standing(
    council: Council, known: Sequence[Record], area: Area, unread: bool, day: dt.date
) -> Grade | Absence:
    """Return how a council stood in an area on a day, after those of its known inspections that had
    begun by then."""
    begun = [each for each in known if when(each) <= day]
    reason = why_unknown(
        council,
        begun,
        unread,
        day,
    )
    reaches = reaches_back(council, known, day)
    return known_standing(begun, area, reason, reaches).value


def _shown(counted: Iterable[Counter[Grade | Absence]]) -> list[Grade | Absence]:
    """Return what has a column, in the order of the columns."""
    any_day: Counter[Grade | Absence] = Counter()
    for count in counted:
        any_day += count

    sometimes = [value for value in SHOWN_WHERE_ANY if any_day[value]]
    return [*ALWAYS_SHOWN, *sometimes, *ABSENCES]


def _columns(shown: Iterable[Grade | Absence]) -> tuple[Column, ...]:
    columns = [Column("day")]
    for value in shown:
        columns.append(Column(str(value), humanise(value), right=True))
    return tuple(columns)


def _closing(area: Area) -> str:
    name = short_area(area).capitalize()
    return (
        f"{name}: councils open on each day, by the grade of their last inspection begun by then. "
        "Unknown: its report was not read, or is older than what Ofsted's pages list."
    )
