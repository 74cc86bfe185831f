"""What inspections say must improve, item by item: the rows of `improve` and of a council's page.
Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from syncer.model import Grade, InspectionFields, Record
from syncer.records.standing import in_order
from syncer.views.listing import Column, Listing, Row, link_column, worded
from syncer.views.lists import council_label

if TYPE_CHECKING:
    from syncer.register.councils import Register

COLUMNS = (
    Column("council"),
    Column("gss", hidden=True),
    Column("first_day", "inspected"),
    Column("published", hidden=True),
    worded("grade", "overall"),
    worded("list", hidden=True),
    Column("number", right=True, hidden=True),
    Column("text", "what must improve"),
    link_column("report_url"),
    link_column("url"),
)


def search(
    register: Register, inspections: Sequence[Record], words: Sequence[str], grade: Grade | None
) -> Listing:
    """Return every item that has all the words (each as a word or its beginning, in any case), of
    inspections with that grade, the latest inspection first."""
    rows: list[Row] = []
    for inspection in reversed(in_order(inspections)):
        if grade is None or _has_grade(inspection.inspection, grade):
            rows += rows_of(register, inspection)

    found = _with_words(rows, words)
    return Listing(COLUMNS, found, _closing(found), "No item has these words.", "improve")


def _closing(rows: Sequence[Row]) -> str:
    reports = {row["report_url"] for row in rows}
    return f"{len(rows)} items of {len(reports)} reports."


def _with_words(rows: Iterable[Row], words: Iterable[str]) -> list[Row]:
    """Return the items that have every word, each as a word or its beginning, in any case."""
    patterns = [re.compile(rf"\b{re.escape(word)}", re.I) for word in words]
    found = []
    for row in rows:
        if all(pattern.search(row["text"]) for pattern in patterns):
            found.append(row)

    return found


def _has_grade(said: InspectionFields, grade: Grade) -> bool:
    """Return whether an inspection has this overall grade; of one without an overall judgement,
    whether it has it in any area (DESIGN §6.13)."""
    if said.overall_effectiveness is not None:
        return said.overall_effectiveness is grade
    return grade in said.grades().values()


def rows_of(register: Register, inspection: Record) -> list[Row]:
    """Return the items of one inspection, as its report lists them."""
    said = inspection.inspection
    about = _about(register, inspection)
    where = {"report_url": said.report_url or "", "url": inspection.url}

    rows: list[Row] = []
    for number, (name, text) in enumerate(said.improvements(), 1):
        item = {"list": name, "number": number, "text": text}
        rows.append({**about, **item, **where})

    return rows


def _about(register: Register, inspection: Record) -> Row:
    """Return whose inspection it is, of when, and with which grade."""
    said = inspection.inspection
    label = council_label(register, inspection.councils[0])
    return {
        "council": label.name,
        "gss": label.gss,
        "first_day": said.first_day,
        "published": inspection.published,
        "grade": said.overall_effectiveness or "",
    }


def beside(register: Register, inspections: Sequence[Record]) -> tuple[list[Row], list[Row]]:
    """Return the items of the latest inspection, and those of the one before it."""
    read = [record for record in in_order(inspections) if not record.unread]
    latest: list[Row] = []
    before: list[Row] = []
    if read:
        latest = rows_of(register, read[-1])
    if len(read) > 1:
        before = rows_of(register, read[-2])
    return latest, before


def side_by_side(latest: Sequence[Row], before: Sequence[Row]) -> Listing:
    """Return both lists as one table, dated; which items belong together nobody says."""
    columns = [Column("now", _dated(latest))]
    if before:
        columns.append(Column("before", _dated(before)))

    pairs = zip_longest(_texts(latest), _texts(before), fillvalue="")
    rows: list[Row] = [{"now": now, "before": then} for now, then in pairs]
    return Listing(tuple(columns), rows)


def _texts(rows: Sequence[Row]) -> list[str]:
    return [row["text"] for row in rows]


def _dated(rows: Sequence[Row]) -> str:
    """Return the heading of a list: when the inspection was that it is of."""
    if not rows:
        return "the latest report has no list"

    day = rows[0]["first_day"] or "on a day not known"
    return f"inspected {day}"
