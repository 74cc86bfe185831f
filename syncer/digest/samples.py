"""Samples of every message, made of real facts: what `syncer doctor` shows to every template, and
what a preview shows to people. Pure.

Sources: Ofsted's reports on Trafford (file 50308602), Brent (50304386), Leeds (50284438) and the
ones before them; Leeds City Council's executive board, 28 June 2021 (the partnership with
Stoke-on-Trent).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from syncer import digest
from syncer.digest import wording
from syncer.digest.message_model import (
    CorrectedMessage,
    Digest,
    DigestContext,
    EndedProblem,
    Freshness,
    RunBy,
)
from syncer.model import (
    Absence,
    Area,
    AwardFields,
    Change,
    CouncilFields,
    Event,
    EventDetail,
    EventKind,
    Evidence,
    Fields,
    FileKind,
    Framework,
    Frequency,
    FundingFields,
    FundingKind,
    Grade,
    InspectionFields,
    InterventionFields,
    PaymentFields,
    Problem,
    Qualifier,
    Record,
    RecordKind,
    Standing,
    Subscriber,
    Subscription,
    VisitFields,
)
from syncer.records.standing import RANK
from syncer.register.councils import load_register

O, G = Grade.OUTSTANDING, Grade.GOOD  # noqa: E741
RI, I = Grade.REQUIRES_IMPROVEMENT, Grade.INADEQUATE  # noqa: E741
GONE = Absence.NO_LONGER_JUDGED
OFSTED, GOVUK = (
    "https://reports.ofsted.gov.uk/provider/44/80573",
    "https://www.gov.uk/government/publications",
)
TOGETHER = "until now judged with children in care: requires improvement"
AREAS = (Area.OVERALL, Area.LEADERSHIP, Area.HELP, Area.CARE, Area.CARE_LEAVERS)
NOW = dt.datetime(2026, 8, 3, 9, 42, tzinfo=dt.UTC)
STANDINGS: Mapping[str, tuple[Grade | Absence, ...]] = {
    "trafford": (GONE, I, I, G, RI),
    "brent": (GONE, G, G, G, G),
    "leeds": (O, O, G, O, O),
    "stoke-on-trent": (RI, RI, RI, G, RI),
    "wigan": (G, G, RI, O, O),
    "coventry": (O, O, G, O, O),
    "somerset": (GONE, RI, RI, RI, G),
    "southwark": (G, G, G, G, G),
}
INSPECTED = {
    "trafford": ("2015-01-27", "2019-03-04", "2022-11-21", "2026-06-08"),
    "brent": ("2015-09-14", "2018-05-14", "2023-02-20", "2026-04-27"),
    "leeds": ("2015-01-20", "2018-10-29", "2022-02-21", "2025-06-30"),
}
MIXED = (O, G, RI, I, G, RI, G)
STEPS = ((RI, I), (G, RI), (RI, G), (G, G), (RI, RI), (G, O), (I, I), (O, O))
RUN_BY = RunBy(
    "the Policy Unit of Example Council",
    "syncer@example.org",
    "https://www.example.org/privacy",
)
ASKED_OF_TRAFFORD = InspectionFields(
    report_url="https://files.ofsted.gov.uk/v1/file/50308602",
    improve=(
        "The quality and consistency of social work practice, including assessments.",
        "The oversight of practice by managers at all levels.",
    ),
)
READ = (
    Freshness("Ofsted reports", NOW - dt.timedelta(minutes=4)),
    Freshness("GOV.UK announcements", NOW - dt.timedelta(minutes=2)),
    Freshness(
        "DfE spend over £25,000",
        NOW - dt.timedelta(days=4),
        "the file of June 2026 cannot be read",
    ),
    Freshness("council_papers_" + "20spend" * 15, NOW),
)
ROWS = {
    Area.LEADERSHIP: "The impact of leaders on social work practice with children and families",
    Area.HELP: "The experiences and progress of children who need help and protection",
    Area.CARE: "The experiences and progress of children in care",
    Area.CARE_LEAVERS: "The experiences and progress of care leavers",
}


def context() -> DigestContext:
    """3 August 2026, the day on which the report on Trafford was published."""
    in_force = notice()
    latest = {slug: _latest(slug, number) for number, slug in enumerate(STANDINGS, 1000)}
    return DigestContext(
        now=NOW,
        register=load_register(),
        followed=("trafford", "brent", "leeds"),
        explain_no_overall=True,
        standings={slug: _standings(values) for slug, values in STANDINGS.items()},
        inspected={slug: _days(days) for slug, days in INSPECTED.items()},
        latest=latest,
        awards=_known_awards(),
        interventions=(record_of(in_force, 6, in_force.detail.intervention),),
        run_by=RUN_BY,
        inspections={1: ASKED_OF_TRAFFORD},
        freshness=READ,
        read_until=NOW - dt.timedelta(minutes=4),
    )


def _days(texts: Iterable[str]) -> tuple[dt.date, ...]:
    return tuple(dt.date.fromisoformat(text) for text in texts)


def _known_awards() -> tuple[Record, ...]:
    """Allocations of this year, and of the year before."""
    this_year = (grant(51, "leeds", 1_250_000), grant(52, "trafford", 640_000))
    last_year = (grant(71, "leeds", 1_100_000), grant(72, "trafford", 700_000))

    found = []
    for event in this_year:
        found.append(record_of(event, event.record_id, event.detail.funding))
    for event in last_year:
        earlier = replace(event, published=dt.date(2025, 9, 1))
        said = replace(event.detail.funding, period="2025 to 2026")
        found.append(record_of(earlier, event.record_id, said))
    return tuple(found)


def subscriber() -> Subscriber:
    """Who follows three councils, and everyone who becomes or stops being inadequate, once a
    week."""
    asked = (
        Subscription(1, 1, councils=("trafford", "brent", "leeds")),
        Subscription(
            2, 1, grades=("inadequate",), frequency=Frequency.WEEKLY, weekday="monday", hour=7
        ),
    )
    return Subscriber(1, "director@example.org", "mail", "active", subscriptions=asked)


def ratings(
    slug: str,
    record_id: int,
    moves: Mapping[Area, tuple[str, str, Change]],
    day: str,
    inspection: InspectionFields,
    before: Mapping[str, str] | None = None,
) -> list[Event]:
    """The events of one inspection: old, new and what that means, by area."""
    judged = {area: Grade(new) for area, (_, new, _) in moves.items() if new}
    detail = EventDetail(
        inspection.with_grades(judged),
        before or {},
        overall_judged=Area.OVERALL in judged,
    )
    published = dt.date.fromisoformat(day)

    events = []
    for number, (area, move) in enumerate(moves.items(), record_id * 10):
        event = _judgement(area, move, detail)
        placed = replace(
            event,
            councils=(slug,),
            record_id=record_id,
            published=published,
            effective=inspection.last_day,
            id=number,
            seq=number,
        )
        events.append(placed)
    return events


def _judgement(area: Area, move: tuple[str, str, Change], detail: EventDetail) -> Event:
    """One judgement, of no council and no day yet."""
    old, new, change = move
    note = TOGETHER if change is Change.JUDGED_APART else ""
    return Event(
        record=RecordKind.INSPECTION,
        kind=EventKind.ADDED,
        councils=(),
        area=area,
        old=old,
        new=new,
        published=None,
        effective=None,
        noticed_at=NOW,
        source="ofsted",
        url=OFSTED,
        change=change,
        detail=replace(detail, note=note),
        evidence=_row_of(area, new),
    )


def _row_of(area: Area, new: str) -> Evidence | None:
    """The row of the judgement table, where there is one."""
    if area not in ROWS or not new:
        return None
    grade = wording.capital(wording.grade(new))
    return Evidence("", f"{ROWS[area]}: {grade}", 1, "judgement table")


def trafford() -> list[Event]:
    """Inspected 8–19 June 2026, published 3 August 2026."""
    moves = {
        Area.OVERALL: (RI, "", Change.NO_LONGER_JUDGED),
        Area.LEADERSHIP: (RI, I, Change.DECLINED),
        Area.HELP: (RI, I, Change.DECLINED),
        Area.CARE: (RI, G, Change.IMPROVED),
        Area.CARE_LEAVERS: ("", RI, Change.JUDGED_APART),
    }
    said = InspectionFields(
        first_day=dt.date(2026, 6, 8),
        last_day=dt.date(2026, 6, 19),
        framework=Framework.ILACS_2026,
        lead_inspector="Leanne Cooper",
    )
    return ratings("trafford", 1, moves, "2026-08-03", said)


def brent() -> list[Event]:
    """Inspected 27 April–1 May 2026: all as before, and no overall any more."""
    moves = {Area.OVERALL: (G, "", Change.NO_LONGER_JUDGED)} | dict.fromkeys(
        AREAS[1:], (G, G, Change.UNCHANGED)
    )
    said = InspectionFields(
        first_day=dt.date(2026, 4, 27),
        last_day=dt.date(2026, 5, 1),
        framework=Framework.ILACS_2026,
        lead_inspector="Monique Lindsay",
    )
    return [replace(event, late=True) for event in ratings("brent", 2, moves, "2026-06-17", said)]


def others() -> list[Event]:
    """Money, a visit, an intervention, a payment, and a council's end."""
    return [partnership(), joint_award(), visit(), notice(), payment(), council_end()]


