"""A report that the pages of two councils list: one of the pages is wrong, and nothing is told of
either council until the site has put it right (DESIGN §5.6).

A page that lists what is known as another council's report is in the wrong. Of a report that is new
nobody knows whose it is: the page read first has taken it in before the second is seen, so that its
events, which nobody has been told of yet, are taken back. What is withheld is decided again at the
end of the run, when every page that was due has been read.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from syncer.errors import WrongCouncil
from syncer.model import Observation, Problem, ReportFields
from syncer.reading import ENTRIES, Entry, File, Page, Reading
from syncer.store import Store, events, pages
from syncer.store import records as record_store
from syncer.store.pages import Listing

HINT = "Nothing is told of it until the site has put right which council's report it is."


@dataclass(frozen=True)
class Withheld:
    """A report that another council's page lists too: where it stands, what it says, and what is
    wrong with the two pages."""

    page: Page
    entry: Entry
    said: Observation
    problems: tuple[Problem, ...]


@dataclass
class SoFar:
    """What the pages of one run have given so far: the entries that were read for the first time
    (page and key), the reports withheld, and the events of pages that were read for the first
    time."""

    newly_read: set[tuple[str, str]] = field(default_factory=set)
    withheld: list[Withheld] = field(default_factory=list)
    first_reads: set[int] = field(default_factory=set)


@dataclass
class _Sorted:
    """The reports of one page: whose they are is certain, or is not."""

    kept: list[Observation] = field(default_factory=list)
    withheld: list[Withheld] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def sort_out(
    store: Store, source: str, so_far: SoFar, page: Page, reading: Reading
) -> tuple[Reading, tuple[Withheld, ...], tuple[Problem, ...]]:
    """Return the reading without the reports of which it is not certain that they are this
    council's, those that may yet prove to be, and what is wrong. What another page had taken in
    before this one was seen is taken back. Call inside `writing()`."""
    found = _Sorted()
    for said in reading.observations:
        others = _listed_elsewhere(store, source, page, said)
        if others:
            _sort(store, so_far, page, reading, said, others, found)
        else:
            found.kept.append(said)

    left = replace(reading, observations=tuple(found.kept))
    return left, tuple(found.withheld), tuple(found.problems)


def is_settled(store: Store, withheld: Withheld) -> bool:
    """Return whether no other page lists the report any more."""
    said = withheld.said
    return not pages.listings(store, said.source, said.key, said.page)


def is_newly_read(page: Page, said: Observation) -> bool:
    """Return whether it is a report which this page had not given before."""
    before = page.before.get(said.key)
    known = before is not None and not before.unread
    is_report = isinstance(said.fields, ReportFields) and bool(said.fields.file_id)
    return is_report and not known


def _listed_elsewhere(
    store: Store, source: str, page: Page, said: Observation
) -> Sequence[Listing]:
    if not is_newly_read(page, said):
        return ()
    return pages.listings(store, source, said.key, page.key)


def _sort(
    store: Store,
    so_far: SoFar,
    page: Page,
    reading: Reading,
    said: Observation,
    others: Sequence[Listing],
    found: _Sorted,
) -> None:
    """Find out whether a report is known as another council's, or new on both pages."""
    owners = [other for other in others if _has_owned(store, said.source, so_far, other, said.key)]
    if owners:
        message = f"lists the report {said.key}, which is known as one of {owners[0].council}"
        found.problems.append(_problem(page.link, message, page.council))
        return

    problems = _of_both(page, said.key, others)
    found.problems += problems
    entry = next(each for each in reading.entries if each.key == said.key)
    found.withheld.append(Withheld(_without_bytes(page, said.key), entry, said, tuple(problems)))
    for other in others:
        if other.read:
            take_back(store, said.source, other.page, said.key)


def _has_owned(store: Store, source: str, so_far: SoFar, other: Listing, key: str) -> bool:
    """Return whether the report was read from the other page before this run. One whose events a
    run that died has left behind was not: nobody was told."""
    if not other.read or (other.page, key) in so_far.newly_read:
        return False
    return key not in events.unsettled_news(store, source, other.page)


def take_back(store: Store, source: str, page: str, key: str) -> None:
    """Forget that a report was read from a page, and with it all that is new on this page and not
    yet told: what was before a report depends on those that came before it. The entries stay, with
    the moment they were first seen, and are read again by the next run."""
    news = events.unsettled_news(store, source, page)
    events.forget_news(store, news.values())
    keys = {key, *news}
    pages.forget_read(store, source, page, keys)
    left = record_store.drop_observations(store, source, page, keys)
    record_store.forget_empty(store, left)


def _of_both(page: Page, key: str, others: Sequence[Listing]) -> list[Problem]:
    """Return the problem at this page, and that at each of the others. One that has nothing to say
    of the report yet has its problem already."""
    names = " and ".join(other.council for other in others)
    here = f"lists the report {key}, which the page of {names} lists too"
    problems = [_problem(page.link, here, page.council)]
    for other in others:
        if other.link:
            there = f"lists the report {key}, which the page of {page.council} lists too"
            problems.append(_problem(other.link, there, other.council))
    return problems


def _problem(link: str, what: str, council: str) -> Problem:
    return Problem(WrongCouncil.__name__, f"{link} {what}", link + ENTRIES, HINT, council)


def _without_bytes(page: Page, key: str) -> Page:
    """Return the page as it is kept until the end of the run: with what is known of one file."""
    files: dict[str, File] = {}
    if key in page.files:
        files[key] = replace(page.files[key], data=b"")
    return replace(page, data=b"", files=files)


def without_settled(
    problems: Sequence[Problem], settled: Collection[Withheld]
) -> tuple[list[Problem], set[str]]:
    """Return the problems that are left when these reports are settled, and the addresses of the
    others."""
    ended = [problem for each in settled for problem in each.problems]
    left = [problem for problem in problems if not any(problem is each for each in ended)]
    return left, {problem.url for problem in ended}
