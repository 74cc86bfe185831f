"""The command line: which commands there are, the options they all take, and how errors become exit
codes (DESIGN §10).

A command is a function in one of the modules below; it is imported only when it is asked for, so
that `syncer parse` does not wait for the mail server's library. It prints data on stdout and
everything else on stderr, and returns its exit code (None is 0):

    0    done
    1    something failed that had not failed before; the rest is done
    2    bad configuration or usage
    130  stopped by Ctrl-C
"""

from __future__ import annotations

import codecs
import difflib
import importlib
import io
import os
import signal
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, cast

import click

from syncer.cli.output import say
from syncer.cli.summaries import SUMMARIES
from syncer.errors import (
    BadAddress,
    ChatUnavailable,
    ConfigError,
    CouncilError,
    HostForbidden,
    NoStoreYet,
    NoSuchDelivery,
    NoSuchProblem,
    NoSuchSubscriber,
    NotOpen,
    RosterError,
    SaidNo,
    SyncerError,
)
from syncer.files import PRIVATE_UMASK
from syncer.garbage import collect_seldom

if TYPE_CHECKING:
    import datetime as dt

    from syncer.app import App, Progress
    from syncer.config import Config

PLACES = (
    ("Read", "syncer.cli.sync", ("sync",)),
    ("Read", "syncer.cli.parse", ("parse", "extract")),
    ("Query", "syncer.cli.lists", ("ratings", "inspections", "awards", "changes", "councils")),
    ("Query", "syncer.cli.counts", ("counts",)),
    ("Query", "syncer.cli.improve", ("improve",)),
    ("Query", "syncer.cli.interventions", ("interventions",)),
    ("Inspect", "syncer.cli.council", ("council", "conflicts")),
    ("Inspect", "syncer.cli.held", ("held",)),
    ("Inspect", "syncer.cli.possible", ("possible",)),
    ("Inspect", "syncer.cli.verify", ("verify",)),
    (
        "People",
        "syncer.cli.people",
        ("subscribe", "subscribers", "unsubscribe", "confirm", "pause", "resume", "erase"),
    ),
    ("Notify", "syncer.cli.post", ("digest", "send", "outbox", "explain", "test-mail")),
    ("Notify", "syncer.cli.inbox", ("inbox",)),
    ("Publish", "syncer.cli.publish", ("publish",)),
    ("Publish", "syncer.cli.serve", ("serve",)),
    ("Operate", "syncer.cli.running", ("run", "jobs")),
    ("Operate", "syncer.cli.status", ("status",)),
    ("Operate", "syncer.cli.problems", ("problems",)),
    ("Operate", "syncer.cli.doctor", ("doctor",)),
    ("Operate", "syncer.cli.running", ("init", "backup", "restore")),
    ("Operate", "syncer.cli.exporting", ("export-db",)),
    ("Operate", "syncer.cli.demo", ("demo",)),
)
"""Heading in `--help`, module, and its commands; the function of `test-mail` is called `test_mail`.
New commands are a new line, and one in summaries.py."""

USAGE_ERRORS = (
    ConfigError,
    CouncilError,
    BadAddress,
    HostForbidden,
    ChatUnavailable,
    NoStoreYet,
    NoSuchSubscriber,
    NoSuchDelivery,
    NoSuchProblem,
    NotOpen,
    RosterError,
    SaidNo,
)
"""What was typed, or configured, is wrong: exit 2. Every other named error is exit 1."""


@dataclass
class Settings:
    """The options that every command takes."""

    config: Path | None = None
    now: str = ""
    json: bool = False

    def clock(self) -> dt.datetime:
        """Return the time this run happens at. Raises ConfigError."""
        from syncer.app import read_now

        return read_now(self.now)

    def configuration(self) -> Config:
        """Return the configuration. Raises ConfigError."""
        from syncer.config import load_config

        return load_config(self.config)

    def own_configuration(self) -> Config:
        """Return the configuration of this installation. Raises ConfigError where none is named and
        none is here: nothing is read or begun in a folder that was entered by mistake."""
        from syncer.config import CONFIG_FILE

        if self.config is None and not Path(CONFIG_FILE).exists():
            raise ConfigError(
                f"there is no {CONFIG_FILE} here",
                "Go into its folder, name it with --config, or write one: `syncer init --dir D`.",
            )
        return self.configuration()

    def app(
        self,
        progress: Progress | None = None,
        *,
        may_begin: bool = False,
        anywhere: bool = False,
    ) -> App:
        """Return everything a command works with, to be used in a `with`. `may_begin`: make the
        store where there is none; `anywhere`: the command needs no store, and works without a
        configuration of its own. Raises ConfigError."""
        from syncer.app import App

        now = self.clock()
        config = self.configuration() if anywhere else self.own_configuration()
        return App(config, now, progress, stopping=_ctrl_c.is_set, may_begin=may_begin)


