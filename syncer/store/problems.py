"""What went wrong, since when, and who was told. A problem is open until the address it is about is
read well again.

One that is *old* was found by a page's first read and is about what was old then; one that is
*acknowledged* was set aside by the operator. Both stay open and are listed, and neither is told.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from syncer.errors import NoSuchProblem
from syncer.store import Store, as_day, as_text
from syncer.timetable import LONGEST_PAUSE

# `status` lists problems and needs none of the nouns, which take longer to import than it to run.
if TYPE_CHECKING:
    from syncer.model import Problem
    from syncer.reading import KnownFailure

TRANSIENT = frozenset(("Unreachable", "OutOfResources"))
_TRACE = re.compile(r" \(trace \w+\)")
"""The number under which the log has an error of our own: another one each time."""


NOT_ACKNOWLEDGED: Mapping[str, Any] = {"acked_at": None, "acked_by": "", "ack_reason": ""}


def note(store: Store, source: str, found: Iterable[Problem], now: dt.datetime) -> list[Problem]:
    """Keep the problems of a run; return those that are new (DESIGN §6.7: one that was told and has
    not changed is not news, and one that is old never was). An address that gives something wrong
    is asked again after 1, 2, 4 … 30 days, one that gives nothing at the next run. Of the tries of
    one day the first counts."""
    sql = """SELECT id, tries, last_at, message FROM problems
        WHERE source = ? AND url = ? AND name = ? AND ended_at IS NULL"""
    new = []
    for problem in _once_each(found):
        known = store.one(sql, (source, problem.url, problem.name))
        if known is None:
            _begin(store, source, problem, now)
            if not problem.is_old:
                new.append(problem)
        else:
            _go_on(store, known, problem, now)
    return new


def _begin(store: Store, source: str, problem: Problem, now: dt.datetime) -> None:
    store.insert(
        "problems",
        {
            "source": source,
            "url": problem.url,
            "name": problem.name,
            "message": problem.message,
            "hint": problem.hint,
            "council": problem.council,
            "seen": problem.seen,
            "first_at": as_text(now),
            "last_at": as_text(now),
            "next_try": _next_try(problem, 1, now),
            "is_old": problem.is_old,
        },
    )


def _go_on(store: Store, known: Mapping[str, Any], problem: Problem, now: dt.datetime) -> None:
    before = dt.datetime.fromisoformat(known["last_at"])
    is_first_of_day = before.date() != now.date()
    tries = known["tries"] + is_first_of_day
    row = {
        "last_at": as_text(now),
        "tries": tries,
        "next_try": _next_try(problem, tries, now),
        "message": problem.message,
        "seen": problem.seen,
    }
    if _without_trace(problem.message) != _without_trace(known["message"]):
        row |= NOT_ACKNOWLEDGED
    store.update("problems", known["id"], row)


def _without_trace(message: str) -> str:
    return _TRACE.sub("", message)


def _next_try(problem: Problem, tries: int, now: dt.datetime) -> str:
    """Return the day, as it is stored, from which an address is tried again."""
    pause = 0
    if problem.name not in TRANSIENT:
        doubled = 2 ** (tries - 1)
        pause = min(doubled, LONGEST_PAUSE.days)

    due = now.date() + dt.timedelta(days=pause)
    return due.isoformat()


def _once_each(found: Iterable[Problem]) -> list[Problem]:
    """Return one problem for each address and name, with all that was said of it in one run."""
    kept: dict[tuple[str, str], Problem] = {}
    for problem in found:
        place = (problem.url, problem.name)
        before = kept.get(place)
        kept[place] = _joined(before, problem) if before else problem

    return list(kept.values())


def _joined(before: Problem, problem: Problem) -> Problem:
    """Return the first of two problems of one name and address, with the words of both."""
    if problem.message in before.message:
        return before
    return replace(before, message=f"{before.message}; {problem.message}")


def end(store: Store, source: str, urls: Iterable[str], now: dt.datetime) -> int:
    """Close the open problems of addresses that were read well; return how many."""
    sql = "UPDATE problems SET ended_at = ? WHERE source = ? AND url = ? AND ended_at IS NULL"
    at = as_text(now)
    closed = 0
    for url in urls:
        closed += store.run(sql, (at, source, url))
    return closed


def is_due(store: Store, source: str, url: str, now: dt.datetime) -> bool:
    """Return whether an address that failed may be asked again. A day further off than the longest
    pause was written under a clock that was wrong."""
    sql = "SELECT max(next_try) FROM problems WHERE source = ? AND url = ? AND ended_at IS NULL"
    due = as_day(store.value(sql, (source, url)))
    if due is None:
        return True

    today = now.date()
    return due <= today or due > today + LONGEST_PAUSE


def failure(store: Store, source: str, url: str) -> KnownFailure | None:
    """Return how an address fails, by its open problems; None where it does not."""
    from syncer.reading import KnownFailure

    sql = """SELECT * FROM problems WHERE source = ? AND url = ? AND ended_at IS NULL
        ORDER BY last_at, id"""
    rows = store.rows(sql, (source, url))
    if not rows:
        return None

    latest = rows[-1]
    first = min(row["first_at"] for row in rows)
    due = max(row["next_try"] for row in rows)
    return KnownFailure(
        dt.datetime.fromisoformat(first),
        dt.datetime.fromisoformat(latest["last_at"]),
        dt.date.fromisoformat(due),
        latest["seen"],
    )


def still_open(store: Store, source: str = "") -> list[dict[str, Any]]:
    """Return the open problems, oldest first; of one source, or of all."""
    where = "AND source = :source" if source else ""
    return store.rows(
        f"SELECT * FROM problems WHERE ended_at IS NULL {where} ORDER BY first_at, id",
        {"source": source},
    )


def are_old(store: Store, source: str) -> frozenset[tuple[str, str]]:
    """Return the address and name of each open problem of a source that is old."""
    sql = "SELECT url, name FROM problems WHERE source = ? AND ended_at IS NULL AND is_old = 1"
    return frozenset((row["url"], row["name"]) for row in store.rows(sql, (source,)))


def to_look_at(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the rows of problems that somebody has to look at: neither old nor acknowledged."""
    return [row for row in rows if not row["is_old"] and row["acked_at"] is None]


