"""How each source was read last is found by indexes, and is what all of the runs say."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from records import NOW

from syncer.store import Store, as_text, overview

HOURS = st.integers(-30, 3)


@dataclass(frozen=True)
class Ran:
    """A run of a source that began so many hours after now."""

    id: int
    source: str
    hours: int
    over: bool
    complete: bool

    @property
    def started(self) -> str:
        return as_text(NOW + dt.timedelta(hours=self.hours))


@st.composite
def runs(draw: st.DrawFn) -> list[Ran]:
    found = []
    for number in range(1, draw(st.integers(0, 8)) + 1):
        over = draw(st.booleans())
        complete = over and draw(st.booleans())
        source = draw(st.sampled_from(["ofsted_reports", "press"]))
        found.append(Ran(number, source, draw(HOURS), over, complete))
    return found


def expected(past: Sequence[Ran]) -> tuple[int, str | None, str | None]:
    """The last run of a source that is over, or its only one; when its last good one began, and the
    first after that."""
    newest = max(past, key=lambda run: run.id)
    over = [run for run in past if run.over or run.hours < -6 or run.id < newest.id]
    last = max(over or past, key=lambda run: run.id)
    good = max((run.started for run in past if run.complete), default=None)
    failing = min((run.started for run in past if run.started > (good or "")), default=None)
    return last.id, good, failing


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store(tmp_path_factory.mktemp("runs") / "syncer.db") as opened:
        yield opened


def keep(store: Store, ran: Sequence[Ran]) -> None:
    store.run("DELETE FROM runs")
    for run in ran:
        finished = run.started if run.over else None
        row = {"id": run.id, "source": run.source, "started": run.started, "finished": finished}
        store.insert("runs", {**row, "complete": run.complete})


@settings(max_examples=60)
@given(runs())
def test_the_last_run_of_each_source_is_what_all_of_its_runs_say(
    store: Store, ran: list[Ran]
) -> None:
    keep(store, ran)
    past: dict[str, list[Ran]] = defaultdict(list)
    for run in ran:
        if run.hours <= 0:
            past[run.source].append(run)
    found = {}
    for source, row in overview.last_runs(store, NOW).items():
        found[source] = (row["id"], row["last_good"], row["failing_since"])
    assert found == {source: expected(of_source) for source, of_source in past.items()}


def test_the_days_on_which_a_source_was_read_are_counted_once_from_the_first_to_the_last(
    store: Store,
) -> None:
    hours = (-72, -48, -47, -24, 0)
    keep(store, [Ran(number, "press", each, True, True) for number, each in enumerate(hours, 1)])
    first, last = (NOW - dt.timedelta(days=2)).date(), (NOW - dt.timedelta(days=1)).date()
    assert overview.days_read(store, first, last) == 2
