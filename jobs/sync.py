"""Read every enabled source and write down what changed."""

from __future__ import annotations

from syncer.app import Desk
from syncer.pipeline.sync import sync
from syncer.sources import load


def run(desk: Desk) -> None:
    for name in desk.config.enabled_sources():
        if not desk.stopping():
            sync(desk, load(name))
