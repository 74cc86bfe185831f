"""What changed: records before and after a reading → change events (DESIGN §2, §5, §6). Pure.

Every difference that people are told of is in exactly one event: a new inspection gives one per
area it judges, a known record one per field whose chosen value moved. Whether something is old news
is decided here; whether it looks wrong is decided in `hold`.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from syncer.model import (
    Absence,
    Area,
    Change,
    Event,
    EventDetail,
    EventKind,
    FileKind,
    FundingFields,
    Grade,
    InterventionFields,
    Qualifier,
    Record,
    RecordKind,
    ReportFields,
    Standing,
)
from syncer.records.identity import ranges_meet
from syncer.records.standing import compare, in_order, standing
from syncer.register.frameworks import FRAMEWORKS

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
    (None: that was the page's first good read), and when its source was read for the first time
    (None: in this very run; or it never gives news)."""

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
    """Return all events between two states of the same councils, in the order in which they should
    be told."""
    events: list[Event] = []
    for _, inspections in sorted(_inspections_by_council(after).items()):
        events += _ratings(inspections, before, moment)

    for record in _all_but_inspections(after):
        was = _known_as(record, before)
        events += _others(was, record, moment)
    return events


def _known_as(now: Record, before: Records) -> Record | None:
    """Return the record as it was known, where it was read and of the same kind: of a visit that
    turns out to be an inspection nothing was known before."""
    was = before.get(now.id)
    if was is None or was.unread or was.record is not now.record:
        return None
    return was


def _all_but_inspections(records: Records) -> list[Record]:
    """Return the records of visits, money and interventions, by their dates."""
    others = []
    for record in records.values():
        if record.record is not RecordKind.INSPECTION:
            others.append(record)
    return sorted(others, key=_by_date)


def _by_date(record: Record) -> tuple[dt.date, int]:
    """Return the place of a record among others: by its date, those without one first."""
    return record.published or dt.date.min, record.id


def _inspections_by_council(records: Records) -> Mapping[str, list[Record]]:
    """Return the inspections of each council, those that were withdrawn among them."""
    found: defaultdict[str, list[Record]] = defaultdict(list)
    for record in records.values():
        if record.record is RecordKind.INSPECTION and len(record.councils) == 1:
            found[record.councils[0]].append(record)
    return found


def is_old_news(record: Record, sighting: FirstSeen | None, now: dt.datetime) -> bool:
    """Return whether rules §6.1 and §6.4 keep it silent: the baseline, and what was old when its
    page could first have shown it to us. A moment later than now was written under a clock that was
    wrong, and says no more than that it was some time before now."""
    if sighting is None or sighting.source_since is None:
        return True
    if isinstance(record.fields, FundingFields) and record.fields.background:
        return True  # money of a programme that had ended, told in passing
    published = record.published or _day(sighting.first_seen, now)
    if sighting.page_before is None:
        return published < _day(sighting.source_since, now)
    return published < _day(sighting.page_before, now) - OLD_NEWS


def _day(moment: dt.datetime, now: dt.datetime) -> dt.date:
    """Return the day of a moment, which is not later than today."""
    return min(moment, now).date()


# -- Ratings ---------------------------------------------------------------------------------------


def _ratings(
    inspections: Sequence[Record], before: Records, moment: DiffContext
) -> Iterator[Event]:
    """Yield the events of the inspections of one council."""
    ordered = in_order([each for each in inspections if not each.withdrawn])
    for place, inspection in enumerate(ordered):
        if not inspection.unread:
            was = _known_as(inspection, before)
            yield from _of_inspection(was, inspection, ordered[:place], moment)
    yield from _withdrawn(inspections, before, ordered, moment)


def _of_inspection(
    was: Record | None, now: Record, earlier: Sequence[Record], moment: DiffContext
) -> Iterator[Event]:
    """Yield the events of one inspection that is read: it is new, another council's than was said,
    or its grades moved."""
    if was is None:
        if not is_old_news(now, moment.sightings.get(now.id), moment.now):
            yield from _new_inspection(now, earlier, moment)
    elif was.councils != now.councils:
        yield from _moved(was, now, earlier, moment)
    else:
        yield from _changed_grades(was, now, earlier, moment)


