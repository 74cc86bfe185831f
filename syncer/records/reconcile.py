"""What all sources say of one thing, made one record (DESIGN §5.9). Pure; the answer does not
depend on the order of what is given.

Precedence is per field: the report itself outranks a table about it, the funder outranks the press.
A figure is chosen with its qualifier, words and range; a sharper figure inside the range of the one
that precedence prefers replaces it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any

from syncer.model import (
    FIELDS_OF,
    Area,
    Conflict,
    FundingFields,
    Observation,
    Record,
    RecordKind,
    ReportFields,
    Value,
)
from syncer.records.grouping import Group
from syncer.records.identity import periods_exclude, ranges_meet

FIGURE = ("amount", "qualifier", "amount_text", "low", "high")
PARTS: Mapping[str, Sequence[str]] = {"amount": FIGURE}
"""Fields that are chosen together: the words and the range of a figure are those of its source."""

TOLD_APART = frozenset(
    (
        *Area,
        "first_day",
        "last_day",
        "framework",
        "kind",
        "determination",
        "lead_inspector",
    )
)
"""The fields on which two sources contradict each other wherever their values differ."""

Precedence = Mapping[str, Sequence[str]]
"""Field or record kind → names of sources, the most trusted first; under DEFAULT for all that is
not named."""
DEFAULT = ""
ISSUED, LIFTED = "issued", "lifted"


@dataclass
class _Choice:
    """The value chosen for each field, the observation (its id) that it comes from, and where the
    others contradict it."""

    values: dict[str, Any] = field(default_factory=dict)
    chosen: dict[str, int] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)

    def take(self, name: str, best: Observation) -> None:
        """Take a field, with those that are chosen together with it, from one observation."""
        for part in PARTS.get(name, (name,)):
            value = _said(best, part)
            if value is not None:
                self.values[part] = value
                self.chosen[part] = best.id


def reconcile(
    group: Group, precedence: Precedence, first_seen: dt.datetime
) -> tuple[Record, tuple[Conflict, ...]]:
    """Return one record from the observations of one thing, and where they contradict each other.

    `first_seen` is used for observations that carry no time of their own. The record's id is the
    oldest of those the observations had, 0 for a new one."""
    number = group.records[0] if group.records else 0
    read = [said for said in group.observations if not said.unread]
    sayings = read or list(group.observations)
    first = ranked_for(None, sayings, precedence)[0]

    choice = _choose(number, first.record, sayings, precedence)
    fields_of = FIELDS_OF[first.record]
    record = Record(
        id=number,
        record=first.record,
        councils=first.councils,
        fields=fields_of(**choice.values),
        published=first.published,
        url=first.url,
        source=first.source,
        first_seen=_earliest(group, first_seen),
        chosen=choice.chosen,
        unread=not read,
    )
    return record, tuple(choice.conflicts)


def _earliest(group: Group, first_seen: dt.datetime) -> dt.datetime:
    """Return when the first of the observations was seen; those without a time count as
    `first_seen`."""
    return min(said.first_seen or first_seen for said in group.observations)


def _choose(
    number: int, kind: RecordKind, sayings: Sequence[Observation], precedence: Precedence
) -> _Choice:
    """Choose each field of the record of that number and kind."""
    choice = _Choice()
    for name in _chosen_alone(kind):
        ranked = ranked_for(name, sayings, precedence)
        if not ranked:
            continue
        choose = CHOICES.get(name, _most_trusted)
        best = choose(ranked)
        choice.take(name, best)
        choice.conflicts += _conflicts(number, name, best, ranked)
    return choice


@cache
def _chosen_alone(kind: RecordKind) -> Sequence[str]:
    """Return the fields of a record, without those that another one brings with it."""
    names = {each.name for each in fields(FIELDS_OF[kind])}
    for parts in PARTS.values():
        names -= set(parts[1:])
    return sorted(names)


def ranked_for(
    name: str | None, observations: Iterable[Observation], precedence: Precedence
) -> list[Observation]:
    """Return those that say the field (None: all), the most trusted first; equals in a fixed order,
    so that nothing flickers from run to run. A report that its page no longer lists was replaced by
    the one it does."""

    def rank(said: Observation) -> tuple[object, ...]:
        place = _place(name, said, precedence)
        return place, _is_replaced(said), -_as_at(said), said.source, said.page, said.key

    saying = [o for o in observations if name is None or _said(o, name) is not None]
    if len(saying) > 1:
        saying.sort(key=rank)
    return saying


def _place(name: str | None, said: Observation, precedence: Precedence) -> int:
    """Return the place of an observation's source in the order of trust, 0 for the first."""
    order = list(_order(name, said, precedence))
    if said.source not in order:
        return len(order)
    return order.index(said.source)


def _is_replaced(said: Observation) -> bool:
    is_report = isinstance(said.fields, ReportFields)
    return is_report and not said.listed


