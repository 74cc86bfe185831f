"""What changed: records before and after a reading → change events (DESIGN §2, §5, §6). Pure.

Every difference that people are told of is in exactly one event: a new inspection gives one per
area it judges, a known record one per field whose chosen value moved. Whether something is old news
is decided here; whether it looks wrong is decided in `hold`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from syncer.model import (
    Absence,
    Area,
    Change,
    Event,
    EventKind,
    FileKind,
    Grade,
    Qualifier,
    Record,
    RecordKind,
    Standing,
)
from syncer.records.identity import ranges_meet
from syncer.records.standing import compare, in_order, standing

OLD_NEWS = dt.timedelta(days=90)
TOLD = {
    RecordKind.AWARD: ("amount", "period", "status"),
    RecordKind.INTERVENTION: ("state",),
    RecordKind.PAYMENT: ("amount",),
}
CONFIRMED = "confirmed"
SECONDARY_SOURCES = frozenset(("press", "council_papers"))
"""The sources that are not the funder's own."""
NOT_ABOUT_THE_COUNCIL = frozenset((FileKind.LSCB_REVIEW, FileKind.OTHER))

Records = Mapping[int, Record]


@dataclass(frozen=True)
class FirstSeen:
    """When a record's entry was first seen, when its page had last been well read before that
    (None: that was the page's first good read), and when its source was read for the first time."""

    first_seen: dt.datetime
    page_before: dt.datetime | None
    source_since: dt.datetime | None


@dataclass(frozen=True)
class DiffContext:
    """What a diff has to know besides the records: the clock, how each record came to be seen, and
    which observations rest on bytes that are new in this run (a value that moves without new bytes
    moved because we changed: a correction)."""

    now: dt.datetime
    sightings: Mapping[int, FirstSeen]
    fresh: frozenset[int]


def diff(before: Records, after: Records, moment: DiffContext) -> list[Event]:
    """All events between two states of the same councils, in the order in which they should be
    told."""
    councils = sorted(
        {c for record in (*before.values(), *after.values()) for c in record.councils}
    )
    events = [event for council in councils for event in _ratings(council, before, after, moment)]
    for record in sorted(after.values(), key=lambda r: (r.published or dt.date.min, r.id)):
        if record.record is not RecordKind.INSPECTION:
            events += _others(before.get(record.id), record, moment)
    return events


def is_old_news(record: Record, sighting: FirstSeen | None, now: dt.datetime) -> bool:
    """Rules §6.1 and §6.4: the baseline is silent, and so is what was old when its page could first
    have shown it to us."""
    if sighting is None or sighting.source_since is None or sighting.source_since >= now:
        return True
    if record.fields.get("background"):  # money of a programme that had ended, told in passing
        return True
    published = record.published or sighting.first_seen.date()
    if sighting.page_before is None:
        return published < sighting.source_since.date()
    return published < sighting.page_before.date() - OLD_NEWS


# -- Ratings ---------------------------------------------------------------------------------------


def _ratings(council: str, before: Records, after: Records, moment: DiffContext) -> Iterator[Event]:
    known = [
        r
        for r in after.values()
        if r.record is RecordKind.INSPECTION and r.councils == (council,) and not r.withdrawn
    ]
    for n, inspection in enumerate(ordered := in_order(known)):
        earlier = ordered[:n]
        was = before.get(inspection.id)
        if inspection.unread:
            continue
        if was is None or was.unread:
            if not is_old_news(inspection, moment.sightings.get(inspection.id), moment.now):
                yield from _new_inspection(inspection, earlier, moment)
        elif was.councils != inspection.councils:
            yield from _moved(was, inspection, earlier, moment)
        else:
            yield from _changed_grades(was, inspection, earlier, moment)
    yield from _withdrawn(council, before, after, ordered, moment)


def _new_inspection(
    inspection: Record, earlier: Sequence[Record], moment: DiffContext, **more: Any
) -> Iterator[Event]:
    for area in Area:
        old = standing(earlier, area)
        if area in inspection.fields:
            grade = Grade(str(inspection.fields[area]))
            yield _rating(
                inspection, earlier, area, old, grade, compare(old, grade), moment, **more
            )
        elif (
            area is Area.OVERALL
            and isinstance(old.value, Grade)
            and _no_longer_judged(inspection, earlier)
        ):
            yield _rating(
                inspection, earlier, area, old, "", Change.NO_LONGER_JUDGED, moment, **more
            )


