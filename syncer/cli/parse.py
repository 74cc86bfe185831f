"""`parse` and `extract`: read files that lie on this machine, without a store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from syncer.cli import Settings, pass_settings
from syncer.cli.output import print_json_line, print_problem
from syncer.errors import SyncerError
from syncer.model import FileKind, Problem
from syncer.reports.paper import ReportReading

if TYPE_CHECKING:
    from syncer.documents.reader import DocumentReader
    from syncer.operations.extract import FundingReader

REPORT_SUFFIXES = frozenset((".pdf", ".html", ".htm"))
STATEMENT_SUFFIXES = frozenset((".txt", ".html", ".htm", ".pdf", ".csv", ".ods", ".xlsx", ".json"))

paths_argument = click.argument(
    "paths",
    nargs=-1,
    required=True,
    metavar="PATH…",
    type=click.Path(exists=True, path_type=Path, readable=True),
)


def files_under(paths: Sequence[Path], suffixes: frozenset[str]) -> Iterator[Path]:
    """Yield each file named, and of each folder the files of these kinds at any depth, in the order
    of their names."""
    for path in paths:
        if path.is_dir():
            yield from _files_in(path, suffixes)
        else:
            yield path


def _files_in(folder: Path, suffixes: frozenset[str]) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in suffixes and path.is_file():
            yield path


def file_problem(error: SyncerError | OSError) -> Problem:
    """Return an error about a file as a value."""
    if isinstance(error, SyncerError):
        return Problem(error.name, str(error), hint=error.hint)
    return Problem("DocumentError", f"cannot be opened: {error.strerror}")


# -- parse -----------------------------------------------------------------------------------------


@click.command()
@paths_argument
def parse(paths: tuple[Path, ...]) -> int:
    """Read report files, one JSON object a line.

    A folder stands for the PDF and HTML files under it. A file that is no report is said to be
    none, with the reason; exit code 1 when there is any problem.
    """
    from syncer.documents.reader import DocumentReader

    bad = False
    with DocumentReader() as reader:
        for path in files_under(paths, REPORT_SUFFIXES):
            reading = _reading(reader, path)
            _print_reading(path, reading)
            if reading.problems:
                bad = True
    return 1 if bad else 0


def _print_reading(path: Path, reading: ReportReading) -> None:
    from syncer.documents.report import reading_as_json

    line = reading_as_json(str(path), reading)
    line["problems"] = [_problem_as_json(problem) for problem in reading.problems]
    print_json_line(line)


def _reading(reader: DocumentReader, path: Path) -> ReportReading:
    """Return what a file says; a file that cannot be read is not a report, for a named reason."""
    from syncer.documents.report import read_pdf

    try:
        return reader.call(read_pdf, path.read_bytes())
    except (SyncerError, OSError) as error:
        return ReportReading(FileKind.NOT_A_REPORT, problems=(file_problem(error),))


def _problem_as_json(problem: Problem) -> dict[str, str]:
    return {
        "name": problem.name,
        "message": problem.message,
        "hint": problem.hint,
    }


# -- extract ---------------------------------------------------------------------------------------


@click.command()
@paths_argument
@click.option("--why", is_flag=True, help="Also print what was taken for nothing, and why.")
@pass_settings
def extract(settings: Settings, paths: tuple[Path, ...], why: bool) -> int:
    """Read statements of funding, one JSON object a line.

    From texts, web pages, PDFs, tables, and GOV.UK's content items. A folder stands for all such
    files under it. `certainty` is told or possible; with --why sums that were taken for nothing are
    printed too, each with its reasons. Exit code 1: a file could not be read.
    """
    from syncer.documents.reader import DocumentReader
    from syncer.operations.extract import FundingReader
    from syncer.register.councils import load_register

    register = load_register(settings.configuration().councils.register)
    reader = FundingReader(register, why)
    all_read = True
    with DocumentReader(shared=(register,)) as documents:
        for path in files_under(paths, STATEMENT_SUFFIXES):
            is_read = _extract_from(path, reader, documents)
            all_read = all_read and is_read
    return 0 if all_read else 1


def _extract_from(path: Path, reader: FundingReader, documents: DocumentReader) -> bool:
    """Print what a file says of funding, or why it could not be read; return whether it was."""
    try:
        _print_statements(path, reader, documents)
    except (SyncerError, OSError) as error:
        problem = file_problem(error)
        print_problem(problem.name, f"{path}: {problem.message}", problem.hint)
        return False
    return True


def _print_statements(path: Path, reader: FundingReader, documents: DocumentReader) -> None:
    """Print what a file says of funding, one JSON object a line. Raises DocumentError and
    OSError."""
    from syncer.funding.reading import statement_as_json

    for statement in documents.call(reader.read, path.name, path.read_bytes()):
        print_json_line(statement_as_json(str(path), statement, reader.register))
