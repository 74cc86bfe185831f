"""What goes wrong is said in the operator's own channel, whatever the mail server does."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from office import CONFIG, Office
from receiver import Drop, Receiver

import jobs.send
from syncer.config import load_config
from syncer.errors import ConfigError
from syncer.model import Problem
from syncer.monitoring import watched
from syncer.store import problems

DEAD_MAIL = '[mail]\ntransport = "smtp"\nsmtp_host = "127.0.0.1"\nsmtp_port = 9\n'
ALLOWED = '[webhooks]\nallow_hosts = ["127.0.0.1"]\n'
Open = Callable[[str], Office]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Opens an office whose mail server is dead, with this in `[operator]`."""
    offices = []

    def open_office(channel: str) -> Office:
        config = CONFIG.replace("[mail]\n", DEAD_MAIL) + ALLOWED
        config = config.replace("[operator]\n", f"[operator]\n{channel}\n")
        offices.append(Office(tmp_path, config))
        return offices[-1]

    yield open_office
    for office in offices:
        office.app.__exit__(None, None, None)


def hook(receiver: Receiver) -> str:
    return f"http://127.0.0.1:{receiver.port}/S3cret"


def wrong(office: Office, name: str, message: str = "it is down") -> None:
    with office.store.writing():
        problems.note(office.store, name, [Problem(name, message)], office.now)


def run(office: Office) -> None:
    watched.run(office.app, "send", jobs.send)


def test_a_dead_mail_server_is_heard_of_once(opened: Open, receiver: Receiver) -> None:
    office = opened(f'channel = "{hook(receiver)}"')
    office.follows("ada@example.org", welcomed=False)
    office.notify()
    run(office)
    run(office)
    (posted,) = receiver.posted
    (problem,) = posted.json["problems"]
    assert problem["name"] == "TransportUnavailable" and "127.0.0.1:9" in problem["message"]
    assert posted.headers["webhook-id"] == posted.headers["idempotency-key"] == "problem-1"


def test_what_begins_together_is_one_message_and_names_nobody(
    opened: Open, receiver: Receiver
) -> None:
    office = opened(f'channel = "mmost://127.0.0.1:{receiver.port}/tokentokentoken"')
    wrong(office, "SourceQuiet")
    wrong(office, "DeliveryFailed", "ada@example.org: 550 no such user")
    run(office)
    (posted,) = receiver.posted
    assert posted.json["text"] == (
        "syncer: two problems began (`syncer problems` lists all)\n"
        "- SourceQuiet: it is down\n"
        "- DeliveryFailed: (address): 550 no such user"
    )


def test_the_address_may_lie_in_a_file(opened: Open, receiver: Receiver, tmp_path: Path) -> None:
    (tmp_path / "channel").write_text(hook(receiver) + "\n")
    office = opened('channel_file = "channel"')
    wrong(office, "SourceQuiet")
    run(office)
    assert len(receiver.posted) == 1


@pytest.mark.parametrize("status", [500, 403])
def test_one_that_was_refused_is_a_warning_and_is_tried_again(
    opened: Open, receiver: Receiver, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    office = opened(f'channel = "{hook(receiver)}"')
    wrong(office, "SourceQuiet")
    receiver.answer(status)
    receiver.answer(status)
    with caplog.at_level(logging.WARNING):
        for _ in range(4):
            run(office)
    warnings = [r.getMessage() for r in caplog.records if r.name == "syncer.monitoring.alarm"]
    assert len(receiver.posted) == 3 and len(warnings) == 1
    assert warnings[0].endswith(f"127.0.0.1 answered {status}") and "S3cret" not in caplog.text


def test_one_whose_reply_was_lost_is_not_said_again(opened: Open, receiver: Receiver) -> None:
    office = opened(f'channel = "{hook(receiver)}"')
    wrong(office, "SourceQuiet")
    receiver.fail(Drop())
    run(office)
    run(office)
    assert len(receiver.posted) == 1


def test_old_and_acknowledged_problems_are_not_said(opened: Open, receiver: Receiver) -> None:
    office = opened(f'channel = "{hook(receiver)}"')
    wrong(office, "SourceQuiet")
    (problem,) = problems.still_open(office.store)
    with office.store.writing():
        problems.acknowledge(office.store, problem["id"], "me", "known", office.now)
    run(office)
    assert receiver.posted == []


@pytest.mark.parametrize("channel", ["json://S3cret", "S3cret", "https:///S3cret"])
def test_what_is_no_chat_or_webhook_is_a_fault_of_the_configuration(
    tmp_path: Path, channel: str
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f'[operator]\nchannel = "{channel}"\n')
    with pytest.raises(ConfigError, match=r"operator.channel: ") as fault:
        load_config(path)
    assert "S3cret" not in str(fault.value)
