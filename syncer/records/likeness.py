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


@dataclass(frozen=True)
class Likeness:
    """What an observation is found by, and what it asks for in others."""

    has: frozenset[str] = frozenset()
    asks: frozenset[str] = frozenset()


def likeness(said: Observation) -> Likeness:
    """Return by what an observation is found, and what those have that may be of one thing with it;
    nothing where none is."""
    find = _FOUND_BY.get(said.record)
    return find(said) if find else Likeness()


# -- Reports ---------------------------------------------------------------------------------------


def _of_report(said: Observation) -> Likeness:
    """A report is found by its file, by its first day and, where of one of the two no first day is
    known, by about when it was published."""
    marks = {*_files(said), *_first_day(said)}
    has, asks = set(marks), set(marks)
    if said.published:
        is_dated = said.report.first_day is not None
        has |= _published(said, is_dated, (0,))
        asks |= _published(said, False, (-1, 0, 1))
        if not is_dated:
            asks |= _published(said, True, (-1, 0, 1))

    return Likeness(frozenset(has), frozenset(asks))


def _files(said: Observation) -> Iterator[str]:
    file_id = said.report.file_id
    if file_id is not None:
        for council in said.councils:
            yield f"{said.record}|{council}|file {file_id}"


def _first_day(said: Observation) -> Iterator[str]:
    first_day = said.report.first_day
    if first_day is not None:
        yield f"{_report_of(said)}|from {first_day}"


def _published(said: Observation, is_dated: bool, steps: tuple[int, ...]) -> set[str]:
    """Return the marks of the time in which a report was published, or so many times later."""
    assert said.published is not None
    number = _number(said.published, PUBLISHED_TOGETHER)
    known = "dated" if is_dated else "undated"
    return {f"{_report_of(said)}|{known} {number + step}" for step in steps}


def _report_of(said: Observation) -> str:
    return f"{said.record}|{'+'.join(said.councils)}|{said.report.kind}"


def _number(day: dt.date, span: dt.timedelta) -> int:
    """Return the number of the span of time in which a day lies: of two days that are no further
    apart than the span, the numbers differ by one at most."""
    return day.toordinal() // span.days


# -- Awards ----------------------------------------------------------------------------------------


def _of_award(said: Observation) -> Likeness:
    """An award is found by its number, by the row that it is of a table, and by its programme and
    about when it was announced."""
    marks = {f"{_award_of(said)}|{mark}" for mark in _exact_marks(said.funding)}
    has, asks = set(marks), set(marks)
    for name in _names(said.funding):
        has |= {f"{_award_of(said)}|{name}|{time}" for time in _times(said)}
    for name in _names_asked_for(said.funding):
        asks |= {f"{_award_of(said)}|{name}|{time}" for time in _times_asked_for(said)}

    return Likeness(frozenset(has), frozenset(asks))


def _award_of(said: Observation) -> str:
    councils = sorted(set(said.councils))
    return f"{said.record}|{'+'.join(councils)}|{said.funding.kind}"


def _exact_marks(said: FundingFields) -> Iterator[str]:
    if said.determination:
        yield f"number {said.determination}"
    if said.kind is FundingKind.ALLOCATION and said.programme:
        yield f"row {said.programme}|{said.period}|{said.amount}"


def _names(said: FundingFields) -> Iterator[str]:
    """Yield the programme, and what it is among those of its family: a round, or another one."""
    programme = said.programme
    if programme:
        yield f"programme {programme}"
        yield _in_family(programme, is_round=_is_only_round(programme))


def _names_asked_for(said: FundingFields) -> Iterator[str]:
    """Yield what the programmes have that may stand for this one: two rounds are never one."""
    programme = said.programme
    if programme:
        yield f"programme {programme}"
        yield _in_family(programme, is_round=False)
        if not _is_only_round(programme):
            yield _in_family(programme, is_round=True)


def _is_only_round(programme: str) -> bool:
    """Return whether a programme is a round, and not the one that its family is named by."""
    return is_of_round(programme) and family(programme) != programme


def _in_family(programme: str, *, is_round: bool) -> str:
    place = "round of" if is_round else "of"
    return f"{place} {family(programme)}"


def _times(said: Observation) -> set[str]:
    """Return the marks of the time in which money was announced; one mark of what is told in
    passing, or on a day that is not known, which any time may be meant by."""
    day = _day_announced(said)
    if day is None:
        return {"any time"}
    return {f"time {_number(day, ANNOUNCED_TOGETHER)}", "a time"}


def _times_asked_for(said: Observation) -> set[str]:
    day = _day_announced(said)
    if day is None:
        return {"any time", "a time"}

    number = _number(day, ANNOUNCED_TOGETHER)
    near = {f"time {number + step}" for step in (-1, 0, 1)}
    return near | {"any time"}


def _day_announced(said: Observation) -> dt.date | None:
    return None if said.funding.background else announced(said)


# -- Interventions ---------------------------------------------------------------------------------


def _of_intervention(said: Observation) -> Likeness:
    """An intervention is compared with all of its councils: they are few."""
    marks = frozenset(f"{said.record}|{council}" for council in said.councils)
    return Likeness(marks, marks)


_FOUND_BY: Mapping[RecordKind, Callable[[Observation], Likeness]] = {
    RecordKind.INSPECTION: _of_report,
    RecordKind.VISIT: _of_report,
    RecordKind.AWARD: _of_award,
    RecordKind.INTERVENTION: _of_intervention,
}
"""The kinds of record whose observations may be of one thing: a payment matches no other."""
