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
    AllAwards,
    AllBegun,
    CorrectedMessage,
    Digest,
    DigestContext,
    EndedProblem,
    Freshness,
    RunBy,
)
from syncer.digest.personal import Way
from syncer.links import Action
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
SITE = "https://syncer.example.org"
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
IN_JUNE = InspectionFields(
    first_day=dt.date(2026, 6, 8),
    last_day=dt.date(2026, 6, 19),
    framework=Framework.ILACS_2026,
    lead_inspector="Leanne Cooper",
)
IN_APRIL = InspectionFields(
    first_day=dt.date(2026, 4, 27),
    last_day=dt.date(2026, 5, 1),
    framework=Framework.ILACS_2026,
    lead_inspector="Monique Lindsay",
)
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
WRONG = CorrectedMessage(
    "<1.2026@syncer.example.org>",
    "Trafford: children in care requires improvement → inadequate",
    NOW - dt.timedelta(days=1),
)
PROBLEM = Problem(
    "PageRedesigned",
    "No entry has a publication date any more.",
    "https://reports.ofsted.gov.uk/provider/44/80573",
    "Look at the page, and update the source's file.",
    "trafford",
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
    """Return the context of 3 August 2026, the day on which the report on Trafford was
    published."""
    known = _with_records(
        DigestContext(
            now=NOW,
            register=load_register(),
            followed=("trafford", "brent", "leeds"),
            explain_no_overall=True,
        )
    )
    return replace(
        known,
        run_by=RUN_BY,
        inspections={1: ASKED_OF_TRAFFORD},
        freshness=READ,
        read_until=NOW - dt.timedelta(minutes=4),
    )


def _with_records(bare_context: DigestContext) -> DigestContext:
    """Return the context with what a store holds on that day."""
    in_force = notice()
    intervention = in_force.detail.intervention
    numbered = enumerate(STANDINGS, 1000)
    return replace(
        bare_context,
        standings={slug: _standings(values) for slug, values in STANDINGS.items()},
        inspected=AllBegun({slug: _days(days) for slug, days in INSPECTED.items()}),
        latest={slug: _latest(slug, number) for number, slug in numbered},
        awards=AllAwards(_known_awards()),
        interventions=(record_of(in_force, 6, intervention),),
    )


def _days(texts: Iterable[str]) -> tuple[dt.date, ...]:
    return tuple(dt.date.fromisoformat(text) for text in texts)


def _known_awards() -> tuple[Record, ...]:
    """Return allocations of this year, and of the year before."""
    return (
        _award_of(grant(51, "leeds", 1_250_000)),
        _award_of(grant(52, "trafford", 640_000)),
        _award_of_last_year(grant(71, "leeds", 1_100_000)),
        _award_of_last_year(grant(72, "trafford", 700_000)),
    )


def _award_of(event: Event) -> Record:
    return record_of(event, event.record_id, event.detail.funding)


def _award_of_last_year(event: Event) -> Record:
    earlier = replace(event, published=dt.date(2025, 9, 1))
    said = replace(event.detail.funding, period="2025 to 2026")
    return record_of(earlier, event.record_id, said)


def subscriber() -> Subscriber:
    """Return one who follows three councils, and every council that becomes or stops being
    inadequate, once a week."""
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
    """Return the events of one inspection: old, new and what that means, by area."""
    detail = _detail(inspection, moves, before or {})
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
        )
        events.append(_numbered(placed, number))
    return events


def _numbered(event: Event, number: int) -> Event:
    return replace(event, id=number, seq=number)


def _detail(
    inspection: InspectionFields,
    moves: Mapping[Area, tuple[str, str, Change]],
    before: Mapping[str, str],
) -> EventDetail:
    """Return what all judgements of one inspection say together."""
    judged = {area: Grade(new) for area, (_, new, _) in moves.items() if new}
    return EventDetail(
        inspection.with_grades(judged),
        before,
        overall_judged=Area.OVERALL in judged,
    )


def _judgement(area: Area, move: tuple[str, str, Change], detail: EventDetail) -> Event:
    """Return one judgement, of no council and no day yet."""
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
    """Return the row of the judgement table, where there is one."""
    if area not in ROWS or not new:
        return None
    grade = wording.capital(wording.grade(new))
    return Evidence(
        sha256="",
        quote=f"{ROWS[area]}: {grade}",
        page=1,
        cell="judgement table",
    )


