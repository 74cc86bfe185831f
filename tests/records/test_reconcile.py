"""What several sources say of one thing becomes one record, the same whatever the order (DESIGN
§5.7–5.9)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from records import LONG_AGO, NOW, day, grades, saying

from syncer.model import Area, Observation, Record, RecordKind
from syncer.records.grouping import Group, group
from syncer.records.reconcile import DEFAULT, reconcile
from syncer.store.fields import fields_of

TRUST = {DEFAULT: ("ofsted_reports", "govuk_awards", "ofsted_statistics", "press")}


def says(number: int, source: str, **fields: Any) -> Observation:
    """An observation of Leeds on a page of its own."""
    return Observation(
        source,
        f"page-{number}",
        f"key-{number}",
        RecordKind.INSPECTION,
        ("leeds",),
        fields_of(RecordKind.INSPECTION, {"kind": "inspection", **fields}),
        day("2024-08-20"),
        f"https://example.org/{source}",
        id=number,
        first_seen=NOW,
    )


def one(*observations: Observation, record: int = 0) -> Record:
    return reconcile(Group((record,) if record else (), observations), TRUST, NOW)[0]


UNREAD = replace(says(1, "ofsted_reports", file_id="50"), unread=True)
REPORT = says(
    1, "ofsted_reports", first_day="2024-07-08", **grades("good", leavers="requires_improvement")
)
TABLE = says(
    2,
    "ofsted_statistics",
    first_day="2024-07-08",
    theme="front door",
    **grades("good", leavers="good"),
)


def test_the_report_outranks_a_table_about_it_field_by_field_and_the_contradiction_is_listed() -> (
    None
):
    record, conflicts = reconcile(Group((7,), (TABLE, REPORT)), TRUST, NOW)
    assert (record.id, record.source) == (7, "ofsted_reports")
    assert (record.inspection.care_leavers, record.report.theme) == (
        "requires_improvement",
        "front door",
    )
    assert [(c.field, c.chosen, c.other) for c in conflicts] == [
        ("care_leavers", ("ofsted_reports", "requires_improvement"), ("ofsted_statistics", "good"))
    ]
    assert (record.chosen[Area.CARE_LEAVERS], record.chosen["theme"]) == (1, 2)


def test_precedence_may_be_another_for_one_field() -> None:
    record, _ = reconcile(
        Group((), (REPORT, TABLE)), {**TRUST, "care_leavers": ("ofsted_statistics",)}, NOW
    )
    assert (record.inspection.care_leavers, record.inspection.overall_effectiveness) == (
        "good",
        "good",
    )


def test_letter_case_and_white_space_contradict_nothing() -> None:
    loud = says(2, "ofsted_statistics", first_day="2024-07-08", lead_inspector="LYNDA  Snell")
    _, conflicts = reconcile(
        Group((), (saying(REPORT, lead_inspector="Lynda Snell"), loud)),
        TRUST,
        NOW,
    )
    assert conflicts == ()


def test_an_unread_entry_adds_nothing_to_what_another_source_says() -> None:
    record = one(UNREAD, TABLE)
    assert (record.unread, record.source, record.report.file_id) == (
        False,
        "ofsted_statistics",
        None,
    )
    assert one(UNREAD).unread


def test_a_record_was_first_seen_when_its_first_observation_was() -> None:
    assert one(REPORT, replace(TABLE, first_seen=LONG_AGO)).first_seen == LONG_AGO


def money(number: int, source: str, low: int, high: int | None, pounds: int) -> Observation:
    fields = {
        "amount": pounds,
        "low": low,
        "amount_text": f"£{pounds:,}",
        **({} if high is None else {"high": high}),
    }
    said = fields_of(RecordKind.AWARD, fields)
    return replace(says(number, source), record=RecordKind.AWARD, fields=said)


ROUNDED = money(1, "govuk_awards", 9_550_000, 9_650_000, 9_600_000)
SHARP = money(2, "press", 9_590_000, 9_590_000, 9_590_000)
OPEN = money(3, "govuk_awards", 4_500_000, None, 4_500_000)


def test_a_sharper_figure_inside_the_range_of_a_better_source_is_chosen_with_its_words() -> None:
    record, conflicts = reconcile(Group((), (ROUNDED, SHARP)), TRUST, NOW)
    assert (record.funding.amount, record.funding.amount_text, conflicts) == (
        9_590_000,
        "£9,590,000",
        (),
    )


def test_a_figure_outside_the_range_is_a_conflict_and_the_better_source_s_stands() -> None:
    record, conflicts = reconcile(
        Group((), (ROUNDED, money(2, "press", 8_000_000, 8_000_000, 8_000_000))), TRUST, NOW
    )
    assert (record.funding.amount, [c.field for c in conflicts]) == (9_600_000, ["amount"])


def test_over_an_amount_is_met_by_any_larger_one() -> None:
    assert one(OPEN, SHARP).funding.amount == 9_590_000


some_grade = st.sampled_from(["outstanding", "good", "requires_improvement", "inadequate"])
some_source = st.sampled_from(["ofsted_reports", "ofsted_statistics", "press"])
some_days = st.dates(day("2023-01-01"), day("2023-02-15"))


@st.composite
def some_observations(draw: st.DrawFn) -> list[Observation]:
    """A few reports of two councils, as up to three sources tell of them."""
    found = []
    for number in range(1, draw(st.integers(1, 7)) + 1):
        first, source = draw(some_days), draw(some_source)
        fields: dict[str, Any] = {"kind": "inspection", "leadership": draw(some_grade)}
        if draw(st.booleans()):
            fields["first_day"] = first.isoformat()
        if source == "ofsted_reports":
            fields["file_id"] = draw(st.sampled_from(["50", "51", "52"]))
        council, unread = draw(st.sampled_from(["leeds", "york"])), draw(st.booleans())
        page = council if source == "ofsted_reports" else draw(st.sampled_from(["2024", "2025"]))
        found.append(
            Observation(
                source,
                page,
                f"key-{number}",
                RecordKind.INSPECTION,
                (council,),
                fields_of(RecordKind.INSPECTION, fields),
                first + dt.timedelta(weeks=6),
                "https://example.org",
                id=number,
                first_seen=NOW,
                unread=unread,
            )
        )
    return found


@given(some_observations(), st.randoms(use_true_random=False))
def test_reconciliation_does_not_depend_on_the_order_of_the_observations(
    observations: list[Observation], dice: Any
) -> None:
    belongs = {o.id: o.id % 3 + 1 for o in observations if o.id % 2}
    shuffled = dice.sample(observations, len(observations))
    in_order = [reconcile(g, TRUST, NOW) for g in group(observations, belongs)]
    in_disorder = [reconcile(g, TRUST, NOW) for g in group(shuffled, belongs)]
    assert in_order == in_disorder


@given(some_observations(), st.randoms(use_true_random=False))
def test_a_group_in_any_order_makes_the_same_record(
    observations: list[Observation], dice: Any
) -> None:
    shuffled = tuple(dice.sample(observations, len(observations)))
    assert reconcile(Group((), tuple(observations)), TRUST, NOW) == reconcile(
        Group((), shuffled), TRUST, NOW
    )


@given(some_observations())
def test_every_observation_is_in_exactly_one_record(observations: list[Observation]) -> None:
    groups = group(observations, {})
    assert sorted(o.id for g in groups for o in g.observations) == sorted(
        o.id for o in observations
    )
