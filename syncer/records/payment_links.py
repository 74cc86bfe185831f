"""Payments → the awards they settle, as inferred: nothing in the department's payments names an
award (DESIGN §5.7). Pure.

What can be inferred from: the council, the window in which an award is paid, and the sum. The
payments of one expense area are one stream. A second grant paid together with the first shows as
instalments that grow by the same amount (836,633, 836,633, 1,216,633, 1,216,633: two grants, of
836,633 and of 380,000 an instalment); measured on the instalments of 2015, where both
determinations are known. A payment that was taken back, in whichever month's file, settles nothing.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import dropwhile

from syncer.model import Record
from syncer.quantities.periods import find_periods
from syncer.records.reversals import Movement, cancelled
from syncer.register.ministries import EDUCATION

BEFORE = dt.timedelta(days=92)
AFTER = dt.timedelta(days=183)
USUALLY_PAID_WITHIN = dt.timedelta(days=640)
ROUNDING = 2
"""Instalments of one grant differ by so many pounds at most."""
LEAST_PART = 0.25
MOST_OVER = 1.3
"""How far above "over £4.5m" the sum may be, and which part of a figure has to be seen for payments
to count as some of it."""


@dataclass(frozen=True)
class Link:
    """So many pounds of a payment settle an award, both given by their record ids. `whole`: the
    payments together reach the award's figure; else they are the part of it that was seen."""

    payment: int
    award: int
    pounds: int
    whole: bool


@dataclass(frozen=True)
class Linking:
    """The links, and the payments that were taken back with those that took them back."""

    links: tuple[Link, ...]
    reversed: frozenset[int]


@dataclass(frozen=True)
class _Line:
    payment: int
    paid: dt.date
    area: str
    pounds: int


_Sum = tuple[_Line, ...]


def link(awards: Iterable[Record], payments: Iterable[Record]) -> Linking:
    """Return which payments settle which awards of one council. Joint awards are left out (nobody
    says which part is whose), and so are awards without a figure or a day."""
    movements = _movements(payments)
    taken_back = cancelled(movements)
    lines = _lines(movements, taken_back)

    waiting = [award for award in awards if _can_be_linked(award)]
    waiting.sort(key=lambda award: (_window(award), award.id))
    links: list[Link] = []
    for whole in (True, False):
        linked = {each.award for each in links}
        for award in waiting:
            if award.id not in linked:
                found = _settling(award, lines, whole)
                links += _links(award, found, whole)
                lines = _without(lines, found)

    return Linking(tuple(links), taken_back)


def _links(award: Record, lines: _Sum, whole: bool) -> list[Link]:
    return [Link(line.payment, award.id, line.pounds, whole) for line in lines]


def _movements(payments: Iterable[Record]) -> list[Movement]:
    """Return the payments of the monthly files, oldest first."""
    found = []
    for payment in payments:
        movement = _movement(payment)
        if movement is not None:
            found.append(movement)

    return sorted(found, key=lambda movement: (movement.paid, movement.number))


def _movement(payment: Record) -> Movement | None:
    """Return the payment; None for one that was withdrawn, or was told in prose, without a sum or a
    day on which it was paid."""
    said = payment.payment
    if payment.withdrawn or said.paid is None or said.amount is None:
        return None

    return Movement(
        payment.id,
        payment.councils,
        said.area or "",
        said.paid,
        said.amount,
        said.transaction or "",
    )


def _lines(movements: Iterable[Movement], taken_back: frozenset[int]) -> list[_Line]:
    """Return what was paid and stayed paid."""
    return [
        _Line(movement.number, movement.paid, movement.programme, movement.pounds)
        for movement in movements
        if movement.pounds > 0 and movement.number not in taken_back
    ]


def _can_be_linked(award: Record) -> bool:
    """Return whether it is one council's, of the education ministry, with a figure and a day."""
    said = award.funding
    if award.withdrawn or len(award.councils) != 1:
        return False
    if said.amount is None or said.funder not in (None, EDUCATION):
        return False
    return bool(_window(award))


# -- When an award is paid -------------------------------------------------------------------------


def _window(award: Record) -> tuple[dt.date, dt.date] | tuple[()]:
    """Return the days within which an award is paid: around its period where that has days, else
    from its announcement on; empty where neither is known."""
    announced = award.funding.announced
    first, last = _period(award)
    known = [day for day in (first, announced) if day is not None]
    if not known:
        return ()

    begin = min(known)
    if last is not None:
        return begin - BEFORE, last + AFTER
    return begin - BEFORE, (announced or begin) + USUALLY_PAID_WITHIN


