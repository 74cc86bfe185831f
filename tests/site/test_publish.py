"""`publish`: the site as files, and what leads to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from records import grades
from small_world import SmallWorld


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The site of a small world in which Leeds became inadequate."""
    with SmallWorld(tmp_path_factory.mktemp("world"), "leeds", "york") as world:
        world.first_read()
        world.report("leeds", "2024-03-04", grades("inadequate", leavers="good"))
        world.at("2024-04-16")
        world.sync()
        folder = tmp_path_factory.mktemp("site") / "pages"
        done = world.cli("publish", str(folder))
        assert done.returncode == 0, done.stderr
        yield folder


def test_a_council_s_page_has_its_name_as_its_heading(site: Path) -> None:
    page = site / "councils" / "york" / "index.html"
    heading = BeautifulSoup(page.read_bytes(), "html.parser").h1
    assert heading is not None and heading.get_text(strip=True) == "York"


def test_a_mail_leads_to_the_page_of_its_change(tmp_path: Path) -> None:
    with SmallWorld(tmp_path, "leeds", "york") as world:
        url = '[web]\nurl = "https://follow.example"\n'
        world.configure(world.config_path.read_text(encoding="utf-8") + url)
        world.first_read()
        assert world.cli("subscribe", "a@example.org", "--confirmed").returncode == 0
        world.cli("digest")
        world.report("leeds", "2024-03-04", grades("inadequate", leavers="good"))
        world.at("2024-04-16")
        world.sync()
        change = world.events()[0].id
        world.cli("digest")
        mail = world.cli("outbox", "show", "2").stdout
        assert f"https://follow.example/changes/{change}" in mail
        world.cli("publish", str(tmp_path / "pages"))
        assert (tmp_path / "pages" / "changes" / str(change) / "index.html").is_file()


def test_the_outbox_is_a_list_in_every_form(tmp_path: Path) -> None:
    with SmallWorld(tmp_path, "leeds") as world:
        world.first_read()
        world.cli("subscribe", "a@example.org", "--confirmed")
        world.cli("digest")
        shown = world.cli("outbox", "--format", "csv").stdout.splitlines()
        assert shown[0].startswith("delivery,to,kind,state,subject")
        assert len(shown) == 2 and "a@example.org" in shown[1]


def test_a_page_says_how_much_could_not_be_read_and_not_what_is_wrong_with_it(
    tmp_path: Path,
) -> None:
    with SmallWorld(tmp_path, "leeds", "york") as world:
        world.first_read()
        world.report("leeds", "2024-03-04", grades("inadequate")).data = b"no PDF"
        world.at("2024-04-16")
        world.sync()
        assert world.open_problems() == ["NotAPdf"]
        world.cli("publish", str(tmp_path / "pages"))
        about = (tmp_path / "pages" / "about" / "index.html").read_text(encoding="utf-8")
        assert "one page or file could not be read</dd>" in about
