"""Records as messages show them, each asked for alone: those that are neither held back, withdrawn
nor merged into another."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from syncer.model import Area, InspectionFields, Record, RecordKind
from syncer.store import Store, as_json
from syncer.store.records import record_of

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
    WHERE record = 'award' AND published >= :day AND {SHOWN} {BY_DAY}"""


@dataclass(frozen=True)
class Inspected:
    """What is shown of one council's inspections: the first day of each, oldest first; and those
    that tell how it stands, in their order."""

    first_days: tuple[dt.date, ...]
    telling: tuple[Record, ...]


def inspected(store: Store) -> dict[str, Inspected]:
    """Return what is known of each council (by slug) that was inspected."""
    by_council: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in store.rows(IN_ORDER):
        by_council[row["council"]].append(row)

    telling = {slug: _telling(rows) for slug, rows in by_council.items()}
    records = _by_number(store, (number for each in telling.values() for number in each))
    found = {}
    for slug, rows in by_council.items():
        own = [records[number] for number in telling[slug]]
        found[slug] = Inspected(_first_days(rows), tuple(own))
    return found


def _telling(rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Return those of a council's inspections (ids), in their order, by which it stands as by all
    of them: the last one and, of each area, the last that judges it, or was not read and may."""
    numbers = {rows[-1]["id"]}
    for area in Area:
        says = (row["id"] for row in reversed(rows) if row["unread"] or row[area])
        numbers.update(_first(says))
    return [row["id"] for row in rows if row["id"] in numbers]


def _first(numbers: Iterable[int]) -> list[int]:
    """Return the first of these, or nothing where there is none."""
    for number in numbers:
        return [number]
    return []


def _first_days(rows: Iterable[Mapping[str, Any]]) -> tuple[dt.date, ...]:
    days = [row["first_day"] for row in rows if row["first_day"]]
    return tuple(dt.date.fromisoformat(day) for day in sorted(days))


def _by_number(store: Store, numbers: Iterable[int]) -> dict[int, Record]:
    sql = "SELECT * FROM records WHERE id IN (SELECT value FROM json_each(?))"
    rows = store.rows(sql, (as_json(sorted(numbers)),))
    return {row["id"]: record_of(row) for row in rows}


def inspection(store: Store, number: int) -> InspectionFields | None:
    """Return what is said of an inspection; None where no such one is shown."""
    sql = f"SELECT * FROM records WHERE id = ? AND record = ? AND {SHOWN}"
    row = store.one(sql, (number, RecordKind.INSPECTION))
    return record_of(row).inspection if row else None


def awards_of_programme(store: Store, council: str, programme: str) -> tuple[Record, ...]:
    """Return what one council alone was awarded under a programme, oldest first."""
    asked = {"councils": as_json([council]), "programme": programme}
    return tuple(record_of(row) for row in store.rows(OF_PROGRAMME, asked))


def awards_since(store: Store, day: dt.date) -> tuple[Record, ...]:
    """Return the awards that were published on that day or later, oldest first."""
    rows = store.rows(SINCE, {"day": day.isoformat()})
    return tuple(record_of(row) for row in rows)
