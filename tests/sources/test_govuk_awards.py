"""Money announced on GOV.UK: what is news, what is an edit, and what becomes of pages."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from gov_world import MHCLG, GovWorld, allocations, sheet
from replay import Replay

NEWS, TABLE = (
    "/government/news/innovation",
    "/government/publications/supporting-families-allocations",
)
GIVEN = "<p>The Department for Education has awarded Leeds City Council {} from the Children's Social Care Innovation Programme.</p>"
SUPPORTING_FAMILIES_2023 = 65_612_629
"""The sum of the page's 41 rows, in pounds."""
COUNCILS = {
    "Leeds": 100000,
    "York": 200000,
    "Brent": 300000,
    "Kent": 400000,
    "Devon": 500000,
    "Bury": 600000,
}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[GovWorld]:
    with GovWorld(tmp_path, more='[sources.govuk_awards]\nsince = "2020-01-01"\n') as found:
        found.publish(
            "/government/news/other",
            "An announcement",
            "<p>Nothing about money.</p>",
            on="2024-02-01",
        )
        yield found


def with_table(world: GovWorld, **amounts: int) -> None:
    """A page with one table, read for the first time."""
    world.publish(
        TABLE,
        "Supporting Families programme allocations 2023 to 2024",
        allocations("2023-24", **(amounts or COUNCILS)).decode(),
        kind="guidance",
        by=MHCLG,
        on="2024-02-10",
    )
    world.sync("govuk_awards")


def test_the_first_read_is_silent_and_a_press_release_after_it_is_news(world: GovWorld) -> None:
    world.publish("/government/news/old", "Old money", GIVEN.format("£5 million"), on="2024-02-20")
    assert world.sync("govuk_awards").events == 0
    world.at("2024-03-20")
    world.publish(NEWS, "New money", GIVEN.format("£9.6 million").replace("Leeds", "York"))
    assert world.sync("govuk_awards").events == 1
    assert world.told() == [("york", "added", "amount", "", "9600000")]
    assert (world.sync("govuk_awards").events, world.sync("govuk_awards", full=True).events) == (
        0,
        0,
    )


def test_a_silent_edit_is_a_change_of_the_known_award_and_not_new_money(world: GovWorld) -> None:
    world.publish(NEWS, "Money for Leeds", GIVEN.format("£5 million"), on="2024-02-20")
    world.sync("govuk_awards")
    world.at("2024-03-08")
    world.edit(NEWS, body=GIVEN.format("£7 million"))
    assert world.sync("govuk_awards").events == 1
    assert world.told() == [("leeds", "changed", "amount", "5000000", "7000000")]
    assert [r["amount"] for r in world.records()] == [7000000]


def test_a_sharper_figure_inside_the_old_range_is_no_event(world: GovWorld) -> None:
    world.publish(NEWS, "Money for Leeds", GIVEN.format("£9.6 million"), on="2024-02-20")
    world.sync("govuk_awards")
    world.at("2024-03-08")
    world.edit(NEWS, major=True, body=GIVEN.format("£9.59 million"))
    assert world.sync("govuk_awards").events == 0
    assert [r["amount"] for r in world.records()] == [9590000]


def test_a_revised_table_is_a_change_for_each_council_whose_amount_moved(world: GovWorld) -> None:
    with_table(world)
    world.at("2024-03-10")
    world.edit(TABLE, body=allocations("2023-24", **COUNCILS | {"Leeds": 110000}).decode())
    assert (world.sync("govuk_awards").held, world.told()) == (
        0,
        [("leeds", "changed", "amount", "100000", "110000")],
    )


def test_a_maximum_that_is_raised_is_a_change_too(world: GovWorld) -> None:
    body = "<p>Derby City Council will receive up to {} under the Safety Valve programme from the Department for Education.</p>"
    world.publish(NEWS, "Money for Derby", body.format("£4.1 million"), on="2024-02-20")
    world.sync("govuk_awards")
    world.at("2024-03-08")
    world.edit(NEWS, body=body.format("£4.7 million"))
    world.sync("govuk_awards")
    assert world.told() == [("derby", "changed", "amount", "4100000", "4700000")]


