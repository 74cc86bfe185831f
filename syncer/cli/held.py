"""`held`: the lines that are kept back because something looks wrong, and what is decided about
them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from syncer.cli import Commands, Settings, pass_settings
from syncer.cli.asked import file_options, print_as
from syncer.cli.numbers import Number
from syncer.cli.output import form_of
from syncer.cli.verify import event_numbered
from syncer.model import Event
from syncer.views import lists as views
from syncer.views.listing import Listing

if TYPE_CHECKING:
    from syncer.app import App
    from syncer.store import Store


@click.group(cls=Commands, invoke_without_command=True)
@file_options
@click.pass_context
def held(ctx: click.Context, form: str | None, out: Path | None, bom: bool) -> None:
    """List the lines that are kept back because something looks wrong, or decide about them."""
    if ctx.invoked_subcommand is not None:
        return

    settings = ctx.ensure_object(Settings)
    listing = _held(settings)
    print_as(listing, form_of(form, settings.json, out), out, bom)


def _held(settings: Settings) -> Listing:
    from syncer.store import events

    with settings.app() as app:
        found = events.listing(app.store, held=True)
        return views.held(app.register, found)


@held.command()
@click.argument("ids", nargs=-1, required=True, type=Number(), metavar="ID…")
@pass_settings
def release(settings: Settings, ids: tuple[int, ...]) -> None:
    """Let these lines go: they are true, and people are told of them."""
    from syncer.store import events

    _decide(settings, ids, events.release, "released")


@held.command()
@click.argument("ids", nargs=-1, required=True, type=Number(), metavar="ID…")
@pass_settings
def discard(settings: Settings, ids: tuple[int, ...]) -> None:
    """Throw these lines away: they are not true, and the same bytes will not make them again."""
    from syncer.store import events

    _decide(settings, ids, events.discard, "discarded")


def _decide(
    settings: Settings,
    ids: Sequence[int],
    decide: Callable[[Store, Event], object],
    done: str,
) -> None:
    """Decide about all of them or, where one is not held, about none. Raises UsageError."""
    with settings.app() as app, app.store.writing():
        events = _held_events(app, ids)
        for event in events:
            decide(app.store, event)

    listed = ", ".join(str(event.id) for event in events)
    click.echo(f"{done}: {listed}", err=True)


def _held_events(app: App, numbers: Sequence[int]) -> list[Event]:
    """Return the events with these numbers, each once. Raises UsageError."""
    return [_held_event(app, number) for number in dict.fromkeys(numbers)]


def _held_event(app: App, number: int) -> Event:
    """Return the event with this number. Raises UsageError where there is none, or it is not
    held."""
    event = event_numbered(app, number)
    if not event.held:
        raise click.UsageError(f"change {event.id} is not held; `syncer held` lists those that are")
    return event
