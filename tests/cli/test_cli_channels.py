"""Chats and webhooks, as typed; and a secret that is planted in their addresses and keys, and looked
for in everything that any command says or writes."""

from __future__ import annotations

import json
import logging
import sqlite3
import stat
import sys
import tomllib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from office import CONFIG, Office
from receiver import Receiver
from test_every_command import READING

from syncer.cli import main

SECRET = "PLANTED5ecret"
DAY = "2026-01-05T08:30+00:00"
LATER = "2026-01-05T08:45+00:00"


class Desk:
    """The command line over one office."""

    def __init__(self, folder: Path, office: Office) -> None:
        self.folder, self.office, self.now = folder, office, DAY
        self.said: list[str] = []

    def __call__(self, *words: str, stdin: str = "") -> Result:
        config = ["--config", str(self.folder / "config.toml"), "--now", self.now]
        result = CliRunner().invoke(main, [*config, *words], input=stdin)
        assert isinstance(result.exception, SystemExit | None), result.exception
        self.said.append(result.output)
        return result


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    allowed = '[webhooks]\nallow_hosts = ["127.0.0.1"]\n'
    with Office(tmp_path, CONFIG + allowed) as office:
        yield Desk(tmp_path, office)


def hook(receiver: Receiver) -> str:
    return f"http://127.0.0.1:{receiver.port}/{SECRET}"


def room(receiver: Receiver) -> str:
    return f"mmost://127.0.0.1:{receiver.port}/{SECRET.lower()}token"


def test_a_webhook_is_active_at_once_and_its_key_is_said_once(
    desk: Desk, receiver: Receiver
) -> None:
    first = desk("subscribe", hook(receiver), "--region", "Yorkshire", "--label", "Our hook")
    again = desk("subscribe", hook(receiver), "--council", "leeds")
    rows = json.loads(desk("subscribers", "our hook", "--json").stdout)
    line, key = first.stdout.splitlines()
    assert line.startswith("Our hook (webhook, 127.0.0.1): ") and key.startswith("whsec_")
    assert (again.exit_code, "whsec_" in again.output) == (0, False)
    assert [(row["address"], row["state"], row["channel"], row["host"]) for row in rows] == [
        ("Our hook", "active", "webhook", "127.0.0.1")
    ] * 2


def test_as_json_the_key_is_a_value_and_labels_are_made_unique(
    desk: Desk, receiver: Receiver
) -> None:
    said = [
        json.loads(desk("subscribe", f"{hook(receiver)}/{name}", "--json").stdout)
        for name in ("a", "b")
    ]
    assert [each["address"] for each in said] == ["webhook-127.0.0.1", "webhook-127.0.0.1-2"]
    assert all(each["signing_key"].startswith("whsec_") for each in said)
    assert [each["confirmation"] for each in said] == [None, None]


def test_an_address_can_be_read_from_stdin_and_stays_out_of_the_history(
    desk: Desk, receiver: Receiver
) -> None:
    result = desk("subscribe", "-", "--label", "room", stdin=room(receiver) + "\n")
    assert result.exit_code == 0 and result.stdout.startswith("room (mattermost, 127.0.0.1): ")


@pytest.mark.parametrize(
    ("address", "name"),
    [
        (f"json://example.org/{SECRET}", "BadAddress"),
        (f"mailto://{SECRET}:x@example.org", "BadAddress"),
        (f"http://hooks.example.org/{SECRET}", "BadAddress"),
        (f"https://user:{SECRET}@hooks.example.org/", "BadAddress"),
        (f"https://10.1.2.3/{SECRET}", "HostForbidden"),
        (f"https://localhost/{SECRET}", "HostForbidden"),
        (f"https:///{SECRET}", "BadAddress"),
        (f"https://example.org/{SECRET} x", "BadAddress"),
        (f"mmost://chat.example.org/{SECRET}", "BadAddress"),
        (f"slack://{SECRET}", "BadAddress"),
        (f"mmosts://chat.example.org/{SECRET}abcdefgh?to=one,two", "BadAddress"),
    ],
)
def test_what_is_refused_is_refused_with_a_name_and_without_the_address(
    desk: Desk, address: str, name: str
) -> None:
    result = desk("subscribe", address, "--council", "leeds")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"error: {name}: ") and SECRET not in result.output


