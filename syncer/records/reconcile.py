"""What all sources say of one thing, made one record (DESIGN §5.9). Pure; the answer does not
depend on the order of what is given.

Precedence is per field: the report itself outranks a table about it, the funder outranks the press.
A figure is chosen with its qualifier, words and range; a sharper figure inside the range of the one
that precedence prefers replaces it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from syncer.model import (
    FIELDS_OF,
    Area,
    Conflict,
    FundingFields,
    Observation,
    Record,
    ReportFields,
    Value,
)
from syncer.records.identity import Group, periods_exclude, ranges_meet

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


def reconcile(
    group: Group, precedence: Precedence, first_seen: dt.datetime
) -> tuple[Record, tuple[Conflict, ...]]:
    """Return one record from the observations of one thing, and where they contradict each other.

    `first_seen` is used for observations that carry no time of their own. The record's id is the
    oldest of those the observations had, 0 for a new one."""
    number = group.records[0] if group.records else 0
    read = [o for o in group.observations if not o.unread] or list(group.observations)
    first = ranked_for(None, read, precedence)[0]
    fields_of = FIELDS_OF[first.record]

    values: dict[str, Any] = {}
    chosen: dict[str, int] = {}
    conflicts: list[Conflict] = []
    together = {part for parts in PARTS.values() for part in parts[1:]}
    for name in sorted(f.name for f in fields(fields_of) if f.name not in together):
        ranked = ranked_for(name, read, precedence)
        if not ranked:
            continue
        best = CHOICES.get(name, _most_trusted)(ranked)
        for part in PARTS.get(name, (name,)):
            if (value := _said(best, part)) is not None:
                values[part] = value
                chosen[part] = best.id
        conflicts += _conflicts(number, name, best, ranked)

    record = Record(
        id=number,
        record=first.record,
        councils=first.councils,
        fields=fields_of(**values),
        published=first.published,
        url=first.url,
        source=first.source,
        first_seen=min((o.first_seen or first_seen) for o in group.observations),
        chosen=chosen,
        unread=all(o.unread for o in group.observations),
    )
    return record, tuple(conflicts)


def ranked_for(
    name: str | None, observations: Iterable[Observation], precedence: Precedence
) -> list[Observation]:
    """Return those that say the field (None: all), the most trusted first; equals in a fixed order,
    so that nothing flickers from run to run."""

    def rank(o: Observation) -> tuple[object, ...]:
        order = list(_order(name, o, precedence))
        place = order.index(o.source) if o.source in order else len(order)
        as_at = o.fields.as_at if isinstance(o.fields, ReportFields) else None
        told = as_at or o.published
        newest = -told.toordinal() if told else 0
        return place, newest, o.source, o.page, o.key

    return sorted((o for o in observations if name is None or _said(o, name) is not None), key=rank)


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


CHOICES: Mapping[str, Callable[[Sequence[Observation]], Observation]] = {
    "amount": _sharpest,
    "announced": _first_to_tell,
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
    return inner.high <= outer.high and inner.high - inner.low < outer.high - outer.low


# -- Where sources contradict each other -----------------------------------------------------------


def _conflicts(
    record: int, name: str, best: Observation, ranked: Iterable[Observation]
) -> list[Conflict]:
    found = []
    for other in ranked:
        chosen, said = _said(best, name), _said(other, name)
        if chosen is None or said is None or _is_a_later_edition(best, other):
            continue
        if contradicts(name, best, other):
            found.append(Conflict(record, name, (best.source, chosen), (other.source, said)))
    return found


def _is_a_later_edition(best: Observation, other: Observation) -> bool:
    """Return whether a source says another thing because it has corrected itself, and not because
    one page lists two reports of one inspection at a time."""
    if other.source != best.source:
        return False
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
