"""An installation with an inbox: readers, messages of ours that they had, and the mail that comes
back into a Maildir."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result
from people import message

from syncer.app import App
from syncer.cli import main
from syncer.config import load_config
from syncer.links import Action, sign
from syncer.model import Subscription
from syncer.operations import self_service
from syncer.store import Store, outbox, people

NOW = dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC)
SENT = dt.datetime(2026, 11, 23, 7, 15, tzinfo=dt.UTC)
CONFIG = """[store]
path = "s.db"
[mail]
from = "syncer <updates@syncer.example>"
list_id = "syncer.example"
[operator]
mail = "operator@example.org"
[web]
url = "https://syncer.example"
"""


class Mailroom:
    """`folder` has the configuration and the store; `inbox` is the Maildir."""

    def __init__(self, folder: Path, inbox: str = '[inbox]\nmaildir = "inbox"\n') -> None:
        self.folder = folder
        self.inbox = folder / "inbox"
        self.config = folder / "config.toml"
        self.config.write_text(CONFIG + inbox)
        for name in ("new", "cur", "tmp"):
            (self.inbox / name).mkdir(parents=True)
        self._held: App | None = None
        self._numbers = iter(range(1, 1_000_000))

    @contextmanager
    def app(self, now: dt.datetime = NOW) -> Iterator[App]:
        """The app at that moment."""
        if self._held is not None:
            self._held.now = now
            yield self._held
            return
        with App(load_config(self.config), now) as app:
            yield app

    @contextmanager
    def held_open(self) -> Iterator[None]:
        """Keep the store open meanwhile: to open it once for many readers is quicker."""
        with self.app() as app:
            self._held = app
            yield
        self._held = None

    def reader(self, address: str, state: str = "active") -> int:
        """The number of somebody who follows Leeds, and is in this state."""
        with self.app(SENT - dt.timedelta(days=100)) as app, app.store.writing():
            person = people.add(app.store, address, app.now)
            people.subscribe(app.store, person.id, Subscription(0, 0, councils=("leeds",)), mark=0)
            if state != "pending":
                people.confirm(app.store, person.id, app.now)
            if state == "paused":
                people.stop(app.store, person.id, "paused", app.now)
        return person.id

    def sent(self, address: str, on: dt.datetime = SENT) -> str:
        """The Message-ID of a digest that this reader had."""
        with self.app(on) as app, app.store.writing():
            person = people.find(app.store, address)
            written = message(address, next(self._numbers), subscriber=person.id)
            outbox.queue(app.store, written, on)
        return written.message_id

    def question(self, address: str) -> str:
        """The Message-ID of the mail that asks this address whether it agrees."""
        with self.app(SENT) as app:
            self_service.ask_to_subscribe(
                app, address, (Subscription(0, 0, councils=("leeds",)),), "form"
            )
            person = people.find(app.store, address)
            asked = [each for each in outbox.listing(app.store) if each.subscriber == person.id]
        return asked[0].message_id

    def token(self, address: str, action: Action = Action.UNSUBSCRIBE) -> str:
        """A token as it stands in a mail to this reader."""
        with self.app(SENT) as app:
            key = app.store.value("SELECT link_key FROM subscribers WHERE address = ?", (address,))
            return sign(people.secret(app.store), action, key, SENT)

    def put(self, name: str, mail: bytes | str) -> Path:
        """Let the mail server deliver a message under this name."""
        data = mail.encode() if isinstance(mail, str) else mail
        path = self.inbox / "new" / name
        path.write_bytes(data)
        return path

    def run(self, *words: str, now: dt.datetime = NOW) -> Result:
        """A command, as typed."""
        options = ["--config", str(self.config), "--now", now.isoformat()]
        return CliRunner().invoke(main, [*options, *words])

    def read(self, now: dt.datetime = NOW) -> list[dict[str, Any]]:
        """What `syncer inbox --json` says of each message."""
        result = self.run("inbox", "--json", now=now)
        assert result.exit_code == 0, result.output + repr(result.exception)
        return list(json.loads(result.stdout)["messages"])

    def state(self, address: str) -> str:
        with self.app() as app:
            return people.find(app.store, address).state

    def mailed(self, address: str, kinds: tuple[str, ...] = ("reply",)) -> list[bytes]:
        """The messages of these kinds that are in the outbox for an address."""
        with self.app() as app:
            return [
                outbox.body(app.store, each.id)
                for each in outbox.listing(app.store)
                if each.recipient == address and each.kind in kinds
            ]

    def bounces(self, address: str) -> list[dict[str, Any]]:
        with Store(self.folder / "s.db") as store:
            return store.rows(
                """SELECT b.* FROM bounces b JOIN subscribers s ON s.id = b.subscriber
                   WHERE s.address = ? ORDER BY b.at""",
                (address,),
            )


def answer(to: str, sender: str, text: str, subject: str = "Re: Leeds", **headers: str) -> str:
    """An answer in plain text to the message with this Message-ID ("": to none)."""
    lines = [f"From: {sender}", "To: updates@syncer.example", f"Subject: {subject}"]
    if to:
        lines.append(f"In-Reply-To: {to}")
    for name, value in headers.items():
        lines.append(f"{name.replace('_', '-')}: {value}")
    return "\n".join([*lines, "Content-Type: text/plain; charset=utf-8", "", text, ""])
