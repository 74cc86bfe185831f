"""The lists: `ratings`, `inspections`, `awards`, `changes`, `councils`. They share their filters,
formats and --out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from syncer.cli import Settings, pass_settings
from syncer.cli.output import FORMATS, emit, form_of, print_notes
from syncer.model import Council, Event, Record, RecordKind
from syncer.subscriptions.schedule import LONDON
from syncer.views import lists as views
from syncer.views.lists import Listing, Window

if TYPE_CHECKING:
    from syncer.app import App

AnyFunction = TypeVar("AnyFunction", bound=Callable[..., Any])


class Day(click.ParamType[dt.date]):
    """A day like 2024-03-31."""

    name = "YYYY-MM-DD"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> dt.date:
        if isinstance(value, dt.date):
            return value
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a day like 2024-03-31", param, ctx)


class Year(click.ParamType[tuple[dt.date, dt.date]]):
    """A financial year like 2025-26, as its first and last day."""

    name = "YYYY-YY"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[dt.date, dt.date]:
        if isinstance(value, tuple):
            return value
        try:
            return views.financial_year(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


@dataclass(frozen=True)
class Asked:
    """The options of a list, as typed."""

    council: tuple[str, ...]
    region: tuple[str, ...]
    since: dt.date | None
    as_of: dt.date | None
    known_on: dt.date | None
    inspected_by: dt.date | None
    form: str | None
    out: Path | None

    @property
    def narrowed(self) -> bool:
        """Whether councils or regions were named."""
        return bool(self.council or self.region)

    def day(self, app: App) -> dt.date:
        """Return the day that is looked at: the one asked for, else the one on which things were
        known, else today."""
        if self.as_of:
            return self.as_of
        if self.known_on:
            return self.known_on
        return app.now.astimezone(LONDON).date()

    def named_councils(self, app: App) -> list[Council]:
        """Return the councils named. Raises CouncilError."""
        day = self.as_of or self.known_on
        found = []
        for name in self.council:
            found.append(app.register.find(name, day))
        return found

    def councils(self, app: App) -> list[Council]:
        """Return the councils named, and those of the regions named. Raises CouncilError or
        ConfigError."""
        found = self.named_councils(app)
        for name in self.region:
            found += app.register.region(name)
        return list(dict.fromkeys(found))

    def window(self, app: App) -> Window:
        """Return which records are asked for."""
        slugs = [council.slug for council in self.councils(app)]
        return Window(
            self.since,
            self.as_of,
            self.inspected_by,
            tuple(slugs),
        )


OPTIONS = (
    click.option(
        "--council",
        multiple=True,
        metavar="NAME",
        help="Only this council: any of its names or codes. May be repeated.",
    ),
    click.option(
        "--region",
        multiple=True,
        metavar="NAME",
        help="Only this region's councils. May be repeated.",
    ),
    click.option(
        "--since",
        type=Day(),
        help="Only what was published (changes: noticed) on this day or later.",
    ),
    click.option(
        "--as-of", type=Day(), help="As it stood on this day: only what was published by then."
    ),
    click.option("--known-on", type=Day(), help="As this store knew it at the end of this day."),
    click.option("--inspected-by", type=Day(), help="Only inspections that had begun by this day."),
    click.option(
        "--format", "form", type=click.Choice(FORMATS), help="Default: table, or what FILE ends in."
    ),
    click.option(
        "--out",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Write to this file.",
    ),
)


def list_options(function: AnyFunction) -> AnyFunction:
    """Return the command with the options that all lists have; it is handed them as one `Asked`."""
    names = [field.name for field in fields(Asked)]

    def command(settings: Settings, **given: Any) -> Any:
        typed = {name: given.pop(name) for name in names}
        return function(settings, Asked(**typed), **given)

    command.__doc__ = function.__doc__
    command.__name__ = function.__name__
    return _with_options(pass_settings(command), function)


def _with_options(command: Any, function: AnyFunction) -> AnyFunction:
    """Return the command with the options of the function it stands for, and those of all lists."""
    command.__click_params__ = getattr(function, "__click_params__", [])
    for option in reversed(OPTIONS):
        command = option(command)
    return command  # type: ignore[no-any-return]


def show(listing: Listing, settings: Settings, asked: Asked) -> None:
    """Print a list as asked."""
    form = form_of(asked.form, settings.json, asked.out)
    emit(listing, form, asked.out)


def records_asked(app: App, asked: Asked, kinds: Iterable[RecordKind]) -> list[Record]:
    """Return the records of these kinds within what was asked, as known then or now."""
    from syncer.store import records

    window = asked.window(app)
    if asked.narrowed and not window.councils:
        return []

    found = records.records(app.store, kinds=kinds, councils=window.councils)
    if asked.known_on:
        found = _as_known_on(app, found, asked.known_on)
    return [record for record in found if window.lets_in(record)]


def _as_known_on(app: App, found: list[Record], day: dt.date) -> list[Record]:
    """Return records as the store knew them at the end of a day."""
    from syncer.store import records

    moment = views.end_of(day)
    return records.as_known_on(app.store, found, moment)


# -- ratings ---------------------------------------------------------------------------------------


@click.command()
@list_options
def ratings(settings: Settings, asked: Asked) -> None:
    """Show how every council stands now, in each area."""
    with settings.app() as app:
        listing = _ratings(app, asked)

    if asked.since:
        listing = _published_since(listing, asked.since)
    show(listing, settings, asked)


def _published_since(listing: Listing, day: dt.date) -> Listing:
    """Return the ratings whose latest report was published on a day or later."""
    rows = []
    for row in listing.rows:
        published = row["published"]
        if published and published >= day:
            rows.append(row)

    closing = views.closing_of_ratings(rows)
    return replace(listing, rows=rows, closing=closing)


def _ratings(app: App, asked: Asked) -> Listing:
    """Return the standing of each council asked for on the day asked for, whatever `--since`
    says."""
    day = asked.day(app)
    shown = _shown(app, asked, day)
    unread = _not_read(app, asked, shown)

    ever = replace(asked, since=None)
    inspections = records_asked(app, ever, [RecordKind.INSPECTION])
    last_day = min(day, asked.inspected_by or day)
    return views.ratings(shown, inspections, unread, last_day)


def _not_read(app: App, asked: Asked, shown: list[Council]) -> frozenset[str]:
    """Return the councils whose inspections had not been read by the day asked for."""
    from syncer.store import pages

    known_at = views.end_of(asked.known_on) if asked.known_on else app.now
    read = pages.read_for_inspections(app.store, known_at)
    return views.not_read(shown, read, asked.day(app))


def _shown(app: App, asked: Asked, day: dt.date) -> list[Council]:
    """Return the councils that have a row: those open on the day, and those that were named."""
    if not asked.narrowed:
        return list(app.register.open_on(day))

    named = [] if asked.region else asked.named_councils(app)
    shown = []
    for council in asked.councils(app):
        if council.open_on(day) or council in named:
            shown.append(council)
    return shown


# -- inspections, awards ---------------------------------------------------------------------------


@click.command()
@list_options
def inspections(settings: Settings, asked: Asked) -> None:
    """List every inspection and visit, oldest first."""
    kinds = [RecordKind.INSPECTION, RecordKind.VISIT]
    with settings.app() as app:
        found = records_asked(app, asked, kinds)
        listing = views.inspections(app.register, found)

    show(listing, settings, asked)


@click.command()
@click.option("--year", type=Year(), help="Only money for this financial year.")
@click.option("--payments", is_flag=True, help="Also single payments.")
@list_options
def awards(
    settings: Settings, asked: Asked, year: tuple[dt.date, dt.date] | None, payments: bool
) -> None:
    """List money given to councils, and its total. A sum shared by several councils is one line."""
    with settings.app() as app:
        found = _money(app, asked, payments)
        if year is not None:
            found = [record for record in found if views.in_year(record, year)]
        listing = _with_quotes(app, found)

    show(listing, settings, asked)
    _print_total_beside_data(listing, settings, asked)


def _print_total_beside_data(listing: Listing, settings: Settings, asked: Asked) -> None:
    """Print the total on stderr, unless a table has it below its rows already."""
    if form_of(asked.form, settings.json, asked.out) != "table":
        print_notes([listing.closing])


def _with_quotes(app: App, found: Iterable[Record]) -> Listing:
    quoted = [_with_quote(app, record) for record in found]
    return views.awards(app.register, quoted)


def _money(app: App, asked: Asked, payments: bool) -> list[Record]:
    """Return the awards asked for that stand, and single payments too where they are wanted."""
    kinds = [RecordKind.AWARD]
    if payments:
        kinds.append(RecordKind.PAYMENT)

    found = records_asked(app, asked, kinds)
    return [record for record in found if not record.withdrawn]


def _with_quote(app: App, record: Record) -> Record:
    """Return money with the words it stands on: a payment's row is its evidence, not one of its
    fields."""
    from syncer.store import records

    if record.funding.quote or "amount" not in record.chosen:
        return record

    observation = record.chosen["amount"]
    evidence = records.evidence_of(app.store, observation, "amount")
    if evidence is None:
        return record
    return _quoting(record, evidence.quote)


def _quoting(record: Record, quote: str) -> Record:
    quoted = replace(record.funding, quote=quote)
    return replace(record, fields=quoted)


# -- changes ---------------------------------------------------------------------------------------


@click.command()
@click.option("--held", is_flag=True, help="Also those that are held until somebody has looked.")
@list_options
def changes(settings: Settings, asked: Asked, held: bool) -> None:
    """List what changed, in the order in which it was noticed."""
    with settings.app() as app:
        councils = [council.slug for council in asked.councils(app)]
        found = _events(app, asked, councils, held)
        listing = views.changes(app.register, found, councils)

    show(listing, settings, asked)


def _events(app: App, asked: Asked, councils: Sequence[str], held: bool) -> list[Event]:
    """Return the events asked for, in the order in which they were noticed."""
    from syncer.store import events

    if asked.narrowed and not councils:
        return []

    found = events.listing(app.store, councils=councils, since=asked.since)
    if held:
        found += events.listing(app.store, councils=councils, since=asked.since, held=True)
    return _within_in_order(found, asked)


def _within_in_order(found: Iterable[Event], asked: Asked) -> list[Event]:
    within = [event for event in found if _within(event, asked)]
    return sorted(within, key=lambda event: (event.noticed_at, event.id))


def _within(event: Event, asked: Asked) -> bool:
    """Return whether an event was published, noticed and inspected by the days asked for."""
    if asked.as_of and _published(event) > asked.as_of:
        return False

    if asked.known_on and event.noticed_at > views.end_of(asked.known_on):
        return False

    return asked.inspected_by is None or _had_begun(event, asked.inspected_by)


def _published(event: Event) -> dt.date:
    """Return the day an event was published; the day it was noticed where that is not known."""
    if event.published:
        return event.published
    return event.noticed_at.astimezone(LONDON).date()


def _had_begun(event: Event, day: dt.date) -> bool:
    """Return whether the inspection that an event tells of had begun by a day; what is no
    inspection had."""
    if event.record is not RecordKind.INSPECTION:
        return True

    inspection = event.detail.inspection
    first_day = inspection.first_day or event.effective
    return first_day is not None and first_day <= day


# -- councils --------------------------------------------------------------------------------------


@click.command()
@list_options
def councils(settings: Settings, asked: Asked) -> None:
    """List every council that has, had or will have children's services, with its names and
    codes."""
    with settings.app(anywhere=True) as app:
        named = asked.councils(app) if asked.narrowed else app.register

    found = [council for council in named if _is_asked_for(council, asked)]
    show(views.councils(found), settings, asked)


def _is_asked_for(council: Council, asked: Asked) -> bool:
    """Return whether a council was open on the day asked for, and has opened or closed since."""
    day = asked.as_of or asked.known_on
    if day and not council.open_on(day):
        return False
    return asked.since is None or _moved_since(council, asked.since)


def _moved_since(council: Council, day: dt.date) -> bool:
    """Return whether a council opened or closed on a day or later."""
    moments = (council.opened, council.closed)
    return any(moment is not None and moment >= day for moment in moments)
