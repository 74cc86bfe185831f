"""The app: everything a command or a job works with, opened once from the configuration and closed
together."""

from __future__ import annotations

import datetime as dt
import re
import time
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from syncer.config import Config
from syncer.errors import ConfigError, NoStoreYet, StoreError
from syncer.store import BUSY_SECONDS, Store, lock
from syncer.store.failure import how_to_restore
from syncer.timetable import LONDON

# What a command may never need is imported where it is opened: `syncer status` asks no site.
if TYPE_CHECKING:
    from syncer.documents.reader import DocumentReader
    from syncer.fetching.client import Client, Limits
    from syncer.fetching.snapshots import Snapshots
    from syncer.register.councils import Register
    from syncer.sources import Source, SourceContext


BEGUN_WITH = ("since", "identity", "refusal_key")
"""What every store has from its first command on."""


class Progress(Protocol):
    """Where a long run says how far it is."""

    def begin(self, label: str) -> None:
        """Note that a source is about to be read."""

    def expect(self, pages: int) -> None:
        """Note how many pages are due."""

    def step(self) -> None:
        """Note that one page is done."""


class Quiet:
    """No progress shown: jobs, tests, pipes."""

    def begin(self, label: str) -> None: ...

    def expect(self, pages: int) -> None: ...

    def step(self) -> None: ...


def read_now(text: str | None) -> dt.datetime:
    """Return the clock: what `--now` says (a time without zone is London's; a day alone is its
    noon), else the real one. Raises ConfigError."""
    if not text:
        return dt.datetime.now(dt.UTC)
    try:
        return _moment_in(text)
    except (ValueError, OverflowError) as error:
        raise ConfigError(
            f"--now: {text!r} is not an ISO time", "For example 2026-08-22T09:40, in London."
        ) from error


def _moment_in(text: str) -> dt.datetime:
    """Return the moment that an ISO text names, in UTC. Raises ValueError and OverflowError."""
    is_day_alone = re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) is not None
    moment = dt.datetime.fromisoformat(f"{text}T12:00:00" if is_day_alone else text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=LONDON)
    return moment.astimezone(dt.UTC)


def _not_timed(what: str, source: str, seconds: float) -> None:
    """Keep no time of what was done: commands, tests."""


def _has_bytes(file: Path) -> bool:
    return file.exists() and file.stat().st_size > 0


def _check_not_lost(store: Path) -> None:
    """Raise StoreError where there are copies of a store that is not there."""
    backups = store.parent / "backups"
    if any(backups.glob("syncer-*.db")):
        lost = "empty" if store.exists() else "gone"
        raise StoreError(
            f"the store {store} is {lost}, and there are copies",
            f"{how_to_restore(store)} To begin without it, move the folder of copies away.",
        )


def _limits(config: Config) -> Limits:
    """Return what one site may cost us, and how often it is asked."""
    from syncer.fetching.client import Limits

    fetch = config.fetch
    return Limits(
        connect_timeout=fetch.connect_timeout,
        read_timeout=fetch.read_timeout,
        tries=fetch.tries,
        max_bytes=fetch.max_megabytes * 1024 * 1024,
        max_redirects=fetch.max_redirects,
        delays=config.delays(),
    )