def other(
    number: int,
    record: RecordKind,
    councils: tuple[str, ...],
    new: str,
    day: str,
    said: Fields,
    note: str = "",
) -> Event:
    """One event that is no judgement, published on that day."""
    date = dt.date.fromisoformat(day)
    is_money = record in (RecordKind.AWARD, RecordKind.PAYMENT)
    return Event(
        record=record,
        kind=EventKind.ADDED,
        councils=councils,
        area="amount" if is_money else "",
        old="",
        new=new,
        published=date,
        effective=date,
        noticed_at=NOW,
        source="govuk",
        url=OFSTED if record is RecordKind.VISIT else GOVUK,
        record_id=number,
        detail=EventDetail(said, note=note, joint=len(councils) > 1),
        id=number * 10,
    )


def partnership() -> Event:
    """Leeds helps Stoke-on-Trent."""
    said = AwardFields(
        programme="Improvement partnership",
        funder="DfE",
        amount=505200,
        qualifier=Qualifier.UP_TO,
        amount_text="up to a maximum of £505,200",
        period="the forthcoming year",
        kind=FundingKind.PARTNERSHIP,
        helped=("stoke-on-trent",),
        quote="up to a maximum of £505,200",
    )
    return other(3, RecordKind.AWARD, ("leeds",), "505200", "2021-06-28", said)


