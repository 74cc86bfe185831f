"""A small store of every version is kept (tools/keep_store.py): each is opened by this one, with all
that it knew."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from itsdangerous import URLSafeSerializer

from syncer.app import App
from syncer.config import load_config
from syncer.model import Frequency
from syncer.operations import self_service
from syncer.pipeline.send import send
from syncer.store import Store, copies, deliveries, people, problems
from syncer.store.deliveries import State

STORES = sorted((Path(__file__).parent / "stores").glob("*.sql"))
WITHOUT_KEYS = ("0.1.0-2026-11-26",)
"""Their links name the number of a person."""


@pytest.fixture(params=STORES, ids=[path.stem for path in STORES])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> App:
    with closing(sqlite3.connect(tmp_path / "s.db")) as raw:
        raw.executescript(request.param.read_text(encoding="utf-8"))
    config = tmp_path / "config.toml"
    config.write_text('[store]\npath = "s.db"\n', encoding="utf-8")
    return App(load_config(config))


def test_everybody_is_there_as_they_were_and_what_waits_leaves(app: App) -> None:
    with app:
        states = {person.address.partition("@")[0]: person.state for person in everybody(app.store)}
        assert states == {
            "ada": "active",
            "bob": "active",
            "cy": "pending",
            "dee": "unsubscribed",
            "eve": "paused",
        }
        (money,) = people.find(app.store, "bob@example.org").subscriptions
        assert (money.regions, money.kinds, money.minimum_pounds) == (
            ("London",),
            ("money",),
            50000,
        )
        assert (money.frequency, money.weekday, money.hour) == (Frequency.WEEKLY, "friday", 16)
        assert [row["name"] for row in problems.still_open(app.store, "ofsted_reports")] == [
            "Unreachable"
        ]
        assert send(app).count(State.SENT) == 1
        assert deliveries.counts(app.store)[State.SENT] > 1


def test_a_copy_of_it_is_kept_and_the_new_one_is_sound(app: App) -> None:
    with app:
        assert app.store.path.exists()
    copies.verify(app.config.store.path)
    kept = list((app.config.store.path.parent / "backups").glob("before-upgrade-*"))
    assert len(kept) <= 1
    for copy in kept:
        copies.verify(copy)


def test_the_links_in_its_mails_still_stop_them(app: App, request: pytest.FixtureRequest) -> None:
    if not request.node.callspec.id.startswith(WITHOUT_KEYS):
        pytest.skip("its links have keys, which tests/subscriptions tries")
    with app:
        ada = people.find(app.store, "ada@example.org")
        old = URLSafeSerializer(people.secret(app.store), salt="syncer.link")
        token = old.dumps(["unsubscribe", ada.id])
        self_service.leave(app, token)
        assert people.get(app.store, ada.id).state == "unsubscribed"


def everybody(store: Store) -> list[people.Subscriber]:
    return people.listing(store)
