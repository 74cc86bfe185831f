"""One lasting page for each change: what changed and what was before, its evidence, and what became
of it later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from syncer.digest import items, wording
from syncer.digest.message_model import Fact, GradeBadge, facts_of
from syncer.model import Area, Event, EventKind, FundingFields, Record, RecordKind
from syncer.records.diff import CONFIRMED
from syncer.records.interventions import in_force
from syncer.records.standing import when
from syncer.site import addresses, telling
from syncer.site.facts import Facts
from syncer.site.page import Pages, SitePage
from syncer.subscriptions.match import kind_of


@dataclass(frozen=True)
class Mention:
    """Another change about the same: what it is to this one, when it was noticed, what it is
    called."""

    number: int
    what: str
    noticed: dt.datetime
    title: str


@dataclass(frozen=True)
class Judged:
    """How one area was judged at one inspection: the day it began (or, where that is not known, on
    which its report came out), the report, and whether it is the one that the change is from."""

    day: dt.date
    grade: GradeBadge
    url: str
    is_this: bool


def pages(facts: Facts) -> Pages:
    """Yield the page of every change."""
    for event in facts.events:
        yield addresses.change(event.id), partial(_one, facts, event)


def _one(facts: Facts, event: Event) -> SitePage:
    title = telling.title(event, facts.context)
    before, later = _others_about_the_same(facts, event)
    in_full = replace(facts.context, followed=event.councils)
    model = {
        "event": event,
        "item": telling.item(event, in_full),
        "taken_back": _taken_back(facts, event),
        "programme": _programme(event),
        "as_printed": items.table_row(event),
        "when": _when(event),
        "before": before,
        "later": later,
        "judged": _judged(facts, event),
        "siblings": _of_the_same_report(facts, event),
        "followed": _to_follow(facts, event),
    }
    return SitePage(
        title,
        "change.html.j2",
        model,
        description=f"{title}: what changed, what was before, and where it stands.",
        trail=((addresses.CHANGES, "Changes"),),
    )


def _programme(event: Event) -> str:
    """Return the programme of money; nothing of what is no money, or where none is named."""
    said = event.detail.fields
    return said.programme or "" if isinstance(said, FundingFields) else ""


def _to_follow(facts: Facts, event: Event) -> str:
    """Return what the record of a change is called that can be followed until it ends: a notice in
    force, or an award; empty for any other."""
    if event.record not in (RecordKind.AWARD, RecordKind.INTERVENTION):
        return ""

    for record in facts.of(event.record):
        if record.id == event.record_id:
            return _called(record)
    return ""


def _called(record: Record) -> str:
    if record.record is RecordKind.AWARD:
        return "award"
    return "notice" if in_force(record) else ""


def _when(event: Event) -> tuple[Fact, ...]:
    published = wording.day(event.published) if event.published else "on a day not known"
    return facts_of(
        ("Published", published),
        ("Noticed", wording.moment(event.noticed_at)),
        ("Change number", str(event.id)),
    )


# -- Other changes ---------------------------------------------------------------------------------


def _others_about_the_same(facts: Facts, event: Event) -> tuple[list[Mention], list[Mention]]:
    """Return the changes about the same before this one, and those after it."""
    before, later = [], []
    for other in facts.events_by_record.get(event.record_id, ()):
        if other.id == event.id or not _is_about_the_same(event, other):
            continue
        if other.id < event.id:
            before.append(_mention(facts, other, "told before"))
        else:
            later.append(_mention(facts, other, _what_later(other)))
    return before, later


def _taken_back(facts: Facts, event: Event) -> Mention | None:
    """Return the change that says what is right in place of this one; None where it stands."""
    found = facts.taken_back.get(event.id)
    return _mention(facts, found.by, found.says) if found else None


def _is_about_the_same(event: Event, other: Event) -> bool:
    """Return whether two changes of one record are about one fact: of an inspection, one area."""
    return kind_of(event) != "rating" or event.area == other.area


def _what_later(event: Event) -> str:
    """Return what a later change is to an earlier one about the same."""
    if event.area == CONFIRMED:
        return "confirmed"
    return "changed again" if event.kind is EventKind.CHANGED else str(event.kind)


def _mention(facts: Facts, event: Event, what: str) -> Mention:
    title = telling.title(event, facts.context)
    return Mention(event.id, what, event.noticed_at, title)


def _of_the_same_report(facts: Facts, event: Event) -> list[Mention]:
    """Return the other changes that came with this one from one report."""
    if kind_of(event) != "rating":
        return []

    found = []
    for other in facts.events_by_record.get(event.record_id, ()):
        if other.area != event.area and other.noticed_at == event.noticed_at:
            found.append(_mention(facts, other, wording.area(other.area)))
    return found


# -- What was before -------------------------------------------------------------------------------


def _judged(facts: Facts, event: Event) -> list[Judged]:
    """Return how the area was judged at each inspection that began by the one of this change, the
    latest first."""
    if kind_of(event) != "rating" or event.area not in set(Area):
        return []

    inspections = facts.inspections_of(event.councils[0])
    known = [_judgement(record, Area(event.area), event) for record in _until(inspections, event)]
    return [judgement for judgement in reversed(known) if judgement is not None]


def _until(inspections: Sequence[Record], event: Event) -> Sequence[Record]:
    """Return the inspections up to that of a change; all, where that is not among them."""
    numbers = [record.id for record in inspections]
    if event.record_id not in numbers:
        return inspections
    return inspections[: numbers.index(event.record_id) + 1]


def _judgement(record: Record, area: Area, event: Event) -> Judged | None:
    grade = record.inspection.grade(area)
    if grade is None:
        return None
    badge = items.grade_badge(grade)
    return Judged(when(record), badge, record.url, record.id == event.record_id)
