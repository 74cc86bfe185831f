"""Whatever happens to the sites, the machine, the clock and the mail server: in the end everybody
was told what the pages said, once, nothing else, and no message said more than had been read."""

from __future__ import annotations

import datetime as dt
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from news_model import AREAS, Mail, NewsModel, Read, Report, arrived
from replay import SOURCE
from restore_child import Killer
from small_world import MOST_ROWS, SmallWorld
from smtp_server import Drop, RecordingServer, Reply
from web import Answer

from jobs import digests, send
from jobs import sync as sync_job
from syncer import sources
from syncer.app import App
from syncer.model import Frequency, Subscription
from syncer.operations import backups
from syncer.operations.restoring import restore
from syncer.sources.ofsted.council_list import LIST
from syncer.store import events, outbox, people, problems

COUNCILS = {"leeds": "ada@example.org", "york": "bob@example.org"}
WANTED = {
    "leeds": Subscription(0, 0, councils=("leeds",)),
    "york": Subscription(
        0, 0, councils=("york",), frequency=Frequency.WEEKLY, weekday="friday", hour=9
    ),
}
BEGAN = dt.datetime(2024, 6, 3, 8, 40, tzinfo=dt.UTC)
A_WEEK, PUBLISHED_AFTER = dt.timedelta(days=7), dt.timedelta(days=6)
GRADES = ("outstanding", "good", "requires_improvement", "inadequate")
JOBS: dict[str, Callable[[App], None]] = {
    "sync": sync_job.run,
    "digest": digests.run,
    "send": send.run,
}
LINES = {"sync": 6000, "digest": 1500, "send": 400}
"""About how many lines of syncer a run of each job goes through."""
CLOCKS = {
    "a year ahead": dt.timedelta(days=365),
    "an hour ahead": dt.timedelta(hours=1),
    "an hour back": dt.timedelta(hours=-1),
    "a day back": dt.timedelta(days=-1),
    "in 1970": dt.datetime(1970, 1, 1, 0, 5, tzinfo=dt.UTC) - BEGAN,
}
UNTIL_ALL_IS_TRIED_AGAIN = (1, 24, 24, 48, 24 * 8, 24 * 16, 24 * 31, 24 * 7)
CHALLENGE = (
    b"<html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>"
)
LIST_PATH = "/reports" + LIST.format(start=0, rows=MOST_ROWS)
TYPE_PDF = {"Content-Type": "application/pdf"}
LONDON = ZoneInfo("Europe/London")
FAULTS = {
    "challenge": Answer(CHALLENGE, headers={"Content-Type": "text/html"}),
    "500": Answer(b"sorry", 500),
    "404": Answer(b"not here", 404),
    "down": Answer(fault="down"),
    "empty": Answer(b"", headers={"Content-Type": "text/html"}),
}
NAMES = (*FAULTS, "half", "half of its length")
MAIL = """
[mail]
transport = "{transport}"
from = "syncer@example.org"
maildir = "out"
smtp_host = "127.0.0.1"
smtp_port = {port}
smtp_security = "none"
[operator]
mail = "operator@example.org"
"""
OTHERS = "".join(
    f"[sources.{name}]\nenabled = false\n" for name in sources.names() if name != SOURCE
)
MAIL_FAULTS = st.sampled_from(
    [(moment, Drop()) for moment in ("CONNECT", "MAIL", "DATA", "BODY", "DOT", "TAKEN")]
    + [(moment, Reply("451 4.3.0 later")) for moment in ("RCPT", "DATA", "DOT")]
)
EITHER = st.sampled_from(list(COUNCILS))
NEWS = st.tuples(
    EITHER, st.fixed_dictionaries(dict.fromkeys(AREAS.values(), st.sampled_from(GRADES)))
)
HOURS = st.sampled_from([1, 5, 24, 72, 24 * 8, 24 * 35])


