"""Short ways to make observations, records and inspections for tests of the pure core."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from syncer.model import Area, Grade, Observation, Record, RecordKind
from syncer.records.diff import DiffContext, FirstSeen
from syncer.register.frameworks import FRAMEWORKS
from syncer.store.fields import fields_of, stored

NOW = dt.datetime(2024, 9, 1, 8, 40, tzinfo=dt.UTC)
LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
ILACS_AREAS = (Area.LEADERSHIP, Area.HELP, Area.CARE)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def grades(
    overall: str | None = "good", leavers: str | None = None, **others: str
) -> dict[str, str]:
    """The judgements of an inspection: all as the overall one, unless said otherwise."""
    found = {str(a): overall or "good" for a in ILACS_AREAS}
    if overall:
        found[Area.OVERALL] = overall
    if leavers:
        found[Area.CARE_LEAVERS] = leavers
    return found | others


def inspection(
    number: int,
    first: str,
    judged: Mapping[str, str] | None = None,
    *,
    council: str = "leeds",
    published: str = "",
    unread: bool = False,
    framework: str = "",
    **more: Any,
) -> Record:
    """An inspection of Leeds that began on `first`; published six weeks later."""
    out = day(published) if published else day(first) + dt.timedelta(weeks=6)
    fields: dict[str, Any] = {"kind": "inspection", "file_id": str(number)}
    if not unread:
        fields |= {
            "first_day": first,
            "last_day": (day(first) + dt.timedelta(days=11)).isoformat(),
            "framework": framework or str(FRAMEWORKS.ilacs_framework(day(first))),
            **(judged or grades()),
        }
    return Record(
        number,
        RecordKind.INSPECTION,
        (council,),
        fields_of(RecordKind.INSPECTION, fields),
        out,
        f"https://example.org/{council}",
        "ofsted_reports",
        NOW,
        dict.fromkeys(fields, number),
        unread=unread,
        **more,
    )


def award(
    number: int, pounds: int, *, low: int | None = None, high: int | None = -1, **more: Any
) -> Record:
    """An award to Leeds of so many pounds; the range it stands for is the figure itself unless said
    otherwise."""
    fields = {
        "kind": "award",
        "programme": "Innovation Programme",
        "amount": pounds,
        "qualifier": "exact",
        "amount_text": f"£{pounds:,}",
        "low": pounds if low is None else low,
        **({} if high is None else {"high": pounds if high == -1 else high}),
    }
    return Record(
        number,
        RecordKind.AWARD,
        ("leeds",),
        fields_of(RecordKind.AWARD, fields | more),
        day("2024-08-20"),
        "https://example.org/award",
        "govuk_awards",
        NOW,
        dict.fromkeys(fields, number),
    )


def seen(record: Record, **fields: Any) -> Observation:
    """The observation from which such a record would come."""
    said = fields_of(record.record, {**stored(record.fields), **fields})
    return Observation(
        "ofsted_reports",
        "page",
        str(record.id),
        record.record,
        record.councils,
        said,
        record.published,
        record.url,
        id=record.id,
        unread=record.unread,
    )


Something = TypeVar("Something", Record, Observation)


def saying(something: Something, **fields: Any) -> Something:
    """The same record or observation with these fields said otherwise (None: not said)."""
    said = fields_of(something.record, {**stored(something.fields), **fields})
    return replace(something, fields=said)


def moment(
    *new: int,
    fresh: tuple[int, ...] = (),
    since: dt.datetime = LONG_AGO,
    before: dt.datetime | None = NOW - dt.timedelta(days=1),
    now: dt.datetime = NOW,
) -> DiffContext:
    """A read on 1 September 2024 of a page last well read the day before; `new` are the records
    first seen in it."""
    return DiffContext(
        now, {n: FirstSeen(now, before, since) for n in new}, frozenset(fresh) | set(new)
    )


def by_id(*records: Record) -> dict[int, Record]:
    return {r.id: r for r in records}


def lines(events: list[Any]) -> list[tuple[str, str, str, str]]:
    """Events as (area, old, new, change)."""
    return [(e.area, e.old, e.new, str(e.change or "")) for e in events]


def as_grade(text: str) -> Grade:
    return Grade(text)