def trafford() -> list[Event]:
    """Return an inspection of 8–19 June 2026, published on 3 August 2026."""
    moves = {
        Area.OVERALL: (RI, "", Change.NO_LONGER_JUDGED),
        Area.LEADERSHIP: (RI, I, Change.DECLINED),
        Area.HELP: (RI, I, Change.DECLINED),
        Area.CARE: (RI, G, Change.IMPROVED),
        Area.CARE_LEAVERS: ("", RI, Change.JUDGED_APART),
    }
    return ratings("trafford", 1, moves, "2026-08-03", IN_JUNE)


def brent() -> list[Event]:
    """Return an inspection of 27 April–1 May 2026: all as before, and no overall grade any more."""
    moves: dict[Area, tuple[str, str, Change]]
    moves = {Area.OVERALL: (G, "", Change.NO_LONGER_JUDGED)}
    for area in AREAS[1:]:
        moves[area] = (G, G, Change.UNCHANGED)

    events = ratings("brent", 2, moves, "2026-06-17", IN_APRIL)
    return [replace(event, late=True) for event in events]


def others() -> list[Event]:
    """Return money, a visit, an intervention, a payment, and a council's end."""
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
    """Return one event that is no judgement, published on that day."""
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
    """Return an award with which Leeds helps Stoke-on-Trent."""
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
    """Return one sum for two councils."""
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
    """Return a focused visit with an area for priority action."""
    said = VisitFields(
        kind=FileKind.FOCUSED_VISIT,
        first_day=dt.date(2024, 7, 2),
        last_day=dt.date(2024, 7, 3),
        theme="planning and achieving permanence",
        priority_actions=("The timeliness of decisions for children who wait for permanence.",),
    )
    return other(5, RecordKind.VISIT, ("trafford",), "Planning", "2024-08-01", said)


def notice() -> Event:
    """Return an improvement notice."""
    said = InterventionFields(
        what="improvement notice", service="children’s services", state="issued"
    )
    return other(6, RecordKind.INTERVENTION, ("trafford",), "issued", "2026-08-03", said)


def payment() -> Event:
    """Return money that was taken back."""
    said = PaymentFields(programme="Family Hubs", amount=-26000, kind=FundingKind.PAYMENT)
    return other(7, RecordKind.PAYMENT, ("leeds",), "-26000", "2026-06-30", said)


def council_end() -> Event:
    """Return a reorganisation."""
    note = "The council ends; its successors are followed too."
    return other(8, RecordKind.COUNCIL, ("leeds",), "", "2026-08-03", CouncilFields(), note)


def grant(number: int, slug: str, pounds: int, programme: str = "Family Hubs") -> Event:
    """Return an allocation for 2026 to 2027."""
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
    """Return a place in a programme, without a sum; one page names several councils."""
    said = AwardFields(
        kind=FundingKind.AWARD,
        programme="Families First Partnership Transformation Grant",
        funder="DfE",
        quote="Leeds, Trafford and Brent will each receive a transformation grant.",
    )
    return other(number, RecordKind.AWARD, (slug,), "", "2026-08-03", said)


def money_day() -> list[Event]:
    """Return sums new and restated, a place without a sum for three councils, and a joint award."""
    moved = grant(53, "brent", 812_500)
    return [
        grant(51, "leeds", 1_250_000),
        grant(52, "trafford", 640_000),
        replace(moved, kind=EventKind.CHANGED, old="790000"),
        unstated(54, "leeds"),
        unstated(55, "trafford"),
        unstated(56, "brent"),
        joint_award(),
    ]


def week() -> list[Event]:
    """Return 36 changes at as many councils: falls, rises, inspections that changed nothing, visits
    without findings, interventions and money."""
    councils = load_register().open_on(NOW.date())
    events: list[Event] = []
    for number, council in enumerate(councils[40:76], 200):
        events += _change_of_week(number, council.slug)
    return events


