"""`sync`: read the sources now, with progress on a terminal."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import click

from syncer.cli import Settings, pass_settings
from syncer.cli.output import print_json, print_problem, print_table
from syncer.model import Problem
from syncer.views import lists as views

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from syncer.pipeline.sync import SyncReport


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

    with BarOnTerminal() as bar, settings.app(bar, may_begin=True) as app:
        names = dict.fromkeys(sources) or app.config.enabled_sources()
        chosen = [known.load(name) for name in names]
        before = events.last_seq(app.store)
        reports = []
        for source in chosen:
            reports.append(read(app, source, full=full))
            if app.stopping():
                raise click.Abort
        changes = views.changes(app.register, events.after(app.store, before))

    for report in reports:
        _print_report(report)
    if settings.json:
        print_json({"sources": {report.source: as_json(report) for report in reports}})
    else:
        print_table(changes)
    return int(any(report.new_problems for report in reports))


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
    new = {(problem.name, problem.url) for problem in report.new_problems}
    unknown = []
    for problem in report.problems:
        if (problem.name, problem.url) in new:
            unknown.append(problem)
    known = len(report.problems) - len(unknown)

    parts = [
        f"{report.source}: {report.status}",
        f"{report.requests} requests",
        f"{report.records} records",
        f"{report.events} events",
    ]
    if report.held:
        parts.append(f"{report.held} held (see `syncer held`)")
    if known:
        noun = "known problem" if known == 1 else "known problems"
        parts.append(f"{known} {noun} (see `syncer status`)")
    click.echo(", ".join(parts), err=True)
    for problem in unknown:
        print_problem(problem.name, problem.message, problem.hint, problem.url)
