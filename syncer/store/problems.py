"""What went wrong, since when, and who was told. A problem is open until the address it is about is
read well again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from syncer.model import Problem
from syncer.reading import LONGEST_PAUSE, KnownFailure
from syncer.store import Store, as_day, as_text

TRANSIENT = frozenset(("Unreachable", "OutOfResources"))


def note(store: Store, source: str, found: Iterable[Problem], now: dt.datetime) -> list[Problem]:
    """Keep the problems of a run; return those that are new (DESIGN §6.7: one that was told and has
    not changed is not news). An address that gives something wrong is asked again after 1, 2, 4 …
    30 days, one that gives nothing at the next run. Of the tries of one day the first counts."""
    sql = """SELECT id, tries, last_at FROM problems
        WHERE source = ? AND url = ? AND name = ? AND ended_at IS NULL"""
    new = []
    for problem in _once_each(found):
        known = store.one(sql, (source, problem.url, problem.name))
        if known is None:
            new.append(problem)
            _begin(store, source, problem, now)
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
    store.update("problems", known["id"], row)


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


def untold(store: Store) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the problems whose beginning, and those whose end, the operator was not told of."""
    begun = "told_at IS NULL AND ended_at IS NULL"
    ended = "told_at IS NOT NULL AND ended_at IS NOT NULL AND end_told_at IS NULL"
    return _where(store, begun), _where(store, ended)


def _where(store: Store, condition: str) -> list[dict[str, Any]]:
    sql = f"SELECT * FROM problems WHERE {condition} ORDER BY id"
    return store.rows(sql)


def mark_told(store: Store, ids: Iterable[int], now: dt.datetime, *, ended: bool = False) -> None:
    """Note that the operator was told of the beginning (or the end) of these problems."""
    column = "end_told_at" if ended else "told_at"
    told = {column: as_text(now)}
    for number in ids:
        store.update("problems", number, told)
