"""Read every enabled source, the ratings first, and write down what changed."""

from __future__ import annotations

from syncer.app import App
from syncer.monitoring import ping
from syncer.pipeline.sync import counted, sync
from syncer.sources import load


def run(app: App) -> dict[str, int]:
    names = app.config.reading_order()
    reports = []
    for name in names:
        if not app.stopping():
            reports.append(sync(app, load(name)))

    read_well = [report for report in reports if report.complete]
    if len(read_well) == len(names):
        ping.call(app.config.monitor)
    return counted(reports)
