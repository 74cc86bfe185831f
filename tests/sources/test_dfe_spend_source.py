"""The monthly payments files: every file of the replay, and what a corrected, broken or strange one
does."""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from gov_world import GovWorld, sheet
from replay import Replay

from syncer import sources
from syncer.app import App
from syncer.documents.reader import DocumentReader
from syncer.pipeline.sync import sync
from syncer.register.councils import load_register
from syncer.sources._payments import read_payments

SOURCE, YEAR = "dfe_spend", "/government/publications/dfe-spend-2015-to-2016"
HEADER = [
    "Entity",
    "Date",
    "Expense type",
    "Expense area",
    "Description",
    "Supplier",
    "Transaction Number",
    "Amount",
]
GRANT = "Grants to local authorities outside aggregate external funding"


def row(
    supplier: str, amount: object, *, paid: str = "25/03/2015", number: str = "1"
) -> list[object]:
    return ["DfE", paid, "Grants", "Families Group", GRANT, supplier, number, amount]


class Counted:
    """Progress that keeps what it was told."""

    def __init__(self) -> None:
        self.done = 0
        self.expected: list[int] = [0]
        self.left: list[int] = []

    def begin(self, label: str) -> None: ...

    def expect(self, pages: int) -> None:
        self.expected.append(pages)

    def step(self) -> None:
        self.done += 1
        self.left.append(self.expected[-1] - self.done)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[GovWorld]:
    with GovWorld(tmp_path, day="2015-05-01") as found:
        yield found


def put_up(world: GovWorld, *files: tuple[str, bytes], tag: str = "1") -> None:
    """The page of the year with these files."""
    attachments = [
        world.file(f"{title}.csv", data, title, f"{tag}{n}")
        for n, (title, data) in enumerate(files)
    ]
    world.publish(
        YEAR,
        "DfE and executive agency spend over £25,000: 2015 to 2016",
        kind="transparency",
        attachments=attachments,
    )


def paid(world: GovWorld) -> list[tuple[str, int]]:
    return sorted((r["councils"][0], r["amount"]) for r in world.records("payment"))


def test_a_new_file_of_a_known_year_is_news_though_it_was_paid_before_we_began(
    world: GovWorld,
) -> None:
    march = sheet([HEADER, row("LEEDS CITY COUNCIL", 100000)])
    put_up(world, ("March", march))
    assert (world.sync(SOURCE).events, paid(world)) == (0, [("leeds", 100000)])
    world.at("2015-06-01")
    april = sheet([HEADER, row("LEEDS CITY COUNCIL", 90000, paid="22/04/2015", number="2")])
    put_up(world, ("March", march), ("April", april))
    world.sync(SOURCE)
    assert [(e.record, e.new, str(e.effective), str(e.published)) for e in world.events()] == [
        ("payment", "90000", "2015-04-22", "2015-06-01")
    ]


def test_a_corrected_file_with_a_row_put_in_between_moves_nothing_else(world: GovWorld) -> None:
    put_up(
        world,
        (
            "March",
            sheet(
                [
                    HEADER,
                    row("LEEDS CITY COUNCIL", 100000),
                    row("YORK CITY COUNCIL", 50000, number="2"),
                ]
            ),
        ),
    )
    world.sync(SOURCE)
    before = {r["councils"][0]: r["id"] for r in world.records("payment")}
    world.at("2015-06-01")
    rows = [
        row("KENT COUNTY COUNCIL", 70000, number="9"),
        row("LEEDS CITY COUNCIL", 100000),
        row("YORK CITY COUNCIL", 50000, number="2"),
    ]
    put_up(world, ("March", sheet([HEADER, *rows])), tag="2")
    world.sync(SOURCE)
    assert paid(world) == [("kent", 70000), ("leeds", 100000), ("york", 50000)]
    assert before.items() <= {r["councils"][0]: r["id"] for r in world.records("payment")}.items()


def test_a_line_that_a_corrected_file_no_longer_has_never_was(world: GovWorld) -> None:
    put_up(
        world,
        (
            "March",
            sheet(
                [
                    HEADER,
                    row("LEEDS CITY COUNCIL", 100000),
                    row("YORK CITY COUNCIL", 50000, number="2"),
                ]
            ),
        ),
    )
    world.sync(SOURCE)
    world.at("2015-06-01")
    put_up(world, ("March", sheet([HEADER, row("LEEDS CITY COUNCIL", 100000)])), tag="2")
    world.sync(SOURCE)
    assert (paid(world), world.told()) == ([("leeds", 100000)], [])


def test_unknown_names_are_one_problem_a_file_with_its_address(world: GovWorld) -> None:
    rows = [
        HEADER,
        row("LEEDS CITY COUNCIL", 100000),
        row("AMBRIDGE BOROUGH COUNCIL X", 50000),
        row("BORCHESTER COUNCIL Y", 60000),
    ]
    put_up(world, ("March", sheet(rows)))
    report = world.sync(SOURCE)
    assert [
        (
            p.name,
            p.url.endswith("March.csv#rows"),
            "AMBRIDGE" in p.message,
            "BORCHESTER" in p.message,
        )
        for p in report.problems
    ] == [("UnmatchedRows", True, True, True)]
    world.at("2015-05-09")
    assert (world.sync(SOURCE).new_problems, world.open_problems()) == ([], ["UnmatchedRows"]), (
        "the file is the same: so is the problem"
    )


