"""tables.js in Chromium: sorting by a heading, and showing the rows that have the words typed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import site_world
from browser import Browser, Tab

from syncer.site.render import FOLDER

PAGE = """<!DOCTYPE html><html lang="en"><title>x</title><script src="tables.js" defer></script>
<div class="scroll"><table class="sortable" data-find="Find a council"><thead><tr>
<th scope="col">Council</th><th scope="col">Pounds</th><th scope="col" data-choose>Grade</th></tr>
</thead><tbody>
<tr><td>Leeds</td><td data-sort="900">£900</td><td>good</td></tr>
<tr><td>York</td><td data-sort="">not stated</td><td>good</td></tr>
<tr><td>Brent</td><td data-sort="1000">£1,000</td><td>inadequate</td></tr>
</tbody></table></div>"""
NAMES = (
    "[...document.querySelectorAll('tbody tr:not([hidden])')].map(row => row.cells[0].innerText)"
)
TYPE = """(field => { field.value = %r; field.dispatchEvent(new Event("input", {bubbles: true})) })
(document.querySelector(%r))"""


@pytest.fixture
def tab(tmp_path: Path) -> Iterator[Tab]:
    """A page with one table, in a browser."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text(PAGE, encoding="utf-8")
    (site / "tables.js").write_bytes((FOLDER / "tables.js").read_bytes())
    with site_world.served(site) as at, Browser(tmp_path / "browser") as browser:
        yield browser.tab().go(f"{at}/")


def test_a_click_on_a_heading_sorts_by_it_up_then_down_and_what_is_not_stated_is_last(
    tab: Tab,
) -> None:
    click = "document.querySelectorAll('button.sort')[1].click()"
    tab.evaluate(click)
    assert tab.evaluate(NAMES) == ["Leeds", "Brent", "York"]
    tab.evaluate(click)
    assert tab.evaluate(NAMES) == ["Brent", "Leeds", "York"]
    assert tab.evaluate("document.querySelectorAll('th')[1].ariaSort") == "descending"


def test_the_rows_with_the_words_typed_and_the_value_chosen_are_left_and_counted(tab: Tab) -> None:
    tab.evaluate(TYPE % ("good", "select"))
    assert tab.evaluate(NAMES) == ["Leeds", "York"]
    tab.evaluate(TYPE % ("LEE", "input"))
    assert tab.evaluate(NAMES) == ["Leeds"]
    assert tab.evaluate("document.querySelector('output').textContent") == "1 of 3 lines"
