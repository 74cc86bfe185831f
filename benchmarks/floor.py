"""The floor of a sync, run as a process of its own: the same imports, the same addresses asked for
(or their bytes taken from the archive), and every body read once, with the readers that syncer
uses. No store, no child process, no comparing."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit


def main(modules: str, jobs: str, ask: bool) -> None:
    """Import what stands in one file, and read what stands in the other."""
    for name in Path(modules).read_text(encoding="utf-8").split():
        with suppress(ImportError):
            importlib.import_module(name)

    bodies = _asked if ask else _archived
    for url, data in bodies(Path(jobs)):
        read = reader_of(url)
        with suppress(Exception):  # a page for a dead link is among them, which syncer refuses too
            read(data, url)


def _listed(jobs: Path) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = json.loads(jobs.read_text(encoding="utf-8"))
    return found


def _archived(jobs: Path) -> list[tuple[str, bytes]]:
    from syncer.fetching.snapshots import Snapshots

    snapshots = Snapshots(jobs.parent / "snapshots")
    return [(url, snapshots.read(sha256)) for url, sha256 in _listed(jobs)]


def _asked(jobs: Path) -> Iterator[tuple[str, bytes]]:
    import requests

    with requests.Session() as session:
        for url, _ in _listed(jobs):
            yield url, session.get(url, timeout=60).content


# -- What syncer reads each kind of page with ------------------------------------------------------


def _list(data: bytes, url: str) -> object:
    from syncer.sources.ofsted.pages import read_list

    return read_list(data)


def _provider(data: bytes, url: str) -> object:
    from syncer.sources.ofsted.pages import read_provider

    return read_provider(data)


def _report(data: bytes, url: str) -> object:
    from syncer.documents.report import read_pdf

    return read_pdf(data)


def _json(data: bytes, url: str) -> object:
    return json.loads(data)


def _table(data: bytes, url: str) -> object:
    from syncer.documents import sheets

    return [sheet.rows for sheet in sheets.rows(data, url)]


def _text(data: bytes, url: str) -> object:
    return data.decode("utf-8", errors="replace")


READERS: tuple[tuple[str, Callable[[bytes, str], object]], ...] = (
    (r"^/reports/search", _list),
    (r"^/reports/provider/", _provider),
    (r"^/files/", _report),
    (r"^/gov/api/", _json),
    (r"\.(csv|ods|xlsx?)$", _table),
)
"""By the path of an address; robots.txt, and whatever else there is, is text."""


def reader_of(url: str) -> Callable[[bytes, str], object]:
    """Return what reads the body at an address."""
    path = urlsplit(url).path
    for pattern, read in READERS:
        if re.search(pattern, path, re.I):
            return read
    return _text
