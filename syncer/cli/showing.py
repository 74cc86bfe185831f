"""The demonstration: the main job from end to end, offline, in a folder of its own."""

from __future__ import annotations

import datetime as dt
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from syncer.cli.output import print_table
from syncer.views import lists as views

if TYPE_CHECKING:
    from syncer.app import App
    from syncer.demo.server import Sites
    from syncer.pipeline.sync import SyncReport

READER = "director@example.org"
HOUR = dt.time(9, 40)


@click.command()
@click.option(
    "--keep",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Work in this folder; it has to be empty.",
)
def demo(keep: Path | None) -> None:
    """See it work, offline: two days of four councils, from the first read to the digest. Touches
    nothing of yours."""
    from syncer.demo.server import serve
    from syncer.demo.world import BASELINE_DAY, NEWS_DAY

    folder = _folder(keep)
    _say(
        "A small sample of Ofsted's site is served on this machine. Names, dates and grades are as Ofsted published them."
    )
    with serve(BASELINE_DAY) as sites:
        _write_config(sites, folder)
        _step(1, f"{_day(BASELINE_DAY)}: everything is read for the first time")
        report = _first_day(folder, BASELINE_DAY)
        _say(
            f"   {report.records} inspections stored, {report.events} changes announced: what was there before is not news."
        )
        _step(
            2, f"{READER} asks to be told of every change, and gets a welcome with how things stand"
        )
        _subscribe(folder, BASELINE_DAY)
        sites.day = NEWS_DAY
        _step(3, f"{_day(NEWS_DAY)}: everything is read again, and this has changed")
        with _desk(folder, NEWS_DAY) as app:
            _second_day(app)
    _say(f"\nLook around: syncer --config {folder / 'config.toml'} --now {NEWS_DAY} ratings")


def _folder(keep: Path | None) -> Path:
    if keep is None:
        return Path(tempfile.mkdtemp(prefix="syncer-demo-"))
    if keep.exists() and any(keep.iterdir()):
        raise click.UsageError(f"{keep} is not empty, and stays as it is")
    keep.mkdir(parents=True, exist_ok=True)
    return keep.resolve()


def _write_config(sites: Sites, folder: Path) -> None:
    from syncer.demo.world import config_for

    (folder / "config.toml").write_text(
        config_for(sites.reports, sites.files, folder), encoding="utf-8"
    )


def _desk(folder: Path, day: dt.date) -> App:
    from syncer.app import App
    from syncer.config import load_config

    return App(load_config(folder / "config.toml"), dt.datetime.combine(day, HOUR, dt.UTC))


def _sync(app: App) -> SyncReport:
    from syncer import sources
    from syncer.pipeline.sync import sync

    return sync(app, sources.load("ofsted_reports"))


def _first_day(folder: Path, day: dt.date) -> SyncReport:
    with _desk(folder, day) as app:
        return _sync(app)


def _subscribe(folder: Path, day: dt.date) -> None:
    from syncer.model import Subscription
    from syncer.pipeline.notify import notify
    from syncer.pipeline.send import send
    from syncer.store import events, people

    with _desk(folder, day) as app:
        person = people.add(app.store, READER, app.now)
        people.subscribe(
            app.store, person.id, Subscription(0, person.id), events.last_seq(app.store)
        )
        people.confirm(app.store, person.id, app.now)
        notify(app)
        send(app)


def _second_day(app: App) -> None:
    from syncer.pipeline.notify import notify
    from syncer.pipeline.send import send
    from syncer.store import events, outbox

    before = events.last_seq(app.store)
    _sync(app)
    click.echo()
    listing = views.changes(app.register, events.after(app.store, before))
    print_table(
        replace(
            listing, columns=tuple(column for column in listing.columns if column.name != "url")
        )
    )
    _step(
        4,
        "The digest is written, and sent into a folder (a Maildir), where any mail program can read it",
    )
    numbers = notify(app)
    send(app)
    for number in numbers:
        _show(app, outbox.body(app.store, number))


def _show(app: App, body: bytes) -> None:
    """The message, and where it lies."""
    from syncer.cli.post import parsed, part
    from syncer.delivery.transports.maildir import file_name

    mail = parsed(body)
    page = app.config.store.path.with_name("digest.html")
    page.write_text(part(mail, "html"), encoding="utf-8")
    click.echo()
    for line in (
        f"Subject: {mail['Subject']}",
        f"To:      {mail['To']}",
        "",
        *part(mail, "text").rstrip().splitlines(),
    ):
        click.echo(f"   │ {line}".rstrip())
    _say(f"\nThe message:              {app.config.mail.maildir / 'new' / file_name(body, READER)}")
    _say(f"The same, for a browser:  {page}")


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"


def _step(number: int, text: str) -> None:
    click.echo("\n" + click.style(f"{number}  {text}", bold=True))


def _say(text: str) -> None:
    click.echo(text)
