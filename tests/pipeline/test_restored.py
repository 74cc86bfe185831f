"""After a restore the sites are read again, and what was told is found again: nobody is told
twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from records import grades
from small_world import SmallWorld

from syncer.app import App
from syncer.model import Subscription
from syncer.operations import backups
from syncer.operations.restoring import restore
from syncer.pipeline.notify import notify
from syncer.pipeline.send import send
from syncer.store import outbox, people

ADA = "ada@example.org"
ALL = Subscription(0, 0)


@pytest.fixture
def world(tmp_path: Path) -> SmallWorld:
    return SmallWorld(tmp_path, "leeds", "york", day="2024-03-01")


def told(world: SmallWorld) -> list[int]:
    """Write what is to be told now, and send it; the numbers of the messages."""
    with App(world.config, world.now) as app:
        found = notify(app)
        send(app)
        return found


def follow_all(world: SmallWorld) -> None:
    """Ada follows everything, and has had the welcome."""
    with App(world.config, world.now) as app:
        person = people.add(app.store, ADA, app.now)
        people.subscribe(app.store, person.id, ALL, 0)
        people.confirm(app.store, person.id, app.now)
    told(world)


def test_what_was_read_and_told_after_the_copy_is_read_again_and_not_told_again(
    world: SmallWorld,
) -> None:
    with world:
        world.report("leeds", "2021-05-10", grades("good"))
        world.report("york", "2021-05-10", grades("good"))
        world.sync()
        follow_all(world)
        with App(world.config, world.now) as app:
            copy = backups.back_up(app)
        world.report("leeds", "2024-03-04", grades("inadequate", leavers="good"))
        world.at("2024-04-16")
        assert world.sync().events
        assert len(told(world)) == 1
        known = [event.id for event in world.events()]
        restore(copy, world.config.store.path, world.now)
        world.at("2024-04-17")
        world.sync()
        assert told(world) == [] and [event.id for event in world.events()] == known
        world.report("york", "2024-03-11", grades("outstanding", leavers="good"))
        world.at("2024-04-24")
        world.sync()
        (number,) = told(world)
        with App(world.config, world.now) as app:
            assert "York" in outbox.show(app.store, number).subject


def test_what_is_told_before_the_sites_are_read_again_has_the_address_of_its_report(
    world: SmallWorld,
) -> None:
    with world:
        world.report("leeds", "2021-05-10", grades("good"))
        world.sync()
        follow_all(world)
        with App(world.config, world.now) as app:
            copy = backups.back_up(app)
        new = world.report("leeds", "2024-03-04", grades("inadequate", leavers="good"))
        world.at("2024-04-16")
        world.sync()
        restore(copy, world.config.store.path, world.now)
        (number,) = told(world)
        with App(world.config, world.now) as app:
            assert f"/files/v1/file/{new.file_id}".encode() in outbox.body(app.store, number)
