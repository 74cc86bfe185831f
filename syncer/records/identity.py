"""When two observations tell of one thing (DESIGN §5.7). Identity is a match, not a key: no
identifier of the sites is stable.

Once matched, a record keeps its id whatever is later learned; two records that turn out to be one
are merged into the older (`grouping`). When unsure two are kept: a wrong merge hides money.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping

from syncer.model import (
    FundingFields,
    FundingKind,
    Observation,
    Record,
    RecordKind,
)
from syncer.quantities.periods import find_periods, overlap
from syncer.records.references import RETOLD_WITHIN, refers_back, same_matter
from syncer.records.twins import are_twins, are_two

PUBLISHED_TOGETHER = dt.timedelta(days=10)
ANNOUNCED_TOGETHER = dt.timedelta(days=366)
ANNOUNCED_CLOSELY = dt.timedelta(days=120)
ROUND = re.compile(r" (?:round|wave|phase) \w+$", re.I)
PAID_FROM = {"Partners in Practice": "Children's Social Care Innovation Programme"}
"""Programmes paid from a larger one, under whose name the same money is also told: Partners in
Practice from the second round of the Innovation Programme (DfE, "Putting children first", July
2016, chapter 6; Leeds executive board, 22 March 2017)."""


def same(a: Observation, b: Observation) -> bool:
    """Return whether two observations of one kind of record, of councils in common, tell of one
    thing. Symmetric."""
    if a.record != b.record:
        return False
    if place_of(a) == place_of(b):
        return True
    rule = _RULES[a.record]
    return rule(a, b)


def place_of(said: Observation) -> tuple[str, str, str]:
    """Return where an observation stands: its source, page and key."""
    return said.source, said.page, said.key


def _same_report(a: Observation, b: Observation) -> bool:
    """Return whether both are one report: the same Ofsted file; else the same council and kind with
    the same first day, unless one page lists both and they say that they are two; else published
    within 10 days with no different first day, on two pages (one page that lists two reports of one
    day has two)."""
    one, two = a.report, b.report
    if one.file_id is not None and one.file_id == two.file_id:
        return True
    if a.councils != b.councils or one.kind != two.kind:
        return False

    if one.first_day is not None and two.first_day is not None:
        return one.first_day == two.first_day and not _said_to_be_two(a, b)
    return _published_together(a, b)


def _said_to_be_two(a: Observation, b: Observation) -> bool:
    """Return whether one page lists both reports and they say that they are two."""
    return are_twins(a, b) and are_two(a, b)


def _published_together(a: Observation, b: Observation) -> bool:
    """Return whether two pages list a report of about the same date."""
    return a.page != b.page and _within(a.published, b.published, PUBLISHED_TOGETHER)


def _same_award(a: Observation, b: Observation) -> bool:
    """Return whether both are one award: by determination or agreement number where both have one;
    else by funder, programme, councils and time, when neither the periods nor the amounts exclude
    each other. Two figures of one document are two awards."""
    one, two = a.funding, b.funding
    if a.page == b.page or not _same_councils_and_kind(a, b):
        return False
    if _both_numbered(one, two):
        return one.determination == two.determination
    if not _agree(one.funder, two.funder) or not _same_announcement(a, b):
        return False
    return not _exclude(one, two)


def _both_numbered(one: FundingFields, two: FundingFields) -> bool:
    """Return whether both give the number of a determination or agreement."""
    return bool(one.determination) and bool(two.determination)


def _same_announcement(a: Observation, b: Observation) -> bool:
    """Return whether two sums that can be one were told at one time, under one programme."""
    one, two = a.funding, b.funding
    if one.programme and one.programme == two.programme:
        return _is_same_row(one, two) or _announced_together(a, b)
    return _are_akin_and_close(a, b)


def _are_akin_and_close(a: Observation, b: Observation) -> bool:
    """Return whether sums of programmes of one family are close, in pounds and in time."""
    if not _programmes_akin(a, b) or not _same_figure(a, b):
        return False
    return _announced_together(a, b, ANNOUNCED_CLOSELY)


def _same_councils_and_kind(a: Observation | Record, b: Observation | Record) -> bool:
    same_councils = set(a.councils) == set(b.councils)
    return same_councils and a.funding.kind == b.funding.kind


def _exclude(one: FundingFields, two: FundingFields) -> bool:
    """Return whether the periods or the figures cannot be of one sum of money."""
    return periods_exclude(one, two) or not ranges_meet(one, two)


def _is_same_row(one: FundingFields, two: FundingFields) -> bool:
    """Return whether both are the row of one table, which may stand under another address years
    later: the same figure for the same period."""
    if one.kind is not FundingKind.ALLOCATION:
        return False
    if not one.period or one.amount is None:
        return False
    return one.period == two.period and one.amount == two.amount


def _programmes_akin(a: Observation | Record, b: Observation | Record) -> bool:
    """Return whether one names the programme and the other its round, or the larger one that it is
    paid from. Two rounds are two programmes."""
    one = a.funding.programme
    other = b.funding.programme
    if not one or not other:
        return False

    shared = family(one)
    if shared != family(other):
        return False
    return shared in (one, other) or is_of_round(one) != is_of_round(other)


def is_of_round(programme: str) -> bool:
    """Return whether a name is that of a round of a programme."""
    return ROUND.search(programme) is not None


def family(programme: str) -> str:
    """Return the programme that a round belongs to, or from which another one is paid."""
    without_round = ROUND.sub("", programme)
    return PAID_FROM.get(programme, without_round)


def _same_figure(a: Observation, b: Observation) -> bool:
    """Return whether both print a figure, and one that is close."""
    return _is_close(a.funding) and _is_close(b.funding)


def _is_close(figure: FundingFields) -> bool:
    """Return whether a figure is a range of at most a tenth of its amount."""
    if figure.low is None or figure.high is None:
        return False
    return (figure.high - figure.low) * 10 <= figure.high


def may_be_one(a: Observation | Record, b: Observation | Record) -> bool:
    """Return whether two awards that were kept apart may yet be one: the same councils, within a
    year, with figures that can be the same money and programmes of one family or not named. They
    are listed, not merged: a wrong merge hides money (DESIGN §5.7)."""
    one, two = a.funding, b.funding
    if a.url == b.url or not _same_councils_and_kind(a, b):
        return False
    if one.low is None or two.low is None or _both_numbered(one, two):
        return False

    if not _agree(one.programme, two.programme) and not _programmes_akin(a, b):
        return False
    return not _exclude(one, two) and _announced_together(a, b)


def _same_intervention(a: Observation, b: Observation) -> bool:
    """Return whether both are one intervention: by council, what, service and the day it was
    issued. Who retells it may be some days late. What a page means that revises or ends one which
    another page issued depends on all of them."""
    if refers_back(a) or refers_back(b) or not same_matter(a, b):
        return False

    one, two = a.intervention, b.intervention
    if one.issued is None or two.issued is None:
        return False
    if one.issued == two.issued:
        return True
    return a.source != b.source and _within(one.issued, two.issued, RETOLD_WITHIN)


def _never(a: Observation, b: Observation) -> bool:
    """Return False: a payment is one line of one file, linked to an award as inferred, never
    merged."""
    return False


def ranges_meet(a: FundingFields, b: FundingFields) -> bool:
    """Return whether two figures can be the same money: each is a range of pounds (`low` to `high`,
    no `high` = open). A missing figure excludes nothing. "£2m" and "£3m" both end at £2.5m and do
    not meet there; "over £4.5m" and exactly £4,500,000 do."""
    if a.low is None or b.low is None:
        return True

    high = _upper_end(a)
    other_high = _upper_end(b)
    overlap_low = max(a.low, b.low)
    overlap_high = min(high, other_high)

    if overlap_low != overlap_high:
        return overlap_low < overlap_high
    return a.low == high or b.low == other_high


def _upper_end(figure: FundingFields) -> float:
    """Return the most pounds that a figure may stand for."""
    if figure.high is None:
        return math.inf
    return figure.high


def _agree(one: str | None, other: str | None) -> bool:
    """Return whether two words are the same, or one of them was not said."""
    return not one or not other or one == other


def periods_exclude(a: FundingFields, b: FundingFields) -> bool:
    """Return whether two periods cannot be of one grant. A period that gives no days ("over three
    years"), or is missing, excludes none."""
    one = find_periods(a.period or "")
    other = find_periods(b.period or "")
    if not one or not other:
        return False
    return not overlap(one[0], other[0])


def _announced_together(
    a: Observation | Record, b: Observation | Record, span: dt.timedelta = ANNOUNCED_TOGETHER
) -> bool:
    """Return whether both were announced within that time. What is told in passing, years later,
    only has to come after the other."""
    if b.funding.background and not a.funding.background:
        return _comes_after(b, a)
    if a.funding.background and not b.funding.background:
        return _comes_after(a, b)
    if a.funding.background:
        return True
    return _announced_within(a, b, span)


def _comes_after(later: Observation | Record, earlier: Observation | Record) -> bool:
    """Return whether one was announced after the other, or may have been."""
    first = announced(earlier)
    then = announced(later)
    if first is None or then is None:
        return True
    return first <= then


def _announced_within(a: Observation | Record, b: Observation | Record, span: dt.timedelta) -> bool:
    """Return whether at most that time lies between two announcements, or may lie."""
    first = announced(a)
    other = announced(b)
    if first is None or other is None:
        return True
    return abs(first - other) <= span


def announced(said: Observation | Record) -> dt.date | None:
    """Return the day on which money was announced, or told of."""
    return said.funding.announced or said.published


def _within(a: dt.date | None, b: dt.date | None, span: dt.timedelta) -> bool:
    if a is None or b is None:
        return False
    return abs(a - b) <= span


_RULES: Mapping[RecordKind, Callable[[Observation, Observation], bool]] = {
    RecordKind.INSPECTION: _same_report,
    RecordKind.VISIT: _same_report,
    RecordKind.AWARD: _same_award,
    RecordKind.PAYMENT: _never,
    RecordKind.INTERVENTION: _same_intervention,
    RecordKind.COUNCIL: _never,
}
