"""The command line: which commands there are, the options they all take, and how errors become exit
codes (DESIGN §10).

A command is a function in one of the modules below; it is imported only when it is asked for, so
that `syncer parse` does not wait for the mail server's library. It prints data on stdout and
everything else on stderr, and returns its exit code (None is 0):

    0  done            1  something failed anew, the rest is done            2  bad configuration or usage
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from syncer.errors import (
    BadAddress,
    ConfigError,
    CouncilError,
    NoSuchDelivery,
    NoSuchSubscriber,
    RosterError,
    SyncerError,
)

if TYPE_CHECKING:
    import datetime as dt

    from syncer.app import App, Progress
    from syncer.config import Config

PLACES = (
    ("Read", "syncer.cli.reading", ("sync", "parse", "extract")),
    ("Look", "syncer.cli.listing", ("ratings", "inspections", "awards", "changes", "councils")),
    ("Look closer", "syncer.cli.looking", ("council", "conflicts", "held", "verify", "status")),
    (
        "People",
        "syncer.cli.people",
        ("subscribe", "subscribers", "unsubscribe", "confirm", "pause", "resume", "erase"),
    ),
    ("Tell", "syncer.cli.post", ("digest", "send", "outbox", "explain", "test-mail")),
    (
        "Keep it going",
        "syncer.cli.running",
        ("run", "jobs", "doctor", "init", "demo", "backup", "restore"),
    ),
)
"""Heading in `--help`, module, and its commands; the function of `test-mail` is called `test_mail`.
New commands are a new line."""

USAGE_ERRORS = (
    ConfigError,
    CouncilError,
    BadAddress,
    NoSuchSubscriber,
    NoSuchDelivery,
    RosterError,
)
"""What was typed, or configured, is wrong: exit 2. Every other named error is exit 1."""


@dataclass
class Settings:
    """The options that every command takes."""

    config: Path | None = None
    now: str = ""
    json: bool = False

    def clock(self) -> dt.datetime:
        """The time this run happens at. Raises ConfigError."""
        from syncer.app import read_now

        return read_now(self.now)

    def configuration(self) -> Config:
        """The configuration. Raises ConfigError."""
        from syncer.config import load_config

        return load_config(self.config)

    def app(self, progress: Progress | None = None) -> App:
        """Everything a command works with, to be used in a `with`. Raises ConfigError."""
        from syncer.app import App

        now = self.clock()
        return App(self.configuration(), now, progress)


pass_settings = click.make_pass_decorator(Settings, ensure=True)


def _keep(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    """Note a global option, given before or after the command; one that is not given changes
    nothing."""
    if value:
        setattr(ctx.ensure_object(Settings), str(param.name), value)


def global_options() -> list[click.Parameter]:
    """The options of every command."""
    return [
        click.Option(
            ["--config"],
            type=click.Path(dir_okay=False, path_type=Path),
            callback=_keep,
            expose_value=False,
            is_eager=True,
            help="Read this configuration file.",
        ),
        click.Option(
            ["--now"],
            metavar="ISO-TIME",
            callback=_keep,
            expose_value=False,
            is_eager=True,
            help="Take this for the time, as in 2026-08-22T09:40+01:00.",
        ),
        click.Option(
            ["--json"],
            is_flag=True,
            callback=_keep,
            expose_value=False,
            is_eager=True,
            help="Print JSON.",
        ),
    ]


def with_global_options(command: click.Command) -> click.Command:
    """The command, and those under it, with the global options added once."""
    if not any(param.name == "now" for param in command.params):
        command.params.extend(global_options())
    for under in command.commands.values() if isinstance(command, click.Group) else ():
        with_global_options(under)
    return command


class Commands(click.Group):
    """The commands of PLACES, imported when asked for; expected errors become one line, a hint and
    an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for _, _, names in PLACES for name in names]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        for _, module, names in PLACES:
            if name in names:
                return with_global_options(
                    cast(
                        click.Command,
                        getattr(importlib.import_module(module), name.replace("-", "_")),
                    )
                )
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for heading, _, names in PLACES:
            with formatter.section(heading):
                formatter.write_dl(list(self._helps(ctx, names)))

    def _helps(self, ctx: click.Context, names: Sequence[str]) -> Iterator[tuple[str, str]]:
        for name in names:
            command = self.get_command(ctx, name)
            yield name, command.get_short_help_str(limit=100) if command else ""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            code = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            _let_go_of_stdout()
            return 0
        return code

    def main(  # type: ignore[override]
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> None:
        """Run a command and leave with its exit code. What nobody expected keeps its traceback."""
        try:
            code = super().main(
                args, prog_name or "syncer", complete_var, standalone_mode=False, **extra
            )
        except click.ClickException as error:
            error.show()
            code = error.exit_code
        except click.Abort:
            click.echo("stopped", err=True)
            code = 1
        except SyncerError as error:
            print_error(error)
            code = 2 if isinstance(error, USAGE_ERRORS) else 1
        sys.exit(code if isinstance(code, int) else 0)


def print_error(error: SyncerError) -> None:
    """An expected error on stderr: its name, what happened, what to do next."""
    click.echo(f"error: {error.name}: {error}", err=True)
    if error.hint:
        click.echo(f"  {error.hint}", err=True)


def _let_go_of_stdout() -> None:
    """Whoever read our output has gone; Python would complain again when it flushes at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.command(
    cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120}
)
@click.version_option(package_name="syncer", message="syncer %(version)s")
def main() -> None:
    """Tells you, the day it happens, that a council's Ofsted rating or its government funding has
    changed."""


with_global_options(main)
