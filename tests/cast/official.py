"""The grades of the country as Ofsted's official statistics printed them, and a store that read
these."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from replay import Replay

BEST_FIRST = ("outstanding", "good", "requires_improvement", "inadequate")
FIGURES = [
    ("2024-03-31", "2024-08-30", [30, 61, 43, 17]),
    ("2025-03-31", "2025-09-25", [36, 67, 31, 19]),
]
"""Councils at each overall grade, best first, on a day, and when the statistics of it were
published."""


@contextmanager
def statistics_read(shared: Path, folder: Path) -> Iterator[Replay]:
    """A store that read the statistics of 2024 on their day, and then those of 2025."""
    with Replay(shared, folder) as replay:
        for day in ("2024-09-02", "2025-10-01"):
            replay.day(day)
            assert replay.sync("ofsted_statistics").status == "ok"
        yield replay
