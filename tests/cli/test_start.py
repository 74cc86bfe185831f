"""A command imports what it needs: a terminal is not kept waiting for what others use."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from syncer.app import App
from syncer.config import load_config

HEAVY = frozenset(
    {"rich", "sqlite_utils", "dateutil", "pluggy", "jinja2", "requests", "bs4", "apscheduler"}
)
NOUNS = frozenset({"syncer.model", "syncer.reading", "syncer.store.deliveries"})
"""Our own modules of many classes, each of which is made when they are imported."""
PROGRAM = """
import sys
from syncer.cli import main
try:
    main(sys.argv[1:])
finally:
    print(*sorted(sys.modules), file=sys.stderr)
"""

COUNTED = """
import atexit, gc, sys
collections = []
gc.callbacks.append(lambda phase, info: collections.append(phase))
atexit.register(lambda: print(collections.count("stop"), gc.get_freeze_count(), file=sys.stderr))
from syncer.cli import main
collections.clear()
main(sys.argv[1:])
"""
"""Says last how often garbage was collected while the command ran, and how many objects are left
out at the end."""


def imported_by(*command: str) -> set[str]:
    """The packages and modules that are imported once a command is done."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *command],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout, done.stderr
    return set(done.stderr.splitlines()[-1].split())


def a_store(folder: Path) -> Path:
    config = folder / "config.toml"
    config.write_text('[store]\npath = "syncer.db"\n', encoding="utf-8")
    with App(load_config(config)) as app:
        assert app.store, "opening it makes it"
    return config


def test_help_waits_for_no_library_but_click() -> None:
    imported = imported_by("--help")
    assert "click" in imported
    assert not imported & (HEAVY | {"msgspec", "sqlite3"})


def test_status_of_a_store_that_is_up_to_date_waits_for_none_that_it_does_not_use(
    tmp_path: Path,
) -> None:
    imported = imported_by("--config", str(a_store(tmp_path)), "status")
    assert {"msgspec", "sqlite3", "syncer.store.problems"} <= imported
    assert not imported & (HEAVY | NOUNS)


def test_status_does_not_look_through_what_it_imports_for_garbage(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", COUNTED, "--config", str(a_store(tmp_path)), "status"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    collections, left_out = map(int, done.stderr.split())
    assert collections < 10, "with Python's own threshold there are more than fifty"
    assert left_out > 20_000