def test_a_table_in_which_more_than_a_fifth_moved_is_held(world: GovWorld) -> None:
    with_table(world)
    world.at("2024-03-10")
    world.edit(
        TABLE,
        body=allocations(
            "2023-24", **{name: pounds * 2 for name, pounds in COUNCILS.items()}
        ).decode(),
    )
    report = world.sync("govuk_awards")
    assert (report.held, report.events, world.told()) == (6, 0, [])
    assert sorted(r["amount"] for r in world.records()) == sorted(COUNCILS.values())


def test_a_council_added_to_an_old_page_is_news_on_the_day_of_the_edit(world: GovWorld) -> None:
    world.publish(
        TABLE,
        "Supporting Families allocations 2023 to 2024",
        allocations("2023-24", **COUNCILS).decode(),
        kind="guidance",
        by=MHCLG,
        on="2021-01-10",
    )
    world.sync("govuk_awards")
    world.at("2024-04-01")
    world.edit(TABLE, body=allocations("2023-24", **COUNCILS | {"Medway": 700000}).decode())
    world.sync("govuk_awards")
    assert world.told() == [("medway", "added", "amount", "", "700000")]
    assert [str(e.published) for e in world.events()] == ["2024-04-01"]


def test_a_row_that_names_no_council_is_listed_with_the_address_and_never_dropped(
    world: GovWorld,
) -> None:
    with_table(world, **COUNCILS, Ambridge=900000)
    found = world.problems()
    assert [
        (p["name"], p["url"].endswith(TABLE + "#rows"), "Ambridge" in p["message"]) for p in found
    ] == [("UnmatchedRows", True, True)]
    world.at("2024-03-09")
    world.edit(TABLE, body=allocations("2023-24", **COUNCILS).decode())
    world.sync("govuk_awards")
    assert world.open_problems() == []


def test_a_replaced_file_is_the_same_document_under_another_address(world: GovWorld) -> None:
    rows = [
        ["Local authority", "Allocation 2024-25 (£)"],
        *([name, pounds] for name, pounds in COUNCILS.items()),
    ]
    attached = world.file("table.csv", sheet(rows), "Allocations", "1")
    world.publish(
        TABLE,
        "Supporting Families grant",
        "<p>See the table.</p>",
        kind="guidance",
        on="2024-02-10",
        attachments=[attached],
    )
    world.sync("govuk_awards")
    world.at("2024-03-10")
    rows[1][1] = 123000
    world.edit(TABLE, attachments=[world.file("table-v2.csv", sheet(rows), "Allocations", "2")])
    world.sync("govuk_awards")
    assert world.told() == [("leeds", "changed", "amount", "100000", "123000")]
    assert (len(world.records()), world.open_problems()) == (6, [])


def test_an_attachment_added_to_an_old_page_is_news(world: GovWorld) -> None:
    world.publish(
        TABLE,
        "Supporting Families grant",
        "<p>See the tables.</p>",
        kind="guidance",
        on="2021-02-10",
    )
    world.sync("govuk_awards")
    world.at("2024-03-10")
    rows = [["Local authority", "Allocation 2024-25 (£)"], ["Leeds", 500000], ["York", 600000]]
    world.edit(TABLE, major=True, attachments=[world.file("table.csv", sheet(rows), "Allocations")])
    world.sync("govuk_awards")
    assert [(council, kind) for council, kind, *_ in world.told()] == [
        ("leeds", "added"),
        ("york", "added"),
    ]


def test_an_attachment_that_is_no_longer_there_is_told_to_the_operator_only(
    world: GovWorld,
) -> None:
    rows = [["Local authority", "Allocation 2024-25 (£)"], ["Leeds", 500000], ["York", 600000]]
    attached = world.file("table.csv", sheet(rows), "Allocations")
    world.publish(
        TABLE,
        "Supporting Families grant",
        "<p>See.</p>",
        kind="guidance",
        on="2024-02-10",
        attachments=[attached],
    )
    world.sync("govuk_awards")
    world.edit(TABLE, attachments=[])
    told = []
    for day in ("2024-03-10", "2024-03-17", "2024-03-24", "2024-03-31"):
        world.at(day)
        world.sync("govuk_awards")
        told.append(world.open_problems())
    assert (told, world.told()) == ([[], [], ["Vanished"], ["Vanished"]], [])
    world.edit(TABLE, attachments=[attached])
    world.at("2024-04-07")
    world.sync("govuk_awards")
    assert (world.open_problems(), world.told()) == ([], [])


