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

from syncer.model import Observation, Record, RecordKind
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
    if (file := a.fields.get("file_id")) is not None and file == b.fields.get("file_id"):
        return True
    if a.councils != b.councils or a.fields.get("kind") != b.fields.get("kind"):
        return False
    first, other = a.fields.get("first_day"), b.fields.get("first_day")
    if first is not None and other is not None:
        return first == other
    return a.page != b.page and _within(a.published, b.published, PUBLISHED_TOGETHER)


def _same_award(a: Observation, b: Observation) -> bool:
    """By determination or agreement number where both have one; else by funder, programme, councils
    and time, when neither the periods nor the amounts exclude each other. Two figures of one
    document are two awards."""
    if (
        set(a.councils) != set(b.councils)
        or a.fields.get("kind") != b.fields.get("kind")
        or a.page == b.page
    ):
        return False
    if (number := a.fields.get("determination")) and (other := b.fields.get("determination")):
        return number == other
    if (
        not _agree(a, b, "funder")
        or periods_exclude(a.fields, b.fields)
        or not ranges_meet(a.fields, b.fields)
    ):
        return False
    if a.fields.get("programme") and a.fields.get("programme") == b.fields.get("programme"):
        return _announced_together(a, b)
    return (
        _programmes_akin(a, b)
        and _same_figure(a, b)
        and _announced_together(a, b, ANNOUNCED_CLOSELY)
    )


def _programmes_akin(a: Observation | Record, b: Observation | Record) -> bool:
    """Whether one names the programme and the other its round, or the larger one that it is paid
    from. Two rounds are two programmes."""
    one, other = (str(o.fields.get("programme", "")) for o in (a, b))
    if not one or not other:
        return False
    family, other_family = (PAID_FROM.get(name, ROUND.sub("", name)) for name in (one, other))
    return family == other_family and (
        one == family or other == family or bool(ROUND.search(one)) != bool(ROUND.search(other))
    )


def _same_figure(a: Observation, b: Observation) -> bool:
    """Whether both print a figure, and one that is close: each a range of at most a tenth of its
    amount."""
    return all(
        "high" in o.fields and "low" in o.fields and _width(o) * 10 <= int(str(o.fields["high"]))
        for o in (a, b)
    )


def _width(o: Observation) -> int:
    return int(str(o.fields["high"])) - int(str(o.fields["low"]))


def may_be_one(a: Observation | Record, b: Observation | Record) -> bool:
    """Whether two awards that were kept apart may yet be one: the same councils, within a year,
    with figures that can be the same money and programmes of one family or not named. They are
    listed, not merged: a wrong merge hides money (DESIGN §5.7)."""
    if (
        a.url == b.url
        or set(a.councils) != set(b.councils)
        or a.fields.get("kind") != b.fields.get("kind")
    ):
        return False
    if a.fields.get("determination") and b.fields.get("determination"):
        return False
    one, other = a.fields.get("programme"), b.fields.get("programme")
    akin = not one or not other or one == other or _programmes_akin(a, b)
    figures = "low" in a.fields and "low" in b.fields
    return (
        akin
        and figures
        and ranges_meet(a.fields, b.fields)
        and not periods_exclude(a.fields, b.fields)
        and _announced_together(a, b)
    )


def _same_intervention(a: Observation, b: Observation) -> bool:
    """Council, what, service and the day it was issued. Who retells it may be some days late; a
    revision that does not say what it revises is one of what was issued in the three years before
    and not yet lifted."""
    if (
        set(a.councils) != set(b.councils)
        or a.fields.get("what") != b.fields.get("what")
        or not _agree(a, b, "service")
    ):
        return False
    issued, other = _day(a, "issued"), _day(b, "issued")
    if issued and other:
        return issued == other or (a.source != b.source and abs(issued - other) <= RETOLD_WITHIN)
    return _revises(a, b) or _revises(b, a)


def _revises(later: Observation, earlier: Observation) -> bool:
    revised, issued, lifted = (
        _day(later, "revised"),
        _day(earlier, "issued"),
        _day(earlier, "lifted"),
    )
    if revised is None or issued is None or later.page == earlier.page:
        return False
    return issued <= revised <= issued + REVISED_WITHIN and (lifted is None or revised <= lifted)


def _day(o: Observation | Record, name: str) -> dt.date | None:
    return dt.date.fromisoformat(str(o.fields[name])) if o.fields.get(name) else None


def _never(a: Observation, b: Observation) -> bool:
    """One line of one file is one payment: linked to an award as inferred, never merged."""
    return False


def ranges_meet(a: Mapping[str, object], b: Mapping[str, object]) -> bool:
    """Whether two figures can be the same money: each is a range of pounds (`low` to `high`, no
    `high` = open). A missing figure excludes nothing. "£2m" and "£3m" both end at £2.5m and do not
    meet there; "over £4.5m" and exactly £4,500,000 do."""
    if "low" not in a or "low" not in b:
        return True
    (low, high), (other_low, other_high) = _range(a), _range(b)
    overlap_low, overlap_high = max(low, other_low), min(high, other_high)
    return overlap_low < overlap_high or (
        overlap_low == overlap_high and (low == high or other_low == other_high)
    )


def _range(fields: Mapping[str, object]) -> tuple[float, float]:
    return int(str(fields["low"])), int(str(fields["high"])) if fields.get(
        "high"
    ) is not None else math.inf


def _agree(a: Observation, b: Observation, name: str) -> bool:
    return not a.fields.get(name) or not b.fields.get(name) or a.fields[name] == b.fields[name]


def periods_exclude(a: Mapping[str, object], b: Mapping[str, object]) -> bool:
    """Whether two periods cannot be of one grant. A period that gives no days ("over three years"),
    or is missing, excludes none."""
    one, other = (find_periods(str(fields.get("period", ""))) for fields in (a, b))
    return bool(one and other) and not overlap(one[0], other[0])


def _announced_together(
    a: Observation | Record, b: Observation | Record, span: dt.timedelta = ANNOUNCED_TOGETHER
) -> bool:
    """Whether both were announced within that time. What is told in passing, years later, only has
    to come after the other."""
    first, other = (_day(o, "announced") or o.published for o in (a, b))
    if (
        first is None
        or other is None
        or (a.fields.get("background") and b.fields.get("background"))
    ):
        return True
    if a.fields.get("background") or b.fields.get("background"):
        return first <= other if b.fields.get("background") else other <= first
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
