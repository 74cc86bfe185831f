"""Statements of one document that tell of the same money → one statement, with the sharpest figure
(DESIGN §5.7).

Two determination numbers, or two figures, are two awards; a headline and its article, a figure and
its rounding are one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from syncer.model import FundingKind, Statement
from syncer.quantities.money import same_figure, sharper

_GIVEN = (FundingKind.AWARD, FundingKind.ALLOCATION)


@dataclass(frozen=True)
class Told:
    """A statement, whether its own sentence names the programme or only the text around it, and
    whether it is money that does not count (FUNDING §2.10)."""

    statement: Statement
    named: bool = True
    out_of_scope: bool = False


def merged(told: Sequence[Told]) -> list[Statement]:
    """The document's statements, each told once, in the order of the text."""
    kept: list[Told] = []
    for item in _with_totals(told):
        at = next((place for place, known in enumerate(kept) if _same(known, item)), None)
        if at is None:
            kept.append(item)
        else:
            kept[at] = _joined(kept[at], item)
    return [item.statement for item in kept if not _said_better(item, kept)]


def _same(one: Told, other: Told) -> bool:
    """Whether both tell of one thing: kind, councils, programme and figure do not differ."""
    first, second = one.statement, other.statement
    if (set(first.councils), first.helped, first.what) != (
        set(second.councils),
        second.helped,
        second.what,
    ) or not _kinds_agree(one, other):
        return False
    if first.kind in (FundingKind.INTERVENTION, FundingKind.PARTNERSHIP):
        return first.status == second.status or not (first.status and second.status)
    if first.determination and second.determination and first.determination != second.determination:
        return False
    if first.money is None or second.money is None:
        return first.money is second.money and _programmes_agree(one, other)
    if (
        first.period
        and second.period
        and first.period != second.period
        and first.money.pounds == second.money.pounds
        and first.quote != second.quote
    ):
        return _programmes_agree(one, other) and not (
            first.period[:2].isdigit() and second.period[:2].isdigit()
        )
    return same_figure(first.money, second.money) and _programmes_agree(one, other)


def _kinds_agree(one: Told, other: Told) -> bool:
    """Whether the kinds are one; award or allocation is told by the programme, and that may have
    been guessed."""
    kinds = {one.statement.kind, other.statement.kind}
    return len(kinds) == 1 or (kinds == set(_GIVEN) and not (one.named and other.named))


def _programmes_agree(one: Told, other: Told) -> bool:
    """Whether the programmes can be one: alike, a round or part of the other, or only guessed from
    the text around."""
    first, second = one.statement.programme, other.statement.programme
    alike = first.startswith(second) or second.startswith(first)
    return alike or not (one.named and other.named)


def _joined(one: Told, other: Told) -> Told:
    """Both as one: the sharper figure with its words, and what either alone says."""
    first, second = one.statement, other.statement
    better = first
    if first.money and second.money and sharper(first.money, second.money) is second.money:
        better = replace(first, money=second.money, quote=second.quote)
    named = (
        other
        if other.named and (not one.named or len(second.programme) > len(first.programme))
        else one
    )
    return Told(
        replace(
            better,
            kind=named.statement.kind,
            programme=named.statement.programme or first.programme or second.programme,
            funder=first.funder or second.funder,
            period=first.period or second.period,
            determination=first.determination or second.determination,
            status=first.status or second.status,
            capital=first.capital if first.capital is not None else second.capital,
            ring_fenced=first.ring_fenced if first.ring_fenced is not None else second.ring_fenced,
        ),
        one.named or other.named,
    )


def _said_better(item: Told, kept: Sequence[Told]) -> bool:
    """Whether a statement without a figure is told again, with one, or jointly, by another."""
    one = item.statement
    if one.money is not None or one.kind not in _GIVEN:
        return False
    for known in kept:
        other = known.statement
        if (
            known is item
            or other.kind not in (*_GIVEN, FundingKind.PAYMENT)
            or not set(one.councils) <= set(other.councils)
        ):
            continue
        better = other.money is not None and other.money.pounds > 0
        if (better or set(one.councils) < set(other.councils)) and _programmes_agree(item, known):
            return True
    return False


def _with_totals(told: Sequence[Told]) -> list[Told]:
    """Where a total is exactly the sum of the parts that one sentence gives to one council, the
    parts become that total.

    The total may be the same council's (its instalments follow), or come without councils: told of
    a group. Other totals fall away."""
    rest = [item for item in told if item.statement.councils]
    for total in told:
        parts = _parts_of(total, rest)
        if not parts:
            continue
        first = parts[0].statement
        if total.statement.councils == first.councils:
            rest = [item for item in rest if not any(item is part for part in parts)]
        elif not total.statement.councils:
            whole = replace(
                first,
                money=total.statement.money,
                quote=f"{total.statement.quote} {first.quote}"[:400],
            )
            rest = [
                Told(whole, parts[0].named) if item is parts[0] else item
                for item in rest
                if not any(item is part for part in parts[1:])
            ]
    return rest


def _parts_of(total: Told, told: Sequence[Told]) -> list[Told]:
    """The statements of one sentence, for one set of councils, that add up to the total; none
    unless there are two or more."""
    with_money = [item for item in told if item.statement.money and item is not total]
    for item in with_money:
        where = (item.statement.quote, item.statement.councils)
        same = [
            other
            for other in with_money
            if (other.statement.quote, other.statement.councils) == where
        ]
        pounds = sum(other.statement.money.pounds for other in same if other.statement.money)
        if len(same) > 1 and total.statement.money and pounds == total.statement.money.pounds:
            return same
    return []