@pytest.mark.parametrize("how", ["address", "title", "title and address"])
def test_a_file_that_moves_is_the_same_document(world: GovWorld, how: str) -> None:
    rows = [["Local authority", "Allocation 2024-25 (£)"], ["Leeds", 500000], ["York", 600000]]
    table = world.file("table.csv", sheet(rows), "Allocations")
    grant = "Supporting Families grant"
    world.publish(TABLE, grant, kind="guidance", on="2023-01-10", attachments=[table])
    world.sync("govuk_awards")
    if "address" in how:
        table = world.file("other.csv", sheet(rows), "Allocations", tag="2")
    if "title" in how:
        table["title"] = "Table of allocations"
    world.edit(TABLE, attachments=[table], major=True)
    for day in ("2024-03-10", "2024-04-10", "2024-05-20"):
        world.at(day)
        world.sync("govuk_awards")
        assert (world.told(), world.open_problems()) == ([], [])
    assert len(world.records()) == 2


def test_a_html_attachment_that_moves_is_the_same_document(world: GovWorld) -> None:
    annex = TABLE + "/annex-a"
    words = allocations("2023-24", **COUNCILS).decode()
    grant = "Supporting Families grant"
    attached = {
        "attachment_type": "html",
        "title": "Supporting Families programme: allocations",
        "url": annex,
    }
    world.publish(TABLE, grant, kind="guidance", by=MHCLG, on="2022-12-01", attachments=[attached])
    world.publish(
        annex,
        "Supporting Families programme: allocations",
        words,
        kind="html_publication",
        by=MHCLG,
        on="2022-12-01",
    )
    world.sync("govuk_awards")
    assert len(world.records()) == len(COUNCILS)
    world.web.items[TABLE + "/annex"] = {
        **world.web.items.pop(annex),
        "base_path": TABLE + "/annex",
    }
    world.edit(TABLE, attachments=[{**attached, "url": TABLE + "/annex"}], major=True)
    for day in ("2024-03-10", "2024-04-10", "2024-05-20"):
        world.at(day)
        world.sync("govuk_awards")
        assert (world.told(), world.open_problems()) == ([], [])
    assert len(world.records()) == len(COUNCILS)


def test_a_withdrawn_page_takes_its_awards_and_those_of_its_attachments_back_and_what_comes_back_was_never_gone(
    world: GovWorld,
) -> None:
    rows = [["Local authority", "Allocation 2024-25 (£)"], ["York", 6000], ["Kent", 7000]]
    attached = world.file("table.csv", sheet(rows), "Allocations")
    world.publish(
        NEWS,
        "Innovation funding for Leeds",
        GIVEN.format("£5 million"),
        on="2024-02-20",
        attachments=[attached],
    )
    world.sync("govuk_awards")
    world.at("2024-03-02")
    world.web.items[NEWS]["withdrawn_notice"] = {
        "explanation": "Published in error.",
        "withdrawn_at": "2024-03-02T09:00:00Z",
    }
    world.sync("govuk_awards")
    assert sorted(world.told()) == [
        ("kent", "withdrawn", "amount", "7000", ""),
        ("leeds", "withdrawn", "amount", "5000000", ""),
        ("york", "withdrawn", "amount", "6000", ""),
    ]
    world.at("2024-03-04")
    world.web.items[NEWS]["withdrawn_notice"] = {}
    world.sync("govuk_awards")
    assert (len(world.told()), {r["withdrawn"] for r in world.records()}) == (3, {False})