class App:
    """What a run of syncer has at hand. `now` is fixed when it is opened: everything done in one
    run happened at one time. `stopping` says whether a long run should end after the page it is
    at; `timed` is told how many seconds each page of a source took to `fetch` and to `parse`."""

    def __init__(
        self,
        config: Config,
        now: dt.datetime | None = None,
        progress: Progress | None = None,
        stopping: Callable[[], bool] | None = None,
        *,
        may_begin: bool = True,
        patience: float = BUSY_SECONDS,
    ) -> None:
        """Open nothing yet. `may_begin`: make the store where there is none; else that is
        NoStoreYet. `patience`: seconds for which it is waited while others have the store."""
        self.config = config
        self._patience = patience
        self._may_begin = may_begin
        self.now = now or dt.datetime.now(dt.UTC)
        self.progress: Progress = progress or Quiet()
        self.stopping = stopping or (lambda: False)
        self.timed: Callable[[str, str, float], None] = _not_timed
        self._started = time.monotonic()
        self._open = ExitStack()
        self._asked_before = 0

    def clock(self) -> dt.datetime:
        """Return the time now: `now`, and what has passed since it was opened."""
        passed = time.monotonic() - self._started
        return self.now + dt.timedelta(seconds=passed)

    @cached_property
    def store(self) -> Store:
        """The store, held open together with others until the end. Raises StoreError."""
        path = self.config.store.path
        self._open.enter_context(lock.shared(path, self._patience))
        self._check_there()

        store = self._open.enter_context(Store(path, patience=self._patience))
        if not all(map(store.meta, BEGUN_WITH)):
            self._begin(store)
        return store

    def _begin(self, store: Store) -> None:
        """Note when a new store was begun, and give it the identity by which its changes are named
        in feeds, whatever address the site has, and the key of the hashes of who said no. An older
        store is given what it has not."""
        from syncer.store import refusals

        begun = self.now.isoformat(timespec="seconds")
        with store.writing():
            store.set_meta("since", store.meta("since") or begun)
            store.set_meta("identity", store.meta("identity") or str(uuid.uuid4()))
            refusals.begin(store)

    def _check_there(self) -> None:
        """Raise NoStoreYet where nothing was ever read and nothing may be begun, StoreError where a
        store has been lost: a new one in its place would know nobody."""
        path = self.config.store.path
        if _has_bytes(path) or _has_bytes(path.with_name(path.name + "-wal")):
            return

        _check_not_lost(path)
        if not self._may_begin:
            raise NoStoreYet(f"nothing has been read yet: there is no store {path}")

    @cached_property
    def register(self) -> Register:
        from syncer.register.councils import load_register

        return load_register(self.config.councils.register)

    @cached_property
    def snapshots(self) -> Snapshots:
        from syncer.fetching.snapshots import Snapshots

        folder = self.config.store.path.parent
        return Snapshots(folder / "snapshots")

    @cached_property
    def client(self) -> Client:
        from syncer.fetching.client import Client
        from syncer.store.robots import StoredRobots

        client = Client(
            self.config.sites.all(),
            delay_seconds=self.config.fetch.delay_seconds,
            contact=self.config.fetch.contact,
            snapshots=self.snapshots,
            limits=_limits(self.config),
            robots=StoredRobots(self.store),
            clock=self.clock,
            stopping=self.stopping,
        )
        return self._open.enter_context(client)

    @cached_property
    def history(self) -> frozenset[str]:
        """The sources that give history and cross-checks, never news."""
        from syncer.sources import load, names

        found = set()
        for name in names():
            if getattr(load(name), "HISTORY", False):
                found.add(name)
        return frozenset(found)

    @cached_property
    def documents(self) -> DocumentReader:
        from syncer.documents.reader import DocumentReader

        reader = DocumentReader(
            self.config.fetch.document_seconds,
            self.config.fetch.document_megabytes,
            shared=(self.register,),
            stopping=self.stopping,
        )
        return self._open.enter_context(reader)

    def source_context(self, source: Source, full: bool) -> SourceContext:
        """Return what one source is handed for one run."""
        from syncer.sources import SourceContext
        from syncer.store.pages import StoredMemory

        self._asked_before = self.client.requests
        self.progress.begin(source.TITLE)
        memory = StoredMemory(self.store, source.NAME, self.now)
        return SourceContext(
            client=self.client,
            documents=self.documents,
            register=self.register,
            memory=memory,
            sites=self.config.sites.by_name(),
            options=self.config.source(source.NAME).options,
            now=self.now,
            full=full,
            expect=self.progress.expect,
        )

    def requests(self) -> int:
        """Return how many requests the current run has sent."""
        return self.client.requests - self._asked_before

    def fetched(self) -> list[tuple[str, str, int, str]]:
        """Return the requests of the current run: address, moment, status, SHA-256 of the body."""
        rows = []
        for answer in self.client.fetched[self._asked_before :]:
            moment = answer.at.isoformat(timespec="seconds")
            rows.append((answer.url, moment, answer.status, answer.sha256))

        return rows

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()