def joint_award() -> Event:
    """One sum for two councils."""
    said = AwardFields(
        programme="Teaching Partnership",
        amount=1500000,
        qualifier=Qualifier.OVER,
        amount_text="over £1.5 M",
        kind=FundingKind.AWARD,
        determination="31/1234",
        capital=False,
    )
    return other(4, RecordKind.AWARD, ("leeds", "wakefield"), "1500000", "2016-01-01", said)


def visit() -> Event:
    """A focused visit with an area for priority action."""
    said = VisitFields(
        kind=FileKind.FOCUSED_VISIT,
        first_day=dt.date(2024, 7, 2),
        last_day=dt.date(2024, 7, 3),
        theme="planning and achieving permanence",
        priority_actions=("The timeliness of decisions for children who wait for permanence.",),
    )
    return other(5, RecordKind.VISIT, ("trafford",), "Planning", "2024-08-01", said)


def notice() -> Event:
    """An improvement notice."""
    said = InterventionFields(
        what="improvement notice", service="children’s services", state="issued"
    )
    return other(6, RecordKind.INTERVENTION, ("trafford",), "issued", "2026-08-03", said)


def payment() -> Event:
    """Money that was taken back."""
    said = PaymentFields(programme="Family Hubs", amount=-26000, kind=FundingKind.PAYMENT)
    return other(7, RecordKind.PAYMENT, ("leeds",), "-26000", "2026-06-30", said)


def council_end() -> Event:
    """A reorganisation."""
    note = "The council ends; its successors are followed too."
    return other(8, RecordKind.COUNCIL, ("leeds",), "", "2026-08-03", CouncilFields(), note)


def grant(number: int, slug: str, pounds: int, programme: str = "Family Hubs") -> Event:
    """An allocation for 2026 to 2027."""
    said = AwardFields(
        kind=FundingKind.ALLOCATION,
        programme=programme,
        funder="DfE",
        period="2026 to 2027",
        amount=pounds,
        qualifier=Qualifier.EXACT,
    )
    return other(number, RecordKind.AWARD, (slug,), str(pounds), "2026-08-03", said)


