"""One council's page (`council`), and what the sources disagree on (`conflicts`)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from syncer.cli import Settings, pass_settings
from syncer.cli.output import emit, form_of, print_json, print_table
from syncer.model import Council, RecordKind
from syncer.subscriptions.schedule import LONDON
from syncer.views import council as history
from syncer.views import improvements
from syncer.views import lists as views
from syncer.views.council import History
from syncer.views.lists import Listing

if TYPE_CHECKING:
    from syncer.app import App

HISTORY_KINDS = (
    RecordKind.INSPECTION,
    RecordKind.VISIT,
    RecordKind.AWARD,
    RecordKind.PAYMENT,
    RecordKind.INTERVENTION,
)


@click.command()
@click.argument("name", nargs=-1, required=True)
@pass_settings
def council(settings: Settings, name: tuple[str, ...]) -> None:
    """Show one council: ratings, inspections and visits, money, interventions, and how they hang
    together."""
    with settings.app() as app:
        found = _history(app, app.register.find(" ".join(name)))
    if settings.json:
        print_json(history.as_json(found))
    else:
        _print_page(found)


def _history(app: App, council: Council) -> History:
    """Return all that the store has of one council."""
    from syncer.store import pages, records

    by_kind = {}
    for kind in HISTORY_KINDS:
        mine = records.records(app.store, kinds=[kind], councils=[council.slug])
        by_kind[kind] = [record for record in mine if not record.withdrawn]

    today = app.now.astimezone(LONDON).date()
    read = pages.read_for_inspections(app.store, app.now)
    return History(
        council=council,
        register=app.register,
        today=today,
        records=by_kind,
        conflicts=[c for c in _conflicts(app) if council.slug in c["councils"]],
        unread=bool(views.not_read([council], read, today)),
    )


def _print_page(found: History) -> None:
    """Print who the council is, and each table that has a row."""
    click.echo("\n".join(_heading(found)))
    for heading, listing in _tables(found):
        if listing.rows:
            click.echo(f"\n{click.style(heading, bold=True)}")
            print_table(listing)


def _tables(found: History) -> list[tuple[str, Listing]]:
    """Return the tables of a council's page with their headings."""
    tables = [
        ("Inspections", history.reports(found, RecordKind.INSPECTION)),
        ("What needs to improve", improvements.side_by_side(*history.improve(found))),
        ("Visits", history.reports(found, RecordKind.VISIT)),
        ("Money beside ratings, by financial year", history.years(found)),
        ("Awards", history.money(found, RecordKind.AWARD)),
        ("Payments over £25,000", history.payments(found)),
        ("Interventions", history.interventions(found)),
        ("The sources disagree", history.conflicts(found.register, found.conflicts)),
    ]
    if found.inspections:
        tables.insert(0, ("Ratings", history.ratings(found)))
    return tables


def _heading(found: History) -> list[str]:
    """Return who the council is, in a few lines."""
    council = found.council
    lines = [
        click.style(council.official_name, bold=True),
        f"{council.gss}  {council.type}, {council.region}",
    ]
    if council.opened:
        before = _names(found, council.predecessors)
        lines.append(f"since {council.opened}, before it: {before}")
    if council.closed:
        after = _names(found, council.successors)
        lines.append(f"ended {council.closed}, after it: {after}")
    if council.trust:
        lines.append(f"run by {council.trust}")
    return [*lines, history.inspected_in_words(found)]


def _names(found: History, slugs: tuple[str, ...]) -> str:
    councils = [found.register.by_slug(slug) for slug in slugs]
    names = ", ".join(council.name for council in councils)
    return names or "no other council"


# -- conflicts -------------------------------------------------------------------------------------


@click.command()
@pass_settings
def conflicts(settings: Settings) -> None:
    """List what the sources disagree on, and which of them was believed."""
    with settings.app() as app:
        listing = history.conflicts(app.register, _conflicts(app))
    emit(listing, form_of(as_json=settings.json))


def _conflicts(app: App) -> list[dict[str, Any]]:
    """Return every contradiction: between sources, awards that may be one, reports listed under
    another kind."""
    from syncer.store import records

    between = []
    for row in records.conflicts(app.store):
        councils = json.loads(row["councils"])
        between.append({**row, "councils": councils})

    awards = records.records(app.store, kinds=[RecordKind.AWARD])
    reports = records.records(app.store, kinds=[RecordKind.INSPECTION, RecordKind.VISIT])
    return between + history.possible_twins(awards) + history.title_conflicts(reports)
