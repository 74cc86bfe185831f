"""Keeps a small store as this version of syncer makes it, for the test that every later one can
open it: before a release, `python tools/keep_store.py 0.2.0`.

It has readers in every state, a message that was sent and one that waits, and an open problem. It
is kept as SQL, which a review can read.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "cast"))

from office import Office  # noqa: E402 (after the path to it)

from syncer.model import Frequency, Problem, Subscription  # noqa: E402
from syncer.store import people, problems  # noqa: E402

STORES = ROOT / "tests" / "store" / "stores"


def fill(office: Office) -> None:
    """What happened in that store."""
    store = office.store
    office.follows("ada@example.org", Subscription(0, 0, councils=("leeds",)))
    money = Subscription(
        0,
        0,
        regions=("London",),
        kinds=("money",),
        minimum_pounds=50_000,
        frequency=Frequency.WEEKLY,
        weekday="friday",
        hour=16,
    )
    office.follows("bob@example.org", money)
    new = people.add(store, "cy@example.org", office.now)
    people.subscribe(store, new.id, Subscription(0, 0, neighbours_of=("kent",)), 0)
    gone = office.follows("dee@example.org")
    people.unsubscribe(store, gone.id, office.now)
    paused = office.follows("eve@example.org")
    people.stop(store, paused.id, "paused", office.now)

    office.happens(new="inadequate")
    office.notify()
    office.send()
    office.later(hours=1)
    office.happens(new="outstanding", old="good", area="help_and_protection")
    office.notify()  # its message waits
    with store.writing():
        silent = Problem("Unreachable", "no answer", "https://example.org/a")
        problems.note(store, "ofsted_reports", [silent], office.now)


def main() -> int:
    if len(sys.argv) != 2:
        print("name the version, as in: python tools/keep_store.py 0.2.0", file=sys.stderr)
        return 2

    with tempfile.TemporaryDirectory() as folder:
        with Office(Path(folder)) as office:
            fill(office)
        with closing(sqlite3.connect(Path(folder) / "s.db")) as raw:
            version = raw.execute("PRAGMA user_version").fetchone()[0]
            lines = list(raw.iterdump())
    target = STORES / f"{sys.argv[1]}.sql"
    head = f"-- The store of syncer {sys.argv[1]}, made by tools/keep_store.py."
    text = "\n".join([head, *lines, f"PRAGMA user_version = {version};"])
    target.write_text(f"{text}\n", encoding="utf-8")
    print(target)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