def _period(award: Record) -> tuple[dt.date | None, dt.date | None]:
    """Return the first and the last day of the award's period, where they are known."""
    periods = find_periods(award.funding.period or "")
    if not periods:
        return None, None
    return periods[0].first, periods[0].last


# -- Which payments come to its figure -------------------------------------------------------------


def _settling(award: Record, lines: Sequence[_Line], whole: bool) -> _Sum:
    """Return the payments whose sum is nearest to the award's figure among those that meet it; or
    (not `whole`) the one stream that can be a part of it."""
    inside = _paid_within(_window(award), lines)
    if whole:
        return _meeting(award, inside)
    return _part_of(award, inside)


def _paid_within(
    window: tuple[dt.date, dt.date] | tuple[()], lines: Sequence[_Line]
) -> list[_Line]:
    """Return the payments that were made on these days; none where no days are given."""
    if not window:
        return []

    first, last = window
    return [line for line in lines if first <= line.paid <= last]


def _meeting(award: Record, lines: Sequence[_Line]) -> _Sum:
    """Return the payments whose sum meets the figure and is nearest to it, the fewest of them."""
    low, high = _range(award)
    amount = award.funding.amount or 0

    best: _Sum = ()
    for payments in _sums(lines):
        pounds = _total(payments)
        if not low - ROUNDING <= pounds <= high + ROUNDING:
            continue
        if not best or _distance(payments, amount) < _distance(best, amount):
            best = payments

    return best


def _distance(payments: _Sum, amount: int) -> tuple[int, int]:
    """Return how far payments are from a figure, in pounds, then how many they are."""
    difference = abs(_total(payments) - amount)
    return difference, len(payments)


def _part_of(award: Record, lines: Sequence[_Line]) -> _Sum:
    """Return the one stream that can be a part of the figure; none where several can."""
    _, high = _range(award)
    amount = award.funding.amount or 0
    least = amount * LEAST_PART
    parts = [stream for stream in _streams(lines) if least <= _total(stream) <= high]
    if len(parts) == 1:
        return parts[0]
    return ()


def _range(award: Record) -> tuple[float, float]:
    """Return the pounds that the figure stands for; an open end, or a ceiling, is bounded by what
    is likely."""
    said = award.funding
    amount = said.amount or 0
    low: float = amount
    high = amount * MOST_OVER
    if said.low is not None:
        low = said.low
    if said.high is not None:
        high = said.high

    return low or high / 2, high


def _sums(lines: Sequence[_Line]) -> Iterator[_Sum]:
    """Yield what may be paid for one award: a stream, or one of the two grants in it."""
    for stream in _streams(lines):
        yield stream
        if len(stream) > 1:
            yield from grants_in(stream)


def _streams(lines: Sequence[_Line]) -> list[_Sum]:
    """Return the payments of each expense area."""
    by_area: dict[str, list[_Line]] = defaultdict(list)
    for line in lines:
        by_area[line.area].append(line)

    return [tuple(found) for found in by_area.values()]


def grants_in(stream: _Sum) -> tuple[_Sum, ...]:
    """Return the stream as two grants, where its instalments grow by a second one; else as it
    is."""
    base = _first_repeated(stream)
    grown = _grown(stream, base) if base else []
    if not grown:
        return (stream,)

    first_grant = []
    for line in stream:
        is_grown = line in grown
        first_grant.append(replace(line, pounds=base) if is_grown else line)

    second_grant = [replace(line, pounds=line.pounds - base) for line in grown]
    return tuple(first_grant), tuple(second_grant)


def _grown(stream: _Sum, base: int) -> list[_Line]:
    """Return the instalments that are more than `base`, from its first on; none where one of them
    is less."""
    steady = list(dropwhile(lambda line: not _is_near(line.pounds, base), stream))
    if any(line.pounds < base - ROUNDING for line in steady):
        return []
    return [line for line in steady if line.pounds > base + ROUNDING]


def _first_repeated(stream: _Sum) -> int:
    """Return the first instalment, in pounds, that is paid again; 0 where none is."""
    for place, line in enumerate(stream):
        later = stream[place + 1 :]
        if any(_is_near(line.pounds, other.pounds) for other in later):
            return line.pounds

    return 0


def _without(lines: Sequence[_Line], used: _Sum) -> list[_Line]:
    """Return what is left of each payment."""
    spent = {line.payment: line.pounds for line in used}
    left = []
    for line in lines:
        pounds = line.pounds - spent.get(line.payment, 0)
        if pounds > ROUNDING:
            left.append(replace(line, pounds=pounds))

    return left


def _is_near(one: int, other: int) -> bool:
    return abs(one - other) <= ROUNDING


def _total(lines: _Sum) -> int:
    pounds = [line.pounds for line in lines]
    return sum(pounds)
