"""interventions: notices, directions and commissioners, in force and over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from syncer.cli import Settings
from syncer.cli.asked import Asked, choices, list_options, records_asked, show
from syncer.model import Record, RecordKind
from syncer.records.interventions import in_force
from syncer.views import interventions as views

if TYPE_CHECKING:
    from syncer.app import App

KINDS = ("notice", "direction", "commissioner")


@click.command()
@click.option("--in-force", "only_in_force", is_flag=True, help="Only those that are in force.")
@choices("--kind", KINDS, "Only instruments of this kind.")
@list_options
def interventions(
    settings: Settings, asked: Asked, only_in_force: bool, kind: tuple[str, ...]
) -> None:
    """List the interventions in children's services, the latest first: in force, revised or lifted,
    and since when."""
    with settings.app() as app:
        found = _asked(app, asked, kind)
        day = asked.day(app)

        if only_in_force:
            found = [record for record in found if in_force(record, day)]

        listing = views.interventions(
            app.register,
            found,
            day,
        )
        show(listing, settings, asked, app)


def _asked(app: App, asked: Asked, kinds: tuple[str, ...]) -> list[Record]:
    """Return the interventions asked for that were not taken back, of these kinds (none: of
    all)."""
    found = []
    for record in records_asked(app, asked, [RecordKind.INTERVENTION]):
        if record.withdrawn:
            continue

        what = record.intervention.what or ""
        if not kinds or any(kind in what for kind in kinds):
            found.append(record)

    return found