def _new_inspection(
    inspection: Record, earlier: Sequence[Record], moment: DiffContext
) -> Iterator[Event]:
    for area in Area:
        old = standing(earlier, area)
        new = inspection.inspection.grade(area)
        change = _change_by(inspection, earlier, old, new)
        if change is not None:
            yield _rating(inspection, earlier, area, old, new, change, moment)


def _change_by(
    inspection: Record, earlier: Sequence[Record], old: Standing, new: Grade | None
) -> Change | None:
    """Return what an inspection changes in the area of the old standing; None where it says nothing
    of it."""
    if new is not None:
        return compare(old, new)
    if old.area is Area.OVERALL and _ends_overall(inspection, earlier, old):
        return Change.NO_LONGER_JUDGED
    return None


def _ends_overall(inspection: Record, earlier: Sequence[Record], old: Standing) -> bool:
    """Return whether the council had an overall grade until this inspection."""
    if not isinstance(old.value, Grade):
        return False

    after = standing([*earlier, inspection], Area.OVERALL)
    return after.value is Absence.NO_LONGER_JUDGED


def _changed_grades(
    was: Record, now: Record, earlier: Sequence[Record], moment: DiffContext
) -> Iterator[Event]:
    for area in Area:
        if _has_moved(was, now, area, moment):
            yield _changed_grade(was, now, earlier, area, moment)


def _has_moved(was: Record, now: Record, area: Area, moment: DiffContext) -> bool:
    """Return whether an area has another grade than before. One that is read for the first time is
    not news, unless a new file took the place of one that was known."""
    old = was.inspection.grade(area)
    new = now.inspection.grade(area)
    if old is not None or old == new:
        return old != new
    return _is_fresh(was, now, area, moment) and _is_replaced(was, now, area)


def _is_replaced(was: Record, now: Record, area: Area) -> bool:
    """Return whether a grade is from an observation of which another value was chosen before."""
    chosen = now.chosen.get(area, 0)
    known = was.chosen.values()
    return chosen in known


def _is_fresh(was: Record, now: Record, area: Area, moment: DiffContext) -> bool:
    """Return whether the grade rests on bytes that are new in this run."""
    chosen = now.chosen.get(area, was.chosen.get(area, 0))
    return chosen in moment.fresh


def _changed_grade(
    was: Record, now: Record, earlier: Sequence[Record], area: Area, moment: DiffContext
) -> Event:
    """Return the event of a grade that moved: a change where the bytes are new, else a
    correction."""
    old = was.inspection.grade(area)
    new = now.inspection.grade(area)
    fresh = _is_fresh(was, now, area, moment)

    before = standing(earlier, area)
    if old and fresh:
        before = Standing(area, old)
    change = Change.NOT_COMPARABLE
    if new:
        change = compare(before, new)

    event = _rating(now, earlier, area, before, new, change, moment)
    if fresh:
        return replace(event, kind=EventKind.CHANGED)
    return _corrected(event, str(old))


def _corrected(event: Event, was: str) -> Event:
    """Return the event as a correction of what was said before."""
    detail = replace(event.detail, was=was)
    return replace(event, kind=EventKind.CORRECTED, detail=detail)


def _moved(
    was: Record, now: Record, earlier: Sequence[Record], moment: DiffContext
) -> Iterator[Event]:
    """Yield what follows when the inspection is another council's than we said: a correction to
    those told, news to followers of the right one."""
    known = was.inspection.grades()
    for event in _new_inspection(now, earlier, moment):
        if event.area in known:
            detail = replace(event.detail, was_councils=was.councils)
            yield replace(event, kind=EventKind.CORRECTED, detail=detail)


def _withdrawn(
    inspections: Sequence[Record],
    before: Records,
    ordered: Sequence[Record],
    moment: DiffContext,
) -> Iterator[Event]:
    for record in inspections:
        was = before.get(record.id)
        if _is_now_withdrawn(was, record):
            yield from _taken_back(record, ordered, moment)


