"""`status`: when each source was last read, and what is open."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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
PROBLEM_KEYS = ("source", "name", "message", "url", "council", "tries", "next_try", "hint")
"""Those that a row has from the store; `since` has another name there."""


@click.command()
@pass_settings
def status(settings: Settings) -> None:
    """Show when each source was last read, and what is open. Exit code 1: the store is damaged."""
    from syncer.store import copies

    with settings.app() as app:
        found = _state(app)

    if settings.json:
        print_json(found.as_json())
    else:
        _print_state(found)
    copies.verify(app.config.store.path)


@dataclass(frozen=True)
class State:
    """What `status` shows: a row a source and a row an open problem, lines held by source and
    messages by state."""

    now: dt.datetime
    sources: Sequence[views.Row]
    problems: Sequence[views.Row]
    held: Mapping[str, int]
    outbox: Mapping[str, int]

    def as_json(self) -> dict[str, Any]:
        """Return it as DESIGN §10 promises it."""
        return {
            "now": self.now,
            "sources": {row["source"]: row for row in self.sources},
            "held": sum(self.held.values()),
            "outbox": self.outbox,
            "problems": self.problems,
        }


def _state(app: App) -> State:
    from syncer.store import deliveries, overview, problems

    held = overview.held_by_source(app.store)
    counts = deliveries.counts(app.store)
    still_open = [_problem_row(problem) for problem in problems.still_open(app.store)]
    return State(
        now=app.now,
        sources=_source_rows(app, still_open, held),
        problems=still_open,
        held=held,
        outbox={str(state): count for state, count in counts.items()},
    )


def _print_state(found: State) -> None:
    print_table(Listing(SOURCE_COLUMNS, found.sources))
    if found.problems:
        click.echo()
        _print_problems(found.problems)

    counted = ", ".join(_counts_in_words(found.outbox))
    click.echo(f"Outbox: {counted or 'empty'}")


def _print_problems(rows: Sequence[views.Row]) -> None:
    columns = views.plain_columns(*PROBLEM_NAMES)
    print_table(Listing(columns, rows))


def _counts_in_words(outbox: Mapping[str, int]) -> Iterator[str]:
    for state, count in outbox.items():
        yield f"{count} {views.humanise(state)}"


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
        row["problems"] = failing[name]
        row["held"] = held.get(name, 0)
        rows.append(row)

    return rows


def _source_row(name: str, app: App, run: Mapping[str, Any]) -> dict[str, Any]:
    settings = app.config.sources.get(name)
    return {
        "source": name,
        "enabled": settings is not None and settings.enabled,
        "last_run": run.get("started"),
        "status": run.get("status", "never run"),
        "last_good": run.get("last_good"),
        **_freshness(run.get("last_good"), app.now),
    }


def _freshness(good: str | None, now: dt.datetime) -> dict[str, Any]:
    """Return how long ago a source was last read well."""
    if not good:
        return {"hours_since_good": None, "freshness": "never read"}

    age = now - dt.datetime.fromisoformat(good)
    return {
        "hours_since_good": round(age.total_seconds() / 3600, 1),
        "freshness": _age_in_words(age),
    }


def _age_in_words(age: dt.timedelta) -> str:
    hours = round(age.total_seconds() / 3600)
    if hours < 48:
        return f"{hours} h ago"
    return f"{age.days} days ago"


def _problem_row(problem: Mapping[str, Any]) -> dict[str, Any]:
    row = {"since": problem["first_at"]}
    for name in PROBLEM_KEYS:
        row[name] = problem[name]
    return row