def _as_at(said: Observation) -> int:
    """Return the day for which an observation speaks, as a number; 0 where nobody knows."""
    told = said.published
    if isinstance(said.fields, ReportFields):
        told = said.fields.as_at or told
    if told:
        return told.toordinal()
    return 0


def _order(name: str | None, o: Observation, precedence: Precedence) -> Sequence[str]:
    by_field = precedence.get(name) if name else None
    return by_field or precedence.get(o.record) or precedence.get(DEFAULT, ())


def _said(o: Observation, name: str) -> Value | None:
    """Return what an observation says under a name; None also where its kind of record has no such
    field (a report listed as an inspection that turned out to be a visit)."""
    value: Value | None = getattr(o.fields, name, None)
    return value


# -- Which value is chosen -------------------------------------------------------------------------


def _most_trusted(ranked: Sequence[Observation]) -> Observation:
    return ranked[0]


def _sharpest(ranked: Sequence[Observation]) -> Observation:
    """Return the preferred figure, or the narrowest one that lies inside its range."""
    best = ranked[0]
    for other in ranked[1:]:
        if ranges_meet(best.funding, other.funding) and _inside(other.funding, best.funding):
            best = other

    return best


def _first_to_tell(ranked: Sequence[Observation]) -> Observation:
    """Return the first who told: on that day the money was announced, whoever did."""
    return min(ranked, key=lambda o: o.funding.announced or dt.date.max)


def _latest_state(ranked: Sequence[Observation]) -> Observation:
    """Return the one whose state is the latest: what was revised or lifted is never issued
    again."""
    moved = [o for o in ranked if o.intervention.state != ISSUED]
    return max(moved, key=_day_of_state, default=ranked[0])


def _day_of_state(said: Observation) -> tuple[dt.date, bool]:
    """Return the place of a state among others: by its day, those without one first; an end comes
    after the revision of that day."""
    fields = said.intervention
    is_lifted = fields.state == LIFTED
    day = fields.lifted if is_lifted else fields.revised
    return day or dt.date.min, is_lifted


CHOICES: Mapping[str, Callable[[Sequence[Observation]], Observation]] = {
    "amount": _sharpest,
    "announced": _first_to_tell,
    "state": _latest_state,
}
"""The fields for which the most trusted source is not simply right."""


def _inside(inner: FundingFields, outer: FundingFields) -> bool:
    """Return whether one range of pounds lies within another and is narrower."""
    if inner.low is None or outer.low is None or inner.high is None:
        return False
    if inner.low < outer.low:
        return False
    if outer.high is None:
        return True
    width = inner.high - inner.low
    outer_width = outer.high - outer.low
    return inner.high <= outer.high and width < outer_width


# -- Where sources contradict each other -----------------------------------------------------------


def _conflicts(
    record: int, name: str, best: Observation, ranked: Iterable[Observation]
) -> list[Conflict]:
    chosen = _said(best, name)
    found = []
    for other in ranked:
        said = _said(other, name)
        if other is best or chosen is None or said is None or _is_another_edition(best, other):
            continue
        if contradicts(name, best, other):
            chosen_by, said_by = (best.source, chosen), (other.source, said)
            found.append(Conflict(record, name, chosen_by, said_by))
    return found


def _is_another_edition(best: Observation, other: Observation) -> bool:
    """Return whether a source says another thing because it has corrected itself, and not because
    one page lists two reports of one inspection at a time."""
    if other.source != best.source:
        return False
    if not other.listed or not best.listed:
        return True
    return (other.page, other.published) != (best.page, best.published)


def contradicts(name: str, a: Observation, b: Observation) -> bool:
    """Return whether two observations cannot both be right about a field. White space, letter case
    and rounding do not contradict."""
    if name in EXCLUDES:
        return EXCLUDES[name](a, b)
    return name in TOLD_APART and _differ(name, a, b)


def _differ(name: str, a: Observation, b: Observation) -> bool:
    return _plain(_said(a, name)) != _plain(_said(b, name))


def _plain(value: Value | None) -> str:
    return " ".join(str(value).casefold().split())


def _figures_exclude(a: Observation, b: Observation) -> bool:
    return not ranges_meet(a.funding, b.funding)


def _periods_exclude(a: Observation, b: Observation) -> bool:
    return periods_exclude(a.funding, b.funding)


def _states_exclude(a: Observation, b: Observation) -> bool:
    """Return whether two states differ; the one told earlier was right then."""
    if a.published and b.published and b.published <= a.published:
        return False
    return _differ("state", a, b)


EXCLUDES: Mapping[str, Callable[[Observation, Observation], bool]] = {
    "amount": _figures_exclude,
    "period": _periods_exclude,
    "state": _states_exclude,
}
"""The fields whose values may differ without contradicting each other."""
