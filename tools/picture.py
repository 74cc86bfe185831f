"""Make docs/digest.png, the picture of a digest in the README: `python tools/picture.py`; or draw
every sample, narrow and wide, light and dark, into a folder: `python tools/picture.py FOLDER`.

The mails are the samples that `syncer doctor` shows to every template; Chromium draws them.
"""

from __future__ import annotations

import html as html_module
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from syncer.digest import compose, samples
from syncer.digest.render import message

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "digest.png"
HEIGHT = 900
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)
SCHEMES = {"dark": 0, "light": 1}
WIDTHS = {360: 2400, 1200: 1800}
"""Pixels: how wide, and how much of a message is seen then."""

FRAME = """<!doctype html><html style="color-scheme: light dark"><body style="margin:0">
<iframe width="{width}" height="{height}" style="border:0" srcdoc="{page}"></iframe>"""
"""Chromium makes no window narrower than 500 pixels, but any frame."""


def main() -> int:
    """Draw the picture, or all samples; return 1 where there is no Chromium."""
    chromium = shutil.which("chromium")
    if chromium is None:
        print("needs Chromium (Debian: apt-get install chromium)", file=sys.stderr)
        return 1

    if len(sys.argv) > 1:
        draw_all(chromium, Path(sys.argv[1]))
        return 0

    events = [*samples.trafford(), *samples.brent(), *samples.others()[:1]]
    html = message(compose(samples.subscriber(), events, samples.context())).html
    draw(chromium, html, PICTURE, 700, HEIGHT, "light")
    return 0


def draw_all(chromium: str, folder: Path) -> None:
    """Draw each sample at each width, light and dark."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, made in enumerate(samples.digests()):
        html = message(made).html
        for width, height in WIDTHS.items():
            for scheme in SCHEMES:
                name = f"{number:02}-{made.kind}-{width}-{scheme}.png"
                draw(chromium, html, folder / name, width, height, scheme)
        print(f"{number:02} {made.kind}: {made.subject}")


def draw(chromium: str, page: str, picture: Path, width: int, height: int, scheme: str) -> None:
    """Draw one message as a picture of that size."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "message.html"
        framed = FRAME.format(width=width, height=height, page=html_module.escape(page))
        file.write_text(framed, encoding="utf-8")
        command = [
            chromium,
            *FLAGS,
            f"--blink-settings=preferredColorScheme={SCHEMES[scheme]}",
            f"--user-data-dir={folder}/profile",
            f"--screenshot={picture}",
            f"--window-size={width},{height}",
            file.as_uri(),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=120)


if __name__ == "__main__":
    sys.exit(main())