def unstated(number: int, slug: str) -> Event:
    """A place in a programme, without a sum; one page names several councils."""
    said = AwardFields(
        kind=FundingKind.AWARD,
        programme="Families First Partnership Transformation Grant",
        funder="DfE",
        quote="Leeds, Trafford and Brent will each receive a transformation grant.",
    )
    return other(number, RecordKind.AWARD, (slug,), "", "2026-08-03", said)


def money_day() -> list[Event]:
    """Sums new and restated, a place without a sum for three councils, and a joint award."""
    moved = grant(53, "brent", 812_500)
    restated = replace(moved, kind=EventKind.CHANGED, old="790000")
    places = [unstated(54, "leeds"), unstated(55, "trafford"), unstated(56, "brent")]
    sums = [grant(51, "leeds", 1_250_000), grant(52, "trafford", 640_000), restated]
    return [*sums, *places, joint_award()]


def week() -> list[Event]:
    """36 changes at as many councils: falls, rises, inspections that changed nothing, visits
    without findings, interventions and money."""
    councils = load_register().open_on(NOW.date())
    events: list[Event] = []
    for number, council in enumerate(councils[40:76], 200):
        events += _change_of_week(number, council.slug)
    return events


def _change_of_week(number: int, slug: str) -> list[Event]:
    match number % 12:
        case 0:
            return [_elsewhere(notice(), number, slug)]
        case 1 | 2:
            return [_without_findings(_elsewhere(visit(), number, slug))]
        case 3:
            return [grant(number, slug, 400_000 + number * 1_000)]
    old, new = STEPS[number % 12 % len(STEPS)]
    return inspected(slug, number, old, new)


def _elsewhere(event: Event, number: int, slug: str) -> Event:
    return replace(event, councils=(slug,), record_id=number, id=number * 10)


def _without_findings(event: Event) -> Event:
    said = replace(event.detail.report, priority_actions=())
    return replace(event, detail=replace(event.detail, fields=said))


def inspected(slug: str, number: int, old: Grade, new: Grade) -> list[Event]:
    """An inspection in which every judgement moved alike."""
    change = Change.UNCHANGED
    if old != new:
        change = Change.IMPROVED if RANK[new] > RANK[old] else Change.DECLINED
    said = InspectionFields(
        first_day=dt.date(2026, 6, 8),
        last_day=dt.date(2026, 6, 19),
        framework=Framework.ILACS_2026,
        lead_inspector="Leanne Cooper",
        report_url=f"https://files.ofsted.gov.uk/v1/file/5030{number:04}",
    )
    moves = dict.fromkeys(AREAS[1:], (old, new, change))
    return ratings(slug, number, moves, "2026-08-03", said)


def table() -> list[Event]:
    """A programme with a line for each of 20 councils: more than a digest lists one by one."""
    councils = [council.slug for council in load_register().open_on(NOW.date())][:20]
    return [_table_row(number, slug) for number, slug in enumerate(councils)]


def _table_row(number: int, slug: str) -> Event:
    pounds = 500_000 + (number - 8) * 25_000
    said = AwardFields(
        programme="Families First Partnership 2026 to 2027",
        period="2026 to 2027",
        amount=pounds,
    )
    row = other(100 + number, RecordKind.AWARD, (slug,), str(pounds), "2026-08-03", said)
    return replace(
        row,
        kind=EventKind.CHANGED,
        old="500000",
        effective=None,
        id=1000 + number,
        seq=1000 + number,
    )


def corrected() -> list[Event]:
    """A wrong reading taken back, and a report that its source withdrew."""
    wrong = replace(trafford()[3], kind=EventKind.CORRECTED, id=91, seq=91, record_id=9)
    withdrawn = replace(brent()[1], kind=EventKind.WITHDRAWN, change=None, id=92, seq=92)
    return [replace(wrong, detail=replace(wrong.detail, was=str(I))), withdrawn]


def everywhere() -> DigestContext:
    """The same day, for one who follows all councils: each has a standing, some have an inspection
    that is known."""
    now = context()
    standings = {}
    days = {}
    latest = {}
    for number, council in enumerate(now.register.open_on(NOW.date())):
        slug = council.slug
        standings[slug] = _standings(_grades(number))
        days[slug] = (dt.date(2022 + number % 4, 1 + number % 12, 3),)
        latest[slug] = _latest(slug, 5000 + number)
    return replace(now, followed=(), standings=standings, inspected=days, latest=latest)


