"""The store's door for what is said of records: JSON objects ↔ the typed fields of the model."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cache
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from syncer.model import FIELDS_OF, Area, EventDetail, Fields, RecordKind

OF_AN_INSPECTION = ("first_day", "last_day", "framework", "kind", "lead_inspector", "length")
"""What an event about a judgement keeps of its inspection, besides the judgements."""


def fields_of(record: RecordKind, stored: Mapping[str, Any]) -> Fields:
    """Return what was stored as the class of that kind of record. A name that the class does not
    have was written by another version, and is passed over; so is an empty value.

    Raises ValueError for a value that its field cannot hold."""
    readers = _readers(record)
    values = {
        name: readers[name](value)
        for name, value in stored.items()
        if name in readers and value not in (None, "", [], ())
    }
    return FIELDS_OF[record](**values)


def stored(fields: Fields) -> dict[str, Any]:
    """Return what is said as JSON holds it: days as ISO dates, several values as a list."""
    return {name: _plain(value) for name, value in fields.said().items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date | StrEnum):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


@cache
def _readers(record: RecordKind) -> Mapping[str, Callable[[Any], Any]]:
    hints = get_type_hints(FIELDS_OF[record])
    return {name: _reader(hint) for name, hint in hints.items()}


def _reader(hint: Any) -> Callable[[Any], Any]:
    """Return what makes a stored value one of the type that a field is annotated with."""
    kind: Any = next(each for each in get_args(hint) if each is not NoneType)
    if kind is dt.date:
        return dt.date.fromisoformat
    return tuple if get_origin(kind) is tuple else kind


# -- What an event knows of its record -------------------------------------------------------------


def detail_of(record: RecordKind, stored: Mapping[str, Any]) -> EventDetail:
    """Return the detail of an event about that kind of record. Raises ValueError for a value that
    its field cannot hold."""
    if record is RecordKind.INSPECTION:
        said = {**stored, **stored.get("inspection", {}), **stored.get("judgements", {})}
    else:
        said = dict(stored)
    if record is RecordKind.VISIT and "visit_kind" in stored:
        said["kind"] = stored["visit_kind"]
    return EventDetail(
        fields=fields_of(record, said),
        before=stored.get("before", {}),
        overall_judged=stored.get("overall_judged"),
        note=stored.get("note", ""),
        joint=stored.get("joint", False),
        was=stored.get("was"),
        was_councils=tuple(stored.get("was_councils", ())),
    )


def stored_detail(record: RecordKind, detail: EventDetail) -> dict[str, Any]:
    """Return an event's detail as JSON holds it; nothing where nothing is known."""
    if detail == EventDetail():
        return {}
    found = _about(record, detail)
    if detail.was is not None:
        found["was"] = detail.was
    if detail.was_councils:
        found["was_councils"] = list(detail.was_councils)
    return found


def _about(record: RecordKind, detail: EventDetail) -> dict[str, Any]:
    if record is RecordKind.INSPECTION:
        return _about_inspection(detail)
    said = stored(detail.fields)
    if record is RecordKind.COUNCIL:
        return {**said, "note": detail.note}
    if record is RecordKind.VISIT:
        said["visit_kind"] = said.get("kind", "")
    return {**said, "joint": detail.joint}


def _about_inspection(detail: EventDetail) -> dict[str, Any]:
    said = stored(detail.fields)
    return {
        "inspection": {name: said[name] for name in OF_AN_INSPECTION if name in said},
        "judgements": {str(a): said[a] for a in Area if a in said},
        "before": dict(detail.before),
        "overall_judged": detail.overall_judged,
        "priority_actions": said.get("priority_actions", []),
        "note": detail.note,
    }
