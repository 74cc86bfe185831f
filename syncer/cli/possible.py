"""`possible`: what pages seem to say of money and could not be read for certain."""

from __future__ import annotations

from pathlib import Path

import click

from syncer.cli import Commands, Settings, pass_settings
from syncer.cli.asked import file_options, print_as
from syncer.cli.numbers import Number
from syncer.cli.output import form_of
from syncer.views import possibles as views
from syncer.views.listing import Listing


@click.group(cls=Commands, invoke_without_command=True)
@file_options
@click.pass_context
def possible(ctx: click.Context, form: str | None, out: Path | None, bom: bool) -> None:
    """List the sums that may be awards and could not be read for certain, or decide about them."""
    if ctx.invoked_subcommand is not None:
        return

    settings = ctx.ensure_object(Settings)
    listing = _open(settings)
    print_as(listing, form_of(form, settings.json, out), out, bom)


def _open(settings: Settings) -> Listing:
    from syncer.store import possibles

    with settings.app() as app:
        kept = possibles.listing(app.store)
        found = [(each.id, each.possible) for each in kept]
        return views.possibles(app.register, found)


@possible.command()
@click.argument("ids", nargs=-1, required=True, type=Number(), metavar="ID…")
@pass_settings
def accept(settings: Settings, ids: tuple[int, ...]) -> None:
    """Make awards of these: whoever follows the council is told, with the page's own date."""
    from syncer.operations import possibles

    numbers = list(dict.fromkeys(ids))
    with settings.app() as app:
        opened = possibles.accept(app, numbers)

    listed = _listed(numbers)
    click.echo(f"accepted: {listed}; {opened} to be told", err=True)


@possible.command()
@click.argument("ids", nargs=-1, required=True, type=Number(), metavar="ID…")
@pass_settings
def reject(settings: Settings, ids: tuple[int, ...]) -> None:
    """Set these aside: they are no awards, and the same words on the same page stay rejected."""
    from syncer.operations import possibles

    numbers = list(dict.fromkeys(ids))
    with settings.app() as app:
        possibles.reject(app, numbers)
    click.echo(f"rejected: {_listed(numbers)}", err=True)


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers))
