"""`verify`: the archived page that a change rests on, read again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from syncer.cli import Settings, pass_settings
from syncer.cli.numbers import Number
from syncer.cli.output import print_json, say
from syncer.model import Event, Evidence
from syncer.views import lists as views

if TYPE_CHECKING:
    from syncer.app import App

SHOWN = ("url", "published", "source", "sha256", "page", "cell", "quote", "reads")


@click.command()
@click.argument("event", type=Number())
@pass_settings
def verify(settings: Settings, event: int) -> int:
    """Read the archived bytes that a change rests on again, and show the page, the cell and the
    words it stands on.

    Exit code 1: the bytes, as they are read today, do not give that line.
    """
    with settings.app() as app:
        row = _read_again(app, event_numbered(app, event))

    if settings.json:
        print_json(row)
    else:
        _print_evidence(row)
    return 0 if row["confirmed"] else 1


def _read_again(app: App, event: Event) -> dict[str, Any]:
    """Return the row of a change, and what its bytes say today."""
    from syncer.operations.verify import check

    line = _with_evidence(app, event)
    found = check(line, app.snapshots, app.documents, app.register)
    shown = views.changes(app.register, [line])
    return {**shown.rows[0], **found}


def event_numbered(app: App, number: int) -> Event:
    """Return the event with this number. Raises UsageError where there is none."""
    from syncer.store import events

    event = events.get(app.store, number)
    if event is None:
        raise click.UsageError(
            f"there is no change with the number {number}; `syncer changes` lists them"
        )
    return event


def _with_evidence(app: App, event: Event) -> Event:
    """Return the event; where it has no evidence of its own, with the bytes of its record."""
    from syncer.store import overview

    if event.evidence is not None:
        return event

    sha256 = overview.bytes_of_record(app.store, event.record_id)
    if not sha256:
        return event
    return replace(event, evidence=Evidence(sha256, ""))


def _print_evidence(row: dict[str, Any]) -> None:
    """Print the line, where it stands, and whether it was found there."""
    say(_line_in_words(row))
    for name in SHOWN:
        if row[name] not in (None, ""):
            say(f"  {name:<10}{row[name]}")

    verdict = "confirmed" if row["confirmed"] else "NOT CONFIRMED"
    say(f"  {verdict}: {row['reason']}")


def _line_in_words(row: dict[str, Any]) -> str:
    change = views.change_in_words(row["area"] or row["record"], row["old"], row["new"])
    return f"{row['council_name']}: {change}"
