"""Interventions as rows: notices, directions and commissioners, which of them are in force, and
since when. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from syncer.model import Record
from syncer.records.interventions import in_force, since
from syncer.views.listing import Column, Listing, Row, link_column, plain_columns, worded
from syncer.views.lists import council_label, said_if

if TYPE_CHECKING:
    from syncer.register.councils import Register

COLUMNS = (
    Column("id", hidden=True),
    Column("council"),
    Column("gss", hidden=True),
    *(worded(name) for name in ("what", "service", "state")),
    Column("since"),
    said_if("in_force", "in force"),
    *plain_columns("issued", "revised", "lifted", hidden=True),
    *plain_columns("title", "funder", hidden=True),
    Column("published", hidden=True),
    link_column("url", hidden=False),
    *plain_columns("quote", "source", hidden=True),
)
OLDER = "Older ones, from before the pages that were read, may be in force too."


def interventions(
    register: Register, records: Iterable[Record], day: dt.date | None = None
) -> Listing:
    """Return one row an intervention and council, the latest first: its state, since when it has
    it, and whether it is in force (on a day, where one is given)."""
    rows = []
    for record in sorted(records, key=_latest_first):
        for slug in record.councils:
            rows.append(_row(register, record, slug, day))

    return Listing(COLUMNS, rows, _closing(rows), "No intervention is known.", "interventions")


def _latest_first(record: Record) -> tuple[int, int]:
    day = since(record) or dt.date.min
    days = day.toordinal()

    return -days, record.id


def _row(register: Register, record: Record, slug: str, day: dt.date | None) -> Row:
    label = council_label(register, slug)
    said = record.intervention
    return {
        "id": record.id,
        "council": label.name,
        "gss": label.gss,
        "what": said.what or "",
        "service": said.service or "",
        "state": said.state or "",
        "since": since(record),
        "in_force": in_force(record, day),
        "issued": said.issued,
        "revised": said.revised,
        "lifted": said.lifted,
        "title": said.title or "",
        "funder": said.funder or "",
        "published": record.published,
        "url": record.url,
        "quote": said.quote or "",
        "source": record.source,
    }


def _closing(rows: Iterable[Row]) -> str:
    """Return how many are in force, and what this does not say (DESIGN §6.10)."""
    number = 0
    for row in rows:
        if row["in_force"]:
            number += 1

    return f"{number} in force. {OLDER}"
