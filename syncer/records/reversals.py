"""Which payment was taken back by which negative amount: the one rule, for the rows of a monthly
file and for the payments of all months.

The department takes money back by paying a negative sum, mostly under a transaction number of its
own and weeks after the payment. A sum is only ever taken back whole, from the council and the
programme that it was paid to: a journal that moves a sum from one programme to another takes
nothing back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

TAKEN_BACK_WITHIN = dt.timedelta(days=366)


@dataclass(frozen=True)
class Movement:
    """Money paid, or taken back where `pounds` is negative. `number` is the caller's own,
    `programme` the expense area, `transaction` the department's number where it prints one."""

    number: int
    councils: tuple[str, ...]
    programme: str
    paid: dt.date
    pounds: int
    transaction: str


@dataclass(frozen=True)
class Reversal:
    """The numbers of a payment and of the negative amount that took it back."""

    payment: int
    taken_back_by: int


def find_reversals(movements: Iterable[Movement]) -> tuple[Reversal, ...]:
    """Return each payment that was taken back, with what took it back. A negative amount reverses
    the payment of its own transaction number; else the last one by then, within a year; else the
    first later one in the same month. What a surer rule pairs is not there for the next."""
    left = sorted(movements, key=lambda movement: movement.paid)
    found: list[Reversal] = []
    for choose in (_of_its_own_number, _last_before, _first_later_in_month):
        found += _pairs(choose, left)
        left = _unpaired(left, found)

    return tuple(found)


def _unpaired(movements: Iterable[Movement], found: Iterable[Reversal]) -> list[Movement]:
    """Return the movements that belong to none of the reversals found so far."""
    paired = _numbers(found)
    return [movement for movement in movements if movement.number not in paired]


def cancelled(movements: Iterable[Movement]) -> frozenset[int]:
    """Return the numbers of the payments that were taken back, and of what took them back."""
    return _numbers(find_reversals(movements))


def _numbers(reversals: Iterable[Reversal]) -> frozenset[int]:
    numbers: set[int] = set()
    for pair in reversals:
        numbers |= {pair.payment, pair.taken_back_by}

    return frozenset(numbers)


_Choice = Callable[[Movement, Sequence[Movement]], Movement | None]
"""Which of the payments, in order of day, a negative amount reverses by one of the rules."""


def _pairs(choose: _Choice, movements: Sequence[Movement]) -> list[Reversal]:
    """Return what one rule pairs; each payment is taken back once."""
    payments = [movement for movement in movements if movement.pounds > 0]
    negative = [movement for movement in movements if movement.pounds < 0]
    found = []
    for back in negative:
        fitting = [payment for payment in payments if _is_same_sum(payment, back)]
        chosen = choose(back, fitting)
        if chosen is not None:
            payments.remove(chosen)
            found.append(Reversal(chosen.number, back.number))

    return found


def _is_same_sum(payment: Movement, back: Movement) -> bool:
    """Return whether the negative amount is this sum, of the same council and programme."""
    if payment.pounds != -back.pounds:
        return False
    if payment.councils != back.councils:
        return False
    return payment.programme == back.programme


def _of_its_own_number(back: Movement, payments: Sequence[Movement]) -> Movement | None:
    if not back.transaction:
        return None

    for payment in payments:
        if payment.transaction == back.transaction:
            return payment

    return None


def _last_before(back: Movement, payments: Sequence[Movement]) -> Movement | None:
    earliest = back.paid - TAKEN_BACK_WITHIN
    for payment in reversed(payments):
        if earliest <= payment.paid <= back.paid:
            return payment

    return None


def _first_later_in_month(back: Movement, payments: Sequence[Movement]) -> Movement | None:
    """Return the payment that was entered with its reversal, and is dated after it."""
    for payment in payments:
        is_of_month = _month(payment.paid) == _month(back.paid)
        if is_of_month and payment.paid > back.paid:
            return payment

    return None


def _month(day: dt.date) -> tuple[int, int]:
    return day.year, day.month
