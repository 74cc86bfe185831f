"""`problems`: what is open, and what the operator has set aside."""

from __future__ import annotations

import os
import pwd
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import click

from syncer.cli import Commands, Settings, pass_settings
from syncer.cli.numbers import Number
from syncer.cli.output import emit, form_of, say
from syncer.timetable import LONDON
from syncer.views.listing import Column, Listing, Row, plain_columns

KEYS = ("id", "source", "name", "message", "url", "council", "tries", "next_try", "hint")
"""Those that a row has from the store under the same name."""


@click.group(cls=Commands, invoke_without_command=True)
@click.option("--old", is_flag=True, help="List also what a first read found, and was old then.")
@click.pass_context
def problems(ctx: click.Context, old: bool) -> None:
    """List the open problems, or acknowledge some. What a page's first read found, and was old
    then, is counted only."""
    if ctx.invoked_subcommand is None:
        _list(ctx.ensure_object(Settings), old)


def _list(settings: Settings, with_old: bool) -> None:
    from syncer.store import problems as problem_store

    with settings.app() as app:
        rows = [problem_row(row) for row in problem_store.still_open(app.store)]

    shown = [row for row in rows if with_old or not row["old"]]
    emit(Listing(COLUMNS, shown, empty="No problem is open."), form_of(as_json=settings.json))
    if not with_old:
        say_old(rows)


def say_old(rows: Sequence[Mapping[str, Any]]) -> None:
    """Say on stderr how many of the problems are old, a line a source."""
    old = Counter(row["source"] for row in rows if row["old"])
    for source, count in sorted(old.items()):
        say(
            f"{source}: {count} old, found by a first read; `syncer problems --old` lists", err=True
        )


def problem_row(problem: Mapping[str, Any]) -> dict[str, Any]:
    """Return an open problem as it is listed."""
    row = {"since": problem["first_at"]}
    for name in KEYS:
        row[name] = problem[name]

    row["old"] = bool(problem["is_old"])
    row["acknowledged_at"] = problem["acked_at"]
    row["acknowledged_by"] = problem["acked_by"]
    row["reason"] = problem["ack_reason"]
    return row


def london(stored: str) -> str:
    """Return a stored moment as an operator reads it: in London, with the zone."""
    import datetime as dt

    moment = dt.datetime.fromisoformat(stored).astimezone(LONDON)
    return f"{moment:%d %b %Y %H:%M %Z}"


def _since(row: Row) -> str:
    return london(row["since"])


def _acknowledged(row: Row) -> str:
    if not row["acknowledged_at"]:
        return ""
    return f"by {row['acknowledged_by']}, {london(row['acknowledged_at'])}: {row['reason']}"


COLUMNS = (
    *plain_columns("id", "source", "name"),
    Column("since", wording=_since),
    *plain_columns("message", "url"),
    Column("acknowledged_at", "acknowledged", wording=_acknowledged),
    *(Column(name, hidden=True) for name in ("acknowledged_by", "reason", "old")),
    *(Column(name, hidden=True) for name in ("council", "tries", "next_try", "hint")),
)


@problems.command()
@click.argument("ids", nargs=-1, required=True, type=Number(), metavar="ID…")
@click.option("--reason", required=True, help="Why nothing needs doing; kept with the problem.")
@pass_settings
def ack(settings: Settings, ids: tuple[int, ...], reason: str) -> None:
    """Set problems aside: they are known, and no alarm, until they end or say something else."""
    from syncer.store import problems as problem_store

    with settings.app() as app, app.store.writing():
        for number in ids:
            problem_store.acknowledge(app.store, number, _who(), reason, app.now)

    listed = ", ".join(map(str, ids))
    say(f"acknowledged: {listed}", err=True)


def _who() -> str:
    """Return who is at the terminal, under sudo too."""
    behind_sudo = os.environ.get("SUDO_USER", "")
    if behind_sudo:
        return behind_sudo
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"account {os.getuid()}"
