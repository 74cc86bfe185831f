"""The real reports, each read once however many tests look at them and in whichever process: what
was read lies in a file that all processes of one run share."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from filelock import FileLock

from benchmarks.report_accuracy import Outcome, read
from syncer.documents import pdf
from syncer.documents.reader import DocumentReader
from syncer.errors import DocumentError

Value = TypeVar("Value")
Pages = tuple[pdf.PdfPage, ...]


class RealReports:
    """The files of a folder, and what they say. `shared_by_all` is a folder for one run of the
    tests."""

    def __init__(self, folder: Path, shared_by_all: Path) -> None:
        self._folder, self._kept = folder, shared_by_all

    def readings(self) -> dict[str, Outcome]:
        """What each file says, or why it cannot be read, by its name."""
        return self._once("readings", self._read_all)

    def first_pages(self) -> dict[str, Pages]:
        """The first two pages of each file that has any, by its name."""
        return self._once("first-pages", self._first_pages_of_all)

    def _read_all(self) -> dict[str, Outcome]:
        with DocumentReader() as reader:
            return {path.name: read(reader, path) for path in self._files()}

    def _first_pages_of_all(self) -> dict[str, Pages]:
        found = {}
        for path in self._files():
            try:
                found[path.name] = pdf.pages(path.read_bytes(), slice(0, 2))
            except DocumentError:
                continue
        return found

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("*.pdf"))

    def _once(self, name: str, make: Callable[[], Value]) -> Value:
        file = self._kept / f"{name}.pickle"
        with FileLock(self._kept / f"{name}.lock"):
            if not file.exists():
                file.write_bytes(pickle.dumps(make()))
            made: Value = pickle.loads(file.read_bytes())
            return made
