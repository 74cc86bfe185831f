"""`held`: the lines that are kept back because something looks wrong, and what is decided about
them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from syncer.cli import Commands, Settings, pass_settings
from syncer.cli.asked import Day, file_options, print_as
from syncer.cli.numbers import Number, Numbers
from syncer.cli.output import form_of
from syncer.cli.verify import event_numbered
from syncer.model import Event
from syncer.timetable import LONDON
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


@dataclass(frozen=True)
class Which:
    """Which held lines are decided about: these numbers, or all that the options name."""

    ids: tuple[range, ...]
    councils: tuple[str, ...]
    noticed: dt.date | None
    record: int | None
    everything: bool

    @property
    def by_option(self) -> bool:
        """Whether an option names them."""
        named = (self.councils, self.noticed is not None, self.record is not None, self.everything)
        return any(named)

    def names(self, event: Event, slugs: Collection[str]) -> bool:
        """Return whether the options name this line; `slugs` are the councils meant."""
        if self.noticed and event.noticed_at.astimezone(LONDON).date() != self.noticed:
            return False
        if self.record is not None and event.record_id != self.record:
            return False
        return not slugs or not set(slugs).isdisjoint(event.councils)


def _which(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say which held lines are meant."""
    for option in (
        click.argument("ids", nargs=-1, type=Numbers(), metavar="[ID | ID-ID]…"),
        click.option("--council", "councils", multiple=True, metavar="C", help="All of a council."),
        click.option("--noticed", type=Day(), help="All that the syncs of one day noticed."),
        click.option(
            "--record",
            type=Number(),
            metavar="ID",
            help="All of one inspection, notice or award (`record_id`).",
        ),
        click.option("--all", "everything", is_flag=True, help="All that are held."),
    ):
        function = option(function)
    return function


@held.command()
@_which
@pass_settings
def release(settings: Settings, /, **which: Any) -> None:
    """Let these lines go: they are true, and people are told of them."""
    from syncer.store import events

    _decide(settings, Which(**which), events.release, "released")


@held.command()
@_which
@pass_settings
def discard(settings: Settings, /, **which: Any) -> None:
    """Throw these lines away: they are not true, and the same bytes will not make them again."""
    from syncer.store import events

    _decide(settings, Which(**which), events.discard, "discarded")


def _decide(
    settings: Settings,
    which: Which,
    decide: Callable[[Store, Event], object],
    done: str,
) -> None:
    """Decide about all of them or, where one is not held, about none. Raises UsageError."""
    if bool(which.ids) == which.by_option:
        raise click.UsageError(
            "name the lines by their numbers, or by --council, --noticed, --record or --all"
        )

    with settings.app() as app, app.store.writing():
        events = _meant(app, which)
        for event in events:
            decide(app.store, event)

    listed = ", ".join(str(event.id) for event in events)
    click.echo(f"{done}: {listed}", err=True)


def _meant(app: App, which: Which) -> list[Event]:
    """Return the held lines that are meant, each once. Raises UsageError where there is none."""
    from syncer.store import events

    if not which.by_option:
        return list(_numbered(app, which.ids))

    slugs = [app.register.find(name).slug for name in which.councils]
    held = events.listing(app.store, held=True)
    found = [event for event in held if which.names(event, slugs)]
    if not found:
        raise click.UsageError("no line is held that this names; `syncer held` lists them")
    return found


def _numbered(app: App, ids: Sequence[range]) -> Iterator[Event]:
    """Yield the held lines with these numbers, each once; of a range those that are held. Raises
    UsageError for a number alone that is none of a held line."""
    from syncer.store import events

    held = {event.id: event for event in events.listing(app.store, held=True)}
    numbers = {number for each in ids if len(each) > 1 for number in held if number in each}
    for each in ids:
        if len(each) == 1:
            numbers.add(_held_event(app, each.start).id)

    if not numbers:
        raise click.UsageError("no line with these numbers is held; `syncer held` lists them")
    for number in sorted(numbers):
        yield held[number]


def _held_event(app: App, number: int) -> Event:
    """Return the event with this number. Raises UsageError where there is none, or it is not
    held."""
    event = event_numbered(app, number)
    if not event.held:
        raise click.UsageError(f"change {event.id} is not held; `syncer held` lists those that are")
    return event