pass_settings = click.make_pass_decorator(Settings, ensure=True)


def _keep(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    """Note a global option, given before or after the command; one that is not given changes
    nothing."""
    if value:
        settings = ctx.ensure_object(Settings)
        setattr(settings, str(param.name), value)


def _global_option(name: str, help: str, **more: Any) -> click.Option:
    return click.Option(
        [name], callback=_keep, expose_value=False, is_eager=True, help=help, **more
    )


def global_options() -> list[click.Parameter]:
    """Return the options of every command."""
    return [
        _global_option(
            "--config",
            "Read this configuration file.",
            type=click.Path(dir_okay=False, path_type=Path),
        ),
        _global_option(
            "--now",
            "Take this for the time, as in 2026-08-22T09:40; London time where it has no zone.",
            metavar="ISO-TIME",
        ),
        _global_option("--json", "Print JSON.", is_flag=True),
    ]


def with_global_options(command: click.Command) -> click.Command:
    """Return the command, and those under it, with the global options added once."""
    own = [param.name for param in command.params]
    if "now" not in own:
        command.params.extend(global_options())

    if isinstance(command, click.Group):
        for under in command.commands.values():
            with_global_options(under)
    return command


class Commands(click.Group):
    """A group of commands that answers a mistyped one with the one that was meant."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command asked for. Raises UsageError, which names the nearest one."""
        name = args[0]
        if self.get_command(ctx, name) is not None:
            return super().resolve_command(ctx, args)

        meant = self._meant_by(name, ctx)
        raise click.UsageError(f"No such command {name!r}.{meant}", ctx)

    def _meant_by(self, typed: str, ctx: click.Context) -> str:
        """Return the question for the nearest command; nothing where none is near."""
        near = difflib.get_close_matches(typed, self.list_commands(ctx), n=1)
        if not near:
            return ""
        return f" Did you mean {near[0]!r}?"


class Syncer(Commands):
    """The commands of PLACES, imported when asked for; expected errors become one line, a hint and
    an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the name of every command, in the order of the help."""
        listed: list[str] = []
        for _, _, names in PLACES:
            listed += names
        return listed

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Return a command, importing its module; None where there is none of this name."""
        for _, module, names in PLACES:
            if name in names:
                loaded = importlib.import_module(module)
                found = getattr(loaded, name.replace("-", "_"))
                return with_global_options(cast(click.Command, found))

        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write every command with its first sentence, under its heading."""
        for heading, helps in _helps().items():
            with formatter.section(heading):
                formatter.write_dl(helps)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. Whoever reads our output may go away, as `head` does: that is no
        error."""
        try:
            code = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            _let_go_of_stdout()
            return 0
        except click.UsageError as error:
            self._name_the_command(error, ctx)
            raise
        return code

    def _name_the_command(self, error: click.UsageError, ctx: click.Context) -> None:
        """Note in an error which command it is about: an option without its value is found before
        click knows whose option it is."""
        if error.ctx is not None or not ctx.invoked_subcommand:
            return

        command = self.get_command(ctx, ctx.invoked_subcommand)
        if command is not None:
            error.ctx = click.Context(command, parent=ctx, info_name=ctx.invoked_subcommand)

    def main(  # type: ignore[override]
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> None:
        """Run a command and leave with its exit code. What nobody expected keeps its traceback."""
        _prepare_process()
        name = prog_name or "syncer"
        try:
            code = super().main(args, name, complete_var, standalone_mode=False, **extra)
            if _ctrl_c.is_set():
                raise click.Abort
        except (click.ClickException, click.Abort, SyncerError) as error:
            code = print_expected(error)

        sys.exit(code if isinstance(code, int) else 0)


def _helps() -> dict[str, list[tuple[str, str]]]:
    """Return every command with its first sentence, by heading."""
    by_heading: dict[str, list[tuple[str, str]]] = {}
    for heading, _, names in PLACES:
        helps = by_heading.setdefault(heading, [])
        helps += [(name, SUMMARIES[name]) for name in names]

    return by_heading


def _prepare_process() -> None:
    """Set what holds for every command: what it writes is private, its output can be shown,
    Ctrl-C lets it finish what it is at, and little time goes by for garbage."""
    collect_seldom()
    os.umask(PRIVATE_UMASK)
    write_what_the_terminal_can_show()
    _hear_ctrl_c()


def print_expected(error: click.ClickException | click.Abort | SyncerError) -> int:
    """Print on stderr what ended a command, and return its exit code."""
    if isinstance(error, click.ClickException):
        print_usage_error(error)
        return error.exit_code

    if isinstance(error, SyncerError):
        print_error(error)
        return 2 if isinstance(error, USAGE_ERRORS) else 1

    click.echo("stopped; run it again to go on", err=True)
    return STOPPED


def print_error(error: SyncerError) -> None:
    """Print an expected error on stderr: its name, what happened, what to do next."""
    say(f"error: {error.name}: {error}", err=True)
    if error.hint:
        say(f"  {error.hint}", err=True)


def print_usage_error(error: click.ClickException) -> None:
    """Print on stderr what was typed wrong, and how it is typed right."""
    click.echo(f"error: {error.format_message()}", err=True)
    if isinstance(error, click.UsageError) and error.ctx is not None:
        _print_help_about(error, error.ctx)


def _print_help_about(error: click.UsageError, ctx: click.Context) -> None:
    """Print on stderr what `--help` says of the option that an error is about, and where to find
    the rest."""
    for param in ctx.command.params:
        if isinstance(param, click.Option) and _is_about(error, param):
            _print_help_of(param, ctx)
    click.echo(f"  `{ctx.command_path} --help` says how it is used.", err=True)


def _print_help_of(option: click.Option, ctx: click.Context) -> None:
    """Print on stderr what `--help` says of one option."""
    explained = option.get_help_record(ctx) or ()
    click.echo(f"  {': '.join(explained)}", err=True)


def _is_about(error: click.ClickException, option: click.Option) -> bool:
    """Return whether an error is about a value of this option, or about its having none."""
    if isinstance(error, click.BadParameter):
        return error.param is option
    if isinstance(error, click.BadOptionUsage):
        return error.option_name in option.opts
    return False


# -- Ctrl-C ----------------------------------------------------------------------------------------

_ctrl_c = threading.Event()
"""Set once Ctrl-C was pressed. Its KeyboardInterrupt is lost where it is raised in a callback of
the interpreter's own, which has nobody to pass it on to; what runs long looks here as well."""


def _hear_ctrl_c() -> None:
    """Note Ctrl-C beside raising it. A handler of somebody else's is left alone, and so is a
    thread, which Python gives no signals."""
    _ctrl_c.clear()
    is_ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if is_ours and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, _on_ctrl_c)