def test_rows_that_name_another_body_are_no_problem(world: GovWorld) -> None:
    others = [
        "BRITISH YOUTH COUNCIL",
        "BRITISH REFUGEE COUNCIL",
        "REFUGEE COUNCIL",
        "YMCA ENGLAND LTD",
    ]
    others.append("LOCAL GOVERNMENT IMPROVEMENT & DEVELOPMENT")
    rows = [HEADER, row("LEEDS CITY COUNCIL", 100000), *(row(name, 50000) for name in others)]
    put_up(world, ("March", sheet(rows)))
    assert (world.sync(SOURCE).problems, paid(world)) == ([], [("leeds", 100000)])


@pytest.mark.parametrize(("first_read", "is_old"), [("2015-05-02", False), ("2024-03-01", True)])
def test_a_row_that_cannot_be_read_is_old_where_its_file_was_at_the_first_read(
    world: GovWorld, first_read: str, is_old: bool
) -> None:
    put_up(world, ("March", sheet([HEADER, row("AMBRIDGE COUNCIL", 1), row("LEEDS", 2)])))
    world.at(first_read)
    report = world.sync(SOURCE)
    assert [(problem.name, problem.is_old) for problem in report.problems] == [
        ("UnmatchedRows", is_old)
    ]
    assert (report.status, len(report.new_problems)) == (("ok", 0) if is_old else ("incomplete", 1))


def test_the_pages_that_are_expected_are_never_fewer_than_those_that_come(world: GovWorld) -> None:
    put_up(world, *((f"M{n}", sheet([HEADER, row("LEEDS", n)])) for n in range(5)))
    counted = Counted()
    with App(world.config, world.now, counted) as app:
        sync(app, sources.load(SOURCE))
    assert counted.done == counted.expected[-1] == 6 and min(counted.left) >= 0


def test_a_file_in_cp1252_and_one_that_is_none_are_told_apart(world: GovWorld) -> None:
    good = sheet([[*HEADER[:-1], "Amount £"], row("LEEDS CITY COUNCIL", "£100,000.00 ")], "cp1252")
    put_up(world, ("March", good), ("April", b"%PDF-1.4 not a table"))
    report = world.sync(SOURCE)
    assert [(p.name, p.url.endswith("April.csv")) for p in report.problems] == [
        ("NotASpreadsheet", True)
    ]
    assert paid(world) == [("leeds", 100000)]


def test_every_file_of_the_replay_is_read_and_its_grants_equal_the_instalments_of_2015(
    shared: Path, tmp_path: Path
) -> None:
    register = load_register(None)
    with (shared / "awards" / "innovation_instalments_2015.csv").open(encoding="utf-8") as file:
        wanted = list(csv.DictReader(file))
    with Replay(shared, tmp_path / "replay") as replay:
        replay.day("2026-08-22")
        report = replay.sync(SOURCE)
        assert {p.name for p in report.problems} <= {"UnmatchedRows"}
        with replay.store() as store:
            read = store.value(
                "SELECT count(*) FROM pages WHERE page LIKE '%#%' AND first_good IS NOT NULL"
            )
            rows = store.rows("""SELECT json_extract(councils, '$[0]') AS council, json_extract(fields, '$.paid') AS paid,
                json_extract(fields, '$.amount') AS pounds, json_extract(fields, '$.area') AS area FROM records""")
    seen = Counter[tuple[str, str]]()
    for each in rows:
        seen[each["council"], each["paid"]] += (
            each["pounds"] if each["area"] == "Families Group" else 0
        )
    names = {
        r["supplier_as_printed"]: register.match_cell(
            r["supplier_as_printed"], dt.date(2015, 6, 1)
        ).council.slug
        for r in wanted
    }
    days = {
        "paid_25-03-2015": "2015-03-25",
        "paid_22-04-2015": "2015-04-22",
        "paid_23-09-2015": "2015-09-23",
    }
    off = [
        (
            r["supplier_as_printed"],
            column,
            int(r[column]),
            seen[names[r["supplier_as_printed"]], day],
        )
        for r in wanted
        for column, day in days.items()
        if int(r[column]) != seen[names[r["supplier_as_printed"]], day]
    ]
    assert (read, off) == (20, [])


def test_a_file_of_payments_is_read_without_loading_what_reads_prose_or_asks_sites() -> None:
    data = sheet([HEADER, row("Leeds City Council", 100)])
    with DocumentReader() as reader:
        payments, problems = reader.call(read_payments, data, "a.csv", load_register())
        loaded = reader.call(eval, "set(__import__('sys').modules)")
    assert [payment.council for payment in payments] == ["leeds"] and not problems
    assert loaded.isdisjoint({"syncer.funding.reading", "requests", "msgspec"})
