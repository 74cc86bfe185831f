"""Records as messages show them, each asked for alone: those that are neither held back, withdrawn
nor merged into another."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from syncer.model import Area, InspectionFields, Record
from syncer.store import Store, as_day, as_json
from syncer.store.records import record_of

Row = Mapping[str, Any]

SHOWN = "merged_into IS NULL AND held = 0 AND withdrawn = 0"
BY_DAY = "ORDER BY coalesce(published, substr(first_seen, 1, 10)), id"

IN_ORDER = f"""SELECT id, json_extract(councils, '$[0]') AS council,
        json_extract(fields, '$.first_day') AS first_day, unread,
        {", ".join(f"json_extract(fields, '$.{area}') AS {area}" for area in Area)}
    FROM records INDEXED BY inspections_shown WHERE record = 'inspection' AND {SHOWN}
    ORDER BY coalesce(json_extract(fields, '$.first_day'), published, ''),
        coalesce(published, ''), id"""
"""Every inspection with the areas that it judges, in the order of `standing.in_order`."""

OF_PROGRAMME = f"""SELECT * FROM records
    WHERE record = 'award' AND councils = :councils AND {SHOWN}
      AND json_extract(fields, '$.programme') = :programme {BY_DAY}"""

SINCE = f"""SELECT * FROM records
    WHERE record = 'award' AND published >= ? AND {SHOWN} {BY_DAY}"""


@dataclass(frozen=True)
class Inspected:
    """What is shown of one council's inspections: the first day of each, oldest first; and those
    that tell how it stands, in their order."""

    first_days: tuple[dt.date, ...]
    telling: tuple[Record, ...]


def inspected(store: Store) -> dict[str, Inspected]:
    """Return what is known of each council (by slug) that was inspected."""
    by_council: dict[str, list[Row]] = defaultdict(list)
    for row in store.rows(IN_ORDER):
        council = row["council"]
        by_council[council].append(row)

    records = _by_number(store, _all_telling(by_council))
    found = {}
    for slug, rows in by_council.items():
        own = [records[row["id"]] for row in rows if row["id"] in records]
        found[slug] = Inspected(
            _first_days(rows),
            tuple(own),
        )
    return found


def _all_telling(by_council: Mapping[str, Sequence[Row]]) -> set[int]:
    """Return the inspections (ids) that tell how any council stands."""
    numbers: set[int] = set()
    for rows in by_council.values():
        numbers |= _telling(rows)
    return numbers


def _telling(rows: Sequence[Row]) -> set[int]:
    """Return those of a council's inspections (ids), given in their order, by which it stands as by
    all of them: the last one and, of each area, the last that judges it, or was not read and
    may."""
    latest = rows[-1]
    numbers = {latest["id"]}
    for area in Area:
        last = _last_of(area, rows)
        if last is not None:
            numbers.add(last["id"])

    return numbers


def _last_of(area: Area, rows: Sequence[Row]) -> Row | None:
    for row in reversed(rows):
        if row["unread"] or row[area]:
            return row
    return None


def _first_days(rows: Iterable[Row]) -> tuple[dt.date, ...]:
    days = []
    for row in rows:
        day = as_day(row["first_day"])
        if day:
            days.append(day)

    return tuple(sorted(days))


def _by_number(store: Store, numbers: Iterable[int]) -> dict[int, Record]:
    sql = "SELECT * FROM records WHERE id IN (SELECT value FROM json_each(?))"
    wanted = as_json(sorted(numbers))
    found = {}
    for row in store.rows(sql, (wanted,)):
        record = record_of(row)
        found[record.id] = record

    return found


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