def acknowledge(store: Store, number: int, by: str, reason: str, now: dt.datetime) -> None:
    """Set an open problem aside until it ends or says something else. Raises NoSuchProblem."""
    sql = """UPDATE problems SET acked_at = ?, acked_by = ?, ack_reason = ?
        WHERE id = ? AND ended_at IS NULL"""
    if not store.run(sql, (as_text(now), by, reason, number)):
        raise NoSuchProblem(f"no open problem has the number {number}")


def take_unlogged(
    store: Store, now: dt.datetime
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the problems whose beginning, and those whose end, the log has not said, and note that
    it has: whichever process asks first has each of them, once. Call inside `writing()`."""
    begun = store.rows(
        """UPDATE problems SET logged_at = ? WHERE logged_at IS NULL AND ended_at IS NULL
           RETURNING *""",
        (as_text(now),),
    )
    ended = store.rows(
        """UPDATE problems SET end_logged_at = ?
           WHERE logged_at IS NOT NULL AND ended_at IS NOT NULL AND end_logged_at IS NULL
           RETURNING *""",
        (as_text(now),),
    )
    return begun, ended


def take_for_channel(store: Store, now: dt.datetime) -> list[dict[str, Any]]:
    """Return the problems that have begun and were not said in the operator's channel, and note
    that they are. What is old or acknowledged is not said. Call inside `writing()`."""
    sql = """UPDATE problems SET channel_told_at = ? WHERE channel_told_at IS NULL
        AND ended_at IS NULL AND is_old = 0 AND acked_at IS NULL RETURNING *"""
    taken = store.rows(sql, (as_text(now),))
    return sorted(taken, key=lambda row: int(row["id"]))


def put_back_for_channel(store: Store, ids: Iterable[int]) -> None:
    """Note that these problems were not said in the operator's channel after all."""
    for number in ids:
        store.update("problems", number, {"channel_told_at": None})


BEGUN_UNTOLD = """SELECT * FROM problems INDEXED BY problems_untold
    WHERE told_at IS NULL AND ended_at IS NULL AND is_old = 0 AND acked_at IS NULL ORDER BY id"""

ENDED_UNTOLD = """SELECT * FROM problems INDEXED BY problems_end_untold
    WHERE told_at IS NOT NULL AND ended_at IS NOT NULL AND end_told_at IS NULL ORDER BY id"""


def untold(store: Store) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the problems whose beginning, and those whose end, the operator was not told of. What
    is old or acknowledged is not told."""
    return store.rows(BEGUN_UNTOLD), store.rows(ENDED_UNTOLD)


def mark_told(store: Store, ids: Iterable[int], now: dt.datetime, *, ended: bool = False) -> None:
    """Note that the operator was told of the beginning (or the end) of these problems."""
    column = "end_told_at" if ended else "told_at"
    told = {column: as_text(now)}
    for number in ids:
        store.update("problems", number, told)
