"""serve: the site over HTTP, as the store is now, and forms for readers."""

from __future__ import annotations

import datetime as dt
import logging
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType

import click

from syncer.cli import Settings, pass_settings
from syncer.cli.output import say


@click.command()
@pass_settings
def serve(settings: Settings) -> None:
    """Show the site over HTTP, as the store is now, until SIGTERM or Ctrl-C.

    With its forms: readers subscribe, confirm, change and leave by themselves.
    `[web] listen` says where (port 0: any that is free), `[web] url` how readers reach it.
    """
    from syncer.web.server import WebServer

    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s: %(message)s")
    stop = told_to_stop()
    server = WebServer(settings.own_configuration(), _clock(settings))
    try:
        server.live.edition()
        say(f"listening on {server.url}", err=True)
        stop.wait()
    finally:
        server.stop()


def _clock(settings: Settings) -> Callable[[], dt.datetime]:
    """Return what says the time: that of `--now`, and what has passed since."""
    began, started = settings.clock(), time.monotonic()

    def clock() -> dt.datetime:
        passed = time.monotonic() - started
        return began + dt.timedelta(seconds=passed)

    return clock


def told_to_stop() -> threading.Event:
    """Return what is set at SIGTERM and Ctrl-C."""
    stop = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    return stop