@pytest.mark.parametrize("status", [200, 410])
def test_a_page_that_went_gone_is_withdrawn_whatever_the_status(
    world: GovWorld, status: int
) -> None:
    world.publish(NEWS, "Money for Leeds", GIVEN.format("£5 million"), on="2024-02-20")
    world.sync("govuk_awards")
    world.at("2024-03-02")
    del world.web.items[NEWS]
    gone = (
        b'{"schema_name": "gone", "document_type": "gone", "base_path": "'
        + NEWS.encode()
        + b'", "details": {"explanation": "Moved"}}'
    )
    world.web.page("/gov/api/content" + NEWS, gone, status=status)
    world.sync("govuk_awards")
    assert world.told() == [("leeds", "withdrawn", "amount", "5000000", "")]
    assert world.sync("govuk_awards").events == 0


def test_a_page_that_moved_keeps_its_award_and_nothing_is_told(world: GovWorld) -> None:
    world.publish(NEWS, "Money for Leeds", GIVEN.format("£5 million"), on="2024-02-20")
    world.sync("govuk_awards")
    (before,) = world.records()
    world.at("2024-03-09")
    world.web.items[NEWS + "-2"] = {**world.web.items.pop(NEWS), "base_path": NEWS + "-2"}
    moved = (
        b'{"schema_name": "redirect", "redirects": [{"destination": "' + NEWS.encode() + b'-2"}]}'
    )
    world.web.page("/gov/api/content" + NEWS, moved)
    world.sync("govuk_awards")
    assert (world.told(), [r["id"] for r in world.records()], world.open_problems()) == (
        [],
        [before["id"]],
        [],
    )


def test_a_page_that_redirects_to_itself_is_a_problem_and_no_withdrawal(world: GovWorld) -> None:
    world.publish(NEWS, "Money for Leeds", GIVEN.format("£5 million"), on="2024-02-20")
    world.sync("govuk_awards")
    item = world.web.items.pop(NEWS)
    world.web.page(
        "/gov/api/content" + NEWS,
        b'{"schema_name": "redirect", "redirects": [{"destination": "' + NEWS.encode() + b'"}]}',
    )
    world.at("2024-03-02")
    world.sync("govuk_awards")
    assert (world.told(), world.open_problems()) == ([], ["PageRedesigned"])
    world.web.items[NEWS] = item
    world.at("2024-03-12")
    world.sync("govuk_awards")
    assert (world.told(), world.open_problems()) == ([], [])


def test_an_attachment_larger_than_allowed_is_a_problem_and_the_rest_goes_on(
    tmp_path: Path,
) -> None:
    with GovWorld(tmp_path) as world:
        world.config_path.write_text(
            world.config_path.read_text().replace("[fetch]", "[fetch]\nmax_megabytes = 1")
        )
        huge = world.file(
            "huge.csv", b"Local authority,Allocation\n" + b"Leeds,5\n" * 300_000, "Huge"
        )
        world.publish(
            NEWS,
            "Innovation funding for Leeds",
            GIVEN.format("£5 million"),
            on="2024-02-20",
            attachments=[huge],
        )
        report = world.sync("govuk_awards")
        assert [(p.name, p.url.endswith("huge.csv")) for p in report.problems] == [
            ("TooLarge", True)
        ]
        assert [r["amount"] for r in world.records()] == [5000000]
        world.at("2024-03-01", 12)
        assert (world.sync("govuk_awards").problems, world.open_problems()) == ([], ["TooLarge"]), (
            "it waits for its turn"
        )


