"""An error of our own costs the page or file at which it is raised, and nothing else (DESIGN
§6.11). It is brought about by a folder in the archive, where the file's bytes should go."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from gov_world import GovWorld
from records import grades
from replay import Bench
from small_world import SmallWorld, provider_page

OURS = "IsADirectoryError"
OUTCOMES = "/government/statistics/local-authority-inspection-outcomes-as-at-31-march-{year}"
HEADINGS = "Local authority name,Event type,Inspection start date,Overall effectiveness"


def block(world: Bench, data: bytes) -> Path:
    """Put a folder where the archive keeps these bytes."""
    name = hashlib.sha256(data).hexdigest()
    folder = world.folder / "store" / "snapshots" / name[:2] / f"{name[2:]}.gz"
    folder.mkdir(parents=True)
    return folder


@pytest.mark.parametrize("what", ["the file", "the page"])
def test_an_error_of_our_own_at_one_report_or_page_costs_no_other(
    tmp_path: Path, what: str
) -> None:
    with SmallWorld(tmp_path, "bolton", "leeds") as world:
        world.sync()
        world.at("2024-04-16")
        bad = world.report("bolton", "2024-03-04", grades("inadequate", leavers="good"))
        world.report("leeds", "2024-03-04", grades("inadequate", leavers="good"))
        page = provider_page(world.providers["bolton"], world.web.url(host="localhost"))
        folder = block(world, bad.data if what == "the file" else page)
        assert [(p.name, p.council) for p in world.sync().problems] == [(OURS, "bolton")]
        assert {council for council, *_ in world.told()} == {"leeds"}
        folder.rmdir()
        world.at("2024-04-18")
        assert (world.sync().events, world.open_problems()) == (5, [])


def test_an_error_of_our_own_at_one_attachment_costs_no_other(tmp_path: Path) -> None:
    with GovWorld(tmp_path) as world:
        tables = [
            b"Local authority,Allocation 2023-24\nLeeds,100100\nYork,200200\nLuton,300300\n",
            b"Local authority,Allocation 2024-25\nLeeds,400100\nYork,500200\nLuton,600300\n",
        ]
        attached = [
            world.file(f"{n}.csv", data, f"Family Hubs allocations 202{3 + n}", str(n))
            for n, data in enumerate(tables)
        ]
        title = "Family Hubs and Start for Life programme allocations"
        world.publish("/government/publications/x", title, kind="guidance", attachments=attached)
        folder = block(world, tables[0])
        assert [p.name for p in world.sync("govuk_awards").problems] == [OURS]
        assert {r["amount"] for r in world.records()} == {400100, 500200, 600300}
        folder.rmdir()
        world.at("2024-03-03")
        world.sync("govuk_awards")
        assert (len(world.records()), world.open_problems()) == (6, [])


def test_an_error_of_our_own_at_one_year_of_the_statistics_costs_no_other(tmp_path: Path) -> None:
    with GovWorld(tmp_path) as world:
        for year, day in (("2023", "2023-02-01"), ("2024", "2024-02-05")):
            data = f"{HEADINGS}\nLeeds,Inspection,{day},Good\n".encode()
            table = world.file("x.csv", data, "Outcomes", year)
            path, title = OUTCOMES.format(year=year), f"Outcomes {year}"
            world.publish(path, title, kind="statistics", by="ofsted", attachments=[table])
        folder = block(world, data)
        assert [p.name for p in world.sync("ofsted_statistics").problems] == [OURS]
        assert len(world.records("inspection")) == 1
        folder.rmdir()
        world.at("2024-03-09")
        world.sync("ofsted_statistics")
        assert (len(world.records("inspection")), world.open_problems()) == (2, [])