def test_without_the_library_a_chat_is_refused_and_what_to_install_is_said(
    desk: Desk, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)  # as Python has it where it is not installed
    refused = desk("subscribe", room(receiver), "--council", "leeds")
    taken = desk("subscribe", hook(receiver), "--council", "leeds")
    assert (refused.exit_code, taken.exit_code) == (2, 0)
    assert "ChatUnavailable" in refused.stderr and "syncer[chat]" in refused.stderr


@pytest.mark.parametrize("label", ["a@b", "a/b", "12", "-x", "x" * 61, "a\nb"])
def test_a_label_cannot_be_taken_for_anything_else(
    desk: Desk, receiver: Receiver, label: str
) -> None:
    assert desk("subscribe", hook(receiver), f"--label={label}").exit_code == 2


def test_a_label_is_one_channel_s_and_no_mail_address_has_one(
    desk: Desk, receiver: Receiver
) -> None:
    desk("subscribe", hook(receiver), "--label", "One")
    taken = desk("subscribe", room(receiver), "--label", "one")
    mail = desk("subscribe", "ada@example.org", "--label", "Ada")
    assert (taken.exit_code, mail.exit_code) == (2, 2)
    assert "another channel is called one" in taken.stderr


def test_every_command_that_takes_an_address_takes_a_label(desk: Desk, receiver: Receiver) -> None:
    desk("subscribe", hook(receiver), "--label", "our hook")
    for words in (["pause"], ["resume"], ["confirm"], ["explain"], ["subscribers"], ["test-mail"]):
        assert desk(*words, "our hook").exit_code == 0, words
    assert desk("digest", "--to", "our hook", "--preview").exit_code == 0
    assert desk("unsubscribe", "our hook").exit_code == 0
    assert desk("erase", "our hook").exit_code == 0
    assert desk("subscribers", "our hook").exit_code == 2
    (posted,) = receiver.posted
    assert posted.json == {"delivery": 0, "changes": []}


def test_an_erased_channel_leaves_neither_address_nor_key(desk: Desk, receiver: Receiver) -> None:
    key = desk("subscribe", hook(receiver), "--label", "our hook").stdout.splitlines()[-1]
    desk("erase", "our hook")
    kept = b"".join(path.read_bytes() for path in desk.folder.glob("s.db*") if path.is_file())
    assert SECRET.encode() not in kept and key.encode() not in kept


@pytest.mark.parametrize("form", ["toml", "csv"])
def test_with_secrets_a_file_of_our_own_brings_everything_back(
    desk: Desk, receiver: Receiver, tmp_path: Path, form: str
) -> None:
    desk("subscribe", hook(receiver), "--label", "our hook", "--council", "leeds")
    desk("subscribe", room(receiver), "--label", "room", "--weekly", "monday", "7")
    file = tmp_path / f"who.{form}"
    file.write_text("was there, for all to read")
    file.chmod(0o644)
    desk("subscribers", "--export", str(file), "--with-secrets")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and SECRET in file.read_text()

    with closing(sqlite3.connect(tmp_path / "s.db")) as store:
        before = store.execute("SELECT address, secret_address, signing_key FROM subscribers")
        known = sorted(before.fetchall())
    desk("erase", "our hook")
    desk("erase", "room")
    assert desk("subscribers", "--import", str(file)).exit_code == 0
    with closing(sqlite3.connect(tmp_path / "s.db")) as store:
        after = store.execute(
            "SELECT address, secret_address, signing_key FROM subscribers WHERE address <> ''"
        )
        assert sorted(after.fetchall()) == known


