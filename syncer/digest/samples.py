"""Samples of every message, made of real facts: what `syncer doctor` shows to every template, and
what a preview shows to people. Pure.

Sources: Ofsted's reports on Trafford (file 50308602), Brent (50304386), Leeds (50284438) and the
ones before them; Leeds City Council's executive board, 28 June 2021 (the partnership with
Stoke-on-Trent).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from syncer import digest
from syncer.digest import wording
from syncer.digest.message_model import CorrectedMessage, Digest, DigestContext, Freshness
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
    FundingKind,
    Grade,
    InspectionFields,
    InterventionFields,
    PaymentFields,
    Problem,
    Qualifier,
    RecordKind,
    Standing,
    Subscriber,
    Subscription,
    VisitFields,
)
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
ROWS = {
    Area.LEADERSHIP: "The impact of leaders on social work practice with children and families",
    Area.HELP: "The experiences and progress of children who need help and protection",
    Area.CARE: "The experiences and progress of children in care",
    Area.CARE_LEAVERS: "The experiences and progress of care leavers",
}


def context() -> DigestContext:
    """3 August 2026, the day on which the report on Trafford was published."""
    return DigestContext(
        now=NOW,
        register=load_register(),
        followed=("trafford", "brent", "leeds"),
        explain_no_overall=True,
        standings={
            slug: {a: Standing(a, v) for a, v in zip(AREAS, values, strict=True)}
            for slug, values in STANDINGS.items()
        },
        inspected={
            slug: tuple(dt.date.fromisoformat(day) for day in days)
            for slug, days in INSPECTED.items()
        },
        inspections={
            1: InspectionFields(
                report_url="https://files.ofsted.gov.uk/v1/file/50308602",
                improve=(
                    "The quality and consistency of social work practice, including assessments.",
                    "The oversight of practice by managers at all levels.",
                ),
            )
        },
        freshness=(
            Freshness("Ofsted reports", NOW - dt.timedelta(minutes=4)),
            Freshness("GOV.UK announcements", NOW - dt.timedelta(minutes=2)),
            Freshness(
                "DfE spend over £25,000",
                NOW - dt.timedelta(days=4),
                "the file of June 2026 cannot be read",
            ),
            Freshness("council_papers_" + "20spend" * 15, NOW),
        ),
    )


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
        inspection.with_grades(judged), before or {}, overall_judged=Area.OVERALL in judged
    )
    published = dt.date.fromisoformat(day)
    return [
        Event(
            RecordKind.INSPECTION,
            EventKind.ADDED,
            (slug,),
            area,
            old,
            new,
            published,
            inspection.last_day,
            NOW,
            "ofsted",
            OFSTED,
            record_id,
            change,
            detail=replace(detail, note=TOGETHER if change is Change.JUDGED_APART else ""),
            id=record_id * 10 + n,
            seq=record_id * 10 + n,
            evidence=Evidence(
                "", f"{ROWS[area]}: {wording.capital(wording.grade(new))}", 1, "judgement table"
            )
            if area in ROWS and new
            else None,
        )
        for n, (area, (old, new, change)) in enumerate(moves.items())
    ]


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

    def event(
        n: int,
        record: RecordKind,
        councils: tuple[str, ...],
        new: str,
        day: str,
        said: Fields,
        note: str = "",
    ) -> Event:
        area = "amount" if record in (RecordKind.AWARD, RecordKind.PAYMENT) else ""
        date = dt.date.fromisoformat(day)
        page = OFSTED if record is RecordKind.VISIT else GOVUK
        return Event(
            record,
            EventKind.ADDED,
            councils,
            area,
            "",
            new,
            date,
            date,
            NOW,
            "govuk",
            page,
            n,
            None,
            detail=EventDetail(said, note=note, joint=len(councils) > 1),
            id=n * 10,
        )

    return [
        event(
            3,
            RecordKind.AWARD,
            ("leeds",),
            "505200",
            "2021-06-28",
            AwardFields(
                programme="Improvement partnership",
                funder="DfE",
                amount=505200,
                qualifier=Qualifier.UP_TO,
                amount_text="up to a maximum of £505,200",
                period="the forthcoming year",
                kind=FundingKind.PARTNERSHIP,
                helped=("stoke-on-trent",),
                quote="up to a maximum of £505,200",
            ),
        ),
        event(
            4,
            RecordKind.AWARD,
            ("leeds", "wakefield"),
            "1500000",
            "2016-01-01",
            AwardFields(
                programme="Teaching Partnership",
                amount=1500000,
                qualifier=Qualifier.OVER,
                amount_text="over £1.5 M",
                kind=FundingKind.AWARD,
                determination="31/1234",
                capital=False,
            ),
        ),
        event(
            5,
            RecordKind.VISIT,
            ("trafford",),
            "Planning",
            "2024-08-01",
            VisitFields(
                kind=FileKind.FOCUSED_VISIT,
                first_day=dt.date(2024, 7, 2),
                last_day=dt.date(2024, 7, 3),
                theme="planning and achieving permanence",
                priority_actions=(
                    "The timeliness of decisions for children who wait for permanence.",
                ),
            ),
        ),
        event(
            6,
            RecordKind.INTERVENTION,
            ("trafford",),
            "issued",
            "2026-08-03",
            InterventionFields(
                what="improvement notice", service="children’s services", state="issued"
            ),
        ),
        event(
            7,
            RecordKind.PAYMENT,
            ("leeds",),
            "-26000",
            "2026-06-30",
            PaymentFields(programme="Family Hubs", amount=-26000, kind=FundingKind.PAYMENT),
        ),
        event(
            8,
            RecordKind.COUNCIL,
            ("leeds",),
            "",
            "2026-08-03",
            CouncilFields(),
            note="The council ends; its successors are followed too.",
        ),
    ]


def table() -> list[Event]:
    """A programme with a line for each of 20 councils: more than a digest lists one by one."""
    councils = [council.slug for council in load_register().open_on(NOW.date())][:20]
    named = AwardFields(programme="Families First Partnership 2026 to 2027", period="2026 to 2027")
    return [
        Event(
            RecordKind.AWARD,
            EventKind.CHANGED,
            (slug,),
            "amount",
            "500000",
            str(pounds),
            NOW.date(),
            None,
            NOW,
            "govuk",
            GOVUK,
            100 + n,
            detail=EventDetail(replace(named, amount=pounds)),
            id=1000 + n,
            seq=1000 + n,
        )
        for n, slug in enumerate(councils)
        for pounds in [500_000 + (n - 8) * 25_000]
    ]


def corrected() -> list[Event]:
    """A wrong reading taken back, and a report that its source withdrew."""
    wrong = replace(trafford()[3], kind=EventKind.CORRECTED, id=91, seq=91, record_id=9)
    withdrawn = replace(brent()[1], kind=EventKind.WITHDRAWN, change=None, id=92, seq=92)
    return [replace(wrong, detail=replace(wrong.detail, was=str(I))), withdrawn]


def digests() -> tuple[Digest, ...]:
    """One of every kind of message, and of every kind of item, with as much and with as little as
    there may be."""
    who, now = subscriber(), context()
    bare = replace(
        now, standings={}, inspected={}, freshness=(), followed=(), explain_no_overall=False
    )
    wrong = CorrectedMessage(
        "<1.2026@syncer.example.org>",
        "Trafford: children in care requires improvement → inadequate",
        NOW - dt.timedelta(days=1),
    )
    problem = Problem(
        "PageRedesigned",
        "No entry has a publication date any more.",
        "https://reports.ofsted.gov.uk/provider/44/80573",
        "Look at the page, and update the source's file.",
        "trafford",
    )
    return (
        digest.compose(who, [*trafford(), *brent(), *others(), *table()], now),
        digest.compose(who, trafford()[1:2], bare),
        digest.correction(who, corrected(), now, wrong),
        digest.welcome(who, now),
        digest.welcome(who, bare),
        digest.all_quiet(who, now, NOW - dt.timedelta(days=31)),
        digest.source_dark(who, now.freshness[2], now),
        digest.source_dark(who, Freshness("Ofsted reports", None), bare),
        digest.operator([problem], [problem], now),
        digest.test_mail(now),
        digest.confirm(who, now, "https://syncer.example.org/confirm/abc"),
        digest.confirm(who, bare),
    )
