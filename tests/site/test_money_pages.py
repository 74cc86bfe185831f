"""Money on the site: totals that add up, and what is not added to them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from gov_world import GovWorld
from hypothesis import given
from hypothesis import strategies as st
from records import award, day
from site_facts import facts, rows, shown, texts

from syncer.app import App
from syncer.model import PaymentFields, Record, RecordKind
from syncer.operations.publishing import gather
from syncer.views.programmes import Sum, added, money_table

FUNDING = "Awards and allocations by programme and financial year, in pounds"


def given_under(programme: str, year: str, pounds: int | None, number: int = 1) -> Record:
    """An award of the programme for a financial year; None: no figure is stated."""
    record = award(number, pounds or 0, programme=programme, period=year)
    fields = record.funding if pounds is not None else replace(record.funding, amount=None)
    return replace(record, fields=fields)


def payment(number: int, pounds: int, on: str, area: str = "Innovation") -> Record:
    said = PaymentFields(amount=pounds, paid=day(on), area=area, funder="DfE")
    return replace(award(number, pounds), record=RecordKind.PAYMENT, fields=said)


AWARDS = st.lists(
    st.builds(
        given_under,
        st.sampled_from(["Staying Close", "Safety Valve", ""]),
        st.sampled_from(["2022-23", "2023-24", "2024-25"]),
        st.none() | st.integers(-5, 10**9),
    )
)


@given(AWARDS)
def test_rows_and_columns_add_up_both_ways_to_the_same(awards: list[Record]) -> None:
    table = money_table(awards)
    by_row = sum((row.total for row in table.rows), Sum())
    by_column = sum(table.totals.values(), Sum())
    assert by_row == by_column == table.total == added(awards)
    for row in table.rows:
        assert sum(row.years.values(), Sum()) == row.total
    assert table.total.lines == len(awards)


def test_the_total_of_a_programme_s_page_is_that_of_its_lines() -> None:
    joint = replace(given_under("Staying Close", "2024-25", 700, 3), councils=("leeds", "york"))
    known = facts(
        given_under("Staying Close", "2023-24", 1000, 1),
        given_under("Staying Close", "2024-25", None, 2),
        joint,
        given_under("Safety Valve", "2024-25", 5, 4),
    )
    page = shown(known, "programmes/staying-close/")
    lines = [row[2] for row in rows(page, "Awards and allocations")]
    assert sorted(lines) == sorted(["£1,000", "not stated", "£700"])
    for caption in ("Awards and allocations", "Sums by financial year"):
        (total,) = rows(page, caption, "tfoot")
        assert "£1,700 1 not stated" in total
    assert "Total: £1,700 in 3 lines; 1 without a figure." in page.get_text()


def test_a_payment_is_shown_beside_the_award_it_settles_and_not_added() -> None:
    given_first = award(1, 300_000, programme="Staying Close", announced="2024-05-01")
    settling, other = payment(2, 300_000, "2024-06-10"), payment(3, 77, "2024-06-11", "Schools")
    known = facts(given_first, settling, other)
    page = shown(known, "funding/")
    (total,) = rows(page, FUNDING, "tfoot")
    assert total[1] == "£300,000"
    (paid,) = rows(page, "Payments by the financial year in which they were made, in pounds")
    assert paid == ["2024-25", "£300,077", "2", "£300,000", "", "£77"]
    assert "would count twice" in page.get_text()
    own = shown(known, "programmes/staying-close/")
    assert [row[2] for row in rows(own, "Payments, not added above")] == ["£300,000"]
    assert rows(own, "Awards and allocations", "tfoot")[0][2] == "£300,000"


def test_money_for_a_region_and_others_stands_apart_from_its_own() -> None:
    joint = replace(given_under("Staying Close", "2024-25", 700, 2), councils=("kent", "leeds"))
    known = facts(given_under("Staying Close", "2023-24", 1000, 1), joint)
    page = shown(known, "regions/yorkshire-and-the-humber/")
    (line,) = rows(page, "Awards and allocations by programme, all years, in pounds")
    assert line == ["Staying Close", "£1,000", "£700"]


def test_each_line_names_its_evidence_and_money_without_a_programme_is_not_lost() -> None:
    line = award(1, 20, quote="Leeds gets £20")
    nameless = replace(line, fields=replace(line.funding, programme=None))
    page = shown(facts(nameless), "programmes/no-programme-named/")
    assert page.select("td a[href='https://example.org/award']")
    assert page.select_one("q") is not None and "Leeds gets £20" in page.get_text()


# -- The sources' own totals -----------------------------------------------------------------------

TABLE = """<h2>Staying Close: allocations for 2024 to 2025</h2><table><thead><tr><th>Local authority</th>
<th>Grant 2024-25 (£)</th></tr></thead><tbody><tr><td>Leeds</td><td>300,000</td></tr><tr><td>York
</td><td>200,000</td></tr><tr><td>Kent</td><td>150,000</td></tr><tr><td>Total</td><td>{}</td></tr>
</tbody></table>"""


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        ("650,000", "The three lines here that rest on it add up to the same."),
        ("700,000", "The three lines here that rest on it add up to £650,000: £50,000 less."),
    ],
)
def test_a_programme_s_page_says_whether_its_lines_are_the_total_that_their_table_prints(
    tmp_path: Path, printed: str, said: str
) -> None:
    with GovWorld(tmp_path) as world:
        body = TABLE.format(printed)
        title = "Staying Close grant allocations 2024 to 2025"
        world.publish("/government/publications/close", title, body, kind="guidance")
        world.sync("govuk_awards")
        with App(world.config, world.now) as app:
            page = shown(gather(app), "programmes/staying-close/")
    (total,) = rows(page, "Awards and allocations", "tfoot")
    assert total[2] == "£650,000"
    (words,) = [each for each in texts(page.select("main p")) if "The source prints" in each]
    assert f"The source prints a total of £{printed} for 2024-25. {said}" in words
    assert words.endswith(f"Total | {printed} 127.0.0.1:{world.web.port}")
