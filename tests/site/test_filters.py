"""The little script: fields that leave only some lines of a list, and headings that sort them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import site_world
from browser import Browser, Tab
from records import grades, inspection
from site_facts import facts

from syncer.operations.publishing import write
from syncer.site.addresses import Places
from syncer.site.contents import Contents

SHOWN = """[...document.querySelectorAll(".standings tbody tr")].filter(row => !row.hidden)
  .map(row => row.cells[0].textContent.trim())"""
CHOOSE = """[...document.querySelectorAll(".find label")].filter(
  label => label.firstChild.textContent === "{}").forEach(label => {{
  label.lastChild.value = "{}";
  label.lastChild.dispatchEvent(new Event("input", {{bubbles: true}}))}})"""
SORT = """[...document.querySelectorAll(".standings .sort")].find(
  button => button.textContent.trim() === "{}").click()"""


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    """The list of councils in which Leeds, York and Kent were inspected."""
    folder = tmp_path_factory.mktemp("site") / "pages"
    known = facts(
        inspection(1, "2024-07-08", grades("good")),
        inspection(2, "2023-02-06", grades("inadequate"), council="york"),
        inspection(3, "2024-01-15", grades("good"), council="kent"),
    )
    write(Contents(known, Places()), folder)
    with Browser(tmp_path_factory.mktemp("browser")) as browser, site_world.served(folder) as at:
        yield browser.tab().go(f"{at}/councils/")


def shown(tab: Tab, *chosen: tuple[str, str]) -> Any:
    for field in ("Find a council", "Leadership", "Region"):
        tab.evaluate(CHOOSE.format(field, dict(chosen).get(field, "")))
    return tab.evaluate(SHOWN)


def test_a_grade_a_region_and_words_each_leave_only_the_lines_that_have_them(tab: Tab) -> None:
    assert shown(tab, ("Leadership", "good")) == ["Kent", "Leeds"]
    assert shown(tab, ("Leadership", "good"), ("Region", "South East")) == ["Kent"]
    assert shown(tab, ("Find a council", "york"), ("Leadership", "inadequate")) == ["York"]
    assert len(shown(tab)) == 153


def test_a_heading_sorts_by_what_a_cell_means_and_empty_cells_stay_last(tab: Tab) -> None:
    tab.evaluate(SORT.format("Inspected"))
    assert shown(tab)[:3] == ["York", "Kent", "Leeds"]
    tab.evaluate(SORT.format("Inspected"))
    assert shown(tab)[:3] == ["Leeds", "Kent", "York"]
