"""One run of a job, watched: the store knows when it began and how it ended, and the log has one
line of what it did and one for each problem that began or ended meanwhile."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import groupby
from typing import Any, Protocol

from syncer.app import App
from syncer.errors import StoreError, SyncerError
from syncer.monitoring import alarm
from syncer.monitoring.log import FIELDS
from syncer.store import jobs, problems

log = logging.getLogger(__name__)

Counts = Mapping[str, int]
"""What a job did: a number by its noun, as in {"requests": 12, "changes": 1}."""

GRAVE = frozenset(
    {
        "SourceQuiet",
        "TransportUnavailable",
        "ServerRefused",
        "OutboxStuck",
        "BackupFailed",
        "TemplateBroken",
    }
)
"""What keeps syncer from doing its work: at ERROR, whatever else is wrong at WARNING."""

MOST_LINES = 5
"""Where more problems of one name and source begin, or end, at once, they are one line."""

Row = Mapping[str, Any]


class Job(Protocol):
    """A module of `jobs`."""

    def run(self, app: App) -> Counts:
        """Do it once, and return what was done."""


def run(app: App, name: str, job: Job) -> Counts:
    """Do a job once. The log says what it did, where it did anything, and what went wrong. Raises
    whatever the job does."""
    with _noted(app, name):
        try:
            counts = job.run(app)
        finally:
            log_problems(app)
            alarm.tell(app)

    log_counts(name, counts)
    return counts


@contextmanager
def _noted(app: App, name: str) -> Iterator[None]:
    """Keep in the store when a run of a job began and how it ended. A store that refuses keeps
    nothing, and is not the second error of a run."""
    jobs.began(app.store, name, app.clock())
    try:
        yield
    except BaseException as error:
        kind = error.name if isinstance(error, SyncerError) else type(error).__name__
        with suppress(StoreError):
            jobs.ended(app.store, name, app.clock(), kind)
        raise
    jobs.ended(app.store, name, app.clock())


def log_counts(name: str, counts: Counts) -> None:
    """Say what a job did in one line; nothing where it did nothing."""
    done = {noun: count for noun, count in counts.items() if count}
    if done:
        said = ", ".join(_counted(noun, count) for noun, count in done.items())
        log.info("%s: %s", name, said, extra={FIELDS: {"job": name, **done}})


def _counted(noun: str, count: int) -> str:
    if count == 1:
        first, *rest = noun.split(" ")
        noun = " ".join((first.removesuffix("s"), *rest))
    return f"{count} {noun}"


# -- Problems --------------------------------------------------------------------------------------


def log_problems(app: App) -> None:
    """Say which problems began and which ended since the log last said so, whichever process found
    them. Where the store refuses, the next run says it."""
    try:
        with app.store.writing():
            begun, ended = problems.take_unlogged(app.store, app.now)
    except StoreError:
        return

    for rows in _alike(begun):
        _log_begun(rows)
    for rows in _alike(ended):
        if not rows[0]["is_old"]:
            _log_each("problem ended", logging.INFO, rows)


def _log_begun(rows: Sequence[Row]) -> None:
    """Say that problems that are alike began; of old ones, how many there are."""
    if rows[0]["is_old"]:
        _log_together("old, found by a first read", logging.INFO, rows)
    elif _is_grave(rows[0]):
        _log_each("problem began", logging.ERROR, rows)
    else:
        _log_each("problem began", logging.WARNING, rows)


def _alike(rows: Iterable[Row]) -> Iterator[Sequence[Row]]:
    """Yield the problems by source and name, the old ones apart."""
    ordered = sorted(rows, key=_kind)
    for _, group in groupby(ordered, _kind):
        yield tuple(group)


def _kind(row: Row) -> tuple[str, str, int]:
    return row["source"], row["name"], row["is_old"]


def _is_grave(row: Row) -> bool:
    is_whole_source = not row["url"]
    return is_whole_source or row["name"] in GRAVE


def _log_each(what: str, level: int, rows: Sequence[Row]) -> None:
    """Say each of some problems that are alike in a line of its own; many of them in one."""
    if len(rows) > MOST_LINES:
        _log_together(what, level, rows)
        return

    for row in rows:
        log.log(
            level,
            "%s: %s: %s: %s",
            what,
            row["name"],
            row["source"],
            _where_and_what(row),
            extra={FIELDS: _fields(row)},
        )


def _where_and_what(row: Row) -> str:
    """Return the address of a problem, where it is about one of the web, and what happened; on one
    line."""
    message = " ".join(row["message"].split())
    if "://" not in row["url"] or row["url"] in message:
        return message
    return f"{row['url']}: {message}"


def _fields(row: Row) -> dict[str, Any]:
    return {
        "problem": row["id"],
        "name": row["name"],
        "source": row["source"],
        "address": row["url"],
    }


def _log_together(what: str, level: int, rows: Sequence[Row]) -> None:
    """Say how many problems that are alike there are, and where the first is."""
    first = rows[0]
    count = "1 address" if len(rows) == 1 else f"{len(rows)} addresses, the first"
    option = " --old" if first["is_old"] else ""
    log.log(
        level,
        "%s: %s: %s: %s %s; see `syncer problems%s`",
        what,
        first["name"],
        first["source"],
        count,
        first["url"] or "as a whole",
        option,
        extra={FIELDS: {**_fields(first), "addresses": len(rows)}},
    )
