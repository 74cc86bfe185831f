"""Identity is a match, not a key (DESIGN §5.7)."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from records import award, grades, inspection, saying, seen

from syncer.model import Observation
from syncer.records.grouping import group
from syncer.records.identity import may_be_one, same
from syncer.views.council import possible_twins

REPORT = seen(inspection(1, "2024-03-04"))


def table(**fields: str) -> Observation:
    """What the statistics say: no file id."""
    row = saying(seen(inspection(2, "2024-03-04"), **fields), file_id=None)
    key = str(row.report.first_day)
    return replace(row, source="ofsted_statistics", page="table", key=key)


def test_the_same_file_id_is_the_same_inspection_whatever_else_is_said() -> None:
    assert same(
        REPORT,
        saying(replace(REPORT, page="other", key="x"), first_day="2019-01-01"),
    )


def test_council_kind_and_first_day_make_one_inspection_of_two_sources() -> None:
    assert same(REPORT, table())


def test_another_first_day_makes_another_inspection() -> None:
    assert not same(REPORT, table(first_day="2024-03-11"))


def test_without_a_first_day_ten_days_between_publications_are_the_limit() -> None:
    row = table()
    undated = saying(row, first_day=None)
    assert same(REPORT, undated)
    assert not same(REPORT, replace(undated, published=inspection(9, "2024-06-01").published))


def test_two_unread_files_of_one_page_published_together_stay_two() -> None:
    one, two = (seen(inspection(n, "2024-03-04", unread=True)) for n in (3, 4))
    assert not same(one, two)


def test_awards_are_one_when_figures_can_be_the_same_money_and_two_otherwise() -> None:
    rounded = replace(seen(award(5, 9_600_000, low=9_550_000, high=9_650_000)), page="press")
    exact, other = (
        replace(seen(award(n, pounds)), page="gov") for n, pounds in ((6, 9_590_000), (7, 760_000))
    )
    assert same(rounded, exact)
    assert not same(rounded, other)


def test_two_determination_numbers_are_two_awards() -> None:
    one, two = (
        replace(seen(award(n, 5_000_000, determination=number)), page=number)
        for n, number in ((8, "31/7833"), (9, "31/7834"))
    )
    assert not same(one, two)
    assert same(one, saying(two, determination="31/7833", amount=1))


def test_two_awards_that_may_be_one_are_listed_and_two_that_cannot_be_are_not() -> None:
    told, sharper, other = (
        award(5, 9_600_000, low=9_000_000, high=10_000_000),
        award(6, 9_590_000),
        award(7, 760_000),
    )
    told, sharper, other = (
        replace(a, url=f"https://example.org/{a.id}") for a in (told, sharper, other)
    )
    unnamed = saying(sharper, programme=None)
    assert may_be_one(told, unnamed)
    assert not may_be_one(told, other)
    assert [row["field"] for row in possible_twins([told, unnamed, other])] == [
        "possible duplicate"
    ]


def test_two_figures_of_one_document_are_two_awards() -> None:
    assert not same(seen(award(10, 5_000_000)), seen(award(11, 5_000_000)))


def test_a_record_keeps_its_id_and_two_that_turn_out_to_be_one_are_merged_into_the_older() -> None:
    (merged,) = group([REPORT, table()], {1: 40, 2: 17})
    assert merged.records == (17, 40)


SOME = [
    REPORT,
    table(),
    seen(inspection(3, "2021-05-10")),
    table(first_day="2021-05-10"),
    seen(inspection(4, "2019-01-07", grades())),
]


@given(st.permutations(SOME))
def test_the_grouping_does_not_depend_on_the_order(observations: list[Observation]) -> None:
    found = {
        frozenset((o.source, o.key, str(o.report.first_day)) for o in g.observations)
        for g in group(observations, {})
    }
    assert sorted(map(len, found)) == [1, 2, 2]
