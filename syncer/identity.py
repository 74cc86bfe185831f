"""When two observations tell of one thing (DESIGN §5.7). Identity is a match, not a key: no identifier of the sites is stable.

Once matched, a record keeps its id whatever is later learned; two records that turn out to be one are merged into the older.
When unsure two are kept: a wrong merge hides money.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from syncer.model import Observation, RecordKind

PUBLISHED_TOGETHER = dt.timedelta(days=10)
ANNOUNCED_TOGETHER = dt.timedelta(days=366)


@dataclass(frozen=True)
class Group:
    """The observations of one thing, and the ids of the records they have belonged to (none yet: a new record)."""

    records: tuple[int, ...]
    observations: tuple[Observation, ...]


def same(a: Observation, b: Observation) -> bool:
    """Whether two observations of one kind of record, of councils in common, tell of one thing. Symmetric."""
    if a.record != b.record or (a.source, a.page, a.key) == (b.source, b.page, b.key):
        return a.record == b.record
    return _RULES[a.record](a, b)


def group(observations: Iterable[Observation], belongs: Mapping[int, int]) -> tuple[Group, ...]:
    """Sort observations into things. `belongs` gives the record id of those that have one (by observation id). The answer does not
    depend on the order of the observations."""
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
    return tuple(Group(tuple(sorted({belongs[o.id] for o in members if o.id in belongs})), tuple(members)) for members in groups.values())


def _pairs(items: Sequence[Observation], belongs: Mapping[int, int]) -> Iterable[tuple[int, int]]:
    """Indexes of observations that belong together: by their record, or by a match within one council."""
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
    """The same Ofsted file; else the same council and kind with the same first day; else published within 10 days with no different
    first day, on two pages (one page that lists two reports of one day has two)."""
    if (file := a.fields.get("file_id")) is not None and file == b.fields.get("file_id"):
        return True
    if a.councils != b.councils or a.fields.get("kind") != b.fields.get("kind"):
        return False
    first, other = a.fields.get("first_day"), b.fields.get("first_day")
    if first is not None and other is not None:
        return first == other
    return a.page != b.page and _within(a.published, b.published, PUBLISHED_TOGETHER)


def _same_award(a: Observation, b: Observation) -> bool:
    """By determination or agreement number where both have one; else by funder, programme, councils and time, when neither the
    periods nor the amounts exclude each other. Two figures of one document are two awards."""
    if set(a.councils) != set(b.councils) or a.fields.get("kind") != b.fields.get("kind") or a.page == b.page:
        return False
    if (number := a.fields.get("determination")) and (other := b.fields.get("determination")):
        return number == other
    if a.fields.get("programme", "") != b.fields.get("programme", "") or not a.fields.get("programme"):
        return False
    return _agree(a, b, "funder") and _agree(a, b, "period") and _announced_together(a, b) and ranges_meet(a.fields, b.fields)


def _same_intervention(a: Observation, b: Observation) -> bool:
    """Council, what, service and the day it was issued."""
    if set(a.councils) != set(b.councils) or a.fields.get("what") != b.fields.get("what") or not _agree(a, b, "service"):
        return False
    return a.fields.get("issued") is not None and a.fields.get("issued") == b.fields.get("issued")


def _never(a: Observation, b: Observation) -> bool:
    """One line of one file is one payment: linked to an award as inferred, never merged."""
    return False


def ranges_meet(a: Mapping[str, object], b: Mapping[str, object]) -> bool:
    """Whether two figures can be the same money: each is a range of pounds (`low` to `high`, no `high` = open). A missing figure
    excludes nothing."""
    if "low" not in a or "low" not in b:
        return True
    low, high = int(str(a["low"])), a.get("high")
    other_low, other_high = int(str(b["low"])), b.get("high")
    return (high is None or other_low <= int(str(high))) and (other_high is None or low <= int(str(other_high)))


def _agree(a: Observation, b: Observation, name: str) -> bool:
    return not a.fields.get(name) or not b.fields.get(name) or a.fields[name] == b.fields[name]


def _announced_together(a: Observation, b: Observation) -> bool:
    first, other = (str(o.fields.get("announced", "")) or (o.published.isoformat() if o.published else "") for o in (a, b))
    if not first or not other:
        return True
    return _within(dt.date.fromisoformat(first), dt.date.fromisoformat(other), ANNOUNCED_TOGETHER)


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