def _no_longer_judged(inspection: Record, earlier: Sequence[Record]) -> bool:
    return standing([*earlier, inspection], Area.OVERALL).value is Absence.NO_LONGER_JUDGED


def _changed_grades(
    was: Record, now: Record, earlier: Sequence[Record], moment: DiffContext
) -> Iterator[Event]:
    for area in Area:
        old, new = was.fields.get(area), now.fields.get(area)
        fresh = now.chosen.get(area, was.chosen.get(area, 0)) in moment.fresh
        replaced = fresh and now.chosen.get(area, 0) in was.chosen.values()
        if old == new or (
            old is None and not replaced
        ):  # a field read for the first time is not news
            continue
        before = Standing(area, Grade(str(old))) if old else standing(earlier, area)
        if fresh:
            change = compare(before, Grade(str(new))) if new else Change.NOT_COMPARABLE
            yield _rating(
                now, earlier, area, before, str(new or ""), change, moment, kind=EventKind.CHANGED
            )
        else:
            before = standing(earlier, area)
            change = compare(before, Grade(str(new))) if new else Change.NOT_COMPARABLE
            yield _rating(
                now,
                earlier,
                area,
                before,
                str(new or ""),
                change,
                moment,
                kind=EventKind.CORRECTED,
                was=str(old),
            )


def _moved(
    was: Record, now: Record, earlier: Sequence[Record], moment: DiffContext
) -> Iterator[Event]:
    """The inspection is another council's than we said: a correction to those told, news to
    followers of the right one."""
    for event in _new_inspection(
        now, earlier, moment, kind=EventKind.CORRECTED, was_councils=list(was.councils)
    ):
        if event.area in was.fields:
            yield event


def _withdrawn(
    council: str, before: Records, after: Records, ordered: Sequence[Record], moment: DiffContext
) -> Iterator[Event]:
    for record in after.values():
        was = before.get(record.id)
        if (
            record.record is RecordKind.INSPECTION
            and record.councils == (council,)
            and record.withdrawn
            and was
            and not was.withdrawn
        ):
            for area in (a for a in Area if a in record.fields):
                left = standing(ordered, area).value
                new = str(left) if isinstance(left, Grade) else ""
                old = Standing(area, Grade(str(record.fields[area])))
                yield _rating(
                    record, ordered, area, old, new, None, moment, kind=EventKind.WITHDRAWN
                )


def _rating(
    inspection: Record,
    earlier: Sequence[Record],
    area: Area,
    old: Standing,
    new: str,
    change: Change | None,
    moment: DiffContext,
    kind: EventKind = EventKind.ADDED,
    **more: Any,
) -> Event:
    return Event(
        record=RecordKind.INSPECTION,
        kind=kind,
        councils=inspection.councils,
        area=area,
        old=_shown(old),
        new=str(new),
        change=change,
        published=inspection.published,
        effective=_day(inspection, "last_day") or _day(inspection, "first_day"),
        noticed_at=moment.now,
        source=inspection.source,
        url=inspection.url,
        record_id=inspection.id,
        late=_is_late(inspection, moment),
        detail={
            **_inspection_detail(inspection, earlier),
            "note": _note(area, old, inspection),
            **more,
        },
    )


def _shown(old: Standing) -> str:
    """A grade; "unknown" behind an unread predecessor; nothing where there was no grade of its
    own."""
    return str(old.value) if isinstance(old.value, Grade) or old.value is Absence.UNKNOWN else ""


def _note(area: Area, old: Standing, inspection: Record) -> str:
    if old.value is Absence.JUDGED_TOGETHER:
        return (
            f"until now judged with children in care: {old.note.replace('_', ' ') or 'not known'}"
        )
    if area is Area.CARE and old.note and str(inspection.fields.get("framework")) != "ilacs":
        return "until now judged together with care leavers"
    return ""


def _inspection_detail(inspection: Record, earlier: Sequence[Record]) -> dict[str, Any]:
    fields = inspection.fields
    names = ("first_day", "last_day", "framework", "kind", "lead_inspector", "length")
    return {
        "inspection": {name: fields[name] for name in names if name in fields},
        "judgements": {str(a): str(fields[a]) for a in Area if a in fields},
        "before": {str(a): str(standing(earlier, a).value) for a in Area},
        "overall_judged": Area.OVERALL in fields,
        "priority_actions": list(_words(fields.get("priority_actions", ()))),
    }


# -- Visits, money, interventions ------------------------------------------------------------------


