"""The lists: ratings, inspections, awards, changes, councils. They share their filters, formats and
--out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from syncer.cli import Settings, pass_settings
from syncer.cli.output import FORMATS, emit, form_of, print_notes
from syncer.model import Council, Event, Record, RecordKind
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
        try:
            return value if isinstance(value, dt.date) else dt.date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a day like 2024-03-31", param, ctx)


class Year(click.ParamType[tuple[dt.date, dt.date]]):
    """A financial year like 2025-26, as its first and last day."""

    name = "YYYY-YY"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[dt.date, dt.date]:
        try:
            return value if isinstance(value, tuple) else views.financial_year(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


@dataclass(frozen=True)
class Asked:
    """The options of a list as typed."""

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
        """The day that is looked at: the one asked for, else the one on which things were known,
        else today."""
        return self.as_of or self.known_on or app.now.astimezone(views.ENGLAND).date()

    def councils(self, app: App) -> list[Council]:
        """The councils named, and those of the regions named. Raises CouncilError or
        ConfigError."""
        named = [app.register.find(name, self.as_of or self.known_on) for name in self.council]
        named += [council for name in self.region for council in app.register.region(name)]
        return list(dict.fromkeys(named))

    def window(self, app: App) -> Window:
        return Window(
            self.since,
            self.as_of,
            self.inspected_by,
            tuple(council.slug for council in self.councils(app)),
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
    """The options that all lists have; the command is handed them as one `Asked`."""

    def command(settings: Settings, **given: Any) -> Any:
        names = tuple(Asked.__dataclass_fields__)
        asked = Asked(**{name: given.pop(name) for name in names})
        return function(settings, asked, **given)

    command.__doc__, command.__name__ = function.__doc__, function.__name__
    decorated: Any = pass_settings(command)
    decorated.__click_params__ = getattr(function, "__click_params__", [])
    for option in reversed(OPTIONS):
        decorated = option(decorated)
    return decorated  # type: ignore[no-any-return]


def show(listing: Listing, settings: Settings, asked: Asked) -> None:
    """Print a list as asked."""
    emit(listing, form_of(asked.form, settings.json, asked.out), asked.out)


def _records(app: App, asked: Asked, kinds: Iterable[RecordKind]) -> list[Record]:
    """The records of these kinds within what was asked, as known then or now."""
    from syncer.store import records

    window = asked.window(app)
    if asked.narrowed and not window.councils:
        return []
    found = records.records(app.store, kinds=kinds, councils=window.councils)
    if asked.known_on:
        found = records.as_known_on(app.store, found, views.end_of(asked.known_on))
    return [record for record in found if window.lets_in(record)]


@click.command()
@list_options
def ratings(settings: Settings, asked: Asked) -> None:
    """How every council stands now, in each area."""
    from syncer.store import pages

    with settings.app() as app:
        day = asked.day(app)
        named = set(asked.council and asked.councils(app))
        found = _records(app, replace(asked, since=None), [RecordKind.INSPECTION])
        wanted = asked.councils(app) if asked.narrowed else app.register
        shown = [c for c in wanted if c.open_on(day) or (c in named and not asked.region)]
        read = pages.read_for_inspections(
            app.store, views.end_of(asked.known_on) if asked.known_on else app.now
        )
        begun = min(day, asked.inspected_by or day)
        listing = views.ratings(shown, found, views.not_read(shown, read, day), begun)
    if asked.since:
        rows = [row for row in listing.rows if row["published"] and row["published"] >= asked.since]
        listing = replace(listing, rows=rows, closing=views.closing_of_ratings(rows))
    show(listing, settings, asked)


@click.command()
@list_options
def inspections(settings: Settings, asked: Asked) -> None:
    """Every inspection and visit, oldest first."""
    with settings.app() as app:
        listing = views.inspections(
            app.register, _records(app, asked, [RecordKind.INSPECTION, RecordKind.VISIT])
        )
    show(listing, settings, asked)


@click.command()
@click.option("--year", type=Year(), help="Only money for this financial year.")
@click.option("--payments", is_flag=True, help="Also single payments.")
@list_options
def awards(
    settings: Settings, asked: Asked, year: tuple[dt.date, dt.date] | None, payments: bool
) -> None:
    """Money given to councils, and its total. A sum shared by several councils is one line."""
    kinds = [RecordKind.AWARD, RecordKind.PAYMENT] if payments else [RecordKind.AWARD]
    with settings.app() as app:
        found = [record for record in _records(app, asked, kinds) if not record.withdrawn]
        found = [
            _with_quote(app, record)
            for record in found
            if year is None or views.in_year(record, year)
        ]
        listing = views.awards(app.register, found)
    show(listing, settings, asked)
    if form_of(asked.form, settings.json, asked.out) != "table":
        print_notes([listing.closing])


def _with_quote(app: App, record: Record) -> Record:
    """Money with the words it stands on: a payment's row is its evidence, not one of its fields."""
    from syncer.store import records

    if "quote" in record.fields or "amount" not in record.chosen:
        return record
    evidence = records.evidence_of(app.store, record.chosen["amount"], "amount")
    return (
        replace(record, fields={**record.fields, "quote": evidence.quote}) if evidence else record
    )


@click.command()
@click.option(
    "--held", is_flag=True, help="Also those that are kept back until somebody has looked."
)
@list_options
def changes(settings: Settings, asked: Asked, held: bool) -> None:
    """What changed, in the order in which it was noticed."""
    from syncer.store import events

    with settings.app() as app:
        councils = [council.slug for council in asked.councils(app)]
        found = events.listing(app.store, councils=councils, since=asked.since)
        found += (
            events.listing(app.store, councils=councils, since=asked.since, held=True)
            if held
            else []
        )
        found = (
            []
            if asked.narrowed and not councils
            else [event for event in found if _within(event, asked)]
        )
        listing = views.changes(
            app.register, sorted(found, key=lambda e: (e.noticed_at, e.id)), councils
        )
    show(listing, settings, asked)


def _within(event: Event, asked: Asked) -> bool:
    """Whether an event was published, noticed and inspected by the days asked for."""
    published = event.published or event.noticed_at.astimezone(views.ENGLAND).date()
    first_day = str(event.detail.get("inspection", {}).get("first_day") or event.effective or "")
    return (
        (asked.as_of is None or published <= asked.as_of)
        and (asked.known_on is None or event.noticed_at <= views.end_of(asked.known_on))
        and (
            asked.inspected_by is None
            or event.record is not RecordKind.INSPECTION
            or "" < first_day <= asked.inspected_by.isoformat()
        )
    )


@click.command()
@list_options
def councils(settings: Settings, asked: Asked) -> None:
    """Every council that has, had or will have children's services, with its names and codes."""
    with settings.app() as app:
        found = asked.councils(app) if asked.narrowed else list(app.register)
        day = asked.as_of or asked.known_on
        found = [
            c
            for c in found
            if (day is None or c.open_on(day))
            and (asked.since is None or _moved_since(c, asked.since))
        ]
    show(views.councils(found), settings, asked)


def _moved_since(council: Council, day: dt.date) -> bool:
    return any(moment is not None and moment >= day for moment in (council.opened, council.closed))
