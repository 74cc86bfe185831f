"""What the operator decides about possibles, and the file of decisions that the reader of money can
learn from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from syncer.app import App
from syncer.pipeline import possibles
from syncer.pipeline.intake import Run, open_or_hold, record_observation
from syncer.store import pages
from syncer.store import possibles as store_of
from syncer.store.possibles import Kept

DECISIONS = "possibles.jsonl"
"""Beside the store: one JSON object for each possible that was settled."""


def accept(app: App, numbers: Sequence[int]) -> int:
    """Make awards of these possibles, all or none, and return how many lines may be told of them.
    Raises NotOpen."""
    opened = 0
    with app.store.writing():
        for number in numbers:
            said = possibles.note_accepted(app.store, number, app.now)
            run = _run_for(app, said.source)
            record_observation(app.store, run, said)

            may_be_told, *_ = open_or_hold(app.store, said.source, {})
            opened += may_be_told

    _write_decisions(app)
    return opened


def reject(app: App, numbers: Sequence[int]) -> None:
    """Note that these possibles are no awards, all or none. Raises NotOpen."""
    with app.store.writing():
        for number in numbers:
            possibles.reject(app.store, number, app.now)
    _write_decisions(app)


def _run_for(app: App, source: str) -> Run:
    """The last run of that source: a decision is no read of it."""
    return Run(
        pages.last_run(app.store, source),
        source,
        app.now,
        pages.source_since(app.store, source),
        app.config.precedence,
        app.history,
    )


def _write_decisions(app: App) -> None:
    """Write every decision so far to the file that can be sent in as training data."""
    settled = store_of.listing(app.store, store_of.SETTLED)
    text = "".join(_lines(settled))

    beside = app.config.store.path.parent
    path = beside / DECISIONS
    path.write_text(text, encoding="utf-8")


def _lines(settled: Iterable[Kept]) -> Iterable[str]:
    for kept in settled:
        said = kept.possible.observation
        decision = {
            "decision": kept.state,
            "councils": said.councils,
            "amount": said.funding.amount,
            "amount_text": said.funding.amount_text,
            "programme": said.funding.programme,
            "quote": said.funding.quote,
            "url": said.url,
            "why": kept.possible.why,
            "p": kept.possible.p,
        }
        yield json.dumps(decision, ensure_ascii=False) + "\n"
