"""The lists: `ratings`, `inspections`, `awards`, `changes`, `councils`. They share their filters,
formats and --out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from syncer.cli import Settings
from syncer.cli.asked import (
    Asked,
    Year,
    choices,
    list_options,
    pages_read,
    records_asked,
    show,
)
from syncer.cli.output import form_of, print_notes
from syncer.model import (
    Area,
    Council,
    Event,
    EventKind,
    FileKind,
    FundingKind,
    Record,
    RecordKind,
)
from syncer.timetable import LONDON
from syncer.views import lists as views
from syncer.views.listing import Listing

if TYPE_CHECKING:
    from syncer.app import App

REPORT_RECORDS = (RecordKind.INSPECTION, RecordKind.VISIT)
REPORT_KINDS = (
    FileKind.INSPECTION,
    FileKind.FOCUSED_VISIT,
    FileKind.MONITORING_VISIT,
    FileKind.JTAI,
    FileKind.SEND,
    FileKind.OTHER,
)
MONEY_KINDS = (
    FundingKind.AWARD,
    FundingKind.ALLOCATION,
    FundingKind.PARTNERSHIP,
    FundingKind.PAYMENT,
)

# -- ratings ---------------------------------------------------------------------------------------


@click.command()
@list_options
def ratings(settings: Settings, asked: Asked) -> None:
    """Show how every council stands now, in each area."""
    with settings.app() as app:
        listing = _ratings(app, asked)
        if asked.is_span:
            listing = _published_within(listing, asked)
        show(listing, settings, asked, app)


def _published_within(listing: Listing, asked: Asked) -> Listing:
    """Return the ratings whose latest report was published from `--since` to `--until`."""
    rows = []
    for row in listing.rows:
        if asked.lets_in(row["published"]):
            rows.append(row)

    closing = views.closing_of_ratings(rows)
    return replace(
        listing,
        rows=rows,
        closing=closing,
    )


def _ratings(app: App, asked: Asked) -> Listing:
    """Return the standing of each council asked for on the day asked for, whenever its report was
    published."""
    day = asked.day(app)
    shown = _shown(app, asked, day)
    unread = views.not_read(shown, pages_read(app, asked), day)

    ever = asked.whenever_published()
    inspections = records_asked(app, ever, [RecordKind.INSPECTION])
    last_day = min(day, asked.inspected_by or day)
    return views.ratings(shown, inspections, unread, last_day)


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
@choices("--kind", REPORT_KINDS, "Only files of this kind.")
@choices("--record", REPORT_RECORDS, "Only inspections, or only visits.")
@list_options
def inspections(
    settings: Settings, asked: Asked, kind: tuple[str, ...], record: tuple[str, ...]
) -> None:
    """List every inspection and visit, oldest first."""
    with settings.app() as app:
        records = [RecordKind(name) for name in record] or REPORT_RECORDS
        found = records_asked(app, asked, records)
        if kind:
            found = [each for each in found if views.kind_of_report(each) in kind]

        listing = views.inspections(app.register, found)
        show(listing, settings, asked, app)


@click.command()
@choices("--kind", MONEY_KINDS, "Only money of this kind; payments are listed only where named.")
@click.option("--year", type=Year(), help="Only money for this financial year.")
@click.option("--payments", is_flag=True, help="Also single payments.")
@list_options
def awards(
    settings: Settings,
    asked: Asked,
    kind: tuple[str, ...],
    year: tuple[dt.date, dt.date] | None,
    payments: bool,
) -> None:
    """List money given to councils, and its total. A sum shared by several councils is one line;
    what a payment seems to settle is not added twice."""
    with settings.app() as app:
        found = _money(app, asked, payments or str(FundingKind.PAYMENT) in kind)
        if kind:
            found = [record for record in found if views.kind_of_money(record) in kind]

        if year is not None:
            found = [record for record in found if views.in_year(record, year)]

        listing = _with_quotes(app, found)
        show(listing, settings, asked, app)

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
@choices("--kind", EventKind, "Only what was added, changed, corrected or withdrawn.")
@choices("--record", RecordKind, "Only changes of records of this kind.")
@choices("--area", Area, "Only changes of this judgement.")
@list_options
def changes(
    settings: Settings,
    asked: Asked,
    held: bool,
    kind: tuple[str, ...],
    record: tuple[str, ...],
    area: tuple[str, ...],
) -> None:
    """List what changed, in the order in which it was noticed."""
    with settings.app() as app:
        councils = [council.slug for council in asked.councils(app)]
        found = _events(app, asked, councils, held)
        if kind:
            found = [event for event in found if event.kind in kind]

        if record:
            found = [event for event in found if event.record in record]

        if area:
            found = [event for event in found if event.area in area]

        listing = views.changes(
            app.register,
            found,
            councils,
        )
        show(listing, settings, asked, app)


def _events(app: App, asked: Asked, councils: Sequence[str], held: bool) -> list[Event]:
    """Return the events asked for, in the order in which they were noticed."""
    from syncer.store import events

    if asked.narrowed and not councils:
        return []

    found = events.listing(app.store, councils=councils)
    if held:
        found += events.listing(app.store, councils=councils, held=True)
    return _within_in_order(found, asked)


def _within_in_order(found: Iterable[Event], asked: Asked) -> list[Event]:
    within = [event for event in found if _within(event, asked)]
    return sorted(within, key=lambda event: (event.noticed_at, event.id))


def _within(event: Event, asked: Asked) -> bool:
    """Return whether an event was published, noticed and inspected by the days asked for."""
    if not asked.lets_in(_noticed(event)):
        return False

    if asked.as_of and (event.published or _noticed(event)) > asked.as_of:
        return False

    if asked.known_on and event.noticed_at > views.end_of(asked.known_on):
        return False

    return asked.inspected_by is None or _had_begun(event, asked.inspected_by)


def _noticed(event: Event) -> dt.date:
    """Return the day in England on which an event was noticed."""
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
    """Return whether a council was open on the day asked for, and opened or closed within those
    asked for."""
    day = asked.as_of or asked.known_on
    if day and not council.open_on(day):
        return False
    if not asked.is_span:
        return True

    return _has_moved(council, asked)


def _has_moved(council: Council, asked: Asked) -> bool:
    """Return whether a council opened or closed within the days asked for."""
    days = (council.opened, council.closed)
    known = [day for day in days if day is not None]
    return any(asked.lets_in(day) for day in known)