def _is_now_withdrawn(was: Record | None, now: Record) -> bool:
    """Return whether a record that stood before stands no longer."""
    if was is None or was.withdrawn:
        return False
    return now.withdrawn


def _taken_back(
    inspection: Record, ordered: Sequence[Record], moment: DiffContext
) -> Iterator[Event]:
    """Yield what is left when an inspection was withdrawn, `ordered` being the others."""
    for area, grade in inspection.inspection.grades().items():
        old = Standing(area, grade)
        left = _grade_left(ordered, area)
        event = _rating(inspection, ordered, area, old, left, None, moment)
        yield replace(event, kind=EventKind.WITHDRAWN)


def _grade_left(inspections: Sequence[Record], area: Area) -> Grade | None:
    """Return the grade that stands after these inspections; None where there is none."""
    left = standing(inspections, area).value
    if isinstance(left, Grade):
        return left
    return None


def _rating(
    inspection: Record,
    earlier: Sequence[Record],
    area: Area,
    old: Standing,
    new: Grade | None,
    change: Change | None,
    moment: DiffContext,
) -> Event:
    said = inspection.inspection
    return Event(
        record=RecordKind.INSPECTION,
        kind=EventKind.ADDED,
        councils=inspection.councils,
        area=area,
        old=_shown(old),
        new=str(new or ""),
        change=change,
        published=inspection.published,
        effective=said.last_day or said.first_day,
        noticed_at=moment.now,
        source=inspection.source,
        url=inspection.url,
        record_id=inspection.id,
        late=_is_late(inspection, moment),
        detail=EventDetail(
            fields=said,
            before=_grades_before(earlier),
            overall_judged=said.overall_effectiveness is not None,
            note=_note(area, old, inspection),
        ),
    )


def _grades_before(earlier: Sequence[Record]) -> dict[str, str]:
    """Return the grade of each area, as earlier inspections left it."""
    grades = {}
    for area in Area:
        left = standing(earlier, area)
        grades[str(area)] = str(left.value)
    return grades


def _shown(old: Standing) -> str:
    """Return a grade; "unknown" behind an unread predecessor; nothing where there was no grade of
    its own."""
    is_shown = isinstance(old.value, Grade) or old.value is Absence.UNKNOWN
    return str(old.value) if is_shown else ""


def _note(area: Area, old: Standing, inspection: Record) -> str:
    if old.value is Absence.JUDGED_TOGETHER:
        grade = old.note.replace("_", " ") or "not known"
        return f"until now judged with children in care: {grade}"

    if area is Area.CARE and old.note:
        return _note_on_care(inspection)
    return ""


def _note_on_care(inspection: Record) -> str:
    """Return what to say of the care grade, which until now was that of care leavers too."""
    framework = inspection.inspection.framework
    if FRAMEWORKS.covers_another(framework, Area.CARE):
        return ""
    return "until now judged together with care leavers"


# -- Visits, money, interventions ------------------------------------------------------------------


def _others(was: Record | None, now: Record, moment: DiffContext) -> Iterator[Event]:
    if now.unread or _is_not_about_the_council(now):
        return
    area = _first_told(now.record)
    value = _value(now, area)
    if was is None:
        if not is_old_news(now, moment.sightings.get(now.id), moment.now):
            yield _other(now, area, "", value, EventKind.ADDED, moment)
    elif was.withdrawn and now.withdrawn:
        return
    elif now.withdrawn:
        yield _other(now, area, value, "", EventKind.WITHDRAWN, moment)
    else:
        yield from _changed_fields(was, now, moment)


def _is_not_about_the_council(record: Record) -> bool:
    said = record.fields
    return isinstance(said, ReportFields) and said.kind in NOT_ABOUT_THE_COUNCIL


def _changed_fields(was: Record, now: Record, moment: DiffContext) -> Iterator[Event]:
    """Yield one event a field that moved. A sharper figure, or better evidence for the same, is no
    event; a figure first told by the press and now by the funder is said to be confirmed."""
    for name in TOLD.get(now.record, ()):
        event = _changed_field(name, was, now, moment)
        if event is not None:
            yield event

    if _is_confirmed(was, now):
        yield _confirmed(was, now, moment)


