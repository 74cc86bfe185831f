"""sync reads the sites now; parse and extract read files, and open no store."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import click

from syncer.cli import Settings, pass_settings
from syncer.cli.output import print_json, print_json_line, print_table
from syncer.errors import SyncerError
from syncer.model import FileKind, Problem
from syncer.reports.paper import ReportReading

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from syncer.app import App
    from syncer.documents.reader import DocumentReader
    from syncer.pipeline.sync import SyncReport

REPORT_SUFFIXES = frozenset((".pdf", ".html", ".htm"))
STATEMENT_SUFFIXES = frozenset((".txt", ".html", ".htm", ".pdf", ".csv", ".ods", ".xlsx", ".json"))

paths_argument = click.argument(
    "paths",
    nargs=-1,
    required=True,
    metavar="PATH…",
    type=click.Path(exists=True, path_type=Path, readable=True),
)


# -- sync ------------------------------------------------------------------------------------------


class BarOnTerminal:
    """Progress on stderr, where that is a terminal; elsewhere nothing."""

    def __init__(self) -> None:
        self._bar: Bar | None = None
        self._task: Any = None

    def begin(self, label: str) -> None:
        if self._bar is not None:
            self._task = self._bar.add_task(label, total=None)

    def expect(self, pages: int) -> None:
        if self._bar is not None:
            self._bar.update(self._task, total=pages)

    def step(self) -> None:
        if self._bar is not None:
            self._bar.advance(self._task)

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import Progress

            self._bar = Progress(console=Console(stderr=True))
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()


@click.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE]…")
@click.option("--full", is_flag=True, help="Read every page, also those that are not due.")
@pass_settings
def sync(settings: Settings, sources: tuple[str, ...], full: bool) -> int:
    """Read the sources now, and write down what changed.

    Without a SOURCE all that are enabled are read. Exit code 1: something went wrong that had not
    been wrong before.
    """
    from syncer import sources as known
    from syncer.pipeline.sync import sync as read
    from syncer.store import events

    with BarOnTerminal() as bar, settings.app(bar) as app:
        chosen = [
            known.load(name) for name in dict.fromkeys(sources) or app.config.enabled_sources()
        ]
        before = events.last_seq(app.store)
        reports = [read(app, source, full=full) for source in chosen]
        told = events.after(app.store, before)
    _say(reports)
    if settings.json:
        print_json({"sources": {report.source: as_json(report) for report in reports}})
    else:
        _print_changes(app, told)
    return int(any(report.new_problems for report in reports))


def as_json(report: SyncReport) -> dict[str, Any]:
    """What one run did, as DESIGN §10 promises it."""
    problems = [
        {"name": p.name, "message": p.message, "url": p.url, "hint": p.hint}
        for p in report.problems
    ]
    return {
        "status": report.status,
        "records": report.records,
        "events": report.events,
        "held": report.held,
        "requests": report.requests,
        "problems": problems,
    }


def _print_changes(app: App, told: Sequence[Any]) -> None:
    from syncer.views import lists as views

    print_table(views.changes(app.register, told))


def _say(reports: Sequence[SyncReport]) -> None:
    """How it went, and every problem with what to do about it; those told before are only
    counted."""
    for report in reports:
        new = {(problem.name, problem.url) for problem in report.new_problems}
        told = [problem for problem in report.problems if (problem.name, problem.url) in new]
        known = len(report.problems) - len(told)
        tail = f", {report.held} held (see `syncer held`)" if report.held else ""
        tail += (
            f", {known} known problem{'' if known == 1 else 's'} (see `syncer status`)"
            if known
            else ""
        )
        counts = f"{report.requests} requests, {report.records} records, {report.events} events"
        click.echo(f"{report.source}: {report.status}, {counts}{tail}", err=True)
        for problem in told:
            _say_problem(problem)


def _say_problem(problem: Problem) -> None:
    about = f" ({problem.url})" if problem.url and problem.url not in problem.message else ""
    click.echo(f"problem: {problem.name}: {problem.message}{about}", err=True)
    if problem.hint:
        click.echo(f"  {problem.hint}", err=True)


# -- parse -----------------------------------------------------------------------------------------


@click.command()
@paths_argument
def parse(paths: tuple[Path, ...]) -> int:
    """Read report files, one JSON object a line.

    A folder stands for the PDF and HTML files under it. A file that is no report is said to be
    none, with the reason; exit code 1 when there is any problem.
    """
    from syncer.documents.reader import DocumentReader
    from syncer.documents.report import reading_as_json

    bad = False
    with DocumentReader() as reader:
        for path in files_under(paths, REPORT_SUFFIXES):
            reading = _reading(reader, path)
            print_json_line(
                {
                    **reading_as_json(str(path), reading),
                    "problems": [_problem_as_json(p) for p in reading.problems],
                }
            )
            bad = bad or bool(reading.problems)
    return int(bad)


def _reading(reader: DocumentReader, path: Path) -> ReportReading:
    """What a file says; a file that cannot be read is not a report, for a named reason."""
    from syncer.documents.report import read_pdf

    try:
        return reader.call(read_pdf, path.read_bytes())
    except SyncerError as error:
        return ReportReading(
            FileKind.NOT_A_REPORT, problems=(Problem(error.name, str(error), hint=error.hint),)
        )
    except OSError as error:
        return ReportReading(
            FileKind.NOT_A_REPORT,
            problems=(Problem("DocumentError", f"cannot be opened: {error.strerror}"),),
        )


def _problem_as_json(problem: Problem) -> dict[str, str]:
    return {"name": problem.name, "message": problem.message, "hint": problem.hint}


def files_under(paths: Sequence[Path], suffixes: frozenset[str]) -> Iterator[Path]:
    """Each file named, and of each folder the files of these kinds at any depth, in the order of
    their names."""
    for path in paths:
        if path.is_dir():
            yield from sorted(
                p for p in path.rglob("*") if p.suffix.lower() in suffixes and p.is_file()
            )
        else:
            yield path


# -- extract ---------------------------------------------------------------------------------------


@click.command()
@paths_argument
@pass_settings
def extract(settings: Settings, paths: tuple[Path, ...]) -> int:
    """Read statements of funding, one JSON object a line.

    From texts, web pages, PDFs, tables, and GOV.UK's content items. A folder stands for all such
    files under it. Exit code 1: a file could not be read.
    """
    from syncer.documents.reader import DocumentReader
    from syncer.funding import statement_as_json
    from syncer.operations.extract import FundingReader
    from syncer.register.councils import load_register

    failed = False
    reader = FundingReader(load_register(settings.configuration().councils.register))
    with DocumentReader(shared=(reader.register,)) as documents:
        for path in files_under(paths, STATEMENT_SUFFIXES):
            try:
                for statement in documents.call(reader.read, path.name, path.read_bytes()):
                    print_json_line(statement_as_json(str(path), statement, reader.register))
            except (SyncerError, OSError) as error:
                failed = True
                _say_problem(_as_problem(error, path))
    return int(failed)


def _as_problem(error: SyncerError | OSError, path: Path) -> Problem:
    """An error about a file, as a value."""
    if isinstance(error, SyncerError):
        return Problem(error.name, f"{path}: {error}", hint=error.hint)
    return Problem("DocumentError", f"{path}: cannot be opened: {error.strerror}")