def _others(was: Record | None, now: Record, moment: DiffContext) -> Iterator[Event]:
    if (
        now.unread
        or now.fields.get("kind") in NOT_ABOUT_THE_COUNCIL
        or (was is not None and was.withdrawn and now.withdrawn)
    ):
        return
    if was is None or was.unread:
        if not is_old_news(now, moment.sightings.get(now.id), moment.now):
            yield _other(
                now,
                _first_told(now.record),
                "",
                _value(now, _first_told(now.record)),
                EventKind.ADDED,
                moment,
            )
    elif now.withdrawn and not was.withdrawn:
        yield _other(
            now,
            _first_told(now.record),
            _value(now, _first_told(now.record)),
            "",
            EventKind.WITHDRAWN,
            moment,
        )
    else:
        yield from _changed_fields(was, now, moment)


def _changed_fields(was: Record, now: Record, moment: DiffContext) -> Iterator[Event]:
    """One event a field that moved. A sharper figure, or better evidence for the same, is no event;
    a figure first told by the press and now by the funder is said to be confirmed."""
    for name in TOLD.get(now.record, ()):
        old, new = _value(was, name), _value(now, name)
        same_figure = name == "amount" and _same_figure(was, now)
        fresh = now.chosen.get(name, 0) in moment.fresh
        reworded = name == "period" and now.chosen.get(name) != was.chosen.get(
            name
        )  # better evidence for the same
        if old == new or same_figure or reworded or (not old and not fresh):
            continue
        kind = EventKind.CHANGED if fresh else EventKind.CORRECTED
        yield _other(
            now,
            name,
            old,
            new,
            kind,
            moment,
            **({"was": old} if kind is EventKind.CORRECTED else {}),
        )
    if (
        now.record is RecordKind.AWARD
        and was.source in SECONDARY_SOURCES
        and now.source not in SECONDARY_SOURCES
    ):
        yield _other(
            now, CONFIRMED, _value(was, "amount"), _value(now, "amount"), EventKind.CHANGED, moment
        )


def _same_figure(was: Record, now: Record) -> bool:
    """Whether two figures can be the same money. A ceiling that the same entry now prints higher or
    lower was moved."""
    if "low" not in was.fields or not ranges_meet(was.fields, now.fields):
        return False
    bounds = all(r.fields.get("qualifier") in (Qualifier.UP_TO, Qualifier.OVER) for r in (was, now))
    return not (bounds and was.chosen.get("amount") == now.chosen.get("amount"))


def _first_told(record: RecordKind) -> str:
    return TOLD.get(record, ("",))[0]


def _value(record: Record, name: str) -> str:
    """A field as an event shows it; a visit has none and shows its theme or outcome."""
    if not name:
        return str(
            record.fields.get("theme")
            or record.fields.get("send_outcome")
            or record.fields.get("kind")
            or ""
        )
    return str(record.fields.get(name, ""))


def _other(
    record: Record, area: str, old: str, new: str, kind: EventKind, moment: DiffContext, **more: Any
) -> Event:
    fields = {name: list(v) if isinstance(v, tuple) else v for name, v in record.fields.items()}
    if record.record is RecordKind.VISIT:
        fields["visit_kind"] = fields.get("kind", "")
    return Event(
        record=record.record,
        kind=kind,
        councils=record.councils,
        area=area,
        old=old,
        new=new,
        published=record.published,
        effective=_effective(record),
        noticed_at=moment.now,
        source=record.source,
        url=record.url,
        record_id=record.id,
        late=_is_late(record, moment),
        detail={**fields, "joint": len(record.councils) > 1, **more},
    )


def _effective(record: Record) -> dt.date | None:
    """The first day of the money's period, a visit's last day, the day on which an intervention
    came to its state."""
    state = str(record.fields.get("state", "issued"))
    return next(
        filter(
            None, (_day(record, name) for name in ("period_start", "last_day", state, "issued"))
        ),
        None,
    )


def _is_late(record: Record, moment: DiffContext) -> bool:
    """Seen on an earlier day and only now read. What appeared while nobody looked is not late: it
    is told as soon as it is seen."""
    return record.first_seen.date() < moment.now.date()


def _day(record: Record, name: str) -> dt.date | None:
    value = record.fields.get(name)
    return dt.date.fromisoformat(str(value)) if value else None


def _words(value: object) -> Iterable[str]:
    return (
        (str(v) for v in value)
        if isinstance(value, list | tuple)
        else (str(value),)
        if value
        else ()
    )
