"""Operating it: begin (`init`), the daemon (`run`), the timetable (`jobs`), copies (`backup`,
`restore`)."""

from __future__ import annotations

import importlib
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import click

from syncer.cli import Settings, pass_settings
from syncer.cli.output import emit, form_of, print_notes
from syncer.cli.problems import london
from syncer.errors import NoStoreYet, StoreError
from syncer.timetable import LONDON
from syncer.views.listing import Column, Listing, Row, plain_columns

if TYPE_CHECKING:
    import datetime as dt

    from syncer.config import JobSection
    from syncer.operations.restoring import Restored
    from syncer.store.carrying import Carried

NEXT_STEPS = """Next, in that file:
  [fetch] contact     where the owner of a site that is read can reach you
  [mail]              "maildir" writes messages into a folder and mails nobody;
                      for real mail: transport = "smtp", smtp_host, from
  [operator] mail     who is told when something cannot be read
Then:
  syncer --config {target} doctor
  syncer --config {target} sync
  syncer --config {target} subscribe you@example.org --confirmed
  syncer --config {target} run"""


@click.command()
@pass_settings
def run(settings: Settings) -> None:
    """Run every job by its timetable, until SIGTERM or Ctrl-C. One instance a store."""
    from syncer import daemon
    from syncer.monitoring import log

    if settings.now:
        raise click.UsageError(
            "`run` goes by the real clock and takes no --now; `syncer jobs NAME --now TIME` does "
            "one job at another time"
        )

    config = settings.own_configuration()
    with log.written(config.log.form):
        if config.fetch.contact_is_placeholder:
            logging.warning(
                "[fetch] contact is still the placeholder: write there where the owner of a site "
                "can reach you"
            )
        daemon.run(config)


@click.command()
@click.argument("name", required=False)
@pass_settings
def jobs(settings: Settings, name: str | None) -> int:
    """The timetable and when each job is due next; with a NAME, do that job now."""
    if name is not None:
        return _do(settings, name)

    listing = _timetable(settings)
    emit(listing, form_of(as_json=settings.json))
    return 0


def _timetable(settings: Settings) -> Listing:
    """Return every job with the moment it is due next. Raises ConfigError."""
    from syncer import daemon

    config = settings.own_configuration()
    due = daemon.next_runs(config, settings.clock())
    ran = _last_runs(settings)
    rows = []
    for name, moment in due.items():
        rows.append(_job_row(name, config.jobs[name], moment, ran.get(name, {})))
    return Listing(JOB_COLUMNS, rows)


def _last_runs(settings: Settings) -> Mapping[str, Row]:
    """Return the last run of each job; of none where nothing was ever done here."""
    from syncer.store import jobs as job_store

    try:
        with settings.app() as app:
            return job_store.last_runs(app.store)
    except NoStoreYet:
        return {}


def _job_row(name: str, job: JobSection, due: dt.datetime | None, ran: Row) -> Row:
    return {
        "job": name,
        "enabled": job.enabled,
        "cron": list(job.cron),
        "next": due,
        "last": ran.get("started"),
        "error": ran.get("error", ""),
    }


def _next(row: Row) -> str:
    """Return when a job is due next, in London's time."""
    due = row["next"]
    if due is None:
        return "switched off"
    return f"{due.astimezone(LONDON):%a %d %b %Y %H:%M}"


def _last(row: Row) -> str:
    """Return when a job was last begun, and the error that ended it, if one did."""
    if not row["last"]:
        return "never"
    began = london(row["last"])
    return f"{began}, {row['error']}" if row["error"] else began


JOB_COLUMNS = (
    *plain_columns("job", "enabled", "cron"),
    Column("next", "next (London)", wording=_next),
    Column("last", "last run", wording=_last),
    Column("error", hidden=True),
)


def _do(settings: Settings, name: str) -> int:
    """Do one job, and return the exit code: 1 where something went wrong that had not been wrong
    before."""
    from syncer.monitoring import log, watched
    from syncer.store import problems

    job = _job_called(name)
    form = settings.own_configuration().log.form
    with log.written(form), settings.app(may_begin=True) as app:
        before = {problem["id"] for problem in problems.still_open(app.store)}
        watched.run(app, name, job)
        now_open = problems.to_look_at(problems.still_open(app.store))

    click.echo(f"{name}: done", err=True)
    is_worse = any(problem["id"] not in before for problem in now_open)
    return 1 if is_worse else 0


