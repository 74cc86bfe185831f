"""Who may know whom (DESIGN §4): one reading of every import statement, and the sizes that keep a
file readable."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(path for folder in ("syncer", "jobs") for path in (ROOT / folder).rglob("*.py"))
NAMES = [str(path.relative_to(ROOT)) for path in FILES]

LAYERS = {
    "words": {"model", "errors", "garbage", "tables"},
    "pure": {
        "quantities",
        "register",
        "reports",
        "funding",
        "records",
        "subscriptions",
        "digest",
        "views",
        "site",
        "reading",
        "timetable",
        "links",
    },
    "edge": {"config", "files", "fetching", "documents", "sources", "store", "delivery", "inbox"},
    "assembly": {
        "pipeline",
        "operations",
        "monitoring",
        "app",
        "daemon",
        "cli",
        "demo",
        "jobs",
        "web",
        "__main__",
    },
}
PURE, EDGES, ASSEMBLY = LAYERS["words"] | LAYERS["pure"], LAYERS["edge"], LAYERS["assembly"]
MAY_USE = {
    "config": {"files"},
    "fetching": {"files"},
    "sources": {"documents", "fetching", "files"},
    "store": {"files"},
    "delivery": {"store", "files"},
    "inbox": {"files"},
}
KEPT_IN = {
    "requests": {"fetching"},
    "bs4": {"sources", "documents"},
    "sqlite_utils": {"store"},
    "jinja2": {"digest", "site"},
    "apscheduler": {"daemon"},
    "prometheus_client": {"monitoring"},
    "imap_tools": {"inbox"},
    "flufl": {"inbox"},
    "flask": {"web"},
    "notifications_python_client": {"delivery"},
    "waitress": {"web"},
    "apprise": {"delivery"},
    "limits": {"web"},
    "jobs": {"cli", "daemon", "jobs"},
}


def part(path: Path) -> str:
    """The word by which the rules know a file: `sources` for all of syncer/sources, `money` for
    syncer/quantities/money.py."""
    inside = path.relative_to(ROOT)
    return inside.parts[0] if inside.parts[0] == "jobs" else inside.parts[1].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    """The full names of the modules that a file imports, at its top or anywhere below."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{name.name}" for name in node.names)


@cache
def own(name: str) -> set[str]:
    """The parts of syncer that the files of one part name."""
    named = (imported for path in FILES if part(path) == name for imported in imports(path))
    return {imported.split(".")[1] for imported in named if imported.startswith("syncer.")}


def reached(name: str) -> set[str]:
    """The parts that one part knows, whether it names them or a part between them does."""
    found: set[str] = set()
    new = own(name)
    while new:
        found |= new
        new = set[str]().union(*map(own, new)) - found
    return found - {name}


def test_every_part_of_syncer_is_in_exactly_one_layer() -> None:
    parts = {part(path) for path in FILES} - {"__init__"}
    placed = [name for layer in LAYERS.values() for name in layer]
    assert sorted(placed) == sorted(parts)


@pytest.mark.parametrize("name", sorted(PURE))
def test_pure_code_knows_only_pure_code(name: str) -> None:
    assert not reached(name) & (EDGES | ASSEMBLY)


@pytest.mark.parametrize("name", sorted(EDGES))
def test_an_edge_knows_no_other_edge(name: str) -> None:
    assert not reached(name) & (EDGES | ASSEMBLY) - MAY_USE.get(name, set())


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_each_library_stays_where_it_belongs(path: Path) -> None:
    for package, places in KEPT_IN.items():
        used = any(name.split(".")[0] == package for name in imports(path))
        assert not used or part(path) in places, (
            f"{package} is only for {', '.join(sorted(places))}"
        )


@pytest.fixture(scope="module")
def over_the_budget() -> list[str]:
    """The lines of tools/house.py that are over it."""
    command = [sys.executable, "tools/house.py", "--most", "0"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    lines = done.stdout.splitlines()
    assert len(lines) == 8, done.stdout + done.stderr
    return [line for line in lines if line.endswith("OVER")]


def test_functions_are_as_airy_and_as_simple_as_the_budget_says(over_the_budget: list[str]) -> None:
    assert over_the_budget == []


def test_sqlite_utils_is_only_where_a_store_is_brought_up_to_date() -> None:
    users = {
        str(path.relative_to(ROOT))
        for path in FILES
        if any(name.split(".")[0] == "sqlite_utils" for name in imports(path))
    }
    assert users == {"syncer/store/schema/applying.py"}


def test_no_file_is_a_drawer_for_odds_and_ends() -> None:
    assert not {path.stem for path in FILES} & {"utils", "util", "helpers", "common", "misc"}
