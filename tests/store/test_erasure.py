"""Who is erased is named nowhere any more, however the address is spelled; or it is said where."""

from __future__ import annotations

import sqlite3
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from office import Office

from syncer.delivery import erasing
from syncer.delivery.transports.maildir import Maildir
from syncer.errors import NoSuchSubscriber
from syncer.model import Problem
from syncer.store import erasure, people, problems
from syncer.subscriptions.spelling import Spelling

SPELLINGS = (
    ("a@münchen.de", "a@xn--mnchen-3ya.de"),
    ("a@xn--mnchen-3ya.de", "a@münchen.de"),
    ("gone@example.org", "Gone@Example.ORG"),
    ("GONE@example.org", "gone@example.org"),
    ("ünïcode@example.org", "ÜNÏCODE@example.org"),
)


def files_naming(folder: Path, *texts: str) -> list[Path]:
    """The files in which one of these stands as it is."""
    found = []
    for path in folder.rglob("*"):
        data = path.read_bytes().lower() if path.is_file() else b""
        if any(text.lower().encode() in data for text in texts):
            found.append(path)
    return found


@pytest.mark.parametrize(("typed", "stored"), SPELLINGS)
def test_an_address_is_erased_however_it_is_typed(typed: str, stored: str, tmp_path: Path) -> None:
    with Office(tmp_path) as office:
        person = office.follows(stored, welcomed=False)
        office.runs("ok")
        office.notify()
        office.send()
        failed = Problem("DeliveryFailed", f"{stored}: 550 unknown", f"{stored}")
        with office.store.writing():
            problems.note(office.store, "outbox", [failed], office.now)
        office.notify()
        office.send()
        mails = Maildir(tmp_path / "maildir")
        done = erasing.erase(office.store, mails, typed, office.now, 14)
        assert done.lines >= 4 and done.left == ()
        assert people.get(office.store, person.id).state == "erased"
        with pytest.raises(NoSuchSubscriber):
            people.find(office.store, stored)
    assert files_naming(tmp_path, typed, stored) == []


def test_what_the_operator_had_not_yet_been_sent_is_written_again_without_the_name(
    tmp_path: Path,
) -> None:
    with Office(tmp_path) as office:
        office.follows("gone@example.org")
        failed = Problem("DeliveryFailed", "gone@example.org: 550 unknown", "delivery 1")
        with office.store.writing():
            problems.note(office.store, "outbox", [failed], office.now)
        office.notify()
        erasure.erase(office.store, "gone@example.org", office.now)
        office.later(minutes=1)
        office.notify()
        (mail,) = office.deliveries("operator@example.org")
        assert "(erased): 550 unknown" in office.text(mail)


def test_another_address_that_contains_it_is_left_alone(tmp_path: Path) -> None:
    with Office(tmp_path) as office:
        for address in ("ann@example.org", "ann@example.org.uk", "jo-ann@example.org"):
            office.follows(address)
        erasure.erase(office.store, "ann@example.org", office.now)
        left = [person.address for person in people.listing(office.store)]
        assert left == ["ann@example.org.uk", "jo-ann@example.org"]


def test_a_message_names_an_address_in_any_encoding() -> None:
    spelling = Spelling("ünïcode@münchen.de")
    for encoding in ("quoted-printable", "base64", "8bit"):
        letter = EmailMessage(policy=SMTP)
        letter.set_content("x " * 60 + "ÜNÏCODE@xn--mnchen-3ya.de", cte=encoding)
        assert spelling.is_in_message(bytes(letter))
    encoded = "=?utf-8?B?w7xuw69jb2RlQG3DvG5jaGVuLmRl?="
    assert spelling.is_in_message(f"X-Note: {encoded}\n\nnothing".encode())
    assert spelling.is_in_message(b"Subject: s\n\nmailto:%C3%BC") is False


def test_what_could_not_be_done_is_said(tmp_path: Path) -> None:
    with Office(tmp_path) as office:
        office.follows("gone@example.org")
        reader = sqlite3.connect(tmp_path / "s.db", isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM meta").fetchone()
        office.store.run("PRAGMA busy_timeout = 100")
        (left,) = erasure.erase(office.store, "gone@example.org", office.now).left
        assert "may still have it" in left
        reader.close()
        assert erasure.erase(office.store, "gone@example.org", office.now).left == ()
