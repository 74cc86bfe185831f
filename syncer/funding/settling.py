"""What prose and tables of one text say together: each thing once, told or possible."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from syncer.funding.merging import Told, merged
from syncer.model import Certainty, FundingKind, Statement
from syncer.quantities.money import same_figure

_GIVEN = (FundingKind.AWARD, FundingKind.ALLOCATION)
_NEVER_IN_ROWS = (FundingKind.INTERVENTION, FundingKind.PARTNERSHIP)


@dataclass(frozen=True)
class FundingReading:
    """What a text says of money: told, possible, and (for who asks why) what was taken for
    nothing."""

    told: tuple[Statement, ...]
    possible: tuple[Statement, ...] = ()
    nothing: tuple[Statement, ...] = ()


def settle(told: Sequence[Told], rows: Sequence[Statement], determination: str) -> FundingReading:
    """Return what is told once, beside the rows of tables, which get the page's one determination
    number; a possible that is told is not one."""
    numbered = [_with_number(row, determination) for row in rows]
    certain = _certain(told, numbered)
    possible = _only_possible(told, certain)

    return FundingReading(
        tuple(certain),
        tuple(_beside_rows(possible, numbered)),
        tuple(_sums_of_nothing(told)),
    )


def _only_possible(told: Sequence[Told], certain: Sequence[Statement]) -> list[Statement]:
    """Return what is possible, each once, and not among what is told for certain; whoever is helped
    by another that is paid for it has no place."""
    possible = _of_certainty(told, Certainty.POSSIBLE)
    helped = {slug for one in certain for slug in one.helped}
    left = []
    for one in merged(possible):
        is_of_helped = _is_place(one) and not helped.isdisjoint(one.councils)
        if one.councils and not is_of_helped and not _is_told(one, certain):
            left.append(one)

    return left


def _sums_of_nothing(told: Sequence[Told]) -> list[Statement]:
    found = []
    for one in _of_certainty(told, Certainty.NOTHING):
        if one.statement.money:
            found.append(one.statement)

    return found


def _with_number(row: Statement, determination: str) -> Statement:
    """Return a row with the page's determination number, where it has none of its own."""
    if row.determination:
        return row
    return replace(row, determination=determination)


def _of_certainty(told: Sequence[Told], certainty: Certainty) -> list[Told]:
    return [one for one in told if one.statement.certainty is certainty]


def _certain(told: Sequence[Told], rows: Sequence[Statement]) -> list[Statement]:
    """Return what is told for certain, that of the rows last."""
    sure = _of_certainty(told, Certainty.TOLD)
    sure = _without_paid_places(_without_places_of_others(sure))
    from_prose = merged([*sure, *_that_help(told, sure)])
    certain = [*_beside_rows(from_prose, rows), *rows]

    return [replace(one, certainty=Certainty.TOLD) for one in certain]


def _without_places_of_others(sure: Sequence[Told]) -> list[Told]:
    """Return what is sure without the places of councils to which something else is done: the same
    sentence tells an intervention ("payments to Dorset have been suspended"), or another council is
    paid to help them."""
    stepped_in = set(_stepped_in(sure))
    helped = {slug for item in sure for slug in item.statement.helped}
    kept = []
    for item in sure:
        one = item.statement
        if _is_place(one) and (_is_among(one, stepped_in) or not helped.isdisjoint(one.councils)):
            continue
        kept.append(item)

    return kept


def _stepped_in(sure: Sequence[Told]) -> Iterator[tuple[str, str]]:
    """Yield each council of an intervention, with the sentence that tells it."""
    for item in sure:
        if item.statement.kind is FundingKind.INTERVENTION:
            for slug in item.statement.councils:
                yield slug, item.statement.quote


def _is_place(one: Statement) -> bool:
    """Return whether it says of councils that they were chosen, without a sum."""
    return one.kind in _GIVEN and not one.money


def _is_among(one: Statement, stepped_in: set[tuple[str, str]]) -> bool:
    return any((slug, one.quote) in stepped_in for slug in one.councils)


def _without_paid_places(sure: Sequence[Told]) -> list[Told]:
    """Return what is sure without the places of a council that the text tells a sum: "the largest
    share is a success for Leeds" beside Leeds's £9.6m is no second award."""
    paid = {item.statement.councils for item in sure if item.statement.money}
    return [item for item in sure if item.statement.money or not _is_of_paid(item, paid)]


def _is_of_paid(item: Told, paid: set[tuple[str, ...]]) -> bool:
    one = item.statement
    return one.kind in _GIVEN and len(one.councils) == 1 and one.councils in paid


def _that_help(told: Sequence[Told], sure: Sequence[Told]) -> Iterator[Told]:
    """Yield the uncertain sums that help: the same figure again, whose words may be sharper, and
    what may be the total of parts that are told."""
    possible = _of_certainty(told, Certainty.POSSIBLE)
    nothing = _of_certainty(told, Certainty.NOTHING)
    for one in possible:
        if _repeats(one, sure):
            yield one

    for one in (*possible, *nothing):
        yield _as_total(one)


def _repeats(one: Told, told: Sequence[Told]) -> bool:
    """Return whether a sum that could not be read for certain is the figure of one that could, for
    the same councils."""
    return any(_is_same_sum(one.statement, other.statement) for other in told)


def _is_same_sum(first: Statement, second: Statement) -> bool:
    if first.councils != second.councils:
        return False
    return _have_same_figure(first, second)


def _have_same_figure(first: Statement, second: Statement) -> bool:
    if not first.money or not second.money:
        return False
    return same_figure(first.money, second.money)


def _as_total(one: Told) -> Told:
    """Return the sum without councils: the total that told parts may add up to."""
    return replace(one, statement=replace(one.statement, councils=()))


def _is_told(one: Statement, certain: Sequence[Statement]) -> bool:
    """Return whether the sum, or the place, is among what is told for certain."""
    for other in certain:
        if _have_same_figure(one, other):
            return True
        if not one.money and set(one.councils) <= set(other.councils):
            return True

    return False


def _beside_rows(told: Sequence[Statement], rows: Sequence[Statement]) -> list[Statement]:
    """Return what the prose tells and no row of a table does."""
    return [one for one in told if one.kind in _NEVER_IN_ROWS or not _is_in_rows(one, rows)]


def _is_in_rows(one: Statement, rows: Sequence[Statement]) -> bool:
    """Return whether a row is of these councils, and of this sum where there is one."""
    councils = set(one.councils)
    for row in rows:
        of_these = councils <= set(row.councils)
        if of_these and (not one.money or _have_same_figure(one, row)):
            return True

    return False
