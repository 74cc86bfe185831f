"""publish: the site as files, for any static host."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from syncer.cli import Settings, pass_settings
from syncer.cli.asked import Day
from syncer.cli.output import print_json, say


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--base-url",
    default="",
    metavar="URL",
    help="Where the site will lie, for what must name it whole: feeds and the search engines.",
)
@click.option("--as-of", type=Day(), help="As it stood on this day: what was published by then.")
@pass_settings
def publish(settings: Settings, folder: Path, base_url: str, as_of: dt.date | None) -> None:
    """Write the site into DIR: pages, feeds and data files.

    DIR is new, empty, or a site that was published before, which is then brought up to date.
    """
    from syncer.operations import publishing
    from syncer.site.addresses import Places
    from syncer.site.contents import Contents

    with settings.app() as app:
        facts = publishing.gather(app, as_of)
        web = app.config.web.url

    places = Places(root=base_url or web, forms=web)
    written = publishing.write(Contents(facts, places), folder)
    if settings.json:
        print_json(vars(written))
    else:
        megabytes = written.bytes / 1_000_000
        say(
            f"{written.files} files, {megabytes:.1f} MB, in {folder}: "
            f"{written.changed} new or changed, {written.removed} removed",
            err=True,
        )
