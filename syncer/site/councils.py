"""A page for each council that has, had or will have children's services: who it is, how it stands
and stood, its money, and how others stand that are like it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from syncer.digest import items, wording
from syncer.digest.folding import Line, by_item
from syncer.digest.message_model import Fact, GradeBadge, facts_of
from syncer.model import (
    Absence,
    Area,
    Council,
    Event,
    Grade,
    Record,
    RecordKind,
    ReportFields,
    Standing,
)
from syncer.records.standing import in_order, when
from syncer.site import addresses, council_money, headlines
from syncer.site.addresses import feed_of
from syncer.site.facts import Facts
from syncer.site.page import Pages, SitePage
from syncer.site.standings import badge_of
from syncer.site.timeline import timeline
from syncer.views import council as views
from syncer.views.council import History
from syncer.views.listing import Listing
from syncer.views.lists import NEVER_READ, NOT_INSPECTED, NOT_KNOWN, NOT_LISTED, why_unknown

COMPARED = (Area.OVERALL, Area.LEADERSHIP, Area.HELP, Area.CARE, Area.CARE_LEAVERS)
LATEST_CHANGES = 10


@dataclass(frozen=True)
class Stands:
    """How a council stands in one area: since the inspection that began on a day, by which report
    (the address of its page), with a note."""

    area: str
    badge: GradeBadge
    since: dt.date | None
    url: str
    note: str


@dataclass(frozen=True)
class Happened:
    """An inspection, a visit or an intervention: what and when, its grades by area, what else it
    says, where that stands, and the changes (numbers) that told of it."""

    day: dt.date
    what: str
    grades: tuple[GradeBadge | None, ...]
    says: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    changes: tuple[int, ...]
    quote: str = ""


@dataclass(frozen=True)
class Compared:
    """A council in a table of several."""

    slug: str
    badges: tuple[GradeBadge, ...]
    inspected: dt.date | None
    is_this: bool


def pages(facts: Facts) -> Pages:
    """Yield the page of every council of the register."""
    for council in facts.register:
        yield addresses.council(council.slug), partial(_one, facts, council)


def _one(facts: Facts, council: Council) -> SitePage:
    address = addresses.council(council.slug)
    history = facts.history(council)
    latest, before = views.improve(history)
    model = {
        "council": council,
        "who": _who(council),
        "state": _state(council, facts.day),
        "inspected": _inspected(history),
        "stands": _stands(facts, council),
        "picture": _picture(history),
        "areas": [wording.capital(wording.area(area)) for area in COMPARED],
        "happened": _happened(facts, history),
        "latest": latest,
        "before": before,
        "money": council_money.of(history),
        "payments": views.payments(history),
        "regional": _compared(facts, council, _region(facts, council)),
        "neighbours": _compared(facts, council, [council.slug, *council.neighbours]),
        "conflicts": _conflicts(history),
        "changes": _latest_changes(facts, council),
        "changes_of": partial(_numbers, facts),
    }
    return SitePage(
        council.name,
        "council.html.j2",
        model,
        description=f"How Ofsted judges children’s services in {council.name}, its money, and "
        "what changed.",
        feed=feed_of(address),
        trail=((addresses.COUNCILS, "Councils"),),
    )


# -- Who it is, and how it stands ------------------------------------------------------------------


def _who(council: Council) -> tuple[Fact, ...]:
    return facts_of(
        ("Official name", council.official_name),
        ("Type", council.type),
        ("Run by", council.trust),
        ("Code (ONS)", council.gss),
        ("Code (DfE)", council.dfe_code),
        ("Began", wording.day(council.opened) if council.opened else ""),
        ("Ended", wording.day(council.closed) if council.closed else ""),
    )


def _state(council: Council, day: dt.date) -> str:
    """Return "open", "ended" or "coming"."""
    if council.open_on(day):
        return "open"
    return "coming" if council.opened and council.opened > day else "ended"


def _inspected(history: History) -> str:
    """Return a sentence about the latest inspection, or on why there is none to speak of."""
    latest = views.last_inspection(history)
    if latest is None:
        return _no_inspection(history)
    if latest["unread"]:
        return f"A report published on {_day(latest['published'])} could not be read yet."

    first = latest["first_day"]
    days = f"published {_day(latest['published'])}"
    if first:
        days = wording.span(first, latest["last_day"] or first)
    length = f"{latest['length']} inspection, " if latest["length"] else ""
    today = wording.day(history.today)
    return f"Last inspected {days} ({length}{latest['since']} before {today})."


def _no_inspection(history: History) -> str:
    name = history.council.name
    reason = why_unknown(history.council, [], history.unread, history.today)
    if reason == NEVER_READ:
        return f"The inspections of {name} were not read yet."
    if reason == NOT_LISTED:
        return f"How {name} stood is {NOT_KNOWN}: {NOT_LISTED}."
    return f"{name} {NOT_INSPECTED}."


def _day(day: dt.date | None) -> str:
    return wording.day(day) if day else "a day not known"


def _stands(facts: Facts, council: Council) -> list[Stands]:
    """Return how a council stands in each area, or stood when it ended."""
    by_id = {record.id: record for record in facts.inspections_of(council.slug)}
    reason = facts.reason_of(council)
    found = []
    for area, now in facts.standings_of(council).items():
        report = by_id.get(now.inspection)
        found.append(
            Stands(
                wording.capital(wording.area(area)),
                badge_of(now, reason),
                now.first_day,
                report.url if report else "",
                _note(now, reason),
            )
        )
    return found


def _note(now: Standing, reason: str) -> str:
    """Return what is said beside a grade, or why it is not known."""
    if now.value is Absence.UNKNOWN:
        return reason or NOT_LISTED
    return now.note if isinstance(now.value, Grade) else ""


# -- Its time --------------------------------------------------------------------------------------


def _picture(history: History) -> object:
    visits = in_order(history.of(RecordKind.VISIT))
    interventions = history.of(RecordKind.INTERVENTION)
    return timeline(history.council, history.inspections, visits, interventions, history.today)


def _happened(facts: Facts, history: History) -> list[Happened]:
    """Return all inspections, visits and interventions, the latest first."""
    found = []
    for record in history.of(RecordKind.INSPECTION, RecordKind.VISIT):
        found.append(_report(facts, record))
    for record in history.of(RecordKind.INTERVENTION):
        found.append(_intervention(facts, record))
    return sorted(found, key=lambda each: each.day, reverse=True)


def _report(facts: Facts, record: Record) -> Happened:
    said = record.report
    links = [(said.report_url or "", "Report"), (record.url, "Ofsted’s page")]
    return Happened(
        when(record),
        _name_of(record, said),
        _grades(record),
        tuple(_says(record, said)),
        tuple((url, text) for url, text in links if items.safe_link(url)),
        _numbers(facts, record),
    )


def _name_of(record: Record, said: ReportFields) -> str:
    if record.record is RecordKind.VISIT:
        return wording.VISIT_WORDS.get(said.kind or "", "Visit")
    kind = f"{said.length} inspection" if said.length else "inspection"
    if said.framework:
        kind += f", {wording.FRAMEWORK_WORDS[said.framework]}"
    return wording.capital(kind)


def _grades(record: Record) -> tuple[GradeBadge | None, ...]:
    """Return the grade in each area of the table; nothing of a visit, or where none was given."""
    if record.record is not RecordKind.INSPECTION:
        return ()
    grades = [record.inspection.grade(area) for area in COMPARED]
    return tuple(items.grade_badge(grade) if grade else None for grade in grades)


def _says(record: Record, said: ReportFields) -> list[str]:
    found = []
    if record.unread:
        found.append("The report could not be read yet.")
    if said.theme:
        found.append(wording.capital(wording.one_line(said.theme)))
    if said.send_outcome:
        found.append(wording.capital(said.send_outcome.replace("_", " ")))
    for action in said.priority_actions or ():
        found.append(f"Area for priority action: {wording.one_line(action)}")
    if said.lead_inspector:
        found.append(f"Lead inspector: {wording.one_line(said.lead_inspector)}")
    return found


def _intervention(facts: Facts, record: Record) -> Happened:
    said = record.intervention
    title = f"{said.what or 'intervention'} {said.state or ''}".rstrip()
    says = [said.service] if said.service else []
    if said.lifted:
        says.append(f"lifted {wording.day(said.lifted)}")
    return Happened(
        said.issued or record.published or dt.date.min,
        wording.capital(title),
        (),
        tuple(wording.capital(each) for each in says),
        ((record.url, "Page"),) if items.safe_link(record.url) else (),
        _numbers(facts, record),
        wording.one_line(said.quote or ""),
    )


def _numbers(facts: Facts, record: Record) -> tuple[int, ...]:
    """Return the numbers of the changes that told of a record."""
    return tuple(event.id for event in facts.events_by_record.get(record.id, ()))


# -- Others ----------------------------------------------------------------------------------------


def _region(facts: Facts, council: Council) -> list[str]:
    """Return the councils of its region that exist on the day, by name."""
    return [other.slug for other in facts.councils if other.region == council.region]


def _compared(facts: Facts, council: Council, slugs: Sequence[str]) -> list[Compared]:
    """Return how each of some councils stands; those that do not exist on the day are left out."""
    found = []
    for slug in slugs:
        if slug in facts.standings:
            found.append(_row(facts, slug, slug == council.slug))
    return found


def _row(facts: Facts, slug: str, is_this: bool) -> Compared:
    standings = facts.standings[slug]
    reason = facts.reasons[slug]
    badges = [badge_of(standings[area], reason) for area in COMPARED]
    inspections = facts.inspections_of(slug)
    inspected = inspections[-1].report.first_day if inspections else None
    return Compared(slug, tuple(badges), inspected, is_this)


# -- Contradictions and changes --------------------------------------------------------------------


def _conflicts(history: History) -> Listing:
    found = views.conflicts(history.register, history.conflicts)
    columns = tuple(column for column in found.columns if column.name != "council")
    return Listing(columns, found.rows, empty=found.empty)


def _latest_changes(facts: Facts, council: Council) -> Mapping[str, object]:
    """Return the latest news of a council, the changes of one report together, and how many more
    there are."""
    events: Sequence[Event] = facts.events_by_council.get(council.slug, ())
    lines = [Line(event, (event.id,)) for event in events]
    news = list(by_item(lines).values())[::-1]
    latest = [headlines.of_item(own, facts.context) for own in news[:LATEST_CHANGES]]
    return {"latest": latest, "more": len(news) - len(latest)}
