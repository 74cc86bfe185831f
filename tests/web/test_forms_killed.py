"""The process that answers forms is killed while readers use them, with the daemon's work under way:
what was answered is done, once, and nothing else is."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
import requests
from processes import address_of, process
from readers import SECONDS, Readers

from syncer.store import outbox

ROUNDS, READERS_AT_ONCE = 12, 4


class Crowd:
    """Readers who come one after the other, each from a place of their own, until nobody answers.
    `answered` are the addresses that were told to look into their mail."""

    def __init__(self, url: str, number: int) -> None:
        self.answered: list[str] = []
        self._url, self._number = url, number
        self._threads = [
            threading.Thread(target=self._come, args=(at,)) for at in range(READERS_AT_ONCE)
        ]

    def __enter__(self) -> Crowd:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for thread in self._threads:
            thread.join()

    def _come(self, at: int) -> None:
        for number in range(10_000):
            who = f"r{self._number}-{at}-{number}@example.org"
            client = {"X-Forwarded-For": f"10.{self._number}.{at}.{number % 250}"}
            fields = {"email": who, "council": "leeds"}
            try:
                done = requests.post(
                    f"{self._url}/subscribe", data=fields, headers=client, timeout=SECONDS
                )
            except requests.RequestException:
                return
            if done.status_code == 200:
                self.answered.append(who)


@pytest.mark.torture
def test_what_was_answered_is_in_the_outbox_once_however_often_the_server_is_killed(
    tmp_path: Path,
) -> None:
    answered: list[str] = []
    with Readers(tmp_path) as readers:
        readers.joins("daemon@example.org")
        readers.stop_serving()  # from here on its address is that of the process
        for number in range(ROUNDS):
            with process(tmp_path, "--now", "2026-01-05T12:00", "serve") as started:
                with Crowd(address_of(started), number) as crowd:
                    for _ in range(random.randint(1, 6)):
                        readers.office.happens(new="good")
                        readers.office.notify()
                        time.sleep(random.uniform(0.05, 0.3))
                    started.send_signal(signal.SIGKILL)
                answered += crowd.answered

        written = Counter(
            each.recipient
            for each in outbox.listing(readers.office.store)
            if each.kind == "confirm" and each.recipient != "daemon@example.org"
        )
        readers.office.send()
        sent = Counter(mail.recipient for mail in readers.post_office.received)
    assert len(answered) > ROUNDS
    assert set(answered) <= set(written) and set(written.values()) == {1}
    assert all(sent[who] == 1 for who in written)
    print(f"{len(answered)} answered, {len(written)} written, {ROUNDS} kills: 0 lost, 0 twice")
