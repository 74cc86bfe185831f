"""The site as the store is now: what is known is gathered once and kept until something has
changed, and so is each page."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from syncer.app import App
from syncer.config import Config
from syncer.errors import NoStoreYet, StoreError
from syncer.operations.publishing import gather
from syncer.site.addresses import Places
from syncer.site.contents import Contents, type_of
from syncer.site.page import SitePage
from syncer.store.overview import last_change
from syncer.timetable import LONDON

log = logging.getLogger(__name__)

SMALLEST_PACKED = 500
"""Bytes: what is smaller is not worth compressing."""

LEVEL = 6
NEVER = float("-inf")
State = tuple[object, ...]


@dataclass(frozen=True)
class Answer:
    """What lies at an address: its bytes, what identifies them, since when they are the same, and
    their media type."""

    body: bytes
    etag: str
    modified: dt.datetime
    media_type: str

    @cached_property
    def packed(self) -> bytes | None:
        """The bytes as gzip; None where that would not make them smaller."""
        if len(self.body) < SMALLEST_PACKED:
            return None
        packed = gzip.compress(self.body, LEVEL, mtime=0)
        return packed if len(packed) < len(self.body) else None


class Edition:
    """The site in one state of the store. `before` are the answers of the edition before this one:
    what has not changed keeps its date."""

    def __init__(
        self, contents: Contents, state: State, before: Mapping[str, Answer] | None = None
    ) -> None:
        self.state = state
        self.answers: dict[str, Answer] = {}
        self._contents = contents
        self._before = before or {}
        self._lock = threading.Lock()

    def answer(self, address: str) -> Answer | None:
        """Return what lies at an address, with or without the slash at the end of a page's; None
        where nothing does. Each is made once."""
        found = address if address in self._contents else f"{address}/"
        if found not in self._contents:
            return None

        with self._lock:
            if found not in self.answers:
                self.answers[found] = self._made(found)
        return self.answers[found]

    def _made(self, address: str) -> Answer:
        body = self._contents[address]()
        etag = hashlib.sha256(body).hexdigest()[:32]
        before = self._before.get(address)
        if before is not None and before.etag == etag:
            return before
        return Answer(body, etag, self._contents.facts.made, type_of(address))

    def page(self, address: str, page: SitePage) -> bytes:
        """Return a page that one request alone is answered with."""
        return self._contents.page(address, page)

    @cached_property
    def not_found(self) -> bytes:
        """The page that says that there is none."""
        return self._contents.not_found()


class LiveSite:
    """The site of one configuration, looked after every `look_every` seconds at most."""

    def __init__(
        self,
        config: Config,
        clock: Callable[[], dt.datetime],
        look_every: float,
    ) -> None:
        self._config = config
        self._look_every = look_every
        self._clock = clock
        self._edition: Edition | None = None
        self._files: State = ()
        self._looked = NEVER
        self._lock = threading.Lock()

    def edition(self) -> Edition:
        """Return the site as the store is now, or was up to a second ago. While one thread reads
        the store again, the others go on with what was known. Raises NoStoreYet where nothing was
        ever read, StoreError where the store cannot be read and never could."""
        if self._lock.acquire(blocking=self._edition is None):
            try:
                self._look()
            finally:
                self._lock.release()

        assert self._edition is not None
        return self._edition

    def _look(self) -> None:
        """Read the store again where it has changed; keep what was known where it cannot be
        read."""
        now = time.monotonic()
        if now - self._looked < self._look_every:
            return

        try:
            self._refresh()
        except StoreError as error:
            if self._edition is None or isinstance(error, NoStoreYet):
                raise
            log.warning("the site stays as it was: %s: %s %s", error.name, error, error.hint)
        self._looked = now

    def _refresh(self) -> None:
        """Make a new edition where anything that it shows has changed."""
        moment = self._clock()
        today = moment.astimezone(LONDON).date()
        files = (today, *_files_of(self._config.store.path))
        if self._edition is not None and files == self._files:
            return

        with App(self._config, moment, may_begin=False) as app:
            state = (today, *last_change(app.store))
            if self._edition is None or state != self._edition.state:
                self._edition = self._new_edition(app, state)
        self._files = files

    def _new_edition(self, app: App, state: State) -> Edition:
        url = self._config.web.url
        contents = Contents(gather(app), Places(root=url, live=True))
        before = self._edition.answers if self._edition else None
        return Edition(contents, state, before)


def _files_of(store: Path) -> State:
    """Return what changes whenever anything is written into the store: the size and time of its
    file and of its journal."""
    seen: list[object] = []
    for file in (store, store.with_name(f"{store.name}-wal")):
        if file.exists():
            found = file.stat()
            seen += [found.st_mtime_ns, found.st_size, found.st_ino]
    return tuple(seen)
