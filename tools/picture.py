"""Make docs/digest.png, the picture of a digest in the README: `python tools/picture.py`.

The mail is one of the samples that `syncer doctor` shows to every template; Chromium draws it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from syncer.digest import compose, samples
from syncer.digest.render import message

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "digest.png"
SIZE = "700,900"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--blink-settings=preferredColorScheme=1",
)


def main() -> int:
    """Draw the picture; return 1 where there is no Chromium."""
    chromium = shutil.which("chromium")
    if chromium is None:
        print("needs Chromium (Debian: apt-get install chromium)", file=sys.stderr)
        return 1
    events = [*samples.trafford(), *samples.brent(), *samples.others()[:1]]
    html = message(compose(samples.subscriber(), events, samples.context())).html
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "digest.html"
        page.write_text(html, encoding="utf-8")
        places = (f"--user-data-dir={folder}/profile", f"--screenshot={PICTURE}")
        command = [chromium, *FLAGS, *places, f"--window-size={SIZE}", page.as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    return 0


if __name__ == "__main__":
    sys.exit(main())
