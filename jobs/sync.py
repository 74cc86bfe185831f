"""Read every enabled source and write down what changed."""

from __future__ import annotations

from syncer.app import App
from syncer.pipeline.sync import sync
from syncer.sources import load


def run(app: App) -> None:
    for name in app.config.enabled_sources():
        if not app.stopping():
            sync(app, load(name))
