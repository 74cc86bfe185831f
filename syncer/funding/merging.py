"""Statements of one document that tell of the same money → one statement, with the sharpest figure
(DESIGN §5.7).

Two determination numbers, or two figures, are two awards; a headline and its article, a figure and
its rounding are one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from syncer.funding.attributes import QUOTE
from syncer.model import FundingKind, Statement
from syncer.quantities.money import same_figure, sharper

_GIVEN = (FundingKind.AWARD, FundingKind.ALLOCATION)
_MONEY = (*_GIVEN, FundingKind.PAYMENT)
_NO_MONEY = (FundingKind.INTERVENTION, FundingKind.PARTNERSHIP)


@dataclass(frozen=True)
class Told:
    """A statement, whether its own sentence names the programme or only the text around it, and
    whether it is money that does not count (FUNDING §2.10), or may not, because nothing says
    who gives it."""

    statement: Statement
    named: bool = True
    out_of_scope: bool = False
    giver_unknown: bool = False


def merged(told: Sequence[Told]) -> list[Statement]:
    """Return the document's statements, each told once, in the order of the text."""
    kept = _each_once(_with_totals(told))
    return [item.statement for item in kept if not _is_said_better(item, kept)]


def _each_once(told: Iterable[Told]) -> list[Told]:
    """Return the statements, those that tell of one thing joined."""
    kept: list[Told] = []
    for item in told:
        place = _place_of_same(item, kept)
        if place is None:
            kept.append(item)
        else:
            kept[place] = _joined(kept[place], item)

    return kept


def _place_of_same(item: Told, kept: Sequence[Told]) -> int | None:
    for place, known in enumerate(kept):
        if _is_same(known, item):
            return place

    return None


# -- Whether two are one ---------------------------------------------------------------------------


def _is_same(one: Told, other: Told) -> bool:
    """Return whether both tell of one thing: kind, councils, programme and figure do not differ."""
    first, second = one.statement, other.statement
    if _about(first) != _about(second) or not _kinds_agree(one, other):
        return False
    if first.kind in _NO_MONEY:
        return _agree(first.status, second.status)
    return _is_same_award(first, second) and _programmes_agree(one, other)


def _is_same_award(first: Statement, second: Statement) -> bool:
    if not _agree(first.determination, second.determination):
        return False
    return _is_same_money(first, second)


def _about(statement: Statement) -> tuple[frozenset[str], tuple[str, ...], str]:
    """Return who it is about, and what was done where that is no money."""
    return (
        frozenset(statement.councils),
        statement.helped,
        statement.what,
    )


def _agree(one: str, other: str) -> bool:
    """Return whether two words can be one: alike, or one of them not given."""
    if not one or not other:
        return True
    return one == other


def _is_same_money(first: Statement, second: Statement) -> bool:
    """Return whether the figures agree; instalments of two years that are alike are two sums."""
    if first.money is None or second.money is None:
        return first.money is second.money
    if _may_be_instalments(first, second):
        return not (_begins_with_year(first) and _begins_with_year(second))
    return same_figure(first.money, second.money)


def _begins_with_year(statement: Statement) -> bool:
    """Return whether its period begins with a number: "2023-24", not "over three years"."""
    beginning = statement.period[:2]
    return beginning.isdigit()


def _may_be_instalments(first: Statement, second: Statement) -> bool:
    """Return whether two sentences print one number of pounds for two periods."""
    if _agree(first.period, second.period) or first.quote == second.quote:
        return False
    if first.money is None or second.money is None:
        return False
    return first.money.pounds == second.money.pounds


def _kinds_agree(one: Told, other: Told) -> bool:
    """Return whether the kinds are one; award or allocation is told by the programme, and that may
    have been guessed."""
    kinds = {one.statement.kind, other.statement.kind}
    if len(kinds) == 1:
        return True

    both_named = one.named and other.named
    return kinds == set(_GIVEN) and not both_named


def _programmes_agree(one: Told, other: Told) -> bool:
    """Return whether the programmes can be one: alike, a round or part of the other, or only
    guessed from the text around."""
    if not (one.named and other.named):
        return True
    first, second = one.statement.programme, other.statement.programme
    return first.startswith(second) or second.startswith(first)


# -- Two as one ------------------------------------------------------------------------------------


def _joined(one: Told, other: Told) -> Told:
    """Return both as one: the sharper figure with its words, and what either alone says."""
    first, second = one.statement, other.statement
    better = _with_sharper_figure(first, second)
    completed = _completed(better, first, second)
    named = _better_named(one, other).statement
    whole = replace(
        completed,
        kind=named.kind,
        programme=named.programme or first.programme or second.programme,
    )

    return Told(whole, one.named or other.named)


