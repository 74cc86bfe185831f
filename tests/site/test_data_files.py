"""The files of data: the same lists as on the command line, at addresses that stay."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import site_world
from bs4 import BeautifulSoup
from python_calamine import CalamineWorkbook
from replay import Bench

from syncer.app import App
from syncer.operations.publishing import gather
from syncer.site import data
from syncer.site.addresses import Places
from syncer.site.contents import Contents
from syncer.views.keys import keys_of

DOCS = Path(__file__).resolve().parents[2] / "docs"
NOT_IN_THIS_WORLD = ("payments", "improve")
NAMES = [each.name for each in data.LISTS]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return site_world.build(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def contents(world: Bench) -> Iterator[Contents]:
    with App(world.config, world.now) as app:
        yield Contents(gather(app), Places())


@pytest.mark.parametrize("name", NAMES)
def test_a_list_has_the_same_rows_and_keys_in_every_form(contents: Contents, name: str) -> None:
    rows = json.loads(contents[f"data/{name}.json"]())
    header, *lines = csv.reader(io.StringIO(contents[f"data/{name}.csv"]().decode()))
    book = CalamineWorkbook.from_filelike(io.BytesIO(contents[f"data/{name}.xlsx"]()))
    sheet = book.get_sheet_by_name(name).to_python()
    assert len(rows) == len(lines) == len(sheet) - 1
    assert bool(rows) == (name not in NOT_IN_THIS_WORLD)
    assert all(list(row) == header for row in rows) and sheet[0] == header
    assert "about" in book.sheet_names


@pytest.mark.parametrize("name", ["ratings", "inspections", "interventions", "changes", "improve"])
def test_a_file_holds_what_the_command_prints(world: Bench, contents: Contents, name: str) -> None:
    printed = world.cli(name, "--format", "csv")
    assert printed.returncode == 0, printed.stderr
    assert contents[f"data/{name}.csv"]().decode() == printed.stdout


@pytest.mark.parametrize("name", NAMES)
def test_every_key_of_a_file_is_described_on_the_page_of_the_data(
    contents: Contents, name: str
) -> None:
    document = BeautifulSoup(contents["data/"](), "html.parser")
    heading = document.select_one(f"h2#{name}")
    assert heading is not None
    table = heading.find_next("table")
    assert table is not None
    described = [code.get_text() for code in table.select("th code")]
    header = contents[f"data/{name}.csv"]().decode().splitlines()[0].split(",")
    assert [key for key in described if key in header] == header


@pytest.mark.parametrize("name", ["ratings", "inspections", "improve", "awards", "councils"])
def test_the_documentation_says_of_a_key_what_the_site_says(name: str) -> None:
    page = (DOCS / "data.md").read_text(encoding="utf-8").partition(f"\n### {name}\n")[2]
    for key, holds in keys_of(name).items():
        assert f"\n| `{key}` | {holds} |\n" in page


def test_the_documentation_says_of_a_change_what_the_site_says() -> None:
    page = (DOCS / "changes.md").read_text(encoding="utf-8")
    for key, holds in keys_of("changes").items():
        assert f"\n| `{key}` | {holds} |\n" in page


def test_the_counts_have_every_judgement_and_add_up_to_the_councils_of_the_day(
    contents: Contents,
) -> None:
    rows = json.loads(contents["data/counts.json"]())
    register = contents.facts.register
    assert len({row["area"] for row in rows}) == 6
    for row in rows:
        numbers = [n for key, n in row.items() if key not in ("area", "day") and n]
        day = contents.facts.day.fromisoformat(row["day"])
        assert sum(numbers) == len(register.open_on(day))


def test_a_council_has_all_of_its_page_in_one_file_that_its_page_links(contents: Contents) -> None:
    whole = json.loads(contents["councils/york/data.json"]())
    assert whole["council"]["name"] == "York"
    assert whole["inspections"] and whole["awards"]
    assert b'href="data.json"' in contents["councils/york/"]()


def test_a_list_s_page_links_its_files(contents: Contents) -> None:
    page = contents["interventions/"]().decode()
    for form in ("csv", "json", "xlsx"):
        assert f'href="../data/interventions.{form}"' in page
