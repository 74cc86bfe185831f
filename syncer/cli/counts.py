"""counts: how many councils stood at each grade, quarter by quarter."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import click

from syncer.cli import Settings
from syncer.cli.asked import Asked, list_options, pages_read, records_asked, show
from syncer.model import Area, Council, RecordKind
from syncer.views import counts as views
from syncer.views.counts import Step
from syncer.views.listing import Listing
from syncer.views.lists import REPORTS_FROM

if TYPE_CHECKING:
    from syncer.app import App


@click.command()
@click.option(
    "--by",
    type=click.Choice(["grade"]),
    default="grade",
    help="What is counted: councils by their grade.",
)
@click.option(
    "--area",
    type=click.Choice([str(area) for area in Area]),
    default=str(Area.OVERALL),
    help="The judgement. Default: overall_effectiveness.",
)
@click.option(
    "--step",
    type=click.Choice([str(step) for step in Step]),
    default=str(Step.QUARTER),
    help="Count on the last day of each month, quarter or year (31 March). Default: quarter.",
)
@list_options
def counts(settings: Settings, asked: Asked, by: str, area: str, step: str) -> None:
    """Count the councils at each grade, a row a day: the country over time.

    Each row counts the inspections that had begun by its day, as known on the day of the question:
    today, or with --as-of as published by that day, or with --known-on as this store knew it then.
    No day after that has a row. Without --since the first is the end of 2013, from when Ofsted's
    pages list inspections.
    """
    with settings.app() as app:
        days = _days(app, asked, Step(step))
        listing = _counts(
            app,
            asked,
            Area(area),
            days,
        )
        show(listing, settings, asked, app)


def _days(app: App, asked: Asked, step: Step) -> list[dt.date]:
    """Return the days that have a row."""
    first = asked.since or REPORTS_FROM
    last = asked.day(app)
    if asked.until and asked.until < last:
        last = asked.until

    return views.last_days(
        first,
        last,
        step,
    )


def _counts(app: App, asked: Asked, area: Area, days: list[dt.date]) -> Listing:
    ever = asked.whenever_published()
    inspections = records_asked(app, ever, [RecordKind.INSPECTION])

    return views.counts(
        _councils(app, asked),
        inspections,
        pages_read(app, asked),
        area,
        days,
    )


def _councils(app: App, asked: Asked) -> list[Council]:
    """Return the councils asked for; where none was named, all of the register."""
    if asked.narrowed:
        return asked.councils(app)
    return list(app.register)
