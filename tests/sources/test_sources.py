"""Every source with a page and what it says. Nothing is listed here: cases are found beside this
file.

sources/<name>/<case>.<ext>              a page as it was received
sources/<name>/<case>.files/<key>.<ext>  the files that were fetched with it, by the source's key for their entries
sources/<name>/<case>.page.json          where it matters: key, link, council, seen, notes and now (ISO days become days)
sources/<name>/<case>.expected.json      what the page says; when missing it is made, and the test fails until somebody has looked
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from replay import config_text

from syncer import sources
from syncer.app import App, read_now
from syncer.config import load_config
from syncer.model import Fields
from syncer.reading import File, Page, Reading
from syncer.store.fields import stored

HERE = Path(__file__).parent
BESIDE = (".page.json", ".expected.json")
CASES = sorted(
    path
    for path in HERE.glob("*/*")
    if path.is_file() and path.suffix != ".pyc" and not path.name.endswith(BESIDE)
)


@pytest.mark.parametrize("name", sources.names())
def test_every_source_has_an_example(name: str) -> None:
    assert any(case.parent.name == name for case in CASES), (
        f"save a page as tests/sources/{name}/<case>.<ext>"
    )


@pytest.mark.parametrize("case", CASES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_source_reads_its_example_as_expected(case: Path, tmp_path: Path) -> None:
    expected = case.with_suffix(".expected.json")
    said = (
        json.dumps(plain(reading_of(case, tmp_path)), indent=2, ensure_ascii=False, sort_keys=True)
        + "\n"
    )
    if not expected.exists():
        expected.write_text(said, encoding="utf-8")
        pytest.fail(
            f"{expected.name} was made from the page: please review it, and run the test again"
        )
    assert json.loads(said) == json.loads(expected.read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_source_reads_the_same_page_the_same_way_twice(case: Path, tmp_path: Path) -> None:
    assert plain(reading_of(case, tmp_path)) == plain(reading_of(case, tmp_path))


def reading_of(case: Path, folder: Path) -> Reading:
    """What the source of this case makes of it, with nothing remembered."""
    config = folder / "config.toml"
    config.write_text(
        config_text("http://127.0.0.1:9/reports", "http://localhost:9/files"), encoding="utf-8"
    )
    said, source = about(case), sources.load(case.parent.name)
    with App(load_config(config), read_now(said.pop("now", "2026-08-22"))) as app:
        page = Page(data=case.read_bytes(), sha256=sha256(case), files=files_of(case), **said)
        return source.parse(page, app.source_context(source, full=False))


def about(case: Path) -> dict[str, Any]:
    """The page's key, address and the like: what stands beside it, else named after the case."""
    beside = case.with_suffix(".page.json")
    said = (
        json.loads(beside.read_text(encoding="utf-8"), object_hook=with_days)
        if beside.exists()
        else {}
    )
    return {"key": case.stem, "link": f"https://example.org/{case.stem}", **said}


def with_days(found: dict[str, Any]) -> dict[str, Any]:
    """The same, with days for texts that are ISO days (but for `now`, which is read by the command
    line's own rule)."""
    return {
        name: dt.date.fromisoformat(v)
        if name != "now" and isinstance(v, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", v)
        else v
        for name, v in found.items()
    }


def files_of(case: Path) -> dict[str, File]:
    found = sorted(case.with_suffix(".files").glob("*"))
    return {
        f.stem: File(f.stem, f"https://example.org/files/{f.stem}", sha256(f), f.read_bytes())
        for f in found
    }


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def plain(value: Any) -> Any:
    """A reading as JSON has it; what is empty is left out."""
    if isinstance(value, Fields):
        return plain(stored(value))
    if is_dataclass(value) and not isinstance(value, type):
        return {
            f.name: plain(getattr(value, f.name))
            for f in fields(value)
            if getattr(value, f.name) not in (None, "", (), 0, {})
        }
    if isinstance(value, dict | MappingProxyType):
        return {str(key): plain(v) for key, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, set | frozenset):
        return sorted(str(v) for v in value)
    return (
        value
        if isinstance(value, bool | int | str) and type(value) in (bool, int, str)
        else str(value)
    )
