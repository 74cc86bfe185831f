"""What the operator is told: problems that began, and the end of those told before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from syncer import digest as digests
from syncer.app import App
from syncer.digest.message_model import EndedProblem
from syncer.model import Problem
from syncer.pipeline.notify.addressing import addressed
from syncer.pipeline.notify.write import NAME, NotifyRun
from syncer.store import outbox, problems


def note_problems(run: NotifyRun) -> list[Problem]:
    """Keep which messages could not be made, and end what was wrong before and is not now. Return
    those that are new. Call inside `writing()`."""
    store = run.app.store
    open_before = {problem["url"] for problem in problems.still_open(store, NAME)}
    still_wrong = {problem.url for problem in run.problems}

    problems.end(store, NAME, open_before - still_wrong, run.app.now)
    return problems.note(store, NAME, run.problems, run.app.now)


def tell_operator(run: NotifyRun) -> None:
    """Queue one message about new and ended problems to the configured address, where there is one
    and anything is to be told. Call inside `writing()`."""
    app = run.app
    to = app.config.operator.mail
    begun, ended = problems.untold(app.store)
    if not to or not (begun or ended):
        return

    to_look_at = problems.to_look_at(problems.still_open(app.store))
    already_told = len(to_look_at) - len(begun)
    made = digests.operator(
        [_problem(row) for row in begun],
        [_ended(row) for row in ended],
        run.contexts.common(),
        already_told,
    )
    mail = addressed(app, made, to)
    number = outbox.queue(app.store, mail, app.now)
    run.wrote.append(number)

    _mark_told(app, begun, ended=False)
    _mark_told(app, ended, ended=True)


def _mark_told(app: App, rows: Iterable[Mapping[str, Any]], *, ended: bool) -> None:
    """Note that the operator was told that these problems began, or ended."""
    numbers = [row["id"] for row in rows]
    problems.mark_told(app.store, numbers, app.now, ended=ended)


def _problem(row: Mapping[str, Any]) -> Problem:
    return Problem(row["name"], row["message"], row["url"], row["hint"], row["council"])


def _ended(row: Mapping[str, Any]) -> EndedProblem:
    since = dt.datetime.fromisoformat(row["first_at"])
    until = dt.datetime.fromisoformat(row["ended_at"])
    return EndedProblem(_problem(row), since, until)
