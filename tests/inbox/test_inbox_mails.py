"""What the inbox makes of mails as they really look: one run over all of them, and a table of what
each did. The mails were written after the formats' specifications; `{{reader}}`, `{{mid}}` and
`{{token}}` stand for the address of a reader, the Message-ID of a message they had, and a token of
theirs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from mailroom import Mailroom

HERE = Path(__file__).parent
PENDING = ("18-", "19-", "u29-", "u30-")
PAUSED = ("39-",)


@dataclass(frozen=True)
class Did:
    """What a mail did: its outcome, its reader's state, whether they were mailed a link, and what
    kind of bounce was counted ("-": none)."""

    outcome: str
    state: str
    asked: str
    bounce: str


def _expected() -> dict[str, Did]:
    table = {}
    for line in (HERE / "expected.txt").read_text().splitlines():
        if not line.startswith("#"):
            name, *columns = line.split()
            table[name] = Did(*columns)
    return table


EXPECTED = _expected()


@pytest.fixture(scope="module")
def did(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Did]:
    room = Mailroom(tmp_path_factory.mktemp("mails"))
    with room.held_open():
        for name in EXPECTED:
            _deliver(room, name)
        outcomes = {message["file"]: message["outcome"] for message in room.read()}
        return {name: _did(room, name, outcomes[name]) for name in EXPECTED}


def _deliver(room: Mailroom, name: str) -> None:
    reader = f"reader.{name}@example.org"
    if name.startswith(PENDING):
        mid, token = room.question(reader), ""
    else:
        room.reader(reader, "paused" if name.startswith(PAUSED) else "active")
        mid, token = room.sent(reader), room.token(reader)

    mail = (HERE / "mails" / f"{name}.eml").read_bytes()
    for sign, value in (("reader", reader), ("mid", mid), ("token", token)):
        mail = mail.replace(f"{{{{{sign}}}}}".encode(), value.encode())
    room.put(name, mail)


def _did(room: Mailroom, name: str, outcome: str) -> Did:
    reader = f"reader.{name}@example.org"
    kinds = ["hard" if bounce["hard"] else "soft" for bounce in room.bounces(reader)]
    asked = "yes" if room.mailed(reader) else "-"
    return Did(outcome, room.state(reader), asked, *(kinds or ["-"]))


def test_every_mail_has_its_line_in_the_table() -> None:
    files = {path.stem for path in (HERE / "mails").iterdir()}
    assert files == set(EXPECTED) and len(files) >= 60


def test_each_mail_does_what_the_table_says(did: dict[str, Did]) -> None:
    print("\nmail                                outcome         state         asked  bounce")
    for name, found in sorted(did.items()):
        print(f"{name:<35} {found.outcome:<15} {found.state:<13} {found.asked:<6} {found.bounce}")
    assert {name: found for name, found in did.items() if found != EXPECTED[name]} == {}
