"""One council's page (`council`), and what the sources disagree on (`conflicts`)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from syncer.cli import Settings, pass_settings
from syncer.cli.asked import file_options, print_as
from syncer.cli.output import form_of, print_json, print_table
from syncer.model import Council, Record, RecordKind
from syncer.timetable import LONDON
from syncer.views import council as history
from syncer.views import improvements
from syncer.views import lists as views
from syncer.views.council import History
from syncer.views.listing import Listing

if TYPE_CHECKING:
    import datetime as dt

    from syncer.app import App

HISTORY_KINDS = (
    RecordKind.INSPECTION,
    RecordKind.VISIT,
    RecordKind.AWARD,
    RecordKind.PAYMENT,
    RecordKind.INTERVENTION,
)
KINDS_OF_REPORT = (RecordKind.INSPECTION, RecordKind.VISIT)


@click.command()
@click.argument("name", nargs=-1, required=True)
@pass_settings
def council(settings: Settings, name: tuple[str, ...]) -> None:
    """Show one council: ratings, inspections and visits, money, interventions, and how they hang
    together."""
    with settings.app() as app:
        asked = app.register.find(" ".join(name))
        found = _history(app, asked)

    if settings.json:
        print_json(history.as_json(found))
    else:
        _print_page(found)


def _history(app: App, council: Council) -> History:
    """Return all that the store has of one council."""
    today = app.now.astimezone(LONDON).date()
    return History(
        council=council,
        register=app.register,
        today=today,
        records=_records_of(app, council),
        conflicts=_conflicts_of(app, council),
        unread=_is_unread(app, council, today),
    )


def _is_unread(app: App, council: Council, today: dt.date) -> bool:
    """Return whether the council's inspections were never read."""
    from syncer.store import pages

    read = pages.read_for_inspections(app.store, app.now)
    return bool(views.not_read([council], read, today))


def _records_of(app: App, council: Council) -> dict[RecordKind, list[Record]]:
    """Return what stands of one council, by kind."""
    from syncer.store import records

    by_kind = {}
    for kind in HISTORY_KINDS:
        mine = records.records(app.store, kinds=[kind], councils=[council.slug])
        by_kind[kind] = [record for record in mine if not record.withdrawn]
    return by_kind


def _conflicts_of(app: App, council: Council) -> list[dict[str, Any]]:
    return [conflict for conflict in _conflicts(app) if council.slug in conflict["councils"]]


def _print_page(found: History) -> None:
    """Print who the council is, and each table that has a row."""
    heading = _heading(found)
    click.echo("\n".join(heading))

    for title, listing in _tables(found):
        if listing.rows:
            click.echo(f"\n{click.style(title, bold=True)}")
            print_table(listing)


def _tables(found: History) -> list[tuple[str, Listing]]:
    """Return the tables of a council's page with their headings."""
    tables = [
        ("Interventions", history.interventions(found)),
        *_of_inspections(found),
        *_of_money(found),
        ("The sources disagree", history.conflicts(found.register, found.conflicts)),
    ]
    if found.inspections:
        tables.insert(0, ("Ratings", history.ratings(found)))
    return tables


def _of_inspections(found: History) -> list[tuple[str, Listing]]:
    latest = history.improve(found)
    return [
        ("Inspections", history.reports(found, RecordKind.INSPECTION)),
        ("What needs to improve", improvements.side_by_side(*latest)),
        ("Visits", history.reports(found, RecordKind.VISIT)),
    ]


def _of_money(found: History) -> list[tuple[str, Listing]]:
    return [
        ("Money beside ratings, by financial year", history.years(found)),
        ("Awards", history.money(found, RecordKind.AWARD)),
        ("Payments over £25,000", history.payments(found)),
    ]


def _heading(found: History) -> list[str]:
    """Return who the council is, in a few lines."""
    return [
        *_names_and_codes(found.council),
        *_begin_and_end(found),
        *_run_by(found.council),
        history.inspected_in_words(found),
    ]


def _names_and_codes(council: Council) -> Iterator[str]:
    yield click.style(council.official_name, bold=True)
    yield f"{council.gss}  {council.type}, {council.region}"


def _run_by(council: Council) -> Iterator[str]:
    if council.trust:
        yield f"run by {council.trust}"


def _begin_and_end(found: History) -> Iterator[str]:
    """Yield when the council began and ended, where that is known, and who was there before it and
    came after it."""
    council = found.council
    if council.opened:
        before = _names(found, council.predecessors)
        yield f"since {council.opened}, before it: {before}"

    if council.closed:
        after = _names(found, council.successors)
        yield f"ended {council.closed}, after it: {after}"


def _names(found: History, slugs: tuple[str, ...]) -> str:
    names = []
    for slug in slugs:
        names.append(found.register.by_slug(slug).name)
    return ", ".join(names) or "no other council"


# -- conflicts -------------------------------------------------------------------------------------


@click.command()
@file_options
@pass_settings
def conflicts(settings: Settings, form: str | None, out: Path | None, bom: bool) -> None:
    """List what the sources disagree on, and which of them was believed."""
    with settings.app() as app:
        found = _conflicts(app)
        listing = history.conflicts(app.register, found)

    print_as(listing, form_of(form, settings.json, out), out, bom)


def _conflicts(app: App) -> list[dict[str, Any]]:
    """Return every contradiction: between sources, awards that may be one, reports listed under
    another kind."""
    from syncer.store import records

    awards = records.records(app.store, kinds=[RecordKind.AWARD])
    reports = records.records(app.store, kinds=KINDS_OF_REPORT)
    return [
        *_between_sources(app),
        *history.possible_twins(awards),
        *history.title_conflicts(reports),
    ]


def _between_sources(app: App) -> Iterator[dict[str, Any]]:
    from syncer.store import records

    for row in records.conflicts(app.store):
        councils = json.loads(row["councils"])
        yield {**row, "councils": councils}