class World(SmallWorld):
    """The sites with what is wrong with them: `faults` has the name of a fault by path."""

    def __init__(self, folder: Path, mail: str) -> None:
        super().__init__(folder, *COUNCILS)
        self.mail = mail
        self.now = BEGAN
        self.faults: dict[str, str] = {}

    def _config(self) -> str:
        return super()._config() + self.mail

    def publish(self) -> None:
        """Serve everything as it is now, faults included."""
        super().publish()
        for path, fault in self.faults.items():
            good = self.web.next_answer(path)
            self.web.script(path, spoilt(good, fault))

    def pages_of(self, council: str) -> list[str]:
        """Return the paths of a council's page and of its files, the latest first."""
        provider = self.providers[council]
        files = [f"/files/v1/file/{shown.file_id}" for shown in provider.entries]
        return [f"/reports/provider/44/{provider.provider_id}", *files]

    def is_well(self, council: str) -> bool:
        return not self.faults.keys() & {LIST_PATH, *self.pages_of(council)}


def spoilt(good: Answer, fault: str) -> Answer:
    """Return the answer with which a fault takes the place of a good one."""
    if fault == "half":
        return Answer(good.body[: len(good.body) // 2], headers=TYPE_PDF)
    if fault == "half of its length":
        return Answer(good.body, fault="truncate")
    return FAULTS[fault]


# -- The life of one installation ------------------------------------------------------------------


class Life(RuleBasedStateMachine):
    """One installation with two readers, from its first day on. `right` is the time by a clock that
    is right; every job takes a minute."""

    def __init__(self) -> None:
        super().__init__()
        self.open = ExitStack()
        self.folder = Path(self.open.enter_context(tempfile.TemporaryDirectory()))
        self.model = NewsModel(COUNCILS)
        self.written: dict[str, dt.datetime] = {}
        self.right = BEGAN
        self.app: App | None = None
        self.server: RecordingServer | None = None

    @initialize(transport=st.sampled_from(["maildir", "smtp"]))
    def it_begins(self, transport: str) -> None:
        port = 25
        if transport == "smtp":
            self.server = self.open.enter_context(RecordingServer())
            port = self.server.port
        mail = MAIL.format(transport=transport, port=port) + OTHERS
        self.world = self.open.enter_context(World(self.folder, mail))
        for council in COUNCILS:
            self._publish(council, dict.fromkeys(AREAS.values(), "good"))
        self.right += dt.timedelta(days=1)
        self._job("sync")
        app = self._app(self.right)
        for council, address in COUNCILS.items():
            person = people.add(app.store, address, app.now, all_quiet="weekly")
            people.subscribe(app.store, person.id, WANTED[council], events.last_seq(app.store))
            people.confirm(app.store, person.id, app.now)
        self.all_jobs_run()
        self.a_copy_is_made()

    # -- what happens to the sites -----------------------------------------------------------------

    @rule(news=NEWS)
    def a_report_appears(self, news: tuple[str, dict[str, str]]) -> None:
        """A week or more after the one before, of an inspection that began after that one had
        appeared: so the order of the inspections is known, whichever of them can be read."""
        council, grades = news
        last = self.model.reports[council][-1].since
        self.right = max(self.right, last + A_WEEK)
        self._publish(council, grades)

    def _publish(self, council: str, grades: dict[str, str]) -> None:
        day = self.right.astimezone(LONDON).date()
        first = day - PUBLISHED_AFTER
        shown = self.world.report(council, str(first), grades, published=str(day))
        report = Report(shown.file_id, self.right, grades)
        self.model.reports.setdefault(council, []).append(report)
        self.world.publish()

    @rule(council=EITHER, fault=st.sampled_from(NAMES))
    def a_page_breaks(self, council: str, fault: str) -> None:
        self._breaks(self.world.pages_of(council)[0], fault)

    @rule(council=EITHER, fault=st.sampled_from(NAMES))
    def the_latest_file_breaks(self, council: str, fault: str) -> None:
        self.model.reports[council][-1].was_broken = True
        self._breaks(self.world.pages_of(council)[1], fault)

    @rule(fault=st.sampled_from(NAMES))
    def the_list_breaks(self, fault: str) -> None:
        self._breaks(LIST_PATH, fault)

    def _breaks(self, path: str, fault: str) -> None:
        self.world.faults[path] = fault
        self.world.publish()

    @precondition(lambda self: self.world.faults)
    @rule()
    def all_is_mended(self) -> None:
        self.world.faults.clear()
        self.world.publish()

    # -- what happens to the machine ---------------------------------------------------------------

    @rule(hours=HOURS, news=st.none() | NEWS)
    def time_passes(self, hours: int, news: tuple[str, dict[str, str]] | None) -> None:
        """Nothing happens for a while, and then perhaps a report appears."""
        self.right += dt.timedelta(hours=hours)
        if news is not None:
            self.a_report_appears(news)

    @rule(job=st.sampled_from(list(JOBS)))
    def a_job_runs(self, job: str) -> None:
        self._job(job)

    @rule(news=st.none() | NEWS)
    def all_jobs_run(self, news: tuple[str, dict[str, str]] | None = None) -> None:
        if news is not None:
            self.a_report_appears(news)
        for job in JOBS:
            self._job(job)

    @rule(job=st.sampled_from(list(JOBS)), clock=st.sampled_from(list(CLOCKS)))
    def a_job_runs_by_a_wrong_clock(self, job: str, clock: str) -> None:
        self._job(job, CLOCKS[clock])

    @rule(job=st.sampled_from(list(JOBS)), percent=st.integers(0, 100))
    def a_job_is_killed(self, job: str, percent: int) -> None:
        """In a process of its own, at some line of ours."""
        self.right += dt.timedelta(minutes=1)
        self._close()
        child = os.fork()
        if child == 0:
            run_and_die(job, self.world, self.right, 1 + percent * LINES[job] // 100)
        _, status = os.waitpid(child, 0)
        assert status == 0 or os.WTERMSIG(status) == signal.SIGKILL, f"{job} failed"
        self._note(job, self.right)

    @rule()
    def a_copy_is_made(self) -> None:
        self.right += dt.timedelta(minutes=1)
        backups.back_up(self._app(self.right), self.folder / "copy.db")

    @rule()
    def the_last_copy_is_restored(self) -> None:
        self.right += dt.timedelta(minutes=1)
        self._close()
        restore(self.folder / "copy.db", self.world.config.store.path, self.right)

    @precondition(lambda self: self.server)
    @rule(fault=MAIL_FAULTS)
    def the_mail_server_fails_once(self, fault: tuple[str, Drop | Reply]) -> None:
        assert self.server is not None
        self.server.fail(*fault)

    # -- the jobs ----------------------------------------------------------------------------------

    def _job(self, job: str, wrong: dt.timedelta = dt.timedelta()) -> None:
        self.right += dt.timedelta(minutes=1)
        stated = self.right + wrong
        JOBS[job](self._app(stated))
        self._note(job, stated)

    def _app(self, now: dt.datetime) -> App:
        """Return the app of the installation: one for all jobs until a kill or a restore, since to
        begin reading documents takes longer than all else."""
        if self.app is None:
            self.app = App(self.world.config, now)
            self.app.store.run("PRAGMA synchronous=OFF")  # a kill is no power cut
        self.app.now = now
        return self.app

    def _close(self) -> None:
        if self.app is not None:
            self.app.__exit__(None, None, None)
            self.app = None

    def _note(self, job: str, stated: dt.datetime) -> None:
        """Note for the model what a job may have read, wrote, or handed over."""
        if job == "sync" and LIST_PATH not in self.world.faults:
            well = frozenset(council for council in COUNCILS if self.world.is_well(council))
            self.model.reads.append(Read(self.right, stated, well))
        for delivery in outbox.listing(self._app(self.right).store):
            self.written.setdefault(delivery.message_id, self.right)
        for data in self._arrived():
            identity, to, subject, text = arrived(data)
            mail = Mail(identity, to, subject, text, self.written[identity])
            self.model.mails[identity] = mail

    def _arrived(self) -> list[bytes]:
        """Return the messages that arrived since this was last called."""
        if self.server is not None:
            taken = [received.message for received in self.server.received]
            self.server.received.clear()
            return taken
        files = list((self.folder / "out" / "new").glob("*"))
        return [file.rename(self.folder / file.name).read_bytes() for file in files]

    # -- the end -----------------------------------------------------------------------------------

    def teardown(self) -> None:
        try:
            if hasattr(self, "world"):
                self._settle()
                self._check()
        finally:
            self._close()
            self.open.close()

    def _settle(self) -> None:
        """Mend everything, let one more report of each council appear, and go on until whatever
        waits has had its turn."""
        self.all_is_mended()
        for council in COUNCILS:
            self.all_jobs_run((council, dict.fromkeys(AREAS.values(), "inadequate")))
        for hours in UNTIL_ALL_IS_TRIED_AGAIN:
            self.time_passes(hours, None)
            self.all_jobs_run()

    def _check(self) -> None:
        self.model.check()
        store = self._app(self.right).store
        ended = {delivery.state for delivery in outbox.listing(store)}
        assert ended <= {outbox.State.SENT, outbox.State.CANCELLED}
        assert problems.still_open(store) == []


def run_and_die(job: str, world: World, now: dt.datetime, line: int) -> NoReturn:
    """Run a job in this process, which kills itself at that line of ours, if it comes to it."""
    try:
        with App(world.config, now) as app:
            sys.settrace(Killer(line, "/syncer/"))
            JOBS[job](app)
        os._exit(0)
    except BaseException:
        traceback.print_exc()
    os._exit(1)


def live(examples: int, steps: int, *, derandomize: bool) -> None:
    """Live so many lives of so many steps."""
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=derandomize,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Life, settings=chosen, _min_steps=steps)


def test_whatever_happens_everybody_is_told_what_the_pages_say_once_and_nothing_else() -> None:
    live(8, 10, derandomize=True)


def test_an_inspection_that_changed_nothing_is_told_though_two_more_are_told_with_it() -> None:
    """They are read together, and it is a line in brief between them."""
    same, worse = (dict.fromkeys(AREAS.values(), grade) for grade in ("good", "inadequate"))
    life = Life()
    life.it_begins("maildir")
    life.time_passes(1, ("leeds", worse))
    for grades in (worse, same, same):
        life.a_report_appears(("leeds", grades))
    life.teardown()
    assert any("\nIn brief\n" in mail.text for mail in life.model.mails.values())


def test_a_page_cut_short_after_a_restore_does_not_hide_the_inspection_before() -> None:
    life = Life()
    life.it_begins("maildir")
    worse = dict.fromkeys(AREAS.values(), "inadequate")
    life.all_jobs_run(("leeds", worse))
    life.a_report_appears(("leeds", worse))
    life.the_last_copy_is_restored()
    life.a_page_breaks("leeds", "half")
    life.all_jobs_run()
    life.teardown()


def test_what_was_told_while_the_report_before_could_not_be_read_is_known_after_a_restore() -> None:
    """Told as "not known → inadequate", it is found again as "outstanding → inadequate"."""
    best, worse = (dict.fromkeys(AREAS.values(), grade) for grade in ("outstanding", "inadequate"))
    life = Life()
    life.it_begins("maildir")
    life.a_report_appears(("york", best))
    life.the_latest_file_breaks("york", "challenge")
    life.all_jobs_run(("york", worse))
    life.the_last_copy_is_restored()
    life.a_report_appears(("york", best))
    life.teardown()


def test_two_inspections_told_after_a_restore_before_they_are_read_again_are_two() -> None:
    life = Life()
    life.it_begins("maildir")
    for grade in ("inadequate", "requires_improvement"):
        life.a_report_appears(("leeds", dict.fromkeys(AREAS.values(), grade)))
    life.a_job_runs("sync")
    life.the_last_copy_is_restored()
    life.the_list_breaks("500")
    life.all_jobs_run()
    life.teardown()


@pytest.mark.torture
def test_in_many_long_lives_everybody_is_told_what_the_pages_say_once_and_nothing_else() -> None:
    live(150, 25, derandomize=False)
