"""`status`: when each source was last read, and what is open."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from syncer.cli import Settings, pass_settings
from syncer.cli.output import print_json, print_table
from syncer.views import lists as views
from syncer.views.lists import Column, Listing

if TYPE_CHECKING:
    from syncer.app import App

SOURCE_COLUMNS = (
    *views.plain_columns("source", "enabled", "last_run", "status", "last_good", "freshness"),
    Column("problems", right=True),
    Column("held", right=True),
)
PROBLEM_NAMES = ("source", "name", "message", "url", "since", "tries", "next_try", "hint")


@click.command()
@pass_settings
def status(settings: Settings) -> None:
    """Show when each source was last read, and what is open. Exit code 1: the store is damaged."""
    from syncer.store import copies, deliveries, overview, problems

    with settings.app() as app:
        outbox = {str(state): n for state, n in deliveries.counts(app.store).items()}
        held = overview.held_by_source(app.store)
        still_open = [_problem_row(problem) for problem in problems.still_open(app.store)]
        sources = _source_rows(app, still_open, held)
    if settings.json:
        by_name = {row["source"]: row for row in sources}
        print_json(
            {
                "now": app.now,
                "sources": by_name,
                "held": sum(held.values()),
                "outbox": outbox,
                "problems": still_open,
            }
        )
    else:
        _print_status(sources, still_open, outbox)
    copies.verify(app.config.store.path)


def _print_status(
    sources: Sequence[views.Row], still_open: Sequence[views.Row], outbox: Mapping[str, int]
) -> None:
    print_table(Listing(SOURCE_COLUMNS, sources))
    if still_open:
        columns = views.plain_columns(*PROBLEM_NAMES)
        click.echo()
        print_table(Listing(columns, still_open))

    counted = [f"{count} {views.humanise(state)}" for state, count in outbox.items()]
    click.echo(f"Outbox: {', '.join(counted) or 'empty'}")


def _source_rows(
    app: App, still_open: Sequence[views.Row], held: Mapping[str, int]
) -> Sequence[views.Row]:
    """Return one row a source that is configured or was ever read."""
    from syncer.store import overview

    runs = overview.last_runs(app.store)
    failing = Counter(problem["source"] for problem in still_open)
    rows = []
    for name in sorted({*app.config.sources, *runs}):
        row = _source_row(name, app, runs.get(name, {}))
        rows.append({**row, "problems": failing[name], "held": held.get(name, 0)})
    return rows


def _source_row(name: str, app: App, run: Mapping[str, Any]) -> dict[str, Any]:
    settings = app.config.sources.get(name)
    good = run.get("last_good")
    row = {
        "source": name,
        "enabled": bool(settings and settings.enabled),
        "last_run": run.get("started"),
        "status": run.get("status", "never run"),
        "last_good": good,
        "hours_since_good": None,
        "freshness": "never read",
    }
    if good:
        age = app.now - dt.datetime.fromisoformat(good)
        row["hours_since_good"] = round(age.total_seconds() / 3600, 1)
        row["freshness"] = _age_in_words(age)
    return row


def _age_in_words(age: dt.timedelta) -> str:
    hours = round(age.total_seconds() / 3600)
    if hours < 48:
        return f"{hours} h ago"
    return f"{age.days} days ago"


def _problem_row(problem: Mapping[str, Any]) -> dict[str, Any]:
    row = {"since": problem["first_at"]}
    for name in ("source", "name", "message", "url", "council", "tries", "next_try", "hint"):
        row[name] = problem[name]
    return row
