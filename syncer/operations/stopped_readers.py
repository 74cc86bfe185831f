"""Readers to whom nothing more is written, since their mail came back or they complained: the
operator is told of each for as long as that lasts."""

from __future__ import annotations

from syncer.app import App
from syncer.model import Problem
from syncer.store import inbox, problems

NAME = "inbox"
"""Under which they stand among the problems, whether the inbox or GOV.UK Notify said so."""
BOUNCED = "bounced:"


def all_of_them(app: App) -> list[Problem]:
    """Return a problem for each reader who is stopped still."""
    return [_stopped(stop) for stop in inbox.stopped_readers(app.store)]


def note_bounced(app: App) -> list[Problem]:
    """Note whom bounces have stopped, and who is written to again; return what is new."""
    found = [problem for problem in all_of_them(app) if problem.url.startswith(BOUNCED)]
    goes_on = {problem.url for problem in found}
    with app.store.writing():
        before = {row["url"] for row in problems.still_open(app.store, NAME)}
        over = {url for url in before - goes_on if url.startswith(BOUNCED)}
        problems.end(app.store, NAME, over, app.now)
        return problems.note(app.store, NAME, found, app.now)


def _stopped(stop: inbox.StoppedReader) -> Problem:
    if stop.complained:
        return Problem(
            "Complaint",
            f"{stop.address} has called a message unwanted, and is written to no more",
            f"complaint:{stop.subscriber}",
            "Nothing needs doing: only the reader can change it. `syncer problems ack ID`.",
        )
    return Problem(
        "AddressBounced",
        f"messages to {stop.address} came back on several days, the last with: {stop.words}",
        f"{BOUNCED}{stop.subscriber}",
        "It is written to no more. Ask its owner; `syncer resume ADDRESS` begins again.",
    )
