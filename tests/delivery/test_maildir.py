"""The default transport: files that any mail program reads, each message once."""

from __future__ import annotations

import mailbox
import os
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from syncer.delivery.transports.maildir import Maildir
from syncer.errors import TransportUnavailable
from syncer.subscriptions.spelling import Spelling


def message(
    to: str = "ada@example.org",
    identity: str = "<1@syncer>",
    text: str = "Leeds: good → outstanding",
) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = "syncer@example.org", to, "Leeds"
    mail["Date"], mail["Message-ID"] = "Mon, 15 Jul 2024 07:00:00 +0000", identity
    mail.set_content(text)
    return mail.as_bytes()


def deliver(folder: Path, content: bytes, to: str = "ada@example.org") -> str:
    with Maildir(folder) as transport:
        return transport.deliver(content, "syncer@example.org", to, before_end_of_data=lambda: None)


def test_a_mail_program_finds_the_message_as_it_was_written(tmp_path: Path) -> None:
    deliver(tmp_path / "mail", message())
    (found,) = mailbox.Maildir(tmp_path / "mail", factory=None)
    assert (found["To"], found["Message-ID"]) == ("ada@example.org", "<1@syncer>")
    assert b"\r" not in next((tmp_path / "mail/new").iterdir()).read_bytes()


def test_the_same_delivery_twice_is_one_file(tmp_path: Path) -> None:
    assert deliver(tmp_path, message()) == deliver(tmp_path, message())
    assert len(mailbox.Maildir(tmp_path)) == 1


def test_a_message_that_was_read_is_not_delivered_again(tmp_path: Path) -> None:
    deliver(tmp_path, message())
    (unread,) = (tmp_path / "new").iterdir()
    unread.rename(tmp_path / "cur" / f"{unread.name}:2,S")
    deliver(tmp_path, message())
    assert [len(list((tmp_path / part).iterdir())) for part in ("new", "cur")] == [0, 1]


def test_other_messages_and_other_recipients_have_their_own_files(tmp_path: Path) -> None:
    deliver(tmp_path, message())
    deliver(tmp_path, message(identity="<2@syncer>"))
    deliver(tmp_path, message(), to="bob@example.org")
    assert len(mailbox.Maildir(tmp_path)) == 3


def test_a_message_without_date_or_message_id_is_still_kept(tmp_path: Path) -> None:
    deliver(tmp_path, b"To: ada@example.org\n\nhello\n")
    assert len(mailbox.Maildir(tmp_path)) == 1


def test_what_a_kill_left_half_written_is_not_mail_and_does_not_hinder(tmp_path: Path) -> None:
    def killed() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Maildir(tmp_path).deliver(message(), "", "ada@example.org", killed)
    assert len(mailbox.Maildir(tmp_path)) == 0
    deliver(tmp_path, message())
    assert len(mailbox.Maildir(tmp_path)) == 1 and not list((tmp_path / "tmp").iterdir())


def test_erasing_an_address_takes_its_messages_read_or_not_and_no_others(tmp_path: Path) -> None:
    deliver(tmp_path, message(to="Ada <Ada@Example.org>"))
    deliver(tmp_path, message(to="ada@example.org", identity="<2@syncer>"))
    deliver(
        tmp_path, message(to="not-ada@example.org", identity="<3@syncer>"), to="not-ada@example.org"
    )
    min((tmp_path / "new").iterdir()).rename(tmp_path / "cur" / "moved:2,S")
    mails = Maildir(tmp_path)
    erased = [mails.erase(Spelling(a)) for a in ("ada@example.org", "not-ada@example.org")]
    assert erased == [(2, []), (1, [])] and len(mailbox.Maildir(tmp_path)) == 0


def test_messages_are_for_the_account_that_runs_syncer_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        deliver(tmp_path / "mail", message())
    finally:
        os.umask(before)
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "mail").rglob("*")}
    assert modes == {0o700, 0o600}


def test_a_folder_that_cannot_be_written_is_said_and_stops_the_run(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("not a folder")
    with pytest.raises(TransportUnavailable, match="cannot write to .*mail"):
        deliver(tmp_path / "mail", message())
