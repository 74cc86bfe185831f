"""The site as machines look at it: HTML by the Nu validator, axe-core and layout in Chromium.

The validator and axe-core come from npm (`.ci/run` installs them); what is not here is skipped,
visibly."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import lxml.html
import pytest
import site_world
from browser import Browser, Tab
from looks import AXE, HIDDEN, RUN_AXE, SIDEWAYS, VALIDATOR, WIDE

REPLAY = pytest.param("replay", marks=pytest.mark.torture)
"""Three years of the real sites; minutes to read."""


@pytest.fixture(scope="module", params=["small", REPLAY])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    if request.param == "small":
        world = site_world.build(folder)
    else:
        world = site_world.replayed(request.getfixturevalue("shared"), folder)

    folder, came_to = site_world.published(world)
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print(f"\n{request.param}: {came_to}")
    return folder


@pytest.fixture(scope="module")
def at(site: Path) -> Iterator[str]:
    with site_world.served(site) as url:
        yield url


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("browser")) as made:
        yield made


@pytest.fixture
def tab(browser: Browser) -> Tab:
    return browser.tab()


def test_every_link_and_every_anchor_within_the_site_leads_somewhere(site: Path) -> None:
    pages = {site_world.address(site, page): page for page in site.rglob("*.html")}
    documents = {name: lxml.html.document_fromstring(p.read_bytes()) for name, p in pages.items()}
    anchors = {name: set(doc.xpath("//@id")) for name, doc in documents.items()}
    lost = []
    for name, document in documents.items():
        for link in map(str, document.xpath("//@href | //@src")):
            if urlsplit(link).scheme:
                continue
            to = urlsplit(urljoin(f"http://site/{name}", link))
            path = to.path.removeprefix("/")
            there = path in pages or (site / path).is_file()
            if not there or (to.fragment and to.fragment not in anchors.get(path, ())):
                lost.append(f"{name} → {link}")
    assert lost == []


def test_every_page_is_valid_html(site: Path) -> None:
    if not VALIDATOR.exists() or shutil.which("java") is None:
        pytest.skip("needs the Nu validator (npm vnu-jar, see .ci/run) and a Java runtime")
    command = ["java", "-Xss4m", "-jar", str(VALIDATOR), "--format", "json", "--skip-non-html"]
    done = subprocess.run([*command, str(site)], capture_output=True, text=True, check=False)
    messages = json.loads(done.stderr)["messages"]
    errors = [
        (Path(each["url"]).parent.name, each.get("lastLine"), each["message"], each.get("extract"))
        for each in messages
        if each["type"] != "info" or each.get("subType") == "warning"
    ]
    assert errors[:20] == [] and done.returncode == 0


@pytest.mark.parametrize(
    ("width", "scheme"), [pytest.param(1200, "light", marks=pytest.mark.torture), (360, "dark")]
)
def test_axe_finds_nothing_on_one_page_of_each_kind(
    site: Path, at: str, tab: Tab, width: int, scheme: str
) -> None:
    if not AXE.exists():
        pytest.skip("needs axe-core (npm, see .ci/run), which is not here")
    tab.look(width, scheme).bypass_csp()
    found: dict[str, Any] = {}
    for page in site_world.one_of_each_kind(site):
        tab.go(f"{at}/{page}").evaluate(AXE.read_text(encoding="utf-8"))
        if violations := tab.evaluate(RUN_AXE):
            found[page] = violations
    assert found == {}


def test_no_request_leaves_the_machine(site: Path, at: str, tab: Tab) -> None:
    for page in site_world.one_of_each_kind(site):
        tab.go(f"{at}/{page}")
    asked = {url for url in tab.requests if not url.startswith("data:")}
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(at).netloc}


def test_without_scripts_everything_is_there(site: Path, at: str, tab: Tab) -> None:
    tab.look(scripts=False)
    hidden = {}
    for page in site_world.one_of_each_kind(site):
        if found := tab.go(f"{at}/{page}").evaluate(HIDDEN):
            hidden[page] = found
    assert hidden == {}
    assert not any(url.endswith(".js") for url in tab.requests)


def test_at_360_pixels_nothing_has_to_be_scrolled_sideways(site: Path, at: str, tab: Tab) -> None:
    tab.look(360)
    wide = {}
    for page in site_world.one_of_each_kind(site):
        tab.go(f"{at}/{page}")
        if tab.evaluate(SIDEWAYS) or tab.evaluate(WIDE):
            wide[page] = tab.evaluate(WIDE)
    assert wide == {}


BROKEN = """<!DOCTYPE html><title>x</title><main><h1>x</h1><p hidden>gone</p>
<img src="https://elsewhere.invalid/x.png"><div style="width: 700px">x</div></main>"""


def test_each_of_these_looks_finds_a_page_that_is_wrong(tmp_path: Path, tab: Tab) -> None:
    (tmp_path / "index.html").write_text(BROKEN)
    with site_world.served(tmp_path) as at:
        tab.look(360).go(f"{at}/")
        assert tab.evaluate(SIDEWAYS) and len(tab.evaluate(WIDE)) == 1
        assert tab.evaluate(HIDDEN) == ['<p hidden="">gone</p>']
        assert "https://elsewhere.invalid/x.png" in tab.requests
        if AXE.exists():
            tab.evaluate(AXE.read_text(encoding="utf-8"))
            assert "image-alt" in [found[0] for found in tab.evaluate(RUN_AXE)]