def _confirmed(was: Record, now: Record, moment: DiffContext) -> Event:
    """Return the event that the funder confirms what others had told."""
    return _other(
        now,
        CONFIRMED,
        _value(was, "amount"),
        _value(now, "amount"),
        EventKind.CHANGED,
        moment,
    )


def _changed_field(name: str, was: Record, now: Record, moment: DiffContext) -> Event | None:
    """Return the event of one field, None where it has not moved."""
    old, new = _value(was, name), _value(now, name)
    fresh = now.chosen.get(name, 0) in moment.fresh
    read_first_time = not old and not fresh
    if old == new or read_first_time or _says_the_same(name, was, now):
        return None
    if fresh:
        return _other(now, name, old, new, EventKind.CHANGED, moment)

    event = _other(now, name, old, new, EventKind.CORRECTED, moment)
    return _corrected(event, old)


def _is_confirmed(was: Record, now: Record) -> bool:
    if now.record is not RecordKind.AWARD:
        return False

    was_retold = was.source in SECONDARY_SOURCES
    return was_retold and now.source not in SECONDARY_SOURCES


def _says_the_same(name: str, was: Record, now: Record) -> bool:
    """Return whether two values of a field differ in their words only: a figure that can be the
    same money, a period for which there is better evidence."""
    if name == "amount":
        return _same_figure(was, now)
    return name == "period" and now.chosen.get(name) != was.chosen.get(name)


def _same_figure(was: Record, now: Record) -> bool:
    """Return whether two figures can be the same money. A ceiling that the same entry now prints
    higher or lower was moved."""
    if was.funding.low is None or not ranges_meet(was.funding, now.funding):
        return False
    return not _is_moved_bound(was, now)


def _is_moved_bound(was: Record, now: Record) -> bool:
    """Return whether one entry prints both figures, and both are a ceiling or a floor."""
    entry = was.chosen.get("amount")
    other_entry = now.chosen.get("amount")
    if entry != other_entry:
        return False
    return _is_bound(was) and _is_bound(now)


def _is_bound(record: Record) -> bool:
    """Return whether the figure is a ceiling or a floor."""
    return record.funding.qualifier in (Qualifier.UP_TO, Qualifier.OVER)


def _first_told(record: RecordKind) -> str:
    return TOLD.get(record, ("",))[0]


def _value(record: Record, name: str) -> str:
    """Return a field as an event shows it; a visit has none and shows its theme or outcome."""
    if not name:
        return _subject_of_visit(record)

    value = getattr(record.fields, name)
    return "" if value is None else str(value)


def _subject_of_visit(record: Record) -> str:
    """Return a visit's theme, else its outcome, else its kind."""
    said = record.report
    subject = said.theme or said.send_outcome or said.kind
    return str(subject or "")


def _other(
    record: Record, area: str, old: str, new: str, kind: EventKind, moment: DiffContext
) -> Event:
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
        detail=EventDetail(fields=record.fields, joint=len(record.councils) > 1),
    )


def _effective(record: Record) -> dt.date | None:
    """Return the first day of the money's period, a visit's last day, or the day on which an
    intervention came to its state."""
    said = record.fields
    if isinstance(said, ReportFields):
        return said.last_day
    if isinstance(said, InterventionFields):
        return _day_of_state(said)
    return said.period_start if isinstance(said, FundingFields) else None


def _day_of_state(said: InterventionFields) -> dt.date | None:
    """Return the first day of an intervention's period, else that on which it came to its state."""
    days = {"revised": said.revised, "lifted": said.lifted}
    return said.period_start or days.get(said.state or "") or said.issued


def _is_late(record: Record, moment: DiffContext) -> bool:
    """Return whether it was seen on an earlier day and only now read. What appeared while nobody
    looked is not late: it is told as soon as it is seen."""
    return record.first_seen.date() < moment.now.date()