def _change_of_week(number: int, slug: str) -> list[Event]:
    turn = number % 12
    match turn:
        case 0:
            return [_elsewhere(notice(), number, slug)]
        case 1 | 2:
            seen = _elsewhere(visit(), number, slug)
            return [_without_findings(seen)]
        case 3:
            pounds = 400_000 + number * 1_000
            return [grant(number, slug, pounds)]

    old, new = STEPS[turn % len(STEPS)]
    return inspected(slug, number, old, new)


def _elsewhere(event: Event, number: int, slug: str) -> Event:
    return replace(event, councils=(slug,), record_id=number, id=number * 10)


def _without_findings(event: Event) -> Event:
    said = replace(event.detail.report, priority_actions=())
    return replace(event, detail=replace(event.detail, fields=said))


def inspected(slug: str, number: int, old: Grade, new: Grade) -> list[Event]:
    """Return an inspection in which every judgement moved alike."""
    said = replace(IN_JUNE, report_url=_report(number))
    moves = dict.fromkeys(AREAS[1:], (old, new, _change(old, new)))
    return ratings(slug, number, moves, "2026-08-03", said)


def _report(number: int) -> str:
    """Return the address of a report."""
    return f"https://files.ofsted.gov.uk/v1/file/5030{number:04}"


def _change(old: Grade, new: Grade) -> Change:
    if old == new:
        return Change.UNCHANGED
    if RANK[new] > RANK[old]:
        return Change.IMPROVED
    return Change.DECLINED


def table() -> list[Event]:
    """Return a programme with a line for each of 20 councils: more than a digest lists one by
    one."""
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
    restated = replace(
        row,
        kind=EventKind.CHANGED,
        old="500000",
        effective=None,
    )
    return _numbered(restated, 1000 + number)


def corrected() -> list[Event]:
    """Return a wrong reading taken back, and a report that its source withdrew."""
    read_wrongly = trafford()[3]
    right = replace(
        read_wrongly,
        kind=EventKind.CORRECTED,
        record_id=9,
        detail=replace(read_wrongly.detail, was=str(I)),
    )
    withdrawn = replace(brent()[1], kind=EventKind.WITHDRAWN, change=None)
    return [_numbered(right, 91), _numbered(withdrawn, 92)]


def everywhere() -> DigestContext:
    """Return the same day, for one who follows all councils: each has a standing, some have an
    inspection that is known."""
    now = context()
    councils = now.register.open_on(NOW.date())
    numbers = {council.slug: number for number, council in enumerate(councils)}
    return replace(
        now,
        followed=(),
        standings={slug: _standings(_grades(number)) for slug, number in numbers.items()},
        inspected=AllBegun({slug: (_day(number),) for slug, number in numbers.items()}),
        latest=_latest_of_each(numbers),
    )


def _latest_of_each(numbers: Mapping[str, int]) -> dict[str, Record]:
    return {slug: _latest(slug, 5000 + number) for slug, number in numbers.items()}


def _day(number: int) -> dt.date:
    """Return a day on which an inspection began, another for each of twelve numbers."""
    return dt.date(2022 + number % 4, 1 + number % 12, 3)


def _grades(number: int) -> list[Grade]:
    """Return five grades: with some numbers all alike, with others mixed."""
    step = number % 3
    grades = []
    for place in range(len(AREAS)):
        grades.append(MIXED[(number + place * step) % len(MIXED)])
    return grades


def _standings(values: Sequence[Grade | Absence]) -> dict[Area, Standing]:
    return {area: Standing(area, value, 1) for area, value in zip(AREAS, values, strict=True)}


def _latest(slug: str, number: int) -> Record:
    """Return the last inspection of a council, as far as a welcome shows it."""
    page = f"https://reports.ofsted.gov.uk/provider/44/8{number:04}"
    said = InspectionFields(report_url=_report(number))
    return Record(
        id=number,
        record=RecordKind.INSPECTION,
        councils=(slug,),
        fields=said,
        published=NOW.date(),
        url=page,
        source="ofsted",
        first_seen=NOW,
    )


def record_of(event: Event, number: int, said: FundingFields) -> Record:
    """Return the record of an event on money or an intervention, with other fields."""
    published = event.published
    return Record(
        number, event.record, event.councils, said, published, event.url, event.source, NOW
    )


def few(*slugs: str) -> DigestContext:
    """Return the same day, for one who follows these councils."""
    return replace(context(), followed=slugs, explain_no_overall=False)


