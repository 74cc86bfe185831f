"""`inbox`: read what came back by mail, now; and what in it was not understood."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from syncer.cli import Commands, Settings, pass_settings
from syncer.cli.numbers import Number
from syncer.cli.output import emit, form_of, print_json, say
from syncer.cli.problems import london
from syncer.views.listing import Column, Listing, plain_columns

if TYPE_CHECKING:
    from syncer.operations.inbox import InboxReport
    from syncer.store.inbox import Kept

READ_COLUMNS = plain_columns("file", "from", "outcome", "why", "subscriber")


@click.group(cls=Commands, invoke_without_command=True)
@click.pass_context
def inbox(ctx: click.Context) -> int:
    """Read the answers, bounces and complaints that came by mail, and do what they ask for.

    Every message read is listed with what became of it: done, asked (its subscriber is mailed a
    link), ignored, or not_understood, which is kept for you (`syncer inbox kept`).
    """
    if ctx.invoked_subcommand is not None:
        return 0
    return _read(ctx.ensure_object(Settings))


def _read(settings: Settings) -> int:
    """Read it and print what became of each message; return the exit code: 1 where the mailbox
    could not be read and could be before."""
    from syncer.operations.inbox import read_inbox
    from syncer.store import inbox as inbox_store

    with settings.app(may_begin=True) as app:
        report = read_inbox(app)
        waiting = len(inbox_store.kept(app.store))

    _print(settings, report)
    if waiting:
        counted = "1 message was" if waiting == 1 else f"{waiting} messages were"
        say(f"{counted} not understood and wait for you: `syncer inbox kept`", err=True)
    if report.stopped is None:
        return 0

    say(f"{report.stopped.name}: {report.stopped}", err=True)
    say(report.stopped.hint, err=True)
    return 1


def _print(settings: Settings, report: InboxReport) -> None:
    rows = [message.as_json() for message in report.messages]
    if settings.json:
        print_json({"messages": rows})
        return
    emit(Listing(READ_COLUMNS, rows, empty="Nothing new in the inbox."), form_of())


KEPT_COLUMNS = (
    Column("id", right=True),
    Column("read", wording=lambda row: london(row["read"])),
    *plain_columns("file", "from", "why"),
)


@inbox.command()
@pass_settings
def kept(settings: Settings) -> None:
    """List what was not understood and is not settled. The messages lie in the inbox, marked as
    read."""
    from syncer.store import inbox as inbox_store

    with settings.app() as app:
        rows = [_row(each) for each in inbox_store.kept(app.store)]

    if settings.json:
        print_json({"messages": rows})
    else:
        emit(Listing(KEPT_COLUMNS, rows, empty="Nothing waits for you."), form_of())


def _row(kept: Kept) -> dict[str, Any]:
    return {
        "id": kept.id,
        "read": kept.read_at.isoformat(),
        "file": kept.file,
        "from": kept.sender,
        "outcome": "not_understood",
        "why": kept.why,
    }


@inbox.command()
@click.argument("ids", nargs=-1, required=True, type=Number(), metavar="ID…")
@pass_settings
def settle(settings: Settings, ids: tuple[int, ...]) -> None:
    """Note that you have seen to these messages: they are listed no more."""
    from syncer.operations.inbox import settle as settle_messages

    with settings.app() as app:
        settled = settle_messages(app, list(ids))
    say(f"settled: {settled}", err=True)
