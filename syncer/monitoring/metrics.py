"""What Prometheus reads. Everything but the histograms is computed from the store when it asks, so
that it is right whichever process did the work; no label names a person."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from syncer.app import App
from syncer.config import Config
from syncer.errors import StoreError
from syncer.monitoring import state
from syncer.store import deliveries, events, jobs, overview, problems
from syncer.store.deliveries import State

SECONDS = (0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300)
ENDED = (State.SENT, State.FAILED, State.CANCELLED)


class Metrics:
    """The metrics of one daemon."""

    def __init__(self, config: Config) -> None:
        """Count nothing yet, but know where the store is."""
        self._registry = CollectorRegistry()
        self._took = {
            "fetch": _histogram("syncer_fetch_seconds", "To fetch one page", self._registry),
            "parse": _histogram(
                "syncer_parse_seconds", "To parse and record one page", self._registry
            ),
        }
        self._registry.register(_FromStore(config))

    def timed(self, what: str, source: str, seconds: float) -> None:
        """Note how long a page of a source took to fetch, or to parse."""
        self._took[what].labels(source=source).observe(seconds)

    def text(self) -> bytes:
        """Return all of them in Prometheus's text format."""
        return generate_latest(self._registry)


def _histogram(name: str, what: str, registry: CollectorRegistry) -> Histogram:
    return Histogram(name, what, ["source"], buckets=SECONDS, registry=registry)


class _FromStore(Collector):
    """What the store says, each time it is asked. One that cannot be opened says nothing but that
    syncer is not well."""

    def __init__(self, config: Config) -> None:
        self._config = config

    def collect(self) -> Iterator[Metric]:
        """Yield each metric with its values."""
        try:
            with App(self._config, may_begin=False) as app:
                yield from _of_sources(app)
                yield from _of_jobs(app)
                yield from _of_messages(app)
                yield _healthy(not state.reasons(app))
        except StoreError:
            yield _healthy(False)

    def describe(self) -> Iterator[Metric]:
        """Yield nothing: what there is depends on the store."""
        yield from ()


def _healthy(is_well: bool) -> Metric:
    found = GaugeMetricFamily("syncer_healthy", "1 where /healthz would say so, else 0")
    found.add_metric([], float(is_well))
    return found


def _of_sources(app: App) -> Iterator[Metric]:
    good = GaugeMetricFamily(
        "syncer_source_last_good_read_timestamp_seconds",
        "When a source was last read to its end",
        labels=["source"],
    )
    for name, row in overview.last_runs(app.store, app.now).items():
        if row["last_good"]:
            good.add_metric([name], _seconds(row["last_good"]))
    yield good

    still_open = problems.still_open(app.store)
    count = Counter(row["source"] for row in problems.to_look_at(still_open))
    yield _gauge(
        "syncer_problems_open",
        "Open problems that are neither old nor acknowledged",
        "source",
        {row["source"]: count[row["source"]] for row in still_open},
    )


def _of_jobs(app: App) -> Iterator[Metric]:
    succeeded = {
        name: _seconds(row["succeeded"])
        for name, row in jobs.last_runs(app.store).items()
        if row["succeeded"]
    }
    yield _gauge(
        "syncer_job_last_success_timestamp_seconds",
        "When a job's last run without an error ended",
        "job",
        succeeded,
    )


def _of_messages(app: App) -> Iterator[Metric]:
    counts = deliveries.counts(app.store)
    waiting = {str(each): counts.get(each, 0) for each in State if each not in ENDED}
    yield _gauge("syncer_outbox_messages", "Messages that wait, by state", "state", waiting)

    told = CounterMetricFamily(
        "syncer_deliveries", "Messages that came to an end", labels=["state"]
    )
    for each in ENDED:
        told.add_metric([str(each)], counts.get(each, 0))
    yield told

    changes = CounterMetricFamily("syncer_events", "Changes noticed, by state", labels=["state"])
    for name, count in events.counts(app.store).items():
        changes.add_metric([name], count)
    yield changes


def _gauge(name: str, what: str, label: str, values: Mapping[str, float]) -> Metric:
    found = GaugeMetricFamily(name, what, labels=[label])
    for value, number in values.items():
        found.add_metric([value], number)
    return found


def _seconds(moment: str) -> float:
    return dt.datetime.fromisoformat(moment).timestamp()
