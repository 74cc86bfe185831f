"""Records, events and councils → the rows that commands print."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from records import NOW, award, day, grades, inspection, saying

from syncer.model import (
    AwardFields,
    Change,
    Council,
    Event,
    EventDetail,
    EventKind,
    FileKind,
    FundingKind,
    InspectionFields,
    InterventionFields,
    PaymentFields,
    Record,
    RecordKind,
    VisitFields,
)
from syncer.register.councils import load_register
from syncer.views import council as history
from syncer.views import lists as views
from syncer.views.council import History
from syncer.views.listing import Listing
from syncer.views.lists import NOT_INSPECTED, Window

REGISTER = load_register()
LEEDS, CUMBERLAND = REGISTER.by_slug("leeds"), REGISTER.by_slug("cumberland")
OLD = inspection(1, "2021-05-10", grades("requires_improvement"))
NEW = inspection(2, "2024-07-08", grades("good", leavers="outstanding"))


def event(number: int, *councils: str, **more: Any) -> Event:
    said: dict[str, Any] = {
        "record": RecordKind.INSPECTION,
        "kind": EventKind.ADDED,
        "area": "leadership",
        "old": "good",
        "new": "inadequate",
        "published": day("2024-08-20"),
        "effective": day("2024-07-19"),
        "noticed_at": NOW,
        "source": "ofsted_reports",
        "url": "https://example.org/leeds",
        "change": Change.DECLINED,
    }
    return Event(councils=councils or ("leeds",), id=number, **{**said, **more})


def cell(listing: Listing, name: str) -> str:
    column = next(c for c in listing.columns if c.name == name)
    return column.wording(listing.rows[0]) if column.wording else str(listing.rows[0][name])


def test_a_council_stands_by_its_latest_inspection() -> None:
    row = views.ratings([LEEDS], [NEW, OLD]).rows[0]
    assert (row["overall_effectiveness"], row["care_leavers"], row["adoption"]) == (
        "good",
        "outstanding",
        "unknown",  # it was inspected before the first report that is known
    )
    assert (row["first_day"], row["framework"], row["gss"]) == (
        day("2024-07-08"),
        "ilacs_2023",
        "E08000035",
    )


def test_a_rating_leads_to_the_report_it_rests_on() -> None:
    told = saying(NEW, report_url="https://example.org/report")
    row, none = views.ratings([CUMBERLAND, LEEDS], [told, OLD]).rows[::-1]
    assert (row["report_url"], row["inspection_id"]) == ("https://example.org/report", 2)
    assert (none["report_url"], none["inspection_id"]) == ("", None)


def test_a_new_council_is_never_judged_and_the_table_says_it_has_not_been_inspected_yet() -> None:
    listing = views.ratings([CUMBERLAND], [])
    assert (
        listing.rows[0]["overall_effectiveness"] == "never_judged"
        and listing.rows[0]["published"] is None
    )
    assert cell(listing, "overall_effectiveness") == NOT_INSPECTED


def test_a_report_that_is_not_read_yet_makes_the_standing_unknown() -> None:
    row = views.ratings([LEEDS], [OLD, inspection(3, "2024-07-08", unread=True)]).rows[0]
    assert row["overall_effectiveness"] == "unknown" and row["first_day"] is None


def test_never_judged_is_only_said_of_a_council_whose_page_was_read_or_cannot_be_there_yet() -> (
    None
):
    assert views.not_read([LEEDS, CUMBERLAND], ["kent"], day("2023-05-01")) == {"leeds"}
    assert views.not_read([LEEDS, CUMBERLAND], ["leeds"], day("2024-05-01")) == {"cumberland"}
    assert views.not_read([LEEDS], [""], day("2024-05-01")) == frozenset()
    assert views.ratings([LEEDS], [], {"leeds"}).rows[0]["leadership"] == "unknown"


@pytest.mark.parametrize(
    ("council", "on", "grade", "shown"),
    [
        (LEEDS, "2012-03-31", "unknown", "not known"),
        (LEEDS, "2015-06-30", "unknown", "not known"),
        (LEEDS, "2020-01-01", "never_judged", NOT_INSPECTED),
        (CUMBERLAND, "2023-05-01", "never_judged", NOT_INSPECTED),
    ],
)
def test_of_years_that_the_pages_do_not_cover_no_council_is_said_to_be_never_judged(
    council: Council, on: str, grade: str, shown: str
) -> None:
    listing = views.ratings([council], [], (), day(on))
    assert listing.rows[0]["leadership"] == grade
    assert cell(listing, "overall_effectiveness") == shown
    footnote = "Not known: earlier reports are not listed on the page."
    assert (footnote in listing.closing) is (grade == "unknown")


def test_a_withdrawn_inspection_does_not_count() -> None:
    assert (
        views.ratings([LEEDS], [OLD, replace(NEW, withdrawn=True)]).rows[0]["overall_effectiveness"]
        == "requires_improvement"
    )


def test_the_count_names_the_four_grades_always_and_others_where_there_are_any() -> None:
    listing = views.ratings([LEEDS, CUMBERLAND], [NEW])
    counted = (
        "0 outstanding, 1 good, 0 requires improvement, 0 inadequate, 1 never judged (2 councils)"
    )
    assert listing.closing == f"Overall effectiveness: {counted}"


@pytest.mark.parametrize(
    ("window", "within"),
    [
        (Window(), True),
        (Window(as_of=day("2024-08-18")), False),
        (Window(as_of=day("2024-08-19")), True),
        (Window(since=day("2024-08-20")), False),
        (Window(since=day("2024-08-19")), True),
        (Window(inspected_by=day("2024-07-08")), True),
        (Window(inspected_by=day("2024-07-07")), False),
        (Window(councils=("kent",)), False),
        (Window(councils=("kent", "leeds")), True),
    ],
)
def test_a_window_is_by_publication_first_day_and_council(window: Window, within: bool) -> None:
    assert window.lets_in(NEW) is within


def test_what_was_published_by_a_day_had_begun_by_it() -> None:
    undated = saying(OLD, first_day=None, last_day=None)
    assert Window(inspected_by=day("2021-06-30")).lets_in(undated) and not Window(
        inspected_by=day("2021-06-01")
    ).lets_in(undated)


def test_the_end_of_a_day_is_that_of_england() -> None:
    assert views.end_of(day("2024-07-01")) == dt.datetime(2024, 7, 1, 22, 59, 59, tzinfo=dt.UTC)


def test_reports_are_listed_oldest_first_by_their_first_day_whatever_is_published() -> None:
    undated = replace(OLD, published=None)
    rows = views.inspections(REGISTER, [NEW, undated]).rows
    assert [row["first_day"] for row in rows] == [day("2021-05-10"), day("2024-07-08")]


@pytest.mark.parametrize("last", ["2023-02-08", None])
def test_a_visit_that_nobody_dates_is_not_taken_for_the_oldest(last: str | None) -> None:
    said = VisitFields(kind=FileKind.FOCUSED_VISIT, last_day=day(last) if last else None)
    undated = {"record": RecordKind.VISIT, "published": None, "fields": said}
    visit = replace(inspection(3, "2023-02-07"), **undated)
    rows = views.inspections(REGISTER, [NEW, visit, OLD]).rows
    place = 1 if last else 2
    assert [row["id"] for row in rows].index(3) == place, "by its last day, else when it was seen"


def test_visits_are_listed_among_the_inspections_by_their_first_day() -> None:
    said = VisitFields(kind=FileKind.FOCUSED_VISIT, first_day=day("2023-02-07"))
    visit = replace(inspection(3, "2023-02-07"), record=RecordKind.VISIT, fields=said)
    rows = views.inspections(REGISTER, [NEW, visit, OLD]).rows
    assert [row["kind"] for row in rows] == ["inspection", "focused_visit", "inspection"]

    leeds = History(LEEDS, REGISTER, day("2025-09-01"), {RecordKind.VISIT: [visit]})
    (shown,) = history.reports(leeds, RecordKind.VISIT).rows
    assert shown["first_day"] == day("2023-02-07") and shown["leadership"] is None


def test_an_unread_report_is_listed_as_unread_without_grades() -> None:
    row = views.inspections(REGISTER, [inspection(3, "2024-07-08", unread=True)]).rows[0]
    assert row["unread"] is True and row["leadership"] is None and row["kind"] == "inspection"


# -- Changes ---------------------------------------------------------------------------------------


def test_a_change_has_the_promised_keys_in_their_order() -> None:
    row = views.changes(REGISTER, [event(7)]).rows[0]
    assert list(row) == [
        "id",
        "kind",
        "change",
        "record",
        "council",
        "council_name",
        "area",
        "old",
        "new",
        "effective",
        "published",
        "noticed_at",
        "source",
        "url",
        "held",
        "joint",
        "title",
        "programme",
        "report_url",
        "inspection_id",
        "record_id",
        "corrects",
    ]
    assert (row["council"], row["council_name"], row["change"]) == (
        "E08000035",
        "Leeds",
        "declined",
    )
    assert (row["held"], row["joint"]) == (False, False)


def test_a_joint_award_is_one_line_per_council_with_the_same_id() -> None:
    rows = views.changes(REGISTER, [event(7, "leeds", "bradford", record=RecordKind.AWARD)]).rows
    assert [(r["id"], r["council_name"], r["joint"]) for r in rows] == [
        (7, "Leeds", True),
        (7, "Bradford", True),
    ]


def test_of_a_joint_award_only_the_lines_of_the_councils_asked_for_are_shown() -> None:
    rows = views.changes(REGISTER, [event(7, "leeds", "bradford")], ["bradford"]).rows
    assert [(r["council_name"], r["joint"]) for r in rows] == [("Bradford", True)]


def test_a_council_the_register_no_longer_has_is_printed_by_its_slug() -> None:
    row = views.changes(REGISTER, [event(7, "atlantis")]).rows[0]
    assert (row["council"], row["council_name"]) == ("", "atlantis")


@pytest.mark.parametrize(
    ("record", "fields", "title", "programme"),
    [
        (
            RecordKind.INTERVENTION,
            InterventionFields(what="statutory direction", title="Direction issued to X: May 2024"),
            "Direction issued to X: May 2024",
            "",
        ),
        (
            RecordKind.INTERVENTION,
            InterventionFields(what="improvement notice", state="issued"),
            "Improvement notice issued",
            "",
        ),
        (
            RecordKind.AWARD,
            AwardFields(programme="Family Hubs", amount=500, kind=FundingKind.AWARD),
            "Family Hubs: £500, awarded",
            "Family Hubs",
        ),
    ],
)
def test_a_change_says_what_happened(
    record: RecordKind, fields: Any, title: str, programme: str
) -> None:
    more = {"record": record, "detail": EventDetail(fields), "record_id": 41, "new": "issued"}
    row = views.changes(REGISTER, [event(7, area="", old="", change=None, **more)]).rows[0]
    assert (row["title"], row["programme"]) == (title, programme)
    assert (row["record_id"], row["inspection_id"]) == (41, None)


def test_a_change_of_a_judgement_leads_to_its_report_and_its_inspection() -> None:
    said = InspectionFields(report_url="https://example.org/1", first_day=day("2024-07-08"))
    row = views.changes(REGISTER, [event(7, detail=EventDetail(said), record_id=41)]).rows[0]
    assert (row["report_url"], row["inspection_id"]) == ("https://example.org/1", 41)
    assert row["title"] == "Inspected 8 July 2024, published 20 August 2024"


def test_a_table_of_changes_names_the_notice_the_programme_and_the_pounds() -> None:
    said = AwardFields(programme="Family Hubs", amount=500_000)
    told = event(7, record=RecordKind.AWARD, area="amount", new="500000", detail=EventDetail(said))
    listing = views.changes(REGISTER, [told])
    assert (cell(listing, "area"), cell(listing, "new")) == ("Family Hubs", "£500,000")
    assert cell(listing, "record") == "award"


# -- Money -----------------------------------------------------------------------------------------


@given(st.lists(st.integers(-(10**9), 10**9)))
def test_the_total_is_that_of_the_lines(amounts: list[int]) -> None:
    listing = views.awards(REGISTER, [award(n, amount) for n, amount in enumerate(amounts)])
    assert listing.closing.startswith(
        f"Total: {views.pounds(sum(row['amount'] for row in listing.rows))} in {len(amounts)} line"
    )


def test_the_total_says_what_it_leaves_open() -> None:
    unknown = replace(award(2, 0), fields=AwardFields(kind=FundingKind.AWARD))
    listing = views.awards(REGISTER, [award(1, 500, qualifier="up_to"), award(3, 250), unknown])
    assert listing.closing == 'Total: £750 in 3 lines; 1 "up to"; 1 without a figure'


def test_a_joint_sum_is_one_line_with_all_its_councils() -> None:
    row = views.awards(REGISTER, [replace(award(1, 500), councils=("leeds", "bradford"))]).rows[0]
    assert (row["councils"], row["joint"], row["amount"]) == (["E08000035", "E08000032"], True, 500)


def payment(number: int, pounds: int, paid: str, **more: Any) -> Record:
    said = PaymentFields(amount=pounds, paid=day(paid), area="Innovation", funder="DfE", **more)
    return replace(award(number, 0), record=RecordKind.PAYMENT, fields=said)


def test_what_settles_an_award_of_the_list_is_named_and_not_added_to_it() -> None:
    given = award(1, 500_000, announced="2024-08-20", funder="DfE")
    paid = [payment(2, 250_000, "2024-10-01"), payment(3, 250_000, "2025-01-08")]
    listing = views.awards(REGISTER, [given, *paid, payment(4, 70, "2019-01-08", transaction="9")])
    assert [row["settles"] for row in listing.rows] == [[], [1], [1], []]
    assert listing.closing == (
        "Total: £500,070 in 4 lines; payments of £500,000 settle awards among them and are not added"
    )
    assert listing.rows[3]["paid"] == day("2019-01-08") and listing.rows[3]["transaction"] == "9"


def test_reports_and_money_have_their_id_and_the_report_its_address_and_send_outcome() -> None:
    said = VisitFields(kind=FileKind.SEND, send_outcome="inconsistent", report_url="https://e.org/")
    send = replace(inspection(3, "2023-02-07"), record=RecordKind.VISIT, fields=said)
    row = views.inspections(REGISTER, [send]).rows[0]
    assert (row["id"], row["send_outcome"], row["report_url"]) == (
        3,
        "inconsistent",
        said.report_url,
    )
    assert views.awards(REGISTER, [award(5, 70)]).rows[0]["id"] == 5


@pytest.mark.parametrize("text", ["2025-26", "2025/26", "2025-2026", "2025 to 2026", "25/26"])
def test_a_financial_year_is_read_as_people_write_it(text: str) -> None:
    assert views.financial_year(text) == (day("2025-04-01"), day("2026-03-31"))


@pytest.mark.parametrize("text", ["2025", "2025-27", "next year", "2025-26 to 2027-28", ""])
def test_what_is_no_financial_year_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="financial year"):
        views.financial_year(text)


def test_money_is_for_the_years_of_its_period_and_without_one_for_that_of_its_announcement() -> (
    None
):
    year = views.financial_year("2025-26")
    assert views.in_year(award(1, 5, period="2024-25 to 2026-27"), year) and not views.in_year(
        award(1, 5, period="2026-27"), year
    )
    assert views.in_year(award(1, 5), views.financial_year("2024-25")) and not views.in_year(
        award(1, 5), year
    )


# -- One council -----------------------------------------------------------------------------------


def page(*records: Any) -> History:
    kinds = {kind: [r for r in records if r.record is kind] for kind in RecordKind}
    return History(LEEDS, REGISTER, day("2025-09-01"), kinds)


def test_a_council_s_page_tells_how_long_ago_it_was_inspected() -> None:
    last = history.last_inspection(page(OLD, NEW))
    assert last is not None and (last["first_day"], last["days_since"], last["since"]) == (
        day("2024-07-08"),
        420,
        "14 months",
    )


def test_an_inspection_known_from_a_table_without_its_days_is_dated_by_its_report() -> None:
    bare = saying(NEW, first_day=None, last_day=None)
    last = history.last_inspection(page(bare))
    assert last is not None and history.on_days(last) == f"published on {NEW.published}"


def test_money_stands_beside_the_grade_at_the_end_of_its_year() -> None:
    shared = replace(award(9, 70), councils=("leeds", "bradford"))
    rows = history.years(page(OLD, NEW, award(5, 500), shared)).rows
    assert [
        (r["year"], r["overall_effectiveness"], r["inspections"], r["awarded"], r["shared"])
        for r in rows
    ] == [
        ("2021-22", "requires_improvement", 1, 0, 0),
        ("2022-23", "requires_improvement", 0, 0, 0),
        ("2023-24", "requires_improvement", 0, 0, 0),
        ("2024-25", "good", 1, 500, 70),
    ]


def test_a_year_before_the_first_listed_report_and_one_never_read_have_no_known_grade() -> None:
    early = award(5, 500, period="2010-11")
    table = history.years(page(OLD, early))
    first, *between, last = (row["leadership"] for row in table.rows)
    assert (first, last) == ("unknown", "requires_improvement")
    assert between == ["unknown"] * 10, "every council of 2013 was inspected before April 2018"
    assert cell(table, "overall_effectiveness") == "not known"
    assert "earlier reports are not listed on the page" in table.closing

    unread = replace(page(award(5, 500, period="2020-21")), unread=True)
    assert [row["leadership"] for row in history.years(unread).rows] == ["unknown"]
    assert "were never read" in history.inspected_in_words(unread)


def test_a_report_listed_under_another_kind_is_a_conflict() -> None:
    odd = saying(OLD, title_kind="focused_visit")
    rows = history.conflicts(REGISTER, history.title_conflicts([odd, NEW])).rows
    assert [(r["council"], r["chosen"], r["other"]) for r in rows] == [
        (["Leeds"], "inspection", "focused_visit")
    ]


@pytest.mark.parametrize(
    ("first", "words"),
    [
        ("2025-08-31", "1 day"),
        ("2025-08-01", "31 days"),
        ("2023-09-01", "2 years"),
        ("2020-02-01", "5 years 7 months"),
    ],
)
def test_time_since_is_told_in_the_unit_that_fits(first: str, words: str) -> None:
    assert history.since_words(day(first), day("2025-09-01")) == words
