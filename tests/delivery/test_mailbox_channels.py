"""The whole way to a webhook and into a chat, beside the mailbox: sync, digest and send over a
stretch of the replay, while every third request is refused for a while. The webhook has each line
once, by its key; the chat each message once."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from expected_lines import lines, walking_days
from receiver import Answer, Receiver
from replay import Replay
from test_mailbox import (
    DAYS_OF_2024,
    LONG,
    REGISTER,
    Told,
    as_told,
    received,
    visit_of,
)

from syncer.app import App
from syncer.model import Subscription
from syncer.pipeline.notify import notify
from syncer.pipeline.send import send
from syncer.store import channels, events, outbox, people
from syncer.store.outbox import State
from syncer.subscriptions.channels import read

ADA, HOOK, ROOM = "everything@example.org", "receiver", "room"
EVERYTHING = Subscription(0, 0)


@pytest.fixture
def replay(shared: Path, tmp_path: Path) -> Iterator[Replay]:
    with Replay(shared, tmp_path / "post") as replay:
        yield replay


@pytest.fixture
def web() -> Iterator[Receiver]:
    with Receiver() as receiver:
        turns = count(1)
        overloaded = Answer(503, {"Retry-After": "600"})
        receiver.judge = lambda posted: None if next(turns) % 3 else overloaded
        yield receiver


def post(replay: Replay) -> None:
    with App(replay.config, replay.now) as app:
        notify(app)
        send(app)


def walk(replay: Replay, web: Receiver, began: dt.date, ended: dt.date) -> None:
    replay.walk([began])
    with App(replay.config, replay.now) as app:
        ada = people.add(app.store, ADA, app.now, all_quiet="off")
        base = f"127.0.0.1:{web.port}"
        hook = channels.add(app.store, read(f"http://{base}/{HOOK}"), HOOK, app.now)
        room = channels.add(app.store, read(f"mmost://{base}/{ROOM}-{ROOM}-{ROOM}"), ROOM, app.now)
        for person in (ada, hook.subscriber, room.subscriber):
            people.subscribe(app.store, person.id, EVERYTHING, events.last_seq(app.store))
        people.confirm(app.store, ada.id, app.now)
    post(replay)
    for day in walking_days(replay.shared, began, ended):
        replay.walk([day])
        post(replay)
    web.judge = lambda posted: None
    for days in range(1, 4):
        replay.at(ended + dt.timedelta(days=days))
        post(replay)


def told_by(change: Mapping[str, Any]) -> Told:
    """A change as the mailbox has it."""
    published = dt.date.fromisoformat(change["published"])
    if change["record"] == "visit":
        return published, change["council_name"], visit_of(change["title"]), ""
    new = "" if change["change"] == "no_longer_judged" else change["new"].replace("_", " ")
    return published, change["council_name"], change["area"], new


def posted_to_hook(web: Receiver) -> Counter[Told]:
    """Every line that the webhook has, each delivery once."""
    by_key = {each.headers["idempotency-key"]: each for each in web.taken if HOOK in each.path}
    found: Counter[Told] = Counter()
    for posted in by_key.values():
        found.update(told_by(change) for change in posted.json["changes"])
    return found


def check(replay: Replay, web: Receiver, began: dt.date, ended: dt.date) -> None:
    walk(replay, web, began, ended)
    wanted = Counter(as_told(line) for line in lines(replay.shared, began, ended))
    assert posted_to_hook(web) == wanted == Counter(told for _, told in received(replay).elements())
    texts = Counter(each.json["text"] for each in web.taken if ROOM in each.path)
    with App(replay.config, replay.now) as app:
        mine = [each for each in outbox.listing(app.store) if each.recipient == ROOM]
        written = Counter(outbox.body(app.store, each.id).decode() for each in mine)
    assert {each.state for each in mine} == {State.SENT}
    assert texts == written and len(written) > 1
    assert len(web.posted) > len(web.taken)


def allow_loopback(replay: Replay, more: str = "") -> None:
    allowed = '[webhooks]\nallow_hosts = ["127.0.0.1"]\n'
    replay.configure(f"{replay.config_path.read_text()}\n{allowed}{more}")


def test_a_webhook_has_each_line_once_and_a_chat_each_message(
    replay: Replay, web: Receiver
) -> None:
    began, _, ended = DAYS_OF_2024
    about = {REGISTER.by_gss(x.council).slug for x in lines(replay.shared, began, ended)}
    allow_loopback(replay, f"[sources.ofsted_reports]\ncouncils = {sorted(about)}\n")
    check(replay, web, began, ended)


@pytest.mark.torture
def test_three_years_reach_a_webhook_and_a_chat(replay: Replay, web: Receiver) -> None:
    allow_loopback(replay)
    check(replay, web, LONG[0], LONG[2])