def _grades(number: int) -> list[Grade]:
    """Five grades: with some numbers all alike, with others mixed."""
    step = number % 3
    grades = []
    for place in range(len(AREAS)):
        grades.append(MIXED[(number + place * step) % len(MIXED)])
    return grades


def _standings(values: Sequence[Grade | Absence]) -> dict[Area, Standing]:
    return {area: Standing(area, value, 1) for area, value in zip(AREAS, values, strict=True)}


def _latest(slug: str, number: int) -> Record:
    """The last inspection of a council, as far as a welcome shows it."""
    address = f"https://files.ofsted.gov.uk/v1/file/5030{number:04}"
    page = f"https://reports.ofsted.gov.uk/provider/44/8{number:04}"
    said = InspectionFields(report_url=address)
    return Record(number, RecordKind.INSPECTION, (slug,), said, NOW.date(), page, "ofsted", NOW)


def record_of(event: Event, number: int, said: FundingFields) -> Record:
    """The record of an event on money or an intervention, with other fields."""
    published = event.published
    return Record(
        number, event.record, event.councils, said, published, event.url, event.source, NOW
    )


def few(*slugs: str) -> DigestContext:
    """The same day, for one who follows these councils."""
    return replace(context(), followed=slugs, explain_no_overall=False)


def follows(**asked: Any) -> Subscriber:
    """Who has one subscription."""
    return replace(subscriber(), subscriptions=(Subscription(1, 1, **asked),))


def digests() -> tuple[Digest, ...]:
    """One of every kind of message, and of every kind of item, with as much and with as little as
    there may be."""
    return (*_of_news(), *_welcomes(), *_of_outages(), *_others())


def _of_news() -> tuple[Digest, ...]:
    who, now = subscriber(), context()
    wrong = CorrectedMessage(
        "<1.2026@syncer.example.org>",
        "Trafford: children in care requires improvement → inadequate",
        NOW - dt.timedelta(days=1),
    )
    return (
        digest.compose(who, [*trafford(), *brent(), *others(), *table()], now),
        digest.compose(who, trafford()[1:2], bare()),
        digest.correction(who, corrected(), now, wrong),
        digest.compose(follows(councils=("trafford",)), trafford(), few("trafford")),
        digest.compose(follows(frequency=Frequency.WEEKLY), week(), everywhere()),
        digest.compose(who, [notice()], few("trafford", "brent", "leeds")),
        digest.compose(who, money_day(), few("trafford", "brent", "leeds")),
    )


def bare() -> DigestContext:
    """The same day with as little as a store can hold."""
    return replace(
        context(), standings={}, inspected={}, freshness=(), followed=(), explain_no_overall=False
    )


def _welcomes() -> tuple[Digest, ...]:
    who, now = subscriber(), context()
    fifteen = tuple(sorted(everywhere().standings)[:15])
    money = follows(councils=("leeds", "brent"), kinds=("money",))
    return (
        digest.welcome(who, now),
        digest.welcome(who, bare()),
        digest.welcome(follows(councils=("trafford",)), few("trafford")),
        digest.welcome(follows(councils=fifteen), replace(everywhere(), followed=fifteen)),
        digest.welcome(follows(), everywhere()),
        digest.welcome(money, few("leeds", "brent")),
    )


def _of_outages() -> tuple[Digest, ...]:
    who, now = subscriber(), context()
    never = Freshness("GOV.UK announcements", None)
    dark = now.freshness[2]
    return (
        digest.all_quiet(who, now, NOW - dt.timedelta(days=31)),
        digest.source_dark(who, [dark], now),
        digest.source_dark(who, [Freshness("Ofsted reports", None)], bare()),
        digest.source_dark(who, [dark, now.freshness[0], never], now),
        digest.source_back(who, [now.freshness[0], now.freshness[1]], now),
    )


def _others() -> tuple[Digest, ...]:
    who, now = subscriber(), context()
    problem = Problem(
        "PageRedesigned",
        "No entry has a publication date any more.",
        "https://reports.ofsted.gov.uk/provider/44/80573",
        "Look at the page, and update the source's file.",
        "trafford",
    )
    ended = EndedProblem(problem, NOW - dt.timedelta(days=2), NOW)
    return (
        digest.operator([problem], [ended], now, still_open=18),
        digest.operator([], [ended], bare()),
        digest.test_mail(now),
        digest.confirm(who, now, "https://syncer.example.org/confirm/abc"),
        digest.confirm(who, bare()),
    )
