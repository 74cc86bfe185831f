"""`status`: whether the daemon runs, when each source was last read and each job done, and what is
open; `status --check` for a monitor."""

from __future__ import annotations

import datetime as dt
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from syncer.cli import Settings, pass_settings
from syncer.cli.output import print_json, print_table, say
from syncer.cli.problems import london, problem_row, say_old
from syncer.errors import StoreError
from syncer.timetable import LONDON
from syncer.views.listing import Column, Listing, Row, humanise

if TYPE_CHECKING:
    from syncer.app import App
    from syncer.monitoring.heartbeat import Daemon
    from syncer.monitoring.state import Reason

NOT_WORKING = 2
"""The exit code of `--check` where syncer does not do its work, as monitors know it: critical."""

WARNING = 1


@click.command()
@click.option(
    "--check",
    is_flag=True,
    help="For a monitor: one line; exit code 0: nothing is open that is not acknowledged, 1: "
    "something is, 2: mail cannot be sent, a source is quiet, a job is stuck, or the daemon is "
    "not running.",
)
@click.option(
    "--format", "form", type=click.Choice(("table", "json")), help="json is the same as --json."
)
@pass_settings
def status(settings: Settings, check: bool, form: str | None) -> int:
    """Show whether the daemon runs, when each source was last read, and what is open. Exit code 1:
    the store is damaged."""
    if check:
        return _check(settings)

    from syncer.store import copies

    with settings.app() as app:
        found = _state(app)

    if settings.json or form == "json":
        print_json(found.as_json())
    else:
        _print_state(found)
    copies.verify(app.config.store.path)
    return 0


@dataclass(frozen=True)
class State:
    """What `status` shows: the daemon, a row a source, a job and an open problem, lines held by
    source and messages by state."""

    now: dt.datetime
    daemon: Daemon
    sources: Sequence[Row]
    jobs: Sequence[Row]
    problems: Sequence[Row]
    held: Mapping[str, int]
    outbox: Mapping[str, int]

    def as_json(self) -> dict[str, Any]:
        """Return it as DESIGN §10 promises it."""
        return {
            "now": self.now,
            "daemon": asdict(self.daemon),
            "sources": {row["source"]: row for row in self.sources},
            "jobs": {row["job"]: row for row in self.jobs},
            "held": sum(self.held.values()),
            "outbox": self.outbox,
            "problems": self.problems,
        }


def _state(app: App) -> State:
    from syncer.monitoring import heartbeat
    from syncer.store import jobs, overview, problems

    held = overview.held_by_source(app.store)
    still_open = [problem_row(problem) for problem in problems.still_open(app.store)]
    return State(
        now=app.now,
        daemon=heartbeat.look(app.config.store.path),
        sources=_source_rows(app, still_open, held),
        jobs=list(jobs.last_runs(app.store).values()),
        problems=still_open,
        held=held,
        outbox=overview.outbox_by_state(app.store),
    )


# -- For people ------------------------------------------------------------------------------------


def _print_state(found: State) -> None:
    now = found.now.astimezone(LONDON)
    click.echo(f"As of {now:%a %d %b %Y %H:%M %Z}")
    click.echo(f"Daemon: {_daemon_in_words(found.daemon)}")

    click.echo()
    print_table(Listing(SOURCE_COLUMNS, found.sources))
    if found.jobs:
        click.echo()
        print_table(Listing(JOB_COLUMNS, found.jobs))

    _print_problems(found.problems)
    click.echo()
    counted = ", ".join(_counts_in_words(found.outbox))
    click.echo(f"Outbox: {counted or 'empty'}")


def _daemon_in_words(daemon: Daemon) -> str:
    if daemon.since is None or daemon.seen is None:
        return "not running"

    since = london(daemon.since.isoformat())
    if daemon.runs:
        return f"running since {since}"
    seen = london(daemon.seen.isoformat())
    return f"not running; it began {since}, and was last seen {seen}"


def _print_problems(rows: Sequence[Row]) -> None:
    """Print what is open: a card for each kind of problem of a source."""
    current = [row for row in rows if not row["old"]]
    for (source, name), group in groupby(sorted(current, key=_kind), _kind):
        click.echo()
        _print_card(source, name, tuple(group))

    if len(current) < len(rows):
        say_old(rows)


