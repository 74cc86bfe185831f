"""What a list was asked for: the options that lists share, and the records they let in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from syncer.cli import Settings, pass_settings
from syncer.cli.output import FORMATS, emit, form_of
from syncer.model import Council, Record, RecordKind
from syncer.timetable import LONDON
from syncer.views import lists as views
from syncer.views.forms import CSV_FOR_EXCEL
from syncer.views.listing import Listing
from syncer.views.lists import Window

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
    until: dt.date | None
    as_of: dt.date | None
    known_on: dt.date | None
    inspected_by: dt.date | None
    form: str | None
    out: Path | None
    bom: bool

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
            self.published_by,
            self.inspected_by,
            tuple(slugs),
        )

    @property
    def published_by(self) -> dt.date | None:
        """The last day on which what is asked for may have been published."""
        if self.as_of and self.until:
            return min(self.as_of, self.until)

        return self.as_of or self.until

    def whenever_published(self) -> Asked:
        """Return the same of all that was known, whatever `--since` and `--until` say."""
        return replace(self, since=None, until=None)

    def lets_in(self, day: dt.date | None) -> bool:
        """Return whether a day is from `--since` to `--until`; one that is not known is in no
        span."""
        if day is None:
            return not self.is_span

        if self.since and day < self.since:
            return False

        return self.until is None or day <= self.until

    @property
    def is_span(self) -> bool:
        """Whether the days are limited by `--since` or `--until`."""
        return self.since is not None or self.until is not None


FILE_OPTIONS = (
    click.option(
        "--format", "form", type=click.Choice(FORMATS), help="Default: table, or what FILE ends in."
    ),
    click.option(
        "--out",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Write to this file.",
    ),
    click.option("--bom", is_flag=True, help="Begin a CSV with a byte order mark, for Excel."),
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
        help="Only what was published on this day or later (changes: noticed; councils: opened or "
        "closed; counts: the first day counted).",
    ),
    click.option(
        "--until",
        type=Day(),
        help="Only what was published (noticed, opened or closed, counted) on this day or before.",
    ),
    click.option(
        "--as-of", type=Day(), help="As it stood on this day: only what was published by then."
    ),
    click.option("--known-on", type=Day(), help="As this store knew it at the end of this day."),
    click.option("--inspected-by", type=Day(), help="Only inspections that had begun by this day."),
    *FILE_OPTIONS,
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


def choices(name: str, values: Iterable[str], help: str) -> Callable[[AnyFunction], AnyFunction]:
    """Return an option that names one of these values, and may be repeated."""
    known = [str(value) for value in values]
    return click.option(
        name,
        multiple=True,
        type=click.Choice(known),
        help=f"{help} May be repeated.",
    )


def file_options(function: AnyFunction) -> AnyFunction:
    """Return the command with the options of how its list is printed: `form`, `out` and `bom`."""
    for option in reversed(FILE_OPTIONS):
        function = option(function)
    return function


def show(listing: Listing, settings: Settings, asked: Asked, app: App | None = None) -> None:
    """Print a list as asked. Given the app, a workbook says when its sources were last read.
    Raises UsageError for a byte order mark where there is no CSV."""
    form = form_of(
        asked.form,
        settings.json,
        asked.out,
    )
    if app is not None and form == "xlsx":
        last_read = _last_read(app, asked)
        listing = replace(listing, read=last_read)

    print_as(
        listing,
        form,
        asked.out,
        asked.bom,
    )


def print_as(listing: Listing, form: str, out: Path | None, bom: bool) -> None:
    """Print a list in a form. Raises UsageError for a byte order mark where there is no CSV."""
    if not bom:
        emit(listing, form, out)
        return

    if form != "csv":
        raise click.UsageError("--bom is for CSV: add --format csv")
    emit(listing, CSV_FOR_EXCEL, out)


def _last_read(app: App, asked: Asked) -> dict[str, dt.datetime]:
    """Return when each source was last well read, by its title."""
    from syncer import sources
    from syncer.store import as_moment, overview

    until = views.end_of(asked.known_on) if asked.known_on else app.now
    found = {}
    for name, run in overview.last_runs(app.store, until).items():
        moment = as_moment(run["last_good"])
        if moment is not None:
            found[sources.load(name).TITLE] = moment
    return found


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


def pages_read(app: App, asked: Asked) -> frozenset[str]:
    """Return the councils whose inspections had been read by the day on which things were known;
    "" among them where a table of all had been."""
    from syncer.store import pages

    known_at = views.end_of(asked.known_on) if asked.known_on else app.now
    return pages.read_for_inspections(app.store, known_at)
