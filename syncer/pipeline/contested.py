"""A report that the pages of two councils list: one of the pages is wrong, and nothing is told of
either council until the site has put it right (DESIGN §5.6).

A page that lists what is known as another council's report is in the wrong. Of a report that is new
nobody knows whose it is: the page read first has taken it in before the second is seen, so that its
events, which nobody has been told of yet, are taken back. What is withheld is decided again at the
end of the run, when every page that was due has been read.

The same goes for two reports of one page that contradict each other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

from syncer.errors import ReportsContradict, WrongCouncil
from syncer.model import Observation, Problem, ReportFields
from syncer.reading import ENTRIES, Entry, File, Page, Reading
from syncer.records.twins import Twins, are_twins, compare
from syncer.store import Store, events, pages
from syncer.store import records as record_store
from syncer.store.pages import Listing

NAME = WrongCouncil.__name__
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
) -> tuple[Reading, tuple[Withheld, ...]]:
    """Return the reading without the reports of which it is not certain that they are this
    council's, and those that may yet prove to be. What another page had taken in before this one
    was seen is taken back. Call inside `writing()`."""
    found = _Sorted()
    for said in reading.observations:
        others = _listed_elsewhere(store, source, page, said)
        if not others:
            found.kept.append(said)
        elif owner := _owner(store, so_far, others, said):
            found.problems.append(_known_as_of(owner, page, said))
        else:
            _contest(store, page, reading, said, others, found)

    problems = (*reading.problems, *found.problems)
    left = replace(reading, observations=tuple(found.kept), problems=problems)
    return left, tuple(found.withheld)


def without_contradictions(page: Page, reading: Reading) -> Reading:
    """Return the reading without the reports that contradict another one of the same council, kind
    and first day on this page, with a problem for each two. What was known before stays."""
    contradicting: set[str] = set()
    problems = list(reading.problems)
    for a, b in _contradictions(page, reading):
        contradicting |= _new_keys(page, a, b)
        problems.append(_contradiction(page, a, b))

    kept = [said for said in reading.observations if said.key not in contradicting]
    return replace(reading, observations=tuple(kept), problems=tuple(problems))


def _contradictions(page: Page, reading: Reading) -> Iterator[tuple[Observation, Observation]]:
    """Yield each two reports that contradict each other and of which at least one is new."""
    files = [said for said in reading.observations if _is_file(said)]
    for a, b in combinations(files, 2):
        if _new_keys(page, a, b) and _contradict(a, b):
            yield a, b


def _new_keys(page: Page, a: Observation, b: Observation) -> set[str]:
    """Return the keys of those of two reports that the page had not given before."""
    return {said.key for said in (a, b) if is_newly_read(page, said)}


def _contradict(a: Observation, b: Observation) -> bool:
    return are_twins(a, b) and compare(a.report, b.report) is Twins.CONTRADICTION


def _contradiction(page: Page, a: Observation, b: Observation) -> Problem:
    message = (
        f"{page.link} lists two reports, {a.key} and {b.key}, of an inspection or visit that began "
        f"on {a.report.first_day}, and they contradict each other"
    )
    error = ReportsContradict(message)
    return Problem(error.name, message, page.link + ENTRIES, error.hint, page.council)


def is_settled(store: Store, withheld: Withheld) -> bool:
    """Return whether no other page lists the report any more."""
    said = withheld.said
    return not pages.listings(store, said.source, said.key, said.page)


def is_newly_read(page: Page, said: Observation) -> bool:
    """Return whether it is a report which this page had not given before."""
    before = page.before.get(said.key)
    known = before is not None and not before.unread
    return _is_file(said) and not known


def _is_file(said: Observation) -> bool:
    """Return whether it is a report with a file of its own, not a row of a table."""
    return isinstance(said.fields, ReportFields) and bool(said.fields.file_id)


def _listed_elsewhere(
    store: Store, source: str, page: Page, said: Observation
) -> Sequence[Listing]:
    if not is_newly_read(page, said):
        return ()
    return pages.listings(store, source, said.key, page.key)


def _owner(
    store: Store, so_far: SoFar, others: Sequence[Listing], said: Observation
) -> Listing | None:
    """Return the page from which the report was read before this run; None where it is new on each.
    One whose events a run that died has left behind is new: nobody was told."""
    for other in others:
        if not other.read or (other.page, said.key) in so_far.newly_read:
            continue
        if said.key not in events.unsettled_news(store, said.source, other.page):
            return other
    return None


def _known_as_of(owner: Listing, page: Page, said: Observation) -> Problem:
    message = f"lists the report {said.key}, which is known as one of {owner.council}"
    return _problem(page.link, message, page.council)


def _contest(
    store: Store,
    page: Page,
    reading: Reading,
    said: Observation,
    others: Sequence[Listing],
    found: _Sorted,
) -> None:
    """Withhold a report that is new on several pages, and take it back from those read before."""
    problems = _of_both(page, said.key, others)
    entry = next(each for each in reading.entries if each.key == said.key)
    bare = _without_bytes(page, said.key)
    found.withheld.append(Withheld(bare, entry, said, tuple(problems)))
    found.problems += problems
    for other in others:
        if other.link:
            take_back(store, said.source, other.page, said.key)


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
    """Return the problem at this page, and that at each of the others. One from which nothing was
    taken has its problem already."""
    names = " and ".join(other.council for other in others)
    here = f"lists the report {key}, which the page of {names} lists too"
    problems = [_problem(page.link, here, page.council)]
    for other in others:
        if other.link:
            there = f"lists the report {key}, which the page of {page.council} lists too"
            problems.append(_problem(other.link, there, other.council))
    return problems


def _problem(link: str, what: str, council: str) -> Problem:
    return Problem(NAME, f"{link} {what}", link + ENTRIES, HINT, council)


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
    ended: list[Problem] = []
    for each in settled:
        ended += each.problems

    numbers = {id(problem) for problem in ended}
    left = [problem for problem in problems if id(problem) not in numbers]
    return left, {problem.url for problem in ended}