def _completed(better: Statement, first: Statement, second: Statement) -> Statement:
    """Return the better of both with what either alone says beside programme and figure."""
    return replace(
        better,
        funder=first.funder or second.funder,
        period=first.period or second.period,
        determination=first.determination or second.determination,
        status=first.status or second.status,
        capital=_first_said(first.capital, second.capital),
        ring_fenced=_first_said(first.ring_fenced, second.ring_fenced),
    )


def _with_sharper_figure(first: Statement, second: Statement) -> Statement:
    if not first.money or not second.money:
        return first
    is_sharper = sharper(first.money, second.money) is second.money
    is_as_sharp = sharper(second.money, first.money) is second.money
    if not is_sharper and not (is_as_sharp and _says_it_surer(second, first)):
        return first
    return replace(first, money=second.money, quote=second.quote, p=second.p, why=second.why)


def _says_it_surer(one: Statement, other: Statement) -> bool:
    """Return whether the words of one leave less doubt than those of the other: a headline's "£9.6m
    for council" is weaker evidence than the sentence with the giver in it."""
    if one.p is None or other.p is None:
        return False
    return one.p > other.p


def _better_named(one: Told, other: Told) -> Told:
    """Return the one whose sentence names the programme, of two such the longer name."""
    if not other.named:
        return one
    if not one.named:
        return other

    is_longer = len(other.statement.programme) > len(one.statement.programme)
    if is_longer:
        return other
    return one


def _first_said(one: bool | None, other: bool | None) -> bool | None:
    if one is None:
        return other
    return one


def _is_said_better(item: Told, kept: Sequence[Told]) -> bool:
    """Return whether a statement without a figure is told again, with one, or jointly, by
    another."""
    one = item.statement
    if one.money is not None or one.kind not in _GIVEN:
        return False
    return any(_says_more(known, item) for known in kept if known is not item)


def _says_more(known: Told, item: Told) -> bool:
    """Return whether a statement gives the other's councils a figure, or names more of them."""
    councils = set(item.statement.councils)
    others = set(known.statement.councils)
    if known.statement.kind not in _MONEY or not councils <= others:
        return False

    names_more = councils < others
    says_more = names_more or _has_figure(known.statement)
    return says_more and _programmes_agree(item, known)


def _has_figure(statement: Statement) -> bool:
    return statement.money is not None and statement.money.pounds > 0


# -- Totals ----------------------------------------------------------------------------------------


def _with_totals(told: Sequence[Told]) -> list[Told]:
    """Return the statements; where a total is exactly the sum of the parts that one sentence gives
    to one council, the parts become that total.

    The total may be the same council's (its instalments follow), or come without councils: told of
    a group. Other totals fall away."""
    rest = [item for item in told if item.statement.councils]
    for total in told:
        parts = _parts_of(total, rest)
        if parts:
            rest = _with_total(rest, total, parts)

    return rest


def _with_total(rest: Sequence[Told], total: Told, parts: Sequence[Told]) -> list[Told]:
    """Return the statements with the total for its parts, where it is theirs or nobody's."""
    councils = total.statement.councils
    if councils == parts[0].statement.councils:
        return [item for item in rest if not _is_among(item, parts)]
    if councils:
        return list(rest)

    whole = _as_whole(parts[0], total)
    others = [item for item in rest if not _is_among(item, parts[1:])]
    return [whole if item is parts[0] else item for item in others]


def _is_among(item: Told, others: Sequence[Told]) -> bool:
    """Return whether it is one of these, not only equal to one."""
    return any(item is other for other in others)


def _as_whole(part: Told, total: Told) -> Told:
    """Return the first part with the figure of the total, and the words of both."""
    quote = f"{total.statement.quote} {part.statement.quote}"
    whole = replace(
        part.statement,
        money=total.statement.money,
        quote=quote[:QUOTE],
    )
    return Told(whole, part.named)


def _parts_of(total: Told, told: Sequence[Told]) -> Sequence[Told]:
    """Return the statements of one sentence, for one set of councils, that add up to the total;
    none unless there are two or more."""
    if total.statement.money is None:
        return ()

    pounds = total.statement.money.pounds
    others = [item for item in told if item is not total]
    for parts in _by_sentence(others):
        if len(parts) > 1 and _pounds(parts) == pounds:
            return parts

    return ()


def _by_sentence(told: Sequence[Told]) -> list[list[Told]]:
    """Return the statements with money, those of one sentence and one set of councils together."""
    groups: dict[tuple[str, tuple[str, ...]], list[Told]] = {}
    for item in told:
        one = item.statement
        if one.money:
            group = groups.setdefault((one.quote, one.councils), [])
            group.append(item)

    return list(groups.values())


def _pounds(told: Sequence[Told]) -> int:
    moneys = [one.statement.money for one in told]
    return sum(money.pounds for money in moneys if money)
