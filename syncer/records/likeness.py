"""By what the observations that may tell of one thing are found among many, without comparing each
with every other. Pure.

Of two that are the `same`, each has a mark that the other asks for. That they have says no more
than that it is worth comparing them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from syncer.model import FundingFields, FundingKind, Observation, RecordKind
from syncer.records.identity import (
    ANNOUNCED_TOGETHER,
    PUBLISHED_TOGETHER,
    announced,
    family,
    is_of_round,
)

DATED, UNDATED = "dated", "undated"
"""Whether the first day of what was inspected is known."""
ROUND, NO_ROUND = "round", "no round"
"""What a programme is among those of its family."""
ANY_TIME, SOME_TIME = "any time", "some time"
"""Money of which it is not known when it was announced, and money of which it is."""


@dataclass(frozen=True)
class Likeness:
    """What an observation is found by, and what it asks for in others."""

    has: frozenset[str] = frozenset()
    asks: frozenset[str] = frozenset()


def likeness(said: Observation) -> Likeness:
    """Return by what an observation is found, and what those have that may be of one thing with it;
    nothing where none is."""
    find = _FOUND_BY.get(said.record)
    if find is None:
        return Likeness()
    return find(said)


# -- Reports ---------------------------------------------------------------------------------------


def _of_report(said: Observation) -> Likeness:
    """A report is found by its file, by its first day and, where of one of the two no first day is
    known, by about when it was published."""
    exact = {*_files(said), *_first_day(said)}
    has = exact.union(_published(said))
    asks = exact.union(_published_near(said))
    return Likeness(
        frozenset(has),
        frozenset(asks),
    )


def _files(said: Observation) -> Iterator[str]:
    file_id = said.report.file_id
    if file_id is None:
        return

    for council in said.councils:
        kind = said.record
        yield f"{kind}|{council}|file {file_id}"


def _first_day(said: Observation) -> Iterator[str]:
    first_day = said.report.first_day
    if first_day is None:
        return
    of = _report_of(said)
    yield f"{of}|from {first_day}"


def _published(said: Observation) -> Iterator[str]:
    """Yield the mark of the time in which a report was published."""
    day = said.published
    if day is None:
        return

    of = _report_of(said)
    known = _what_is_known(said)
    number = _number(day, PUBLISHED_TOGETHER)
    yield f"{of}|{known} {number}"


def _published_near(said: Observation) -> Iterator[str]:
    """Yield the marks of those that were published about then. Two of which the first day is known
    are compared by that."""
    day = said.published
    if day is None:
        return

    of = _report_of(said)
    asked = {UNDATED}
    if _what_is_known(said) == UNDATED:
        asked.add(DATED)

    for number in _numbers_near(day, PUBLISHED_TOGETHER):
        for known in asked:
            yield f"{of}|{known} {number}"


def _what_is_known(said: Observation) -> str:
    if said.report.first_day is None:
        return UNDATED
    return DATED


def _report_of(said: Observation) -> str:
    kind = said.record
    councils = "+".join(said.councils)
    file_kind = said.report.kind
    return f"{kind}|{councils}|{file_kind}"


# -- Awards ----------------------------------------------------------------------------------------


def _of_award(said: Observation) -> Likeness:
    """An award is found by its number, by the row that it is of a table, and by its programme and
    about when it was announced."""
    exact = set(_exact_marks(said.funding))
    has = exact.union(f"{name}|{time}" for name in _names(said.funding) for time in _times(said))
    asks = exact.union(
        f"{name}|{time}"
        for name in _names_asked_for(said.funding)
        for time in _times_asked_for(said)
    )
    of = _award_of(said)
    return Likeness(
        frozenset(f"{of}|{mark}" for mark in has),
        frozenset(f"{of}|{mark}" for mark in asks),
    )


def _award_of(said: Observation) -> str:
    names = sorted(set(said.councils))
    kind = said.record
    councils = "+".join(names)
    funding_kind = said.funding.kind
    return f"{kind}|{councils}|{funding_kind}"


def _exact_marks(said: FundingFields) -> Iterator[str]:
    programme = said.programme
    period = said.period
    amount = said.amount

    if said.determination:
        yield f"number {said.determination}"
    if said.kind is FundingKind.ALLOCATION:
        yield f"row {programme}|{period}|{amount}"


def _names(said: FundingFields) -> Iterator[str]:
    """Yield the programme, and what it is among those of its family: a round, or another one."""
    programme = said.programme
    if programme:
        yield f"programme {programme}"
        place = ROUND if _is_only_round(programme) else NO_ROUND
        yield f"{place} of {family(programme)}"


def _names_asked_for(said: FundingFields) -> Iterator[str]:
    """Yield what the programmes have that may stand for this one: two rounds are never one."""
    programme = said.programme
    if not programme:
        return

    whole = family(programme)
    yield f"programme {programme}"
    yield f"{NO_ROUND} of {whole}"
    if not _is_only_round(programme):
        yield f"{ROUND} of {whole}"


def _is_only_round(programme: str) -> bool:
    """Return whether a programme is a round, and not the one that its family is named by."""
    if family(programme) == programme:
        return False
    return is_of_round(programme)


def _times(said: Observation) -> set[str]:
    """Return the marks of the time in which money was announced; one mark of what is told in
    passing, or on a day that is not known, by which any time may be meant."""
    day = _day_announced(said)
    if day is None:
        return {ANY_TIME}

    number = _number(day, ANNOUNCED_TOGETHER)
    mark = f"time {number}"
    return {mark, SOME_TIME}


def _times_asked_for(said: Observation) -> set[str]:
    day = _day_announced(said)
    if day is None:
        return {ANY_TIME, SOME_TIME}

    asked = {ANY_TIME}
    for number in _numbers_near(day, ANNOUNCED_TOGETHER):
        asked.add(f"time {number}")
    return asked


def _day_announced(said: Observation) -> dt.date | None:
    if said.funding.background:
        return None
    return announced(said)


# -- Interventions ---------------------------------------------------------------------------------


def _of_intervention(said: Observation) -> Likeness:
    """An intervention is compared with all of its councils: they are few."""
    marks = set()
    for council in said.councils:
        kind = said.record
        marks.add(f"{kind}|{council}")

    both = frozenset(marks)
    return Likeness(both, both)


# -- Spans of time ---------------------------------------------------------------------------------


def _number(day: dt.date, span: dt.timedelta) -> int:
    """Return the number of the span of time in which a day lies: of two days that are no further
    apart than the span, the numbers differ by one at most."""
    days = day.toordinal()
    return days // span.days


def _numbers_near(day: dt.date, span: dt.timedelta) -> tuple[int, ...]:
    """Return the numbers of the span in which a day lies, and of those beside it."""
    number = _number(day, span)
    before = number - 1
    after = number + 1
    return before, number, after


_FOUND_BY: Mapping[RecordKind, Callable[[Observation], Likeness]] = {
    RecordKind.INSPECTION: _of_report,
    RecordKind.VISIT: _of_report,
    RecordKind.AWARD: _of_award,
    RecordKind.INTERVENTION: _of_intervention,
}
"""The kinds of record whose observations may be of one thing: a payment matches no other."""