def _on_ctrl_c(number: int, frame: FrameType | None) -> None:
    _ctrl_c.set()
    signal.default_int_handler(number, frame)


# -- The terminal ----------------------------------------------------------------------------------

STOPPED = 130
"""The exit code after Ctrl-C: 128 and the number of SIGINT, as shells have it."""

LOOKALIKES = {
    "\u2502": "|",
    "\u2192": "->",
    "\u2013": "-",
    "\u2014": "-",
    "\u2018": "'",
    "\u2019": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u2026": "...",
    "\u2022": "*",
}
"""What is printed for a character that a terminal's encoding does not have; for any other "?"."""


def _lookalike(error: UnicodeError) -> tuple[str, int]:
    """Return what is written in the place of characters that cannot be (a codec error handler)."""
    assert isinstance(error, UnicodeEncodeError)
    missing = error.object[error.start : error.end]

    written = ""
    for letter in missing:
        written += LOOKALIKES.get(letter, "?")
    return written, error.end


codecs.register_error("syncer.lookalike", _lookalike)


def write_what_the_terminal_can_show() -> None:
    """Let a terminal or pipe that is no UTF-8 have lookalikes instead of a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="syncer.lookalike")


def _let_go_of_stdout() -> None:
    """Point stdout to nowhere: whoever read it has gone, and Python would complain again when it
    flushes at the end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())


@click.command(
    cls=Syncer, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120}
)
@click.version_option(package_name="syncer", message="syncer %(version)s")
def main() -> None:
    """Tells you, the day it happens, that a council's Ofsted rating or its government funding has
    changed."""


with_global_options(main)
