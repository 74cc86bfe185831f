"""Who is told what now, and how is it written down? notify(now): events → match → digest → render →
outbox."""

from __future__ import annotations

from syncer.app import App
from syncer.pipeline.notify import turn as notifying


def notify(app: App, only: int = 0) -> list[int]:
    """Write what everybody (or `only` one subscriber) is to be told now into the outbox; the
    numbers of the deliveries. Corrections come first: nothing known to be wrong leaves."""
    turn = notifying.begin(app)
    with notifying.step(turn):
        notifying.correct_all(turn)
    for group in notifying.turns(turn, only) if not turn.problems else ():
        with notifying.step(turn):
            for number in group:
                notifying.take_turn(turn, number)
    with notifying.step(turn):
        notifying.note_problems(turn)
    with notifying.step(turn):
        notifying.tell_operator(turn)
    return turn.wrote