def test_a_plain_export_leaves_secrets_out_and_its_import_says_so(
    desk: Desk, receiver: Receiver, tmp_path: Path
) -> None:
    desk("subscribe", hook(receiver), "--label", "our hook", "--council", "leeds")
    file = tmp_path / "who.toml"
    desk("subscribers", "--export", str(file))
    (entry,) = tomllib.loads(file.read_text())["subscriber"]
    assert set(entry) == {"address", "channel", "state", "all_quiet", "subscription"}
    assert desk("subscribers", "--import", str(file)).exit_code == 0  # it is there, by its label
    desk("erase", "our hook")
    refused = desk("subscribers", "--import", str(file))
    assert refused.exit_code == 2 and "--with-secrets" in refused.output


def test_one_that_was_ended_comes_back_with_a_new_key_and_stays_out_of_an_import(
    desk: Desk, receiver: Receiver, tmp_path: Path
) -> None:
    first = desk("subscribe", hook(receiver), "--label", "old name").stdout.splitlines()[-1]
    desk("unsubscribe", "old name")
    file = tmp_path / "who.toml"
    desk("subscribers", "--export", str(file), "--with-secrets")
    assert desk("subscribers", "--import", str(file)).exit_code == 0
    again = desk("subscribe", hook(receiver), "--label", "new name").stdout.splitlines()[-1]
    assert again.startswith("whsec_") and again != first
    assert [row["address"] for row in json.loads(desk("subscribers", "--json").stdout)] == [
        "new name"
    ]


def test_a_restored_copy_keeps_what_was_subscribed_since_and_says_its_label_alone(
    desk: Desk, receiver: Receiver
) -> None:
    desk("subscribe", room(receiver), "--label", "room")
    desk("backup")
    (copy,) = (desk.folder / "backups").glob("*.db")
    desk("subscribe", hook(receiver), "--label", "our hook")
    desk.office.app.__exit__(None, None, None)
    restored = desk("restore", str(copy))
    assert restored.exit_code == 0 and "our hook" in restored.output
    assert desk("test-mail", "our hook").exit_code == 0
    assert desk("test-mail", "room").exit_code == 0
    assert SECRET.lower() not in restored.output.lower() and len(receiver.posted) == 2


def test_a_planted_secret_is_in_nothing_that_is_said_or_written(
    desk: Desk, receiver: Receiver, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    key = desk("subscribe", hook(receiver), "--label", "our hook").stdout.splitlines()[-1]
    desk.said.clear()
    desk("subscribe", room(receiver), "--label", "room", "--all-quiet", "weekly")
    desk("digest")
    desk.office.happens()
    desk.now = LATER
    desk("digest")
    receiver.answer(410)
    receiver.answer(404)
    with caplog.at_level(logging.DEBUG):
        desk("jobs", "send")
    desk.said.append(caplog.text)
    desk("jobs", "check")
    desk("status", "--check")
    for name, (first, *_) in READING.items():
        desk(name, *first.split())
        desk(name, *first.split(), "--json")
    for label in ("our hook", "room"):
        desk("subscribers", label)
        desk("explain", label, "--json")
        desk("digest", "--to", label, "--preview")
    desk("outbox", "show", "1", "--raw")
    desk("outbox", "show", "2", "--json")
    desk("pause", hook(receiver))
    desk("pause", f"https://elsewhere.example/{SECRET}")
    desk("subscribers", "--export", str(tmp_path / "who.csv"))
    desk("export-db", str(tmp_path / "public.db"))
    assert len(receiver.posted) >= 2

    said = "\n".join(desk.said).lower()
    assert SECRET.lower() not in said and key.lower() not in said
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    exposing = [
        path.name
        for path in written
        if SECRET.lower().encode() in path.read_bytes().lower() and not _is_store(path)
    ]
    assert exposing == []


def _is_store(path: Path) -> bool:
    return path.name.startswith(("s.db", "syncer-"))
