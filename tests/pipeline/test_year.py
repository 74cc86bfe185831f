"""A year of the daemon's jobs in the order of the timetable, in which the site is redesigned, the
mail server dies and the disk fills up, one after the other: what the log, `/healthz`, the metrics and
the alarms said, and when; and that everybody was told everything once (`make torture`)."""

from __future__ import annotations

import datetime as dt
import importlib
import logging
import os
import re
import resource
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from receiver import Receiver
from replay import Replay
from smtp_server import Drop, RecordingServer

from syncer.app import App
from syncer.model import Subscription
from syncer.monitoring import state, watched
from syncer.monitoring.metrics import Metrics
from syncer.store import events, people, receipts

pytestmark = pytest.mark.torture

BEGAN, DAYS = dt.date(2025, 8, 22), 365
REDESIGNED = range(60, 66)
MAIL_DEAD = range(346, 349)
"""From 3 August 2026, on which two councils have news."""
DISK_FULL = range(180, 182)
TIMETABLE = (
    ("councils", 0, 10),
    ("prune", 2, 30),
    ("backup", 3, 0),
    ("sync", 9, 40),
    ("digests", 9, 45),
    ("send", 9, 46),
    ("check", 10, 5),
    ("digests", 13, 0),
    ("send", 13, 1),
    ("check", 16, 5),
    ("send", 16, 6),
)
READER = "ada@example.org"
MORE = """
[mail]
transport = "smtp"
smtp_port = {smtp}
smtp_security = "none"
per_minute = 6000
from = "syncer <syncer@syncer.example>"
[operator]
mail = "operator@example.org"
channel = "{channel}"
[webhooks]
allow_hosts = ["127.0.0.1"]
[sources.ofsted_statistics]
enabled = false
[sources.dfe_spend]
enabled = false
"""


@dataclass
class Year:
    """What was said, by the day of the year on which it was."""

    log: list[tuple[int, int, str]] = field(default_factory=list)
    alarms: list[tuple[int, str]] = field(default_factory=list)
    healthy: dict[int, bool] = field(default_factory=dict)
    reasons: dict[int, set[str]] = field(default_factory=dict)
    open_problems: dict[int, int] = field(default_factory=dict)
    day: int = 0

    def days_of(self, words: str, least: int = logging.WARNING) -> list[int]:
        """The days on which a line of the log at this level, or a graver one, had these words."""
        return [day for day, level, text in self.log if level >= least and words in text]

    def unwell(self) -> list[int]:
        return [day for day, well in self.healthy.items() if not well]


class _Listener(logging.Handler):
    def __init__(self, year: Year) -> None:
        super().__init__()
        self._year = year

    def emit(self, record: logging.LogRecord) -> None:
        self._year.log.append((self._year.day, record.levelno, record.getMessage()))


@contextmanager
def listening(year: Year) -> Iterator[None]:
    logger, listener = logging.getLogger("syncer"), _Listener(year)
    level = logger.level
    logger.setLevel(logging.INFO)
    logger.addHandler(listener)
    yield
    logger.removeHandler(listener)
    logger.setLevel(level)