def test_a_workbook_that_unpacks_to_gigabytes_is_a_problem_and_the_rest_goes_on(
    world: GovWorld,
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>" + b" " * 450_000_000)
    bomb = world.file("bomb.xlsx", packed.getvalue(), "Allocations")
    world.publish(
        NEWS,
        "Innovation funding for Leeds",
        GIVEN.format("£5 million"),
        on="2024-02-20",
        attachments=[bomb],
    )
    report = world.sync("govuk_awards")
    assert [(p.name, p.url.endswith("bomb.xlsx")) for p in report.problems] == [
        ("NotASpreadsheet", True)
    ]
    assert [r["amount"] for r in world.records()] == [5000000]


def test_a_formula_is_its_printed_value_and_never_evaluated(world: GovWorld) -> None:
    rows = [
        ["Local authority", "Allocation 2024-25 (£)"],
        ["Leeds", '=HYPERLINK("http://evil","£5")'],
        ["York", 6000],
        ["Kent", 7000],
    ]
    attached = world.file("t.csv", sheet(rows), "Allocations")
    world.publish(
        NEWS, "Supporting Families grant", "<p>x</p>", on="2024-02-20", attachments=[attached]
    )
    world.sync("govuk_awards")
    assert sorted((r["councils"], r["amount"]) for r in world.records()) == [
        (["kent"], 7000),
        (["york"], 6000),
    ]


def test_a_csv_in_cp1252_is_read_like_any_other(world: GovWorld) -> None:
    rows = [
        ["Local authority", "Allocation 2024–25 (£)"],
        ["King’s Lynn", "£1"],
        ["Leeds", "£6,000"],
        ["York", "£7,000"],
    ]
    attached = world.file("t.csv", sheet(rows, "cp1252"), "Allocations")
    world.publish(
        NEWS, "Supporting Families grant", "<p>x</p>", on="2024-02-20", attachments=[attached]
    )
    world.sync("govuk_awards")
    found = [(r["councils"], r["amount"], r["period"]) for r in world.records()]
    assert found == [(["leeds"], 6000, "2024–25"), (["york"], 7000, "2024–25")]


def test_a_search_that_refuses_a_parameter_fails_the_run_with_the_reason(world: GovWorld) -> None:
    world.web.refuse.add("order")
    report = world.sync("govuk_awards")
    assert (report.status, [p.name for p in report.problems]) == ("failed", ["HttpRefused"])


def test_a_read_that_is_cut_short_is_taken_up_where_it_stopped(world: GovWorld) -> None:
    attached = world.file("table.csv", b"", "Allocations")
    world.publish(
        NEWS,
        "Innovation funding for Leeds",
        GIVEN.format("£5 million"),
        on="2024-02-20",
        attachments=[attached],
    )
    world.web.page("/assets/media/1/table.csv", b"", status=503)
    assert world.sync("govuk_awards").status == "incomplete"
    rows = [["Local authority", "Allocation 2024-25 (£)"], ["York", 6000], ["Kent", 7000]]
    world.file("table.csv", sheet(rows), "Allocations")
    world.at("2024-03-01", 12)
    assert (world.sync("govuk_awards").status, len(world.records()), world.open_problems()) == (
        "ok",
        3,
        [],
    )


def test_the_supporting_families_table_of_2023_gives_41_of_41(shared: Path, tmp_path: Path) -> None:
    with Replay(shared, tmp_path / "replay") as replay:
        replay.day("2024-06-01")
        text = replay.config_path.read_text()
        replay.configure(text + '[sources.govuk_awards]\nsince = "2023-01-01"\n')
        replay.sync("govuk_awards")
        with replay.store() as store:
            sums = store.one(
                "SELECT count(*) AS n, sum(json_extract(fields, '$.amount')) AS pounds FROM records "
                "WHERE json_extract(fields, '$.kind') = 'allocation'"
            )
        assert sums is not None
        assert (sums["n"], sums["pounds"]) == (41, SUPPORTING_FAMILIES_2023)


@pytest.mark.parametrize(
    "is_found",
    [
        pytest.param(True, id="found", marks=pytest.mark.torture),
        pytest.param(False, id="not found"),
    ],
)
def test_a_known_page_that_fails_is_asked_again_after_pauses_that_grow(
    world: GovWorld, is_found: bool
) -> None:
    world.publish(NEWS, "Money for Leeds", GIVEN.format("£5 million"), on="2024-02-20")
    world.sync("govuk_awards")
    world.at("2024-03-02")
    world.edit(NEWS, major=True, body=GIVEN.format("£7 million"))
    item = world.web.items[NEWS]
    if is_found:
        world.web.hidden.add(NEWS)
    else:
        del world.web.items[NEWS]
    asked = []
    for day in range(2, 20):
        world.at(f"2024-03-{day:02}")
        world.web.seen.clear()
        world.sync("govuk_awards")
        asked += [day] if world.web.asked(f"/gov/api/content{NEWS}") else []
    assert asked == [2, 3, 5, 9, 17]
    world.web.hidden.clear()
    world.web.items[NEWS] = item
    world.at("2024-04-02")
    assert world.sync("govuk_awards").events == 1, "what it says is told when it can be read"
