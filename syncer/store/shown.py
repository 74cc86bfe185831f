"""Records as messages show them, each asked for alone: those that are neither held back, withdrawn
nor merged into another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import astuple, dataclass

from syncer.model import Area, InspectionFields, Record
from syncer.store import Store, as_day, as_json, day_as_text
from syncer.store.records import record_of

SHOWN = "merged_into IS NULL AND held = 0 AND withdrawn = 0"
BY_DAY = "ORDER BY coalesce(published, substr(first_seen, 1, 10)), id"

DAY = "coalesce(json_extract(r.fields, '$.first_day'), r.published, '')"
PUBLISHED = "coalesce(r.published, '')"
"""Where an inspection stands among those of its council, with its number: `standing.in_order`."""
OF_COUNCIL = """r.record = 'inspection' AND r.merged_into IS NULL AND r.held = 0 AND r.withdrawn = 0
      AND json_extract(r.councils, '$[0]')"""
LATEST_FIRST = f"ORDER BY {DAY} DESC, {PUBLISHED} DESC, r.id DESC"

PLACES = """SELECT json_extract(value, '$[0]') AS council, json_extract(value, '$[1]') AS day,
      json_extract(value, '$[2]') AS published, json_extract(value, '$[3]') AS id
    FROM json_each(?)"""

SETTLED = """r.councils = json_array(place.council) AND EXISTS (
      SELECT 1 FROM observations o WHERE o.record_id = r.id AND o.settled = 1)"""
"""The condition on inspections of a council alone that they need not be reconciled again."""

LAST_BEGUN = f"""SELECT json_extract(r.fields, '$.first_day')
    FROM records r INDEXED BY inspections_shown
    WHERE {OF_COUNCIL} = :council AND {DAY} < :before
      AND json_extract(r.fields, '$.first_day') IS NOT NULL
    {LATEST_FIRST} LIMIT 1"""

OF_PROGRAMME = f"""SELECT * FROM records
    WHERE record = 'award' AND councils = :councils AND {SHOWN}
      AND json_extract(fields, '$.programme') = :programme {BY_DAY}"""

SINCE = f"""SELECT * FROM records
    WHERE record = 'award' AND published >= ? AND {SHOWN} {BY_DAY}"""


@dataclass(frozen=True)
class Place:
    """A place in the order of a council's inspections: the day by which one stands there, when it
    was published, and its number."""

    council: str
    day: str = "9999"
    published: str = "9999"
    number: int = 2**62


def place_of(inspection: Record) -> Place:
    """Return where an inspection of a council alone stands among the others; behind all of them
    where it was taken back."""
    council = inspection.councils[0]
    if inspection.withdrawn:
        return Place(council)

    first_day = day_as_text(inspection.inspection.first_day)
    published = day_as_text(inspection.published) or ""
    return Place(
        council,
        first_day or published,
        published,
        inspection.id,
    )


def telling(store: Store, places: Iterable[Place], *, settled: bool = False) -> list[Record]:
    """Return, of the inspections before these places in the order of their councils, those by which
    each council stood there as by all of them; of those that are `settled`, where asked for."""
    sql = TELLING_SETTLED if settled else TELLING
    asked = as_json([astuple(place) for place in places])
    numbers: set[int] = set()
    for row in store.rows(sql, (asked,)):
        numbers.update(number for number in row.values() if number)

    return _by_number(store, numbers)


def _telling(condition: str) -> str:
    """Return the query for the numbers of the inspections that tell: the last one and, of each
    area, the last that judges it, or was not read and may."""
    columns = [_last("inspections_shown", condition)]
    for area in Area:
        judges = f"(r.unread = 1 OR json_extract(r.fields, '$.{area}') IS NOT NULL)"
        column = _last(f"inspections_of_{area}", f"{judges} AND {condition}")
        columns.append(f"{column} AS {area}")

    return f"WITH place AS ({PLACES}) SELECT {', '.join(columns)} FROM place"


def _last(index: str, condition: str) -> str:
    """Return the query for the last inspection before a place that fulfils a condition."""
    return f"""(SELECT r.id FROM records r INDEXED BY {index}
        WHERE {OF_COUNCIL} = place.council AND {condition} AND {DAY} <= place.day
          AND ({DAY}, {PUBLISHED}, r.id) < (place.day, place.published, place.id)
        {LATEST_FIRST} LIMIT 1)"""


TELLING = _telling("1")
TELLING_SETTLED = _telling(SETTLED)


def last_begun(store: Store, council: str, before: dt.date) -> dt.date | None:
    """Return the first day of the last inspection of a council that began before that day; None
    where none is known."""
    asked = {"council": council, "before": before.isoformat()}
    day = store.value(LAST_BEGUN, asked)
    return as_day(day)


def _by_number(store: Store, numbers: Iterable[int]) -> list[Record]:
    sql = "SELECT * FROM records WHERE id IN (SELECT value FROM json_each(?))"
    wanted = as_json(sorted(numbers))
    rows = store.rows(sql, (wanted,))
    return [record_of(row) for row in rows]


def inspection(store: Store, number: int) -> InspectionFields | None:
    """Return what is said of an inspection; None where no such one is shown."""
    sql = f"SELECT * FROM records WHERE id = ? AND record = 'inspection' AND {SHOWN}"
    row = store.one(sql, (number,))
    if row is None:
        return None

    record = record_of(row)
    return record.inspection


def awards_of_programme(store: Store, council: str, programme: str) -> tuple[Record, ...]:
    """Return what one council alone was awarded under a programme, oldest first."""
    asked = {
        "councils": as_json([council]),
        "programme": programme,
    }
    rows = store.rows(OF_PROGRAMME, asked)
    return tuple(map(record_of, rows))


def awards_since(store: Store, day: dt.date) -> tuple[Record, ...]:
    """Return the awards that were published on that day or later, oldest first."""
    since = day.isoformat()
    rows = store.rows(SINCE, (since,))
    return tuple(map(record_of, rows))