@contextmanager
def disk_full(is_full: bool, replay: Replay) -> Iterator[None]:
    """No file of this process may grow beyond what the store has now."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    if is_full:
        most = replay.config.store.path.stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (most // 2, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def do(replay: Replay, job: str, now: dt.datetime) -> None:
    """One job, as the daemon does it: what goes wrong is in the log."""
    try:
        with App(replay.config, now) as app:
            watched.run(app, job, importlib.import_module(f"jobs.{job}"))
    except Exception as error:
        name = getattr(error, "name", type(error).__name__)
        logging.getLogger("syncer.daemon").error("%s: %s", job, name)
    if job == "backup":
        for copy in (replay.config.store.path.parent / "backups").glob("*.db"):
            if copy.stat().st_mtime > now.timestamp():
                os.utime(
                    copy, (now.timestamp(), now.timestamp())
                )  # as old as the year's clock says


def look(replay: Replay, year: Year, now: dt.datetime) -> None:
    """What `/healthz` says at the end of a day, and how many problems `/metrics` counts."""
    with App(replay.config, now) as app:
        why = state.reasons(app)
        year.reasons[year.day] = {reason.kind for reason in why}
        year.healthy[year.day] = not why
    year.open_problems[year.day] = _open_problems(Metrics(replay.config).text().decode())


def _open_problems(metrics: str) -> int:
    found = re.findall(r"^syncer_problems_open\{[^}]*\} ([\d.]+)$", metrics, re.M)
    return sum(int(float(number)) for number in found)


def live(replay: Replay, server: RecordingServer, receiver: Receiver) -> Year:
    year, dead = Year(), [False]
    server.judge = lambda moment, _: Drop() if dead[0] and moment == "CONNECT" else None
    with listening(year):
        for year.day in range(DAYS):
            today = BEGAN + dt.timedelta(days=year.day)
            replay.day(today)
            replay.fault("redesign" if year.day in REDESIGNED else None)
            dead[0] = year.day in MAIL_DEAD
            heard = len(receiver.taken)
            with disk_full(year.day in DISK_FULL, replay):
                for job, hour, minute in TIMETABLE:
                    do(replay, job, dt.datetime.combine(today, dt.time(hour, minute), dt.UTC))
                evening = dt.datetime.combine(today, dt.time(18, 0), dt.UTC)
                look(replay, year, evening)
            for posted in receiver.taken[heard:]:
                year.alarms.append((year.day, posted.json["text"]))
    return year


def test_a_year_in_which_the_site_the_mail_and_the_disk_fail_in_turn(
    shared: Path, tmp_path: Path
) -> None:
    with (
        Replay(shared, tmp_path / "year") as replay,
        RecordingServer() as server,
        Receiver() as receiver,
    ):
        more = MORE.format(smtp=server.port, channel=f"http://127.0.0.1:{receiver.port}/alarm")
        replay.configure(replay.config_path.read_text(encoding="utf-8") + more)
        replay.day(BEGAN)
        began = dt.datetime.combine(BEGAN, dt.time(0, 1), dt.UTC)
        with App(replay.config, began) as app:
            reader = people.add(app.store, READER, began)
            people.subscribe(app.store, reader.id, Subscription(0, 0), 0)
            people.confirm(app.store, reader.id, began)
        year = live(replay, server, receiver)
        told = Counter()
        with replay.store() as store:
            for event in events.after(store, 0):
                told[receipts.account(store, event.id, reader.id).how] += 1
        mails = [each for each in server.received if each.recipient == READER]

    for day, level, text in year.log:
        if level >= logging.WARNING:
            print(f"day {day:3} {logging.getLevelName(level):7} {text[:150]}")
    for day, text in year.alarms:
        print(f"day {day:3} alarm   {text[:150]!r}")
    print("not healthy:", {day: sorted(year.reasons[day]) for day in year.unwell()})
    print("told:", dict(told), "mails:", len(mails))

    redesigned = year.days_of("PageRedesigned")
    assert redesigned and min(redesigned) == REDESIGNED[0], "named on its first day"
    assert all(year.open_problems[day] for day in REDESIGNED)
    assert year.days_of("TransportUnavailable")[0] == MAIL_DEAD[0], "said on its first day"
    assert {"mail"} <= year.reasons[MAIL_DEAD[0]] and year.healthy[MAIL_DEAD[-1] + 1]
    assert [day for day, text in year.alarms if "TransportUnavailable" in text] == [MAIL_DEAD[0]]
    assert year.days_of("StoreError", logging.ERROR)[0] == DISK_FULL[0]
    assert year.healthy[DISK_FULL[-1] + 2]
    expected = {*REDESIGNED, *MAIL_DEAD, *DISK_FULL}
    beside = [day for day in year.unwell() if not expected & {day, day - 1, day - 2}]
    assert beside == [], "no false alarm on any other day"
    assert set(told) <= {"told", "folded"} and told["told"] > 20
    identities = Counter(re.search(rb"Message-ID: (\S+)", m.message)[1] for m in mails)  # type: ignore[index]
    assert max(identities.values()) == 1
