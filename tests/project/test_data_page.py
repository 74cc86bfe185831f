"""docs/data.md, held against the lists and the database it documents."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from syncer.model import Area
from syncer.register.councils import load_register
from syncer.store.public import EXPORTED, PublicTable
from syncer.views import council, counts, improvements, interventions, possibles
from syncer.views import lists as views
from syncer.views.listing import Column

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "data.md").read_text(encoding="utf-8")

SOMETIMES = tuple(Column(str(value)) for value in counts.SHOWN_WHERE_ANY)
RATINGS = views.ratings(load_register(), []).columns
COUNTS = counts.counts(load_register(), [], [], Area.OVERALL, []).columns
LISTS = {
    "ratings": RATINGS,
    "counts": (*COUNTS[:5], *SOMETIMES, *COUNTS[5:]),
    "inspections": views.REPORT_COLUMNS,
    "improve": improvements.COLUMNS,
    "interventions": interventions.COLUMNS,
    "awards": views.MONEY_COLUMNS,
    "councils": views.COUNCIL_COLUMNS,
    "conflicts": council.CONFLICT_COLUMNS,
    "held": views.HELD_COLUMNS[-1:],
    "possible": possibles.COLUMNS,
}


def described(heading: str) -> list[str]:
    """The first words of the table under a heading."""
    section = PAGE.partition(f"\n{heading}\n")[2]
    under = re.split(r"^#{2,3} ", section, maxsplit=1, flags=re.M)[0]
    return re.findall(r"^\| `(\w+)` \|", under, re.M)


@pytest.mark.parametrize("name", LISTS)
def test_every_key_of_a_list_is_described_in_its_order(name: str) -> None:
    assert described(f"### {name}") == [column.name for column in LISTS[name]]


@pytest.mark.parametrize("table", EXPORTED, ids=lambda table: table.name)
def test_every_column_of_the_database_is_described_with_its_type(table: PublicTable) -> None:
    section = PAGE.partition(f"\n### Table {table.name}\n")[2].partition("\n### ")[0]
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (.*) \|$", section, re.M)
    assert rows == [(column.name, column.type.lower(), column.says) for column in table.columns]
    assert " ".join(section.split()).startswith(table.says)
