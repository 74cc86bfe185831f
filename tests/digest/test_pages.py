"""The messages as a browser shows them: at 360 and 1200 pixels, light and dark. Skipped, visibly,
where there is no Chromium."""

from __future__ import annotations

import html
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import browser
import pytest

from syncer.digest import samples
from syncer.digest.render import message

WIDTHS, DARK, LIGHT = (360, 1200), 0, 1
PAGES = [message(made).html for made in samples.digests()]
MEASURE = """
function rgb(text) { return text.match(/[\\d.]+/g).map(Number); }
function light(c) { return c.slice(0, 3).map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
  .reduce((sum, v, n) => sum + v * [0.2126, 0.7152, 0.0722][n], 0); }
function back(node) { for (; node; node = node.parentElement) { const c = rgb(getComputedStyle(node).backgroundColor);
  if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; }
function faint(doc) { return [...doc.body.querySelectorAll('*')].filter(e => !e.classList.contains('pre')
  && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())).map(e => { const pair = [light(rgb(getComputedStyle(e).color)),
  light(back(e))].sort((a, b) => a - b); return [(pair[1] + 0.05) / (pair[0] + 0.05), e.textContent.slice(0, 40)]; })
  .filter(p => p[0] < 4.5); }
function wide(doc, width) { return [...doc.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > width + 0.5)
  .map(e => e.outerHTML.slice(0, 80)); }
onload = () => { document.getElementById('out').textContent = JSON.stringify([...document.querySelectorAll('iframe')].map(f => {
  const d = f.contentDocument; return { width: f.clientWidth, needs: d.documentElement.scrollWidth, faint: faint(d), wide: wide(d, f.clientWidth),
  page: getComputedStyle(d.querySelector('.page')).backgroundColor }; })); };
"""


@pytest.fixture(scope="module")
def chromium() -> str:
    return browser.chromium()


def run(
    chromium: str, folder: Path, scheme: int, pages: list[str], widths: tuple[int, ...], *more: str
) -> str:
    frame = '<iframe width="{}" height="900" style="border:0" srcdoc="{}"></iframe>'
    frames = "".join(frame.format(width, html.escape(page)) for page in pages for width in widths)
    file = folder / f"pages-{scheme}.html"
    file.write_text(
        f'<!doctype html><html style="color-scheme: light dark"><meta charset="utf-8"><body style="margin:0">{frames}'
        f'<pre id="out"></pre><script>{MEASURE}</script></body></html>',
        encoding="utf-8",
    )
    profile, colours = (
        f"--user-data-dir={folder / 'profile'}",
        f"--blink-settings=preferredColorScheme={scheme}",
    )
    command = [chromium, *browser.FLAGS, profile, colours, *more, file.as_uri()]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=True).stdout


@pytest.fixture(scope="module", params=[LIGHT, DARK], ids=["light", "dark"])
def measured(
    request: pytest.FixtureRequest, chromium: str, tmp_path_factory: pytest.TempPathFactory
) -> tuple[int, list[dict[str, Any]]]:
    dom = run(
        chromium, tmp_path_factory.mktemp("pages"), request.param, PAGES, WIDTHS, "--dump-dom"
    )
    found = re.search(r'<pre id="out">(.*?)</pre>', dom, re.DOTALL)
    assert found
    frames: list[dict[str, Any]] = json.loads(html.unescape(found[1]))
    assert len(frames) == len(PAGES) * len(WIDTHS)
    return request.param, frames


def test_no_page_has_to_be_scrolled_sideways(measured: tuple[int, list[dict[str, Any]]]) -> None:
    assert [frame for frame in measured[1] if frame["needs"] > frame["width"]] == []


def test_no_element_is_wider_than_the_screen(measured: tuple[int, list[dict[str, Any]]]) -> None:
    assert [frame["wide"] for frame in measured[1] if frame["wide"]] == []


def test_every_text_has_a_contrast_of_4_5_as_shown(
    measured: tuple[int, list[dict[str, Any]]],
) -> None:
    assert [frame["faint"] for frame in measured[1] if frame["faint"]] == []


def test_dark_is_dark_and_light_is_light(measured: tuple[int, list[dict[str, Any]]]) -> None:
    scheme, frames = measured
    assert {frame["page"] for frame in frames} == {
        "rgb(29, 33, 37)" if scheme == DARK else "rgb(255, 255, 255)"
    }


@pytest.mark.parametrize("width", WIDTHS)
def test_a_digest_can_be_photographed(chromium: str, tmp_path: Path, width: int) -> None:
    picture = tmp_path / "digest.png"
    run(
        chromium,
        tmp_path,
        LIGHT,
        PAGES[:1],
        (width,),
        f"--window-size={width},900",
        f"--screenshot={picture}",
    )
    assert picture.read_bytes().startswith(b"\x89PNG") and picture.stat().st_size > 20_000