def _job_called(name: str) -> ModuleType:
    """Return the module of a job. Raises UsageError where there is none of this name."""
    from syncer.daemon import job_names

    names = job_names()
    if name not in names:
        raise click.UsageError(f"there is no job {name!r}; there are: {', '.join(names)}")
    return importlib.import_module(f"jobs.{name}")


@click.command()
@click.option(
    "--dir",
    "folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    metavar="D",
    help="Where to write it.",
)
@click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="D",
    help="Keep the store and the mails in this folder, not beside the configuration.",
)
def init(folder: Path, state: Path | None) -> None:
    """Write a commented config.toml into a folder."""
    from syncer.config import CONFIG_FILE

    target = folder / CONFIG_FILE
    try:
        _write_configuration(target, state)
    except FileExistsError as error:
        raise click.UsageError(f"{target} is there already, and stays as it is") from error
    except OSError as error:
        raise click.UsageError(f"{target} cannot be written: {error.strerror}") from error

    click.echo(target)
    click.echo(NEXT_STEPS.format(target=target), err=True)


def _write_configuration(target: Path, state: Path | None) -> None:
    """Write the packaged configuration, readable by the account that will run syncer: it holds no
    secret."""
    from syncer.files import packaged

    text = packaged(target.name).read_text(encoding="utf-8")
    if state is not None:
        text = _kept_in(state, text)
    made = _make_folder(target.parent)
    with target.open("x", encoding="utf-8") as file:
        file.write(text)

    target.chmod(0o644)
    for folder in made:
        folder.chmod(0o755)


def _kept_in(state: Path, text: str) -> str:
    """Return the configuration with what syncer keeps in a folder of its own."""
    folder = state.resolve()
    for name, value in (("path", "syncer.db"), ("maildir", "maildir")):
        before = f'{name} = "{value}"'
        assert text.count(before) == 1
        text = text.replace(before, f"{name} = {json.dumps(str(folder / value))}")
    return text


def _make_folder(folder: Path) -> list[Path]:
    """Make a folder with those above it, and return which of them were not there."""
    missing = []
    for each in (folder, *folder.parents):
        if not each.exists():
            missing.append(each)

    folder.mkdir(parents=True, exist_ok=True)
    return missing


@click.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@pass_settings
def backup(settings: Settings, file: Path | None) -> None:
    """Copy the store while others work, and check the copy. Without FILE: beside the store, one a
    day."""
    from syncer.operations.backups import back_up

    with settings.app() as app:
        made = back_up(app, file)
        click.echo(made)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@pass_settings
def restore(settings: Settings, file: Path) -> None:
    """Put a copy in the place of the store; what was there is kept beside it. Refused while any
    other command has it open."""
    from syncer import daemon
    from syncer.operations import restoring

    config = settings.own_configuration()
    store = config.store.path
    _check_is_other(file, store)
    with daemon.alone(config):
        done = restoring.restore(file, store, settings.clock())

    click.echo(f"{store} is now the copy {file}", err=True)
    print_notes(_said_of(done))


def _check_is_other(file: Path, store: Path) -> None:
    """Raise StoreError where the file is the store."""
    if store.exists() and file.samefile(store):
        raise StoreError(f"{file} is the store itself", "Name a copy of it.")


def _said_of(done: Restored) -> Iterator[str]:
    """Yield what was carried over from the store that was there, and who or what was not."""
    if done.aside is None:
        yield "There was no store; who left, was erased or was told meanwhile cannot be known."
        return

    yield f"What was there is {done.aside}."
    if done.carried is not None:
        yield from _said_of_carried(done.carried)
    else:
        yield f"Nothing could be carried over from it: {done.trouble}"
        yield "Who subscribed, left, was erased or was told after the copy was made is not known."


def _said_of_carried(carried: Carried) -> Iterator[str]:
    if carried.other:
        yield "It is another store: nothing was carried over from it."
    else:
        yield "Carried over from it: who is there, who has left or was erased, who was told what."
    yield from _who_is_lost(carried)


def _who_is_lost(carried: Carried) -> Iterator[str]:
    """Yield who is not in both stores, and what could not be read."""
    if carried.joined:
        joined = ", ".join(carried.joined)
        yield f"Subscribed after the copy was made, and kept: {joined}"

    if carried.lost:
        lost = ", ".join(carried.lost)
        yield f"Not in the store any more: {lost}"

    yield from _damaged(carried.unread)


def _damaged(unread: Sequence[str]) -> Iterator[str]:
    if unread:
        listed = ", ".join(unread)
        yield f"Damaged, and carried over only in part: {listed}"
        yield "Compare `syncer subscribers` with your own list, and erase again who was erased."
