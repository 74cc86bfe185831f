"""A site with its forms, a mail server, and readers who have a browser and a mailbox.

with Readers(folder) as readers:
    readers.post("/subscribe", email="ada@example.org", council="leeds")
    link = readers.link("ada@example.org", "confirm");  readers.post(link)
"""

from __future__ import annotations

import email
import email.policy
import re
import socket
import sqlite3
from contextlib import ExitStack, closing
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests
from office import CONFIG, Office
from smtp_server import RecordingServer

from syncer.config import load_config
from syncer.model import Subscriber
from syncer.store import Store, people
from syncer.web.server import WebServer
from syncer.web.times import Times

SECONDS = 60
LINK = re.compile(r"https?://[^\s<>\"]+")
CONFIGURED = """
[mail]
transport = "smtp"
smtp_host = "127.0.0.1"
smtp_port = {smtp}
per_minute = 100000
from = "syncer <syncer@example.org>"
reply_to = "answers@example.org"
[web]
listen = "127.0.0.1:{web}"
url = "http://127.0.0.1:{web}"
trusted_proxies = ["127.0.0.1"]
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


class Readers:
    """`office` has the store and the clock; `server` answers; `post_office` has what was mailed."""

    def __init__(self, folder: Path, times: Times = Times(look_every=0, even=0.05)) -> None:  # noqa: B008
        self._folder = folder
        self._times = times
        self._open = ExitStack()
        self._clients = 0
        self._browser = requests.Session()

    def __enter__(self) -> Self:
        self.post_office = self._open.enter_context(RecordingServer())
        made = CONFIGURED.format(smtp=self.post_office.port, web=free_port())
        config = CONFIG.replace('[mail]\nreply_to = "answers@example.org"\n', made.lstrip())
        self.office = self._open.enter_context(Office(self._folder, config))
        loaded = load_config(self._folder / "config.toml")
        self.server = WebServer(loaded, lambda: self.office.now, self._times)
        self._serving = self._open.enter_context(ExitStack())
        self._serving.callback(self.server.stop)
        self._open.enter_context(self._browser)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()

    def stop_serving(self) -> None:
        self._serving.close()

    # -- A browser ---------------------------------------------------------------------------------

    def ask(self, method: str, place: str, client: str = "", **given: Any) -> requests.Response:
        """What an address answers, whole or below the site's; each request is another client's,
        unless one is named."""
        self._clients += 1
        house, low = divmod(self._clients, 250)
        who = client or f"198.51.{house}.{low + 1}"
        place = place if place.startswith("http") else self.server.url + place
        headers = {"X-Forwarded-For": who} | given.pop("headers", {})
        return self._browser.request(
            method, place, headers=headers, timeout=SECONDS, allow_redirects=False, **given
        )

    def get(self, place: str) -> requests.Response:
        return self.ask("GET", place)

    def post(self, place: str, /, client: str = "", **fields: Any) -> requests.Response:
        return self.ask("POST", place, client, data=fields)

    # -- A mailbox ---------------------------------------------------------------------------------

    def mails(self, address: str) -> list[EmailMessage]:
        """What an address has got, after everything that waits was sent."""
        self.office.send()
        found = []
        for taken in self.post_office.received:
            if taken.recipient == address:
                mail = email.message_from_bytes(taken.message, policy=email.policy.default)
                assert isinstance(mail, EmailMessage)
                found.append(mail)
        return found

    def link(self, address: str, action: str) -> str:
        """The newest link of a sort that an address was mailed."""
        links = [link for mail in self.mails(address) for link in links_in(mail)]
        return [link for link in links if f"/{action}/" in link][-1]

    # -- Somebody ----------------------------------------------------------------------------------

    def joins(self, address: str, **fields: Any) -> Subscriber:
        """Somebody subscribes by the form, and confirms."""
        asked = self.post("/subscribe", email=address, **({"council": "leeds"} | fields))
        assert asked.status_code == 200, asked.text
        assert self.post(self.link(address, "confirm")).status_code == 200
        return self.person(address)

    def manages(self, address: str) -> str:
        """The link to somebody's own page, freshly mailed."""
        self.office.later(hours=2)
        assert self.post("/manage", email=address).status_code == 200
        return self.link(address, "manage")

    def person(self, address: str) -> Subscriber:
        return people.find(self.office.store, address)

    def dump(self) -> list[str]:
        """Everything in the store."""
        return dump(self.office.store)


def dump(store: Store) -> list[str]:
    """Everything in a store, as statements of SQL."""
    with closing(sqlite3.connect(store.path)) as connection:
        return list(connection.iterdump())


def links_in(mail: EmailMessage) -> list[str]:
    """Every web address in a mail: in its headers, its text and its HTML."""
    found = list(mail.values())
    for part in mail.walk():
        if part.get_content_maintype() == "text":
            found.append(str(part.get_content()))
    return [link.rstrip(".,)") for text in found for link in LINK.findall(str(text))]
