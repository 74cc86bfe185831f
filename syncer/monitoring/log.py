"""The log: one line an event, for people or for programs, with the time in London and its zone, and
nobody's address in it."""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from syncer.timetable import LONDON

FIELDS = "fields"
"""The attribute of a record with what a line says, by name: `extra={FIELDS: {...}}`. The JSON form
has each as a key of its own."""

HIDDEN = "[address]"
_ADDRESS = re.compile(r"""(?:"[^"\n]*"|[^\s<>()\[\],;:"=]+)(?:@|%40)[^\s<>()\[\],;:"'&?]+""")


@contextmanager
def written(form: str) -> Iterator[None]:
    """Write the log on stderr while it lasts, "plain" or "json"; of the scheduler, errors
    alone: that a job still runs when it is due again is said by /healthz once it is too long."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(AsJson() if form == "json" else Plain())

    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(before)


def without_addresses(text: str) -> str:
    """Return the text with every mail address in it hidden: who reads a log need not know who
    follows what."""
    return _ADDRESS.sub(HIDDEN, text)


class Plain(logging.Formatter):
    """A line for people: time, level, who says it, what; a trace of an error of our own below."""

    def __init__(self) -> None:
        super().__init__("%(moment)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and the trace where there is one, without addresses."""
        record.moment = _moment(record)
        return without_addresses(super().format(record))


class AsJson(logging.Formatter):
    """An object a line: time, level, logger, message, the fields of the line, and `trace`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the object, without addresses."""
        said: dict[str, Any] = {
            "time": _moment(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        said |= getattr(record, FIELDS, {})
        if record.exc_info:
            said["trace"] = self.formatException(record.exc_info)

        hidden = {name: _hidden(value) for name, value in said.items()}
        return json.dumps(hidden, ensure_ascii=False, default=str)


def _hidden(value: Any) -> Any:
    return without_addresses(value) if isinstance(value, str) else value


def _moment(record: logging.LogRecord) -> str:
    said_at = dt.datetime.fromtimestamp(record.created, LONDON)
    return said_at.isoformat(sep=" ", timespec="seconds")