def follows(**asked: Any) -> Subscriber:
    """Return a subscriber who has one subscription."""
    return replace(subscriber(), subscriptions=(Subscription(1, 1, **asked),))


def digests() -> tuple[Digest, ...]:
    """Return one of every kind of message, and of every kind of item, with as much and with as
    little as there may be."""
    return (*_of_news(), *_welcomes(), *_of_outages(), *_others())


def _of_news() -> tuple[Digest, ...]:
    who, now = subscriber(), context()
    three = few("trafford", "brent", "leeds")
    everything = [*trafford(), *brent(), *others(), *table()]
    return (
        digest.compose(who, everything, now),
        _with_links(digest.compose(who, trafford()[1:2], bare())),
        digest.correction(who, corrected(), now, WRONG),
        *_for_one_council_and_all(),
        digest.compose(who, [notice()], three),
        digest.compose(who, money_day(), three),
    )


def _with_links(made: Digest) -> Digest:
    """Return a message with the links at its foot, as where there is a site."""
    return replace(
        made,
        leave=f"{SITE}/unsubscribe/abc",
        manage=f"{SITE}/manage",
    )


def _for_one_council_and_all() -> tuple[Digest, Digest]:
    of_one = follows(councils=("trafford",))
    of_all = follows(frequency=Frequency.WEEKLY)
    return (
        digest.compose(of_one, trafford(), few("trafford")),
        digest.compose(of_all, week(), everywhere()),
    )


def bare() -> DigestContext:
    """Return the same day with as little as a store can hold."""
    return replace(
        context(),
        standings={},
        inspected=AllBegun(),
        freshness=(),
        followed=(),
        explain_no_overall=False,
    )


def _welcomes() -> tuple[Digest, ...]:
    who = subscriber()
    trafford_only = follows(councils=("trafford",))
    money = follows(councils=("leeds", "brent"), kinds=("money",))
    return (
        digest.welcome(who, context()),
        digest.welcome(who, bare()),
        digest.welcome(trafford_only, few("trafford")),
        _welcome_to_fifteen(),
        digest.welcome(follows(), everywhere()),
        digest.welcome(money, few("leeds", "brent")),
    )


def _welcome_to_fifteen() -> Digest:
    """Return a welcome to more councils than have a block of their own."""
    now = everywhere()
    slugs = sorted(now.standings)
    fifteen = tuple(slugs[:15])
    return digest.welcome(follows(councils=fifteen), replace(now, followed=fifteen))


def _of_outages() -> tuple[Digest, ...]:
    who, now = subscriber(), context()
    a_month_ago = NOW - dt.timedelta(days=31)
    ofsted, govuk, dark, _ = READ
    never = Freshness("Ofsted reports", None)
    other_never = Freshness("GOV.UK announcements", None)
    return (
        digest.all_quiet(who, now, a_month_ago),
        digest.source_dark(who, [dark], now),
        digest.source_dark(who, [never], bare()),
        digest.source_dark(who, [dark, ofsted, other_never], now),
        digest.source_back(who, [ofsted, govuk], now),
    )


def _others() -> tuple[Digest, ...]:
    now = context()
    ended = EndedProblem(PROBLEM, NOW - dt.timedelta(days=2), NOW)
    return (
        digest.operator([PROBLEM], [ended], now, still_open=18),
        digest.operator([], [ended], bare()),
        digest.test_mail(now),
        *_of_oneself(),
    )


def _of_oneself() -> tuple[Digest, ...]:
    """Return what somebody has sent to themselves, with a site and without one."""
    wanted, now = subscriber().subscriptions, context()
    confirm = Way(f"{SITE}/confirm/abc", "answers@example.org", "confirm abc")
    leave = Way(f"{SITE}/unsubscribe/abc")
    erase = Way("", "answers@example.org", "erase abc")
    return (
        digest.confirm(wanted, now, confirm),
        digest.confirm(wanted, bare(), asked_by="operator"),
        digest.manage(now, f"{SITE}/manage/abc"),
        digest.reply(Action.UNSUBSCRIBE, now, leave),
        digest.reply(Action.ERASE, bare(), erase),
        digest.reply(Action.PAUSE, now, leave, on_own_page=True),
    )
