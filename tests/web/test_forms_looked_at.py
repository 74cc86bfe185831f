"""The forms as machines look at them, and as somebody uses them who has a keyboard alone."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import Browser, Tab
from looks import AXE, RUN_AXE, SIDEWAYS, VALIDATOR, WIDE
from readers import Readers

ADA = "ada@example.org"
WRONG = "council=Atlantis&council=Kingston&region=x&direction=x&programme=x&minimum=x&day=x"
STYLED = """new Promise(done => { const look = () => document.readyState === "complete"
  && document.styleSheets.length ? done() : setTimeout(look, 5); look(); })"""


@pytest.fixture(scope="module")
def readers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Readers]:
    with Readers(tmp_path_factory.mktemp("site")) as made:
        made.office.happens(new="inadequate")
        made.joins(ADA, kind="money", programme="Supporting Families", minimum="1m")
        made.office.later(hours=2)
        made.joins(ADA, council=["york", "halton"], area="leadership", frequency="weekly")
        made.office.notify()
        yield made


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("browser")) as made:
        yield made


@pytest.fixture(scope="module")
def pages(readers: Readers, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The HTML of every page of the forms, by what it is."""
    own = readers.manages(ADA)
    readers.post("/subscribe", email="new@example.org", council="leeds")
    confirm = readers.link("new@example.org", "confirm")
    leave = readers.link(ADA, "unsubscribe")
    answers = {
        "subscribe": readers.get("/subscribe?council=leeds"),
        "subscribe wrong": readers.ask("POST", "/subscribe", data=dict_of(WRONG)),
        "asked": readers.post("/subscribe", email="other@example.org"),
        "manage": readers.get("/manage"),
        "manage wrong": readers.post("/manage"),
        "manage asked": readers.post("/manage", email="other@example.org"),
        "confirm": readers.get(confirm),
        "bad link": readers.get("/confirm/x"),
        "leave": readers.get(leave),
        "choices": readers.get(own),
        "choices wrong": readers.ask("POST", own, data={"do": "change"} | dict_of(WRONG)),
        "paused": readers.post(own, do="pause"),
        "left": readers.post(own, do="leave"),
        "erased": readers.post(own, do="erase"),
    }
    return {name: answer.text for name, answer in answers.items()}


def dict_of(query: str) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        fields.setdefault(name, []).append(value)
    return fields


@pytest.fixture
def tab(browser: Browser, readers: Readers) -> Tab:
    return browser.tab()


def shown(tab: Tab, readers: Readers, html: str) -> Tab:
    """A tab with a page's HTML, under the address of the site."""
    tab.go(f"{readers.server.url}/style.css")
    frame = tab.call("Page.getFrameTree")["frameTree"]["frame"]["id"]
    tab.call("Page.setDocumentContent", frameId=frame, html=html)
    tab.evaluate(STYLED)
    return tab


def test_every_page_is_valid_html(pages: dict[str, str], tmp_path: Path) -> None:
    if not VALIDATOR.exists() or shutil.which("java") is None:
        pytest.skip("needs the Nu validator (npm vnu-jar, see .ci/run) and a Java runtime")
    for name, html in pages.items():
        (tmp_path / f"{name}.html").write_text(html, encoding="utf-8")
    command = ["java", "-Xss4m", "-jar", str(VALIDATOR), "--format", "json", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = [
        (each["url"], each["message"], each.get("extract"))
        for each in json.loads(done.stderr)["messages"]
        if each["type"] != "info" or each.get("subType") == "warning"
    ]
    assert found == []


OF_EACH_KIND = ("subscribe wrong", "manage wrong", "confirm", "bad link", "leave", "choices")
RICHEST = ("subscribe wrong", "confirm", "choices")


@pytest.mark.parametrize(
    ("width", "scheme", "some"),
    [
        (1200, "light", OF_EACH_KIND),
        (360, "dark", RICHEST),
        pytest.param(360, "light", (), marks=pytest.mark.torture),
        pytest.param(1200, "dark", (), marks=pytest.mark.torture),
    ],
)
def test_axe_finds_nothing_on_any_page_with_everything_opened(
    pages: dict[str, str],
    readers: Readers,
    tab: Tab,
    width: int,
    scheme: str,
    some: tuple[str, ...],
) -> None:
    if not AXE.exists():
        pytest.skip("needs axe-core (npm, see .ci/run), which is not here")
    tab.look(width, scheme).bypass_csp()
    found: dict[str, Any] = {}
    for name in some or pages:
        shown(tab, readers, pages[name].replace("<details", "<details open"))
        tab.evaluate(AXE.read_text(encoding="utf-8"))
        if violations := tab.evaluate(RUN_AXE):
            found[name] = violations
    assert found == {}


def test_nothing_is_wider_than_360_pixels(
    pages: dict[str, str], readers: Readers, tab: Tab
) -> None:
    tab.look(360)
    wide = {}
    for name, html in pages.items():
        shown(tab, readers, html.replace("<details", "<details open"))
        if tab.evaluate(SIDEWAYS) or tab.evaluate(WIDE):
            wide[name] = tab.evaluate(WIDE)
    assert wide == {}


def heading(tab: Tab) -> str:
    return str(tab.evaluate("document.querySelector('h1').innerText"))


def test_mails_are_asked_for_confirmed_changed_and_stopped_by_the_keyboard_alone(
    readers: Readers, tab: Tab
) -> None:
    readers.office.later(hours=2)
    tab.look(scripts=True).go(f"{readers.server.url}/subscribe")
    tab.walk_to("#email").type("key@example.org").walk_to("#council").type("Leeds")
    tab.walk_to("#kind").press(" ").walk_to("#frequency").press("ArrowDown")
    tab.walk_to("form button").press_to_go("Enter")
    assert heading(tab) == "Check your inbox"

    tab.go(readers.link("key@example.org", "confirm")).walk_to("form button").press_to_go("Enter")
    assert heading(tab) == "You will get these emails"
    (wanted,) = readers.person("key@example.org").subscriptions
    assert (wanted.councils, wanted.kinds, wanted.frequency) == (("leeds",), ("rating",), "daily")

    tab.go(readers.manages("key@example.org"))
    tab.walk_to("#region").press(" ").walk_to("[value=change]").press_to_go("Enter")
    (wanted,) = readers.person("key@example.org").subscriptions
    assert wanted.regions == ("East Midlands",)
    tab.walk_to("[value=leave]").press_to_go("Enter")
    assert readers.person("key@example.org").state == "unsubscribed"


def test_whoever_made_a_mistake_is_taken_to_it(readers: Readers, tab: Tab) -> None:
    tab.look().go(f"{readers.server.url}/subscribe?council=Atlantis&email=x@example.org")
    tab.walk_to("form button").press_to_go("Enter")
    assert tab.evaluate("document.activeElement.className") == "summary"
    assert tab.evaluate("document.title").startswith("Error: ")
    tab.walk_to(".summary a").press("Enter")
    assert tab.evaluate("document.activeElement.value") == "Atlantis"
