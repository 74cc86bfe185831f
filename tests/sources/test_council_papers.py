"""Council papers: by address or as a file, in any form; the paper's own day, and its history kept
apart from its news."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from gov_world import GovWorld

from syncer.demo.pdf import pdf_of

PAPER = """Report of the Director of Children's Services

Date: 22nd March 2024

The Department for Education has agreed to give Leeds City Council {} under the Safety Valve programme."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[GovWorld]:
    with GovWorld(
        tmp_path,
        day="2024-04-01",
        more='[sources.council_papers]\nenabled = true\nfiles = ["papers"]\n',
    ) as found:
        (tmp_path / "papers").mkdir()
        yield found


def put(world: GovWorld, name: str, text: str) -> None:
    (world.folder / "papers" / name).write_text(text)


def test_a_paper_lies_in_a_folder_beside_the_configuration_and_is_kept_as_evidence(
    world: GovWorld,
) -> None:
    put(world, "march.txt", PAPER.format("£9.6 million"))
    world.sync("council_papers")
    assert [(r["councils"], r["amount"], r["announced"]) for r in world.records()] == [
        (["leeds"], 9600000, "2024-03-22")
    ]
    with world.store() as store:
        sha256 = store.value("SELECT sha256 FROM observations")
    assert list((world.folder / "store" / "snapshots").rglob(f"{sha256[2:]}.*"))


def test_a_paper_that_is_put_there_later_is_news_and_the_same_one_again_is_not(
    world: GovWorld,
) -> None:
    put(world, "march.txt", PAPER.format("£9.6 million"))
    world.sync("council_papers")
    put(
        world,
        "april.txt",
        PAPER.format("£2 million").replace("Leeds", "York").replace("22nd March", "4th April"),
    )
    world.at("2024-04-05")
    assert world.sync("council_papers").events == 1
    assert world.told() == [("york", "added", "amount", "", "2000000")]
    assert world.sync("council_papers").records == 0


def test_a_paper_that_is_replaced_is_an_edit_of_the_same_paper(world: GovWorld) -> None:
    put(world, "march.txt", PAPER.format("£9.6 million"))
    world.sync("council_papers")
    put(world, "march.txt", PAPER.format("£8 million"))
    world.at("2024-04-05")
    world.sync("council_papers")
    assert world.told() == [("leeds", "changed", "amount", "9600000", "8000000")]


def test_a_pdf_and_a_web_page_are_read_like_a_text(world: GovWorld) -> None:
    lines = [line for line in PAPER.format("£9.6 million").splitlines() if line]
    (world.folder / "papers" / "a.pdf").write_bytes(
        pdf_of([[(60, 700 - 20 * n, 10, line) for n, line in enumerate(lines)]])
    )
    paragraphs = "".join(f"<p>{line.replace('Leeds', 'York')}</p>" for line in lines)
    put(world, "b.html", f"<html><body><main>{paragraphs}</main></body></html>")
    world.sync("council_papers")
    assert sorted((r["councils"], r["amount"]) for r in world.records()) == [
        (["leeds"], 9600000),
        (["york"], 9600000),
    ]


def test_a_scan_without_text_and_a_missing_file_are_problems_and_the_rest_goes_on(
    world: GovWorld,
) -> None:
    (world.folder / "papers" / "scan.pdf").write_bytes(pdf_of([[], []]))
    put(world, "march.txt", PAPER.format("£9.6 million"))
    text = world.config_path.read_text().replace('["papers"]', '["papers", "not-there.pdf"]')
    world.configure(text)
    report = world.sync("council_papers")
    assert sorted(p.name for p in report.problems) == ["NoTextLayer", "Unreachable"]
    assert [r["amount"] for r in world.records()] == [9600000]


def test_money_of_a_programme_long_over_is_history_and_not_news(world: GovWorld) -> None:
    put(world, "march.txt", PAPER.format("£9.6 million"))
    world.sync("council_papers")
    world.at("2024-04-05")
    told = "In the first round of the Innovation Programme the DfE awarded Leeds City Council £5m."
    put(world, "april.txt", f"Date: 4th April 2024\n\n{told}")
    assert world.sync("council_papers").events == 0
    assert [r.get("background", False) for r in world.records()] == [False, True]


def test_a_paper_by_its_address_is_read_from_the_council_that_is_configured(
    world: GovWorld,
) -> None:
    world.web.page("/papers/1", PAPER.format("£9.6 million").encode())
    world.configure(
        world.config_path.read_text().replace(
            "[fetch]", f'council_papers = ["{world.web.url("/papers/1")}"]\n[fetch]'
        )
    )
    world.sync("council_papers")
    assert [r["url"].endswith("/papers/1") for r in world.records()] == [True]
