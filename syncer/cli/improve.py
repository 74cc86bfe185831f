"""improve: what inspections say must improve, searched by its words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from syncer.cli import Settings
from syncer.cli.asked import Asked, list_options, records_asked, show
from syncer.model import Grade, Record, RecordKind
from syncer.views import improvements

if TYPE_CHECKING:
    from syncer.app import App


@click.command()
@click.argument("words", nargs=-1, metavar="[WORDS]…")
@click.option(
    "--grade",
    type=click.Choice([str(grade) for grade in Grade]),
    help="Only inspections with this overall judgement; without one, with this judgement.",
)
@list_options
def improve(settings: Settings, asked: Asked, words: tuple[str, ...], grade: str | None) -> None:
    """Search what Ofsted says must improve: the items of every inspection that have all WORDS.

    Each is a word or its beginning, in any case. Without WORDS, all items. The latest inspection
    comes first.
    """
    wanted = Grade(grade) if grade else None
    with settings.app() as app:
        standing = _standing(app, asked)
        listing = improvements.search(app.register, standing, words, wanted)
        show(listing, settings, asked, app)


def _standing(app: App, asked: Asked) -> list[Record]:
    """Return the inspections asked for that were not withdrawn."""
    found = records_asked(app, asked, [RecordKind.INSPECTION])
    return [record for record in found if not record.withdrawn]
