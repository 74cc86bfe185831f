"""The inbox on a real IMAP server (Dovecot): what is read, what is marked, and what is said when it
cannot be."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from dovecot import PASSWORD, TOKEN, USER, Dovecot
from mailroom import Mailroom, answer

ADA = "ada@example.org"
SECRETS = (PASSWORD, TOKEN, "wrong-password", "wrong-token")


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with Dovecot() as server:
        yield server


def by_password(server: Dovecot, folder: Path, more: str = "", password: str = PASSWORD) -> str:
    """An `[inbox]` that logs in with the password in a file."""
    (folder / "password").write_text(password + "\n")
    return (
        f'[inbox]\nimap_host = "localhost"\nimap_port = {server.tls_port}\nimap_user = "{USER}"\n'
        f'imap_password_file = "password"\nimap_ca_file = "{server.authority}"\n{more}'
    )


def by_token(server: Dovecot, folder: Path, printed: str, more: str = "") -> str:
    """An `[inbox]` that logs in with what a command prints."""
    command = folder / "token"
    command.write_text(f"#!/bin/sh\n{printed}\n")
    command.chmod(stat.S_IRWXU)
    return (
        f'[inbox]\nimap_host = "localhost"\nimap_port = {server.tls_port}\nimap_user = "{USER}"\n'
        f'imap_token_command = ["{command}"]\nimap_ca_file = "{server.authority}"\n{more}'
    )


def test_answers_on_the_server_are_done_once_and_marked(server: Dovecot, tmp_path: Path) -> None:
    room = Mailroom(tmp_path, by_password(server, tmp_path, 'imap_folder = "Answers"\n'))
    room.reader(ADA)
    mails = answer(room.sent(ADA), ADA, "pause"), answer("", "who@example.net", "Who are you?")
    server.deliver(*(mail.encode() for mail in mails), folder="Answers")
    told = room.read()
    assert [message["outcome"] for message in told] == ["done", "not_understood"]
    assert told[0]["file"].startswith("Answers/") and room.state(ADA) == "paused"
    assert all("SyncerRead" in flags and "Seen" in flags for flags in server.flags("Answers"))
    room.run("resume", ADA)
    assert (room.read(), room.state(ADA)) == ([], "active")


def test_a_run_that_ended_between_the_deed_and_the_mark_does_nothing_again(
    server: Dovecot, tmp_path: Path
) -> None:
    room = Mailroom(tmp_path, by_password(server, tmp_path, 'imap_folder = "Marked"\n'))
    room.reader(ADA)
    server.deliver(answer(room.sent(ADA), ADA, "pause").encode(), folder="Marked")
    room.read()
    client = server.client()
    client.select("Marked")
    client.store("1", "FLAGS", "()")
    client.logout()
    room.run("resume", ADA)
    assert (room.read(), room.state(ADA)) == ([], "active")
    assert "SyncerRead" in server.flags("Marked")[0]


def test_what_somebody_has_looked_at_first_is_read_all_the_same(
    server: Dovecot, tmp_path: Path
) -> None:
    room = Mailroom(tmp_path, by_password(server, tmp_path, 'imap_folder = "Looked"\n'))
    room.reader(ADA)
    server.deliver(answer(room.sent(ADA), ADA, "stop").encode(), folder="Looked")
    client = server.client()
    client.select("Looked")
    client.fetch("1", "(BODY[])")
    client.logout()
    assert "Seen" in server.flags("Looked")[0]
    assert room.read()[0]["outcome"] == "done"


@pytest.mark.parametrize("line", ["tls", "starttls", "none"])
def test_a_token_that_a_command_prints_logs_in_on_every_line(
    server: Dovecot, tmp_path: Path, line: str
) -> None:
    more = f'imap_security = "{line}"\n'
    inbox = by_token(server, tmp_path, f"echo {TOKEN}", more)
    if line != "tls":
        inbox = inbox.replace(str(server.tls_port), str(server.plain_port))
    assert Mailroom(tmp_path, inbox).run("inbox").exit_code == 0


def _wrong(how: str, server: Dovecot, folder: Path) -> str:
    """An `[inbox]` with this fault."""
    match how:
        case "password":
            return by_password(server, folder, password="wrong-password")
        case "token":
            return by_token(server, folder, "echo wrong-token")
        case "no token":
            return by_token(server, folder, f"echo {TOKEN} >&2; exit 3")
        case "two lines":
            return by_token(server, folder, f"echo {TOKEN}; echo {TOKEN}")
        case "no command":
            return by_token(server, folder, "true").replace("/token", "/nothing")
        case "no folder":
            return by_password(server, folder, 'imap_folder = "Nowhere"\n')
        case "authority":
            return by_password(server, folder).replace("imap_ca_file", "# imap_ca_file")
    return by_password(server, folder).replace(str(server.tls_port), "1")


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("password", "refused the login"),
        ("token", "refused the login"),
        ("no token", "imap_token_command ended with 3"),
        ("two lines", "printed no token"),
        ("no command", "could not be run"),
        ("no folder", "did not open the folder"),
        ("authority", "could not be trusted"),
        ("port", "could not be used"),
    ],
)
def test_what_is_wrong_is_said_and_no_secret_is(
    server: Dovecot, tmp_path: Path, how: str, says: str
) -> None:
    result = Mailroom(tmp_path, _wrong(how, server, tmp_path)).run("inbox")
    assert (result.exit_code, says in result.stderr) == (1, True), result.stderr
    assert not [secret for secret in SECRETS if secret in result.output]


def test_a_long_message_is_fetched_in_part(server: Dovecot, tmp_path: Path) -> None:
    room = Mailroom(tmp_path, by_password(server, tmp_path, 'imap_folder = "Long"\n'))
    room.reader(ADA)
    mail = answer(room.sent(ADA), ADA, "stop") + "\n> quoted" * 400_000
    server.deliver(mail.encode(), folder="Long")
    assert room.read()[0]["outcome"] == "done"