def _kind(row: Row) -> tuple[str, str]:
    return row["source"], row["name"]


def _print_card(source: str, name: str, rows: Sequence[Row]) -> None:
    """Print the problems of one kind: how many, since when, what the first says, what to do."""
    count = "" if len(rows) == 1 else f" × {len(rows)}"
    since = london(min(row["since"] for row in rows))
    say(f"{name}{count} in {source}, since {since}")
    _print_wrapped(f"Number {_numbers(rows)}")
    for line in _said_of(rows[0]):
        _print_wrapped(line)


def _numbers(rows: Sequence[Row]) -> str:
    """Return the numbers by which problems are acknowledged, the first few of many."""
    listed = [str(row["id"]) for row in rows[:MOST_NUMBERS]]
    if len(rows) > MOST_NUMBERS:
        listed.append("…")
    return ", ".join(listed)


def _said_of(row: Row) -> Iterator[str]:
    """Yield what is said of a problem: what happened, where, what to do, who set it aside."""
    yield row["message"]
    if row["url"] not in row["message"]:
        yield row["url"]
    if row["hint"]:
        yield row["hint"]
    if row["acknowledged_at"]:
        yield f"Acknowledged by {row['acknowledged_by']}: {row['reason']}"


MOST_NUMBERS = 8


def _print_wrapped(text: str) -> None:
    width = shutil.get_terminal_size().columns
    say(click.wrap_text(text, width, "  ", "  "))


def _counts_in_words(outbox: Mapping[str, int]) -> Iterator[str]:
    for state, count in outbox.items():
        yield f"{count} {humanise(state)}"


def _last_good(row: Row) -> str:
    if not row["last_good"]:
        return "never"
    return f"{london(row['last_good'])}, {row['freshness']}"


def _enabled(row: Row) -> str:
    return row["status"] if row["enabled"] else "switched off"


SOURCE_COLUMNS = (
    Column("source"),
    Column("status", wording=_enabled),
    Column("last_good", "last read well", wording=_last_good),
    Column("problems", "open", right=True),
    Column("held", right=True),
)


def _began(row: Row) -> str:
    return london(row["started"])


def _ended(row: Row) -> str:
    if not row["finished"]:
        return "under way"
    return row["error"] or "done"


JOB_COLUMNS = (
    Column("job"),
    Column("started", "last run", wording=_began),
    Column("error", "came to", wording=_ended),
)


# -- Rows ------------------------------------------------------------------------------------------


def _source_rows(app: App, still_open: Sequence[Row], held: Mapping[str, int]) -> Sequence[Row]:
    """Return one row a source that is configured or was ever read."""
    from syncer.store import overview

    runs = overview.last_runs(app.store)
    failing = Counter(problem["source"] for problem in still_open if not problem["old"])
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


# -- For monitors ----------------------------------------------------------------------------------


def _check(settings: Settings) -> int:
    """Print one line, and return the exit code that monitors know: 0 well, 1 warning, 2 critical.
    Raises ConfigError, which is 2 as well."""
    try:
        with settings.app() as app:
            found = _reasons(app)
            to_look_at = _to_look_at(app)
    except StoreError as error:
        say(f"store: {error.name}: {error}")
        return NOT_WORKING

    if found:
        say("; ".join(f"{reason.kind}: {reason.text}" for reason in found))
        return NOT_WORKING
    if to_look_at:
        say(f"open: {', '.join(to_look_at)}")
        return WARNING
    say("ok: nothing is open that is not acknowledged")
    return 0


def _reasons(app: App) -> list[Reason]:
    from syncer.monitoring import heartbeat, state

    found = state.reasons(app)
    daemon = heartbeat.look(app.config.store.path)
    if not daemon.runs:
        found.insert(0, state.Reason("daemon", _daemon_in_words(daemon)))
    return found


def _to_look_at(app: App) -> list[str]:
    """Return the open problems that somebody has to look at, counted by name and source."""
    from syncer.store import problems

    rows = problems.to_look_at(problems.still_open(app.store))
    counted = Counter(f"{row['name']} in {row['source']}" for row in rows)
    return [f"{count} × {kind}" for kind, count in sorted(counted.items())]
