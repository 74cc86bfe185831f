"""`sync`: read the sources now, with progress on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import click

from syncer.cli import Settings, pass_settings
from syncer.cli.output import print_json, print_problem, print_table
from syncer.model import Problem
from syncer.views import lists as views
from syncer.views.lists import Listing

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from syncer.app import App
    from syncer.pipeline.sync import SyncReport


class BarOnTerminal:
    """Progress on stderr, where that is a terminal; elsewhere nothing."""

    def __init__(self) -> None:
        self._bar: Bar | None = None
        self._task: Any = None

    def begin(self, label: str) -> None:
        bar = self._bar
        if bar is not None:
            self._task = bar.add_task(label, total=None)

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
    with BarOnTerminal() as bar, settings.app(bar, may_begin=True) as app:
        chosen = sources or tuple(app.config.enabled_sources())
        reports, changes = _read(app, chosen, full)

    for report in reports:
        _print_report(report)
    if settings.json:
        _print_as_json(reports)
    else:
        print_table(changes)
    return _exit_code(reports)


def _exit_code(reports: Iterable[SyncReport]) -> int:
    """Return 1 where something went wrong that had not been wrong before."""
    went_wrong = any(report.new_problems for report in reports)
    return 1 if went_wrong else 0


def _print_as_json(reports: Iterable[SyncReport]) -> None:
    by_source = {report.source: as_json(report) for report in reports}
    print_json({"sources": by_source})


def _read(app: App, names: Iterable[str], full: bool) -> tuple[list[SyncReport], Listing]:
    """Read these sources, each once; return how each run went, and what changed. Raises Abort
    after the source at which Ctrl-C was pressed."""
    from syncer.store import events

    before = events.last_seq(app.store)
    reports = _read_each(app, names, full)
    changes = events.after(app.store, before)
    return reports, views.changes(app.register, changes)


def _read_each(app: App, names: Iterable[str], full: bool) -> list[SyncReport]:
    """Read these sources, all of which have to exist before the first is read."""
    from syncer import sources
    from syncer.pipeline.sync import sync

    chosen = [sources.load(name) for name in dict.fromkeys(names)]
    reports = []
    for source in chosen:
        reports.append(sync(app, source, full=full))
        if app.stopping():
            raise click.Abort
    return reports


def as_json(report: SyncReport) -> dict[str, Any]:
    """Return what one run did, as DESIGN §10 promises it."""
    return {
        "status": report.status,
        "records": report.records,
        "events": report.events,
        "held": report.held,
        "requests": report.requests,
        "problems": [_problem_as_json(problem) for problem in report.problems],
    }


def _problem_as_json(problem: Problem) -> dict[str, str]:
    return {
        "name": problem.name,
        "message": problem.message,
        "url": problem.url,
        "hint": problem.hint,
    }


def _print_report(report: SyncReport) -> None:
    """Print how one run went, and every new problem with what to do about it; known problems are
    only counted."""
    new = _new_problems(report)
    known = len(report.problems) - len(new)
    words = _report_in_words(report, known)
    click.echo(words, err=True)
    for problem in new:
        print_problem(problem.name, problem.message, problem.hint, problem.url)


def _new_problems(report: SyncReport) -> list[Problem]:
    """Return the problems of a run that were not open before it."""
    new = {(problem.name, problem.url) for problem in report.new_problems}
    found = []
    for problem in report.problems:
        if (problem.name, problem.url) in new:
            found.append(problem)

    return found


def _report_in_words(report: SyncReport, known: int) -> str:
    """Return how a run went in one line; `known` is the number of problems that were open before
    it."""
    parts = [
        f"{report.source}: {report.status}",
        f"{report.requests} requests",
        f"{report.records} records",
        f"{report.events} events",
        *_to_look_at(report.held, known),
    ]
    return ", ".join(parts)


def _to_look_at(held: int, known: int) -> Iterator[str]:
    """Yield how many events are held and how many problems are known, where there are any."""
    if held:
        yield f"{held} held (see `syncer held`)"
    if known:
        noun = "known problem" if known == 1 else "known problems"
        yield f"{known} {noun} (see `syncer status`)"
