"""`demo`: the main job from end to end, offline, in a folder of its own."""

from __future__ import annotations

import datetime as dt
import shlex
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from syncer.cli.output import print_table
from syncer.views import lists as views

if TYPE_CHECKING:
    from syncer.app import App
    from syncer.demo.server import Sites
    from syncer.model import Event
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
    """Show it at work, offline: two days of four councils, from the first read to the digest.
    Touches nothing of yours."""
    from syncer.demo.server import serve
    from syncer.demo.world import BASELINE_DAY, NEWS_DAY

    folder = _folder(keep)
    click.echo(
        "A small sample of Ofsted's site is served on this machine. Names, dates and grades are as "
        "Ofsted published them."
    )
    with serve(BASELINE_DAY) as sites:
        _write_config(sites, folder)
        _first_day(folder, BASELINE_DAY)
        sites.day = NEWS_DAY
        _second_day(folder, NEWS_DAY)
    _print_what_is_left(folder, NEWS_DAY)


def _print_what_is_left(folder: Path, day: dt.date) -> None:
    """Print a command that works, and where everything lies."""
    from syncer.demo.world import PROVIDERS

    words = [*_this_program(), "--config", str(folder / "config.toml"), "--now", str(day)]
    words.append("ratings")
    for provider in PROVIDERS:
        words += ["--council", provider.slug]
    click.echo(f"\nLook around:  {shlex.join(words)}")
    remove = shlex.join(["rm", "-r", str(folder)])
    click.echo(f"All of it lies in {folder}; when you have seen enough:  {remove}")


def _this_program() -> list[str]:
    """Return how this program is called from where the user is: by its name where that finds it."""
    called = Path(sys.argv[0])
    if called.name != "syncer":
        return [sys.executable, "-m", "syncer"]
    found = shutil.which("syncer")
    if found and Path(found).resolve() == called.resolve():
        return ["syncer"]
    return [str(called)]


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


def _app(folder: Path, day: dt.date) -> App:
    from syncer.app import App
    from syncer.config import load_config

    return App(load_config(folder / "config.toml"), dt.datetime.combine(day, HOUR, dt.UTC))


def _sync(app: App) -> SyncReport:
    from syncer import sources
    from syncer.pipeline.sync import sync

    return sync(app, sources.load("ofsted_reports"))


def _first_day(folder: Path, day: dt.date) -> None:
    """Read everything for the first time, and let somebody subscribe."""
    _step(1, f"{_day(day)}: everything is read for the first time")
    with _app(folder, day) as app:
        report = _sync(app)
    click.echo(
        f"   {report.records} inspections stored, {report.events} changes announced: what was "
        "there before is not news."
    )
    _step(2, f"{READER} asks to be told of every change, and gets a welcome with how things stand")
    with _app(folder, day) as app:
        _subscribe(app)


def _subscribe(app: App) -> None:
    from syncer.model import Subscription
    from syncer.pipeline.notify import notify
    from syncer.pipeline.send import send
    from syncer.store import events, people

    person = people.add(app.store, READER, app.now)
    everything = Subscription(0, person.id)
    people.subscribe(app.store, person.id, everything, events.last_seq(app.store))
    people.confirm(app.store, person.id, app.now)
    notify(app)
    send(app)


def _second_day(folder: Path, day: dt.date) -> None:
    """Read everything again, show what changed, and write and send the digest."""
    from syncer.pipeline.notify import notify
    from syncer.pipeline.send import send
    from syncer.store import events, outbox

    _step(3, f"{_day(day)}: everything is read again, and this has changed")
    with _app(folder, day) as app:
        before = events.last_seq(app.store)
        _sync(app)
        _print_changes(app, events.after(app.store, before))
        _step(
            4,
            "The digest is written, and sent into a folder (a Maildir), where any mail program can "
            "read it",
        )
        numbers = notify(app)
        send(app)
        for number in numbers:
            _show(app, outbox.body(app.store, number))


def _print_changes(app: App, changes: Sequence[Event]) -> None:
    listing = views.changes(app.register, changes)
    columns = [column for column in listing.columns if column.name != "url"]
    click.echo()
    print_table(replace(listing, columns=tuple(columns)))


def _show(app: App, body: bytes) -> None:
    """Print the message, and where it lies."""
    from syncer.cli.post import parsed, part
    from syncer.delivery.transports.maildir import file_name

    mail = parsed(body)
    page = app.config.store.path.with_name("digest.html")
    page.write_text(part(mail, "html"), encoding="utf-8")

    text = part(mail, "text").rstrip()
    click.echo()
    for line in (f"Subject: {mail['Subject']}", f"To:      {mail['To']}", "", *text.splitlines()):
        click.echo(f"   │ {line}".rstrip())

    message = app.config.mail.maildir / "new" / file_name(body, READER)
    click.echo(f"\nThe message:              {message}")
    click.echo(f"The same, for a browser:  {page}")


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"


def _step(number: int, text: str) -> None:
    heading = click.style(f"{number}  {text}", bold=True)
    click.echo(f"\n{heading}")
