"""What the operator decides about possibles, and the file of decisions that the reader of money can
learn from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from syncer.app import App
from syncer.pipeline import possibles
from syncer.pipeline.changes import Run
from syncer.pipeline.intake import open_or_hold, record_observation
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
            opened += _accept_one(app, number)
    _write_decisions(app)
    return opened


def _accept_one(app: App, number: int) -> int:
    """Make an award of one possible, and return how many lines may be told of it."""
    said = possibles.note_accepted(app.store, number, app.now)
    run = _run_for(app, said.source)
    record_observation(app.store, run, said)

    may_be_told, *_ = open_or_hold(app.store, said.source, {})
    return may_be_told


def reject(app: App, numbers: Sequence[int]) -> None:
    """Note that these possibles are no awards, all or none. Raises NotOpen."""
    with app.store.writing():
        for number in numbers:
            possibles.reject(app.store, number, app.now)
    _write_decisions(app)


def _run_for(app: App, source: str) -> Run:
    """Return the last run of that source: a decision is no read of it."""
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


def _lines(settled: Iterable[Kept]) -> Iterator[str]:
    for kept in settled:
        decision = _decision(kept)
        yield json.dumps(decision, ensure_ascii=False) + "\n"


def _decision(kept: Kept) -> dict[str, Any]:
    """Return one decision, with the words that it was made about."""
    said = kept.possible.observation
    money = said.funding
    return {
        "decision": kept.state,
        "councils": said.councils,
        "amount": money.amount,
        "amount_text": money.amount_text,
        "programme": money.programme,
        "quote": money.quote,
        "url": said.url,
        "why": kept.possible.why,
        "p": kept.possible.p,
    }
