"""digest, send, outbox, explain and test-mail, as typed."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from office import CONFIG, Office
from smtp_server import RecordingServer, Reply

from syncer.cli import main
from syncer.model import Change, Frequency, Subscription

Invoke = Callable[..., Result]
ADA, BOB = "ada@example.org", "bob@example.org"
DAY = "2026-01-05T08:30+00:00"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Office(tmp_path) as office:
        yield office


@pytest.fixture
def invoke(tmp_path: Path) -> Invoke:
    def run(*args: str) -> Result:
        return CliRunner().invoke(
            main, ["--config", str(tmp_path / "config.toml"), "--now", DAY, *args]
        )

    return run


def mail_by(server: RecordingServer, folder: Path) -> None:
    """From now on messages go to this server."""
    smtp = f'[mail]\ntransport = "smtp"\nsmtp_host = "127.0.0.1"\nsmtp_port = {server.port}\n'
    (folder / "config.toml").write_text(CONFIG.replace("[mail]\n", smtp))


# -- digest ----------------------------------------------------------------------------------------


def test_digest_says_what_was_queued_and_then_that_there_is_nothing(
    office: Office, invoke: Invoke
) -> None:
    office.follows(ADA)
    office.happens()
    first, again = invoke("digest"), invoke("digest")
    assert "Leeds: leadership good → inadequate" in first.stdout and (
        first.exit_code,
        again.exit_code,
    ) == (0, 0)
    assert (again.stdout, again.stderr) == ("", "Nobody is to be told anything now.\n")


def test_digest_to_one_writes_to_nobody_else(office: Office, invoke: Invoke) -> None:
    for address in (ADA, BOB):
        office.follows(address)
    office.happens()
    assert [row["to"] for row in json.loads(invoke("digest", "--to", BOB, "--json").stdout)] == [
        BOB
    ]


def test_a_preview_shows_what_waits_even_before_it_is_due_and_writes_nothing(
    office: Office, invoke: Invoke
) -> None:
    office.follows(ADA, Subscription(0, 0, councils=("leeds",), frequency=Frequency.WEEKLY))
    office.happens()
    before = contents(office)
    result = invoke("digest", "--to", ADA, "--preview")
    page = Path(result.stdout.strip())
    assert "good → inadequate" in result.stderr and "inadequate" in page.read_text(encoding="utf-8")
    assert contents(office) == before


def contents(office: Office) -> str:
    with closing(sqlite3.connect(office.store.path)) as connection:
        statements = "\n".join(connection.iterdump())
    return hashlib.sha256(statements.encode()).hexdigest()


def test_a_preview_of_nothing_says_why(office: Office, invoke: Invoke) -> None:
    office.follows(ADA)
    assert "nothing has happened since" in invoke("digest", "--to", ADA, "--preview").stderr
    office.happens(council="york")
    assert "none passes the filters" in invoke("digest", "--to", ADA, "--preview").stderr
    invoke("pause", ADA)
    assert "is paused" in invoke("digest", "--to", ADA, "--preview").stderr


def test_a_preview_without_an_address_is_a_wrong_use(office: Office, invoke: Invoke) -> None:
    assert (
        invoke("digest", "--preview").exit_code,
        invoke("digest", "--to", "x@example.org").exit_code,
    ) == (2, 2)


# -- send and outbox -------------------------------------------------------------------------------


def test_send_prints_each_outcome_and_the_message_lies_in_the_maildir(
    office: Office, invoke: Invoke
) -> None:
    office.follows(ADA)
    office.happens()
    invoke("digest")
    (row,) = json.loads(invoke("send", "--json").stdout)
    assert (row["to"], row["state"]) == (ADA, "sent")
    assert (office.folder / "maildir" / "new" / row["reply"].removeprefix("kept as ")).exists()
    assert invoke("send").stderr == "Nothing was due to be sent.\n"


def test_send_is_exit_1_when_something_failed_anew_and_not_again_for_the_same(
    office: Office, invoke: Invoke
) -> None:
    office.follows(ADA)
    office.happens()
    invoke("digest")
    with RecordingServer() as server:
        mail_by(server, office.folder)
    codes = [(result := invoke("send")).exit_code, invoke("send").exit_code]
    assert (
        codes == [1, 0]
        and "TransportUnavailable" in result.stderr
        and "Nothing was due" not in result.stderr
    )


def test_the_outbox_lists_shows_and_sends_again(office: Office, invoke: Invoke) -> None:
    office.follows(ADA)
    office.happens()
    invoke("digest")
    assert (
        "queued" in invoke("outbox").stdout
        and invoke("outbox", "list").stdout == invoke("outbox").stdout
    )
    text, html, raw = (
        invoke("outbox", "show", "2", *form).stdout for form in ((), ("--html",), ("--raw",))
    )
    assert (
        "Subject: Leeds: leadership good → inadequate" in text
        and "<html" in html
        and "Message-ID: <" in raw
    )
    assert json.loads(invoke("outbox", "show", "2", "--json").stdout)["headers"]["To"] == ADA
    invoke("send")
    refused = invoke("outbox", "resend", "2")
    assert (
        refused.exit_code,
        "cannot be sent again" in refused.stderr,
        invoke("outbox", "show", "99").exit_code,
    ) == (2, True, 2)


# -- test-mail -------------------------------------------------------------------------------------


def test_a_test_mail_goes_out_at_once_and_prints_what_the_server_says(
    office: Office, invoke: Invoke
) -> None:
    with RecordingServer() as server:
        mail_by(server, office.folder)
        result = invoke("test-mail", ADA)
        assert (result.exit_code, result.stdout) == (0, "smtp: 250 2.0.0 taken\n"), result.output
        assert (
            server.recipients() == [ADA]
            and b"Auto-Submitted: auto-generated" in server.received[0].message
        )
        server.fail("RCPT", Reply("550 5.1.1 nobody here"))
        refused = invoke("test-mail", ADA)
    assert (
        refused.exit_code,
        "AddressRefused" in refused.stderr,
        "Check the address" in refused.stderr,
    ) == (1, True, True)
    unreachable = invoke("test-mail", ADA)
    assert (unreachable.exit_code, "smtp_host" in unreachable.stderr) == (1, True)


# -- explain ---------------------------------------------------------------------------------------


def test_explain_answers_for_one_for_everybody_and_for_every_event(
    office: Office, invoke: Invoke
) -> None:
    office.follows(ADA)
    office.follows(BOB, Subscription(0, 0, councils=("york",)))
    first, second = office.happens(), office.happens(change=Change.UNCHANGED)
    assert (
        invoke("explain", str(first), ADA).stdout
        == "Will be told at the next digest, which is due now.\n"
    )
    both = json.loads(invoke("explain", str(first), "--json").stdout)
    assert [(row["address"], row["answer"].split(":")[0]) for row in both] == [
        (ADA, "Will be told at the next digest, which is due now."),
        (BOB, "Not wanted"),
    ]
    assert [row["event"] for row in json.loads(invoke("explain", BOB, "--json").stdout)] == [
        first,
        second,
    ]
    assert (invoke("explain", "999").exit_code, invoke("explain", "x@example.org").exit_code) == (
        2,
        2,
    )
