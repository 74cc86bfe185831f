"""`sync`: read the sources now, with progress on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import click

from syncer.cli import Settings, pass_settings
from syncer.cli.output import print_json, print_problem, print_table
from syncer.model import Problem
from syncer.views import lists as views
from syncer.views.listing import Listing

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
        """Begin the line of a source; that of the one before is full, however many pages it had."""
        bar = self._bar
        if bar is not None:
            self._fill()
            self._task = bar.add_task(label, total=None)

    def _fill(self) -> None:
        if self._bar is not None and self._task is not None:
            done = self._bar.tasks[self._task].completed
            self._bar.update(self._task, total=done)

    def expect(self, pages: int) -> None:
        if self._bar is not None:
            self._bar.update(self._task, total=pages)

    def step(self) -> None:
        if self._bar is not None:
            self._bar.advance(self._task)

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            self._bar = _bar_on_stderr()
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._fill()
            self._bar.stop()


def _bar_on_stderr() -> Bar:
    """Return a bar with pages read of pages due, and how long the rest will take at this pace."""
    from rich import progress
    from rich.console import Console

    return progress.Progress(
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TextColumn("pages,"),
        progress.TimeRemainingColumn(),
        progress.TextColumn("left"),
        console=Console(stderr=True),
    )


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
        chosen = sources or tuple(app.config.reading_order())
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
    from syncer.monitoring import alarm
    from syncer.pipeline.sync import sync

    chosen = [sources.load(name) for name in dict.fromkeys(names)]
    reports = []
    for source in chosen:
        reports.append(sync(app, source, full=full))
        if app.stopping():
            raise click.Abort
    alarm.tell(app)
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
    """Print how one run went, and every new problem with what to do about it: many of one name as
    one. Known and old ones are only counted."""
    new = _new_problems(report)
    click.echo(_report_in_words(report, len(new)), err=True)

    for _, alike in groupby(sorted(new, key=_name), _name):
        _print_alike(list(alike))


def _print_alike(problems: Sequence[Problem]) -> None:
    """Print problems of one name; where there are many, the first and how many there are."""
    first = problems[0]
    if len(problems) > MOST_ALIKE:
        message = f"{len(problems)} addresses, the first: {first.message}"
        print_problem(first.name, message, first.hint, first.url)
        return

    for problem in problems:
        print_problem(problem.name, problem.message, problem.hint, problem.url)


MOST_ALIKE = 5


def _name(problem: Problem) -> str:
    return problem.name


def _new_problems(report: SyncReport) -> list[Problem]:
    """Return the problems of a run that were not open before it."""
    new = {(problem.name, problem.url) for problem in report.new_problems}
    found = []
    for problem in report.problems:
        if (problem.name, problem.url) in new:
            found.append(problem)

    return found


def _report_in_words(report: SyncReport, new: int) -> str:
    """Return how a run went in one line; `new` is the number of problems that were not open before
    it."""
    parts = [
        f"{report.source}: {report.status}",
        f"{report.requests} requests",
        f"{report.records} records",
        f"{report.events} events",
        *_to_look_at(report, new),
    ]
    return ", ".join(parts)


def _to_look_at(report: SyncReport, new: int) -> Iterator[str]:
    """Yield how many events are held, and how many problems are known or old, where there are
    any."""
    if report.held:
        yield f"{report.held} held (see `syncer held`)"

    old = sum(problem.is_old for problem in report.problems)
    known = len(report.problems) - old - new
    if known:
        noun = "known problem" if known == 1 else "known problems"
        yield f"{known} {noun} (see `syncer status`)"
    if old:
        yield f"{old} old (see `syncer problems --old`)"
