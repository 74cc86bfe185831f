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
    from email.message import EmailMessage

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
@click.option(
    "--serve",
    "serves",
    is_flag=True,
    help="Go on serving the sample, where the mail's links lead, until Ctrl-C; then tidy up.",
)
def demo(keep: Path | None, serves: bool) -> None:
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
        _print_how_to_look(folder, NEWS_DAY)
        if serves:
            _serve_on(sites)

    if serves and keep is None:
        shutil.rmtree(folder)
    else:
        _print_what_is_left(folder)


def _serve_on(sites: Sites) -> None:
    """Keep the sample's sites there until Ctrl-C or SIGTERM."""
    from syncer.cli.serve import told_to_stop

    stop = told_to_stop()
    click.echo(f"The sample is there until you press Ctrl-C:  {sites.reports}/search")
    stop.wait()


def _print_how_to_look(folder: Path, day: dt.date) -> None:
    """Print a command that works."""
    look = shlex.join(_words_to_look(folder, day))
    click.echo(f"\nLook around:  {look}")


def _print_what_is_left(folder: Path) -> None:
    """Print where everything lies, and how to be rid of it."""
    remove = shlex.join(["rm", "-r", str(folder)])
    click.echo(f"All of it lies in {folder}; when you have seen enough:  {remove}")


def _words_to_look(folder: Path, day: dt.date) -> list[str]:
    """Return the words of a command that lists the ratings of the demo's councils."""
    from syncer.demo.world import PROVIDERS

    words = _this_program()
    words += ["--config", str(folder / "config.toml")]
    words += ["--now", str(day)]
    words.append("ratings")
    for provider in PROVIDERS:
        words += ["--council", provider.slug]
    return words


def _this_program() -> list[str]:
    """Return how this program is called from where the user is: by its name where that finds it."""
    called = Path(sys.argv[0])
    if called.name != "syncer":
        return [sys.executable, "-m", "syncer"]

    found = shutil.which("syncer")
    is_this = found is not None and Path(found).resolve() == called.resolve()
    return ["syncer" if is_this else str(called)]


def _folder(keep: Path | None) -> Path:
    """Return an empty folder to work in. Raises UsageError where the one named is not empty."""
    if keep is None:
        made = tempfile.mkdtemp(prefix="syncer-demo-")
        return Path(made)

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

    config = load_config(folder / "config.toml")
    return App(config, dt.datetime.combine(day, HOUR, dt.UTC))


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
    from syncer.pipeline.notify import notify
    from syncer.pipeline.send import send

    _add_reader(app)
    notify(app)
    send(app)


def _add_reader(app: App) -> None:
    """Subscribe READER to every change from now on, as one who has confirmed."""
    from syncer.model import Subscription
    from syncer.store import events, people

    person = people.add(app.store, READER, app.now)
    everything = Subscription(0, person.id)
    newest = events.last_seq(app.store)
    people.subscribe(app.store, person.id, everything, newest)
    people.confirm(app.store, person.id, app.now)


def _second_day(folder: Path, day: dt.date) -> None:
    """Read everything again, show what changed, and write and send the digest."""
    from syncer.store import events

    _step(3, f"{_day(day)}: everything is read again, and this has changed")
    with _app(folder, day) as app:
        before = events.last_seq(app.store)
        _sync(app)
        changes = events.after(app.store, before)
        _print_changes(app, changes)

        _step(
            4,
            "The digest is written, and sent into a folder (a Maildir), where any mail program can "
            "read it",
        )
        _send_digest(app)


def _send_digest(app: App) -> None:
    """Write the digest, send it and show it."""
    from syncer.pipeline.notify import notify
    from syncer.pipeline.send import send
    from syncer.store import outbox

    numbers = notify(app)
    send(app)
    for number in numbers:
        body = outbox.body(app.store, number)
        _show(app, body)


def _print_changes(app: App, changes: Sequence[Event]) -> None:
    """Print the changes as `syncer changes` does, without their addresses."""
    listing = views.changes(app.register, changes)
    columns = []
    for column in listing.columns:
        if column.name != "url":
            columns.append(column)

    click.echo()
    print_table(replace(listing, columns=tuple(columns)))


def _show(app: App, body: bytes) -> None:
    """Print the message, and where it lies."""
    from syncer.cli.post import parsed, part
    from syncer.delivery.transports.maildir import file_name

    mail = parsed(body)
    page = app.config.store.path.with_name("digest.html")
    page.write_text(part(mail, "html"), encoding="utf-8")
    _print_mail(mail)

    folder = app.config.mail.maildir / "new"
    click.echo(f"\nThe message:              {folder / file_name(body, READER)}")
    click.echo(f"The same, for a browser:  {page}")


def _print_mail(mail: EmailMessage) -> None:
    """Print whom a message is for and its text, set in from the left."""
    from syncer.cli.post import part

    lines = [f"Subject: {mail['Subject']}", f"To:      {mail['To']}", ""]
    lines += part(mail, "text").rstrip().splitlines()
    click.echo()
    for line in lines:
        click.echo(f"   │ {line}".rstrip())


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"


def _step(number: int, text: str) -> None:
    heading = click.style(f"{number}  {text}", bold=True)
    click.echo(f"\n{heading}")
