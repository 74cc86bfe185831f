"""What a source is: a module of this package with the constants and two functions of `Source`.
There is no list to add it to.

`fetch` talks to the site, page by page, through the one client it is handed; `parse` turns one
fetched page into observations and problems, and reads nothing else. Neither opens the store, reads
the clock, or decides what is news.
"""

from __future__ import annotations

import datetime as dt
import importlib
import logging
import pkgutil
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol, cast

from syncer.errors import ConfigError, OutOfResources, StoreError, SyncerError, is_shortage
from syncer.model import Problem, RecordKind
from syncer.reading import Memory, Page, Reading

if TYPE_CHECKING:  # the process that reads documents imports sources, and needs none of these
    from syncer.documents.reader import DocumentReader
    from syncer.fetching.client import Client
    from syncer.register.councils import Register

log = logging.getLogger(__name__)

OUR_BUG = (
    "Nothing needs doing at once: the page is read again in its turn. "
    "Please report it with the lines that the log has under its trace."
)


@dataclass
class SourceContext:
    """What a source is handed: the client, its options, the register, the clock's reading, and what
    is remembered. A source reports what goes wrong with `fail`, and what an id unknown to the
    register belongs to with `identify`."""

    client: Client
    documents: DocumentReader
    register: Register
    memory: Memory
    sites: Mapping[str, Sequence[str]]
    options: Mapping[str, Any]
    now: dt.datetime
    full: bool = False
    expect: Callable[[int], None] = lambda pages: None
    problems: list[Problem] = field(default_factory=list)
    identified: dict[str, str] = field(default_factory=dict)
    read_well: set[str] = field(default_factory=set)
    complete: bool = True

    @property
    def since(self) -> dt.date:
        """How far back the first read goes: the option `since`, else 1 April of the year before
        last. What was published earlier is old."""
        given = self.options.get("since")
        if given:
            return dt.date.fromisoformat(str(given))
        return dt.date(self.today.year - 2, 4, 1)

    def fail(self, error: Exception, url: str, council: str = "", seen: str = "") -> None:
        """Note an error as a value, so that the rest of the run goes on. One without a name of ours
        is our own bug: its whole trace stands in the log, under the number that the problem gives.
        `seen` is what a list says of the page."""
        problem = problem_of(error, url, council)
        self.problems.append(replace(problem, seen=seen))

    def succeed(self, url: str) -> None:
        """Note that an address was read: what was wrong with it has ended, unless it is wrong in
        this run too."""
        self.read_well.add(url)

    @contextmanager
    def attempt(self, url: str) -> Iterator[None]:
        """Note whether an address could be read: what goes wrong within is a problem of it, and the
        run goes on. Raises StoreError only."""
        try:
            yield
        except StoreError:
            raise
        except Exception as error:
            self.fail(error, url)
        else:
            self.succeed(url)

    def identify(self, key: str, council: str) -> None:
        """Note that an id the register does not have belongs to a council it knows by name."""
        self.identified[key] = council

    @property
    def today(self) -> dt.date:
        return self.now.date()


def problem_of(error: Exception, url: str, council: str = "") -> Problem:
    """Return an error as a problem of one address (empty: of a source as a whole)."""
    if is_shortage(error) and not isinstance(error, OutOfResources):
        error = OutOfResources(f"this machine lacked resources: {error}")
    if isinstance(error, SyncerError):
        return Problem(error.name, str(error), url, error.hint, council)
    return _our_bug(error, url, council)


def _our_bug(error: Exception, url: str, council: str) -> Problem:
    """Return an error without a name of ours as a problem, and write its trace to the log."""
    trace = uuid.uuid4().hex[:8]
    name = type(error).__name__
    log.error("trace %s: %s while reading %s", trace, name, url or "the source", exc_info=error)

    message = f"an error of our own, {name}: {error} (trace {trace})"
    return Problem(name, message, url, OUR_BUG, council)


class Source(Protocol):
    """The shape of a source's module. `GIVES` are the kinds of record that it can have: who wants
    none of them does not depend on it."""

    NAME: str
    TITLE: str
    PARSER: int
    GIVES: tuple[RecordKind, ...]

    def fetch(self, context: SourceContext) -> Iterator[Page]:
        """Yield every page that is due, as it comes in. Raises PageError or FetchError when the
        source as a whole cannot be read."""

    def parse(self, page: Page, context: SourceContext) -> Reading:
        """Return what one page says."""


def names() -> tuple[str, ...]:
    """Return the names of all sources: the modules of this package, in alphabetical order."""
    found = []
    for module in pkgutil.iter_modules(__path__):
        if not module.ispkg and not module.name.startswith("_"):
            found.append(module.name)
    return tuple(sorted(found))


def kinds_given(name: str) -> frozenset[RecordKind]:
    """Return the kinds of record that a source can have."""
    return frozenset(load(name).GIVES)


def load(name: str) -> Source:
    """Return the source of that name. Raises ConfigError, naming those there are."""
    if name not in names():
        raise ConfigError(f"there is no source called {name!r}", "Sources: " + ", ".join(names()))
    return cast(Source, importlib.import_module(f"{__name__}.{name}"))
