"""The words that pass between a source and the store: what is remembered of a page, what was
fetched, and what it says. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from syncer.model import Observation, Possible, PrintedTotal, Problem
from syncer.timetable import LONGEST_PAUSE

ENTRIES = "#entries"
"""After a page's address: what is wrong with what it lists, whatever else is."""

DATES = "#dates"
"""After a page's address: what is wrong with the dates of what it lists."""


@dataclass(frozen=True)
class Entry:
    """One line of a page, as listed there: the source's key for it, its title, when it was
    published, and where it leads. `file` is the key of the file it stands in, where that is not its
    own."""

    key: str
    title: str
    published: dt.date | None
    url: str
    file: str = ""


@dataclass(frozen=True)
class KnownEntry:
    """What is remembered of an entry: when it was first seen, which bytes were read (none: never),
    and by which parser version; `absent` when the last complete read of the page did not show
    it."""

    key: str
    first_seen: dt.datetime
    read: bool
    sha256: str
    etag: str
    last_modified: str
    checked: dt.datetime | None
    parser: int
    published: dt.date | None
    url: str
    absent: bool = False


@dataclass(frozen=True)
class KnownPage:
    """What is remembered of a page: its good reads, what the list said of it at the last one, and
    the source's own notes."""

    key: str
    council: str
    first_good: dt.datetime | None
    last_good: dt.datetime | None
    seen: str
    notes: Mapping[str, Any]


@dataclass(frozen=True)
class KnownFailure:
    """How an address has failed since it was last read well: when first and when last, from which
    day on it is to be tried again, and what a list said of it when it failed last."""

    first: dt.datetime
    last: dt.datetime
    due: dt.date
    seen: str

    def is_due(self, today: dt.date) -> bool:
        """Return whether a page may be tried again: at every run of the day on which it first
        failed, then in its turn. A day further off than the longest pause was written under a clock
        that was wrong."""
        is_first_day = self.first.date() == self.last.date() == today
        return is_first_day or self.due <= today or self.due > today + LONGEST_PAUSE


class Memory(Protocol):
    """What earlier runs left behind, read-only."""

    def page(self, key: str) -> KnownPage | None:
        """Return what is remembered of one page; None where it was never read."""

    def pages(self) -> Sequence[KnownPage]:
        """Return every page of this source that was ever read."""

    def entries(self, page: str) -> Mapping[str, KnownEntry]:
        """Return the entries of one page by key."""

    def observations(self, page: str) -> Mapping[str, Observation]:
        """Return the observations last made on one page by key."""

    def may_try(self, url: str) -> bool:
        """Return whether an address that failed before is due to be tried again (after 1, 2, 4 … 30
        days; at once where it never failed)."""

    def failure(self, url: str) -> KnownFailure | None:
        """Return how an address has failed since it was last read well; None where it has not."""

    def failing(self, council: str) -> Sequence[str]:
        """Return the addresses at which something about this council is wrong."""

    def alias(self, key: str) -> str:
        """Return the council that an id unknown to the register was found to belong to; empty where
        never met."""


class BeingRead(Protocol):
    """A file that another process reads."""

    def result(self) -> Any:
        """Wait until it is read, and return what it says. Raises what reading it raises."""


@dataclass(frozen=True)
class File:
    """What was fetched for one entry: its bytes, or why not (`problem`); `unchanged` where they are
    those read before, and not `asked` where nothing was asked for. Of those that have to be read,
    the reading may have `begun`."""

    key: str
    url: str
    sha256: str = ""
    data: bytes = b""
    etag: str = ""
    last_modified: str = ""
    problem: Problem | None = None
    unchanged: bool = False
    asked: bool = True
    begun: BeingRead | None = None


@dataclass(frozen=True)
class Page:
    """One page as fetched, with the files of its entries that were fetched with it and what was
    read of the others before. `key` is what the page is remembered by (an address that changes
    under it is `link`); `shown`, what its source had to read of it already to fetch them."""

    key: str
    link: str
    data: bytes
    sha256: str
    council: str = ""
    seen: str = ""
    files: Mapping[str, File] = field(default_factory=dict)
    before: Mapping[str, Observation] = field(default_factory=dict)
    notes: Mapping[str, Any] = field(default_factory=dict)
    shown: Any = None


@dataclass(frozen=True)
class Reading:
    """What one page says: its entries, an observation for each that is a record, and a named
    problem for each that is not. A page is well read (`good`) when every entry became one of these.
    `gone` are keys that turned out to be no record; `refused` those whose file is not what the page
    says it is: nothing is taken from it, and it is asked for again; `withdrawn` says that the
    source itself took the page back (a notice, 410, "gone"). `possibles` are what it seems to say
    of money, `totals` what its tables print as the sum of their lines."""

    entries: tuple[Entry, ...] = ()
    observations: tuple[Observation, ...] = ()
    problems: tuple[Problem, ...] = ()
    good: bool = True
    gone: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    withdrawn: bool = False
    possibles: tuple[Possible, ...] = ()
    totals: tuple[PrintedTotal, ...] = ()
