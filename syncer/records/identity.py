"""When two observations tell of one thing (DESIGN §5.7). Identity is a match, not a key: no
identifier of the sites is stable.

Once matched, a record keeps its id whatever is later learned; two records that turn out to be one
are merged into the older. When unsure two are kept: a wrong merge hides money.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from syncer.model import FundingFields, FundingKind, Observation, Record, RecordKind
from syncer.quantities.periods import find_periods, overlap

PUBLISHED_TOGETHER = dt.timedelta(days=10)
ANNOUNCED_TOGETHER = dt.timedelta(days=366)
ANNOUNCED_CLOSELY = dt.timedelta(days=120)
RETOLD_WITHIN = dt.timedelta(days=31)
REVISED_WITHIN = dt.timedelta(days=3 * 366)
ROUND = re.compile(r" (?:round|wave|phase) \w+$", re.I)
PAID_FROM = {"Partners in Practice": "Children's Social Care Innovation Programme"}
"""Programmes paid from a larger one, under whose name the same money is also told: Partners in
Practice from the second round of the Innovation Programme (DfE, "Putting children first", July
2016, chapter 6; Leeds executive board, 22 March 2017)."""


@dataclass(frozen=True)
class Group:
    """The observations of one thing, and the ids of the records they have belonged to (none yet: a
    new record)."""

    records: tuple[int, ...]
    observations: tuple[Observation, ...]


def same(a: Observation, b: Observation) -> bool:
    """Whether two observations of one kind of record, of councils in common, tell of one thing.
    Symmetric."""
    if a.record != b.record or (a.source, a.page, a.key) == (b.source, b.page, b.key):
        return a.record == b.record
    return _RULES[a.record](a, b)


def group(observations: Iterable[Observation], belongs: Mapping[int, int]) -> tuple[Group, ...]:
    """Sort observations into things. `belongs` gives the record id of those that have one (by
    observation id). The answer does not depend on the order of the observations."""
    items = sorted(observations, key=lambda o: (o.record, o.source, o.page, o.key))
    root = list(range(len(items)))

    def find(i: int) -> int:
        while root[i] != i:
            root[i] = root[root[i]]
            i = root[i]
        return i

    for i, j in _pairs(items, belongs):
        if find(i) != find(j):
            root[max(find(i), find(j))] = min(find(i), find(j))
    groups: dict[int, list[Observation]] = defaultdict(list)
    for i, item in enumerate(items):
        groups[find(i)].append(item)
    return tuple(
        Group(tuple(sorted({belongs[o.id] for o in members if o.id in belongs})), tuple(members))
        for members in groups.values()
    )


def _pairs(items: Sequence[Observation], belongs: Mapping[int, int]) -> Iterable[tuple[int, int]]:
    """Indexes of observations that belong together: by their record, or by a match within one
    council."""
    by_record: dict[int, int] = {}
    by_council: dict[tuple[str, str], list[int]] = defaultdict(list)
    for i, item in enumerate(items):
        if item.id in belongs:
            yield by_record.setdefault(belongs[item.id], i), i
        if item.record is not RecordKind.PAYMENT:
            for council in item.councils:
                by_council[item.record, council].append(i)
    for places in by_council.values():
        for n, i in enumerate(places):
            yield from ((i, j) for j in places[n + 1 :] if same(items[i], items[j]))


def _same_report(a: Observation, b: Observation) -> bool:
    """The same Ofsted file; else the same council and kind with the same first day; else published
    within 10 days with no different first day, on two pages (one page that lists two reports of one
    day has two)."""
    one, two = a.report, b.report
    if one.file_id is not None and one.file_id == two.file_id:
        return True
    if a.councils != b.councils or one.kind != two.kind:
        return False
    first, other = one.first_day, two.first_day
    if first is not None and other is not None:
        return first == other
    return a.page != b.page and _within(a.published, b.published, PUBLISHED_TOGETHER)


def _same_award(a: Observation, b: Observation) -> bool:
    """By determination or agreement number where both have one; else by funder, programme, councils
    and time, when neither the periods nor the amounts exclude each other. Two figures of one
    document are two awards."""
    one, two = a.funding, b.funding
    if set(a.councils) != set(b.councils) or one.kind != two.kind or a.page == b.page:
        return False
    if one.determination and two.determination:
        return one.determination == two.determination
    if not _agree(one.funder, two.funder) or periods_exclude(one, two) or not ranges_meet(one, two):
        return False
    if one.programme and one.programme == two.programme:
        return _is_same_row(one, two) or _announced_together(a, b)
    return (
        _programmes_akin(a, b)
        and _same_figure(a, b)
        and _announced_together(a, b, ANNOUNCED_CLOSELY)
    )


def _is_same_row(one: FundingFields, two: FundingFields) -> bool:
    """Return whether both are the row of one table, which may stand under another address years
    later: the same figure for the same period."""
    if one.kind is not FundingKind.ALLOCATION or not one.period or one.amount is None:
        return False
    return (one.period, one.amount) == (two.period, two.amount)


def _programmes_akin(a: Observation | Record, b: Observation | Record) -> bool:
    """Whether one names the programme and the other its round, or the larger one that it is paid
    from. Two rounds are two programmes."""
    one, other = a.funding.programme, b.funding.programme
    if not one or not other:
        return False
    family, other_family = (PAID_FROM.get(name, ROUND.sub("", name)) for name in (one, other))
    return family == other_family and (
        one == family or other == family or bool(ROUND.search(one)) != bool(ROUND.search(other))
    )


def _same_figure(a: Observation, b: Observation) -> bool:
    """Return whether both print a figure, and one that is close."""
    return _is_close(a.funding) and _is_close(b.funding)


def _is_close(figure: FundingFields) -> bool:
    """Return whether a figure is a range of at most a tenth of its amount."""
    if figure.low is None or figure.high is None:
        return False
    return (figure.high - figure.low) * 10 <= figure.high


def may_be_one(a: Observation | Record, b: Observation | Record) -> bool:
    """Whether two awards that were kept apart may yet be one: the same councils, within a year,
    with figures that can be the same money and programmes of one family or not named. They are
    listed, not merged: a wrong merge hides money (DESIGN §5.7)."""
    one, two = a.funding, b.funding
    if a.url == b.url or set(a.councils) != set(b.councils) or one.kind != two.kind:
        return False
    if (one.determination and two.determination) or one.low is None or two.low is None:
        return False
    differ = one.programme and two.programme and one.programme != two.programme
    if differ and not _programmes_akin(a, b):
        return False
    if not ranges_meet(one, two) or periods_exclude(one, two):
        return False
    return _announced_together(a, b)


def _same_intervention(a: Observation, b: Observation) -> bool:
    """Council, what, service and the day it was issued. Who retells it may be some days late; a
    revision that does not say what it revises is one of what was issued in the three years before
    and not yet lifted."""
    one, two = a.intervention, b.intervention
    if set(a.councils) != set(b.councils) or one.what != two.what:
        return False
    if not _agree(one.service, two.service):
        return False
    if one.issued and two.issued:
        retold = a.source != b.source and abs(one.issued - two.issued) <= RETOLD_WITHIN
        return one.issued == two.issued or retold
    return _revises(a, b) or _revises(b, a)


def _revises(later: Observation, earlier: Observation) -> bool:
    revised = later.intervention.revised
    issued, lifted = earlier.intervention.issued, earlier.intervention.lifted
    if revised is None or issued is None or later.page == earlier.page:
        return False
    return issued <= revised <= issued + REVISED_WITHIN and (lifted is None or revised <= lifted)


def _never(a: Observation, b: Observation) -> bool:
    """One line of one file is one payment: linked to an award as inferred, never merged."""
    return False


def ranges_meet(a: FundingFields, b: FundingFields) -> bool:
    """Whether two figures can be the same money: each is a range of pounds (`low` to `high`, no
    `high` = open). A missing figure excludes nothing. "£2m" and "£3m" both end at £2.5m and do not
    meet there; "over £4.5m" and exactly £4,500,000 do."""
    if a.low is None or b.low is None:
        return True
    high = math.inf if a.high is None else a.high
    other_high = math.inf if b.high is None else b.high
    overlap_low, overlap_high = max(a.low, b.low), min(high, other_high)

    if overlap_low != overlap_high:
        return overlap_low < overlap_high
    return a.low == high or b.low == other_high


def _agree(one: str | None, other: str | None) -> bool:
    """Return whether two words are the same, or one of them was not said."""
    return not one or not other or one == other


def periods_exclude(a: FundingFields, b: FundingFields) -> bool:
    """Whether two periods cannot be of one grant. A period that gives no days ("over three years"),
    or is missing, excludes none."""
    one, other = find_periods(a.period or ""), find_periods(b.period or "")
    return bool(one and other) and not overlap(one[0], other[0])


def _announced_together(
    a: Observation | Record, b: Observation | Record, span: dt.timedelta = ANNOUNCED_TOGETHER
) -> bool:
    """Whether both were announced within that time. What is told in passing, years later, only has
    to come after the other."""
    first = a.funding.announced or a.published
    other = b.funding.announced or b.published
    in_passing, other_in_passing = a.funding.background, b.funding.background
    if first is None or other is None or (in_passing and other_in_passing):
        return True
    if other_in_passing:
        return first <= other
    if in_passing:
        return other <= first
    return abs(first - other) <= span


def _within(a: dt.date | None, b: dt.date | None, span: dt.timedelta) -> bool:
    return a is not None and b is not None and abs(a - b) <= span


_RULES: Mapping[RecordKind, Callable[[Observation, Observation], bool]] = {
    RecordKind.INSPECTION: _same_report,
    RecordKind.VISIT: _same_report,
    RecordKind.AWARD: _same_award,
    RecordKind.PAYMENT: _never,
    RecordKind.INTERVENTION: _same_intervention,
    RecordKind.COUNCIL: _never,
}
