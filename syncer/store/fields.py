"""The store's door for what is said of records: JSON objects ↔ the typed fields of the model."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import cache
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from syncer.model import FIELDS_OF, Area, EventDetail, Evidence, Fields, RecordKind

OF_AN_INSPECTION = (
    "first_day",
    "last_day",
    "framework",
    "kind",
    "lead_inspector",
    "length",
    "report_url",
)
"""What an event about a judgement keeps of its inspection, besides the judgements: all that a line
needs while its record is not there, as after a restore."""


NOT_SAID: tuple[Any, ...] = (None, "", [], ())
"""Values that say nothing."""


def fields_of(record: RecordKind, stored: Mapping[str, Any]) -> Fields:
    """Return what was stored as the class of that kind of record. A name that the class does not
    have was written by another version, and is passed over; so is an empty value.

    Raises ValueError for a value that its field cannot hold."""
    readers = _readers(record)
    values = {}
    for name, value in stored.items():
        if name in readers and value not in NOT_SAID:
            values[name] = readers[name](value)

    return FIELDS_OF[record](**values)


def stored(fields: Fields) -> dict[str, Any]:
    """Return what is said as JSON holds it: days as ISO dates, several values as a list."""
    said = fields.said()
    return {name: _plain(value) for name, value in said.items()}


def evidence_by_field(stored: Mapping[str, Mapping[str, Any]]) -> dict[str, Evidence]:
    """Return where each value stands in the archived bytes, by the name of its field."""
    return {name: Evidence(**each) for name, each in stored.items()}


def stored_evidence(evidence: Mapping[str, Evidence]) -> dict[str, Any]:
    """Return the evidence of several fields as JSON holds it."""
    return {name: dict(vars(each)) for name, each in evidence.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date | StrEnum):
        return str(value)
    if isinstance(value, tuple):
        return list(value)
    return value


@cache
def _readers(record: RecordKind) -> Mapping[str, Callable[[Any], Any]]:
    hints = get_type_hints(FIELDS_OF[record])
    return {name: _reader(hint) for name, hint in hints.items()}


def _reader(hint: Any) -> Callable[[Any], Any]:
    """Return what makes a stored value one of the type that a field is annotated with."""
    kind: Any
    kind, *_ = [each for each in get_args(hint) if each is not NoneType]
    if kind is dt.date:
        return dt.date.fromisoformat
    if get_origin(kind) is tuple:
        return tuple
    return kind  # type: ignore[no-any-return]


# -- What an event knows of its record -------------------------------------------------------------


def detail_of(record: RecordKind, stored: Mapping[str, Any]) -> EventDetail:
    """Return the detail of an event about that kind of record. Raises ValueError for a value that
    its field cannot hold."""
    return EventDetail(
        fields=fields_of(record, _said(record, stored)),
        before=stored.get("before", {}),
        overall_judged=stored.get("overall_judged"),
        note=stored.get("note", ""),
        joint=stored.get("joint", False),
        was=stored.get("was"),
        was_councils=tuple(stored.get("was_councils", ())),
    )


def _said(record: RecordKind, stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a stored detail says of the record itself."""
    said = dict(stored)
    if record is RecordKind.INSPECTION:
        said |= stored.get("inspection", {})
        said |= stored.get("judgements", {})
    if record is RecordKind.VISIT and "visit_kind" in stored:
        said["kind"] = stored["visit_kind"]
    return said


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
        "inspection": _only(said, OF_AN_INSPECTION),
        "judgements": _only(said, [str(area) for area in Area]),
        "before": dict(detail.before),
        "overall_judged": detail.overall_judged,
        "priority_actions": said.get("priority_actions", []),
        "note": detail.note,
    }


def _only(said: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: said[name] for name in names if name in said}
