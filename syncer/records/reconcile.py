"""What all sources say of one thing, made one record (DESIGN §5.9). Pure; the answer does not
depend on the order of what is given.

Precedence is per field: the report itself outranks a table about it, the funder outranks the press.
A figure is chosen with its qualifier, words and range; a sharper figure inside the range of the one
that precedence prefers replaces it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from syncer.model import Conflict, Observation, Record, Value
from syncer.records.identity import Group, periods_exclude, ranges_meet

FIGURE = ("amount", "qualifier", "amount_text", "low", "high")
TOLD_APART = frozenset(
    (
        "first_day",
        "last_day",
        "framework",
        "kind",
        "state",
        "period",
        "determination",
        "lead_inspector",
    )
)
"""Besides grades and figures, the fields on which two sources can be said to contradict each
other."""

Precedence = Mapping[str, Sequence[str]]
"""Field or record kind → names of sources, the most trusted first; under DEFAULT for all that is
not named."""
DEFAULT = ""


def reconcile(
    group: Group, precedence: Precedence, first_seen: dt.datetime
) -> tuple[Record, tuple[Conflict, ...]]:
    """One record from the observations of one thing, and where they contradict each other.
    `first_seen` is used for observations that carry no time of their own. The record's id is the
    oldest of those the observations had, 0 for a new one."""
    read = [o for o in group.observations if not o.unread] or list(group.observations)
    names = sorted({name for o in read for name in o.fields if name not in FIGURE[1:]})
    fields: dict[str, Value] = {}
    chosen: dict[str, int] = {}
    conflicts: list[Conflict] = []
    for name in names:
        ranked = ranked_for(name, read, precedence)
        best = (
            _sharpest(ranked)
            if name == "amount"
            else _first_to_tell(ranked)
            if name == "announced"
            else ranked[0]
        )
        for part in FIGURE if name == "amount" else (name,):
            if part in best.fields:
                fields[part] = best.fields[part]
                chosen[part] = best.id
        conflicts += [
            Conflict(
                group.records[0] if group.records else 0,
                name,
                (best.source, best.fields[name]),
                (o.source, o.fields[name]),
            )
            for o in ranked
            if o.source != best.source and contradicts(name, best, o)
        ]
    first = ranked_for("", read, precedence)[0]
    return Record(
        id=group.records[0] if group.records else 0,
        record=first.record,
        councils=first.councils,
        fields=fields,
        published=first.published,
        url=first.url,
        source=first.source,
        first_seen=min((o.first_seen or first_seen) for o in group.observations),
        chosen=chosen,
        unread=all(o.unread for o in group.observations),
    ), tuple(conflicts)


def ranked_for(
    name: str, observations: Iterable[Observation], precedence: Precedence
) -> list[Observation]:
    """Those that have the field, the most trusted first; equals in a fixed order, so that nothing
    flickers from run to run."""

    def rank(o: Observation) -> tuple[object, ...]:
        order = list(
            precedence.get(name) or precedence.get(o.record) or precedence.get(DEFAULT, ())
        )
        place = order.index(o.source) if o.source in order else len(order)
        told = o.fields.get("as_at") or o.published
        newest = -dt.date.fromisoformat(str(told)).toordinal() if told else 0
        return place, newest, o.source, o.page, o.key

    return sorted((o for o in observations if not name or name in o.fields), key=rank)


def _sharpest(ranked: Sequence[Observation]) -> Observation:
    """The preferred figure, or the narrowest one that lies inside its range."""
    best = ranked[0]
    for other in ranked[1:]:
        if ranges_meet(best.fields, other.fields) and _inside(other.fields, best.fields):
            best = other
    return best


def _first_to_tell(ranked: Sequence[Observation]) -> Observation:
    """Money was announced on the day on which it was told first, whoever did."""
    return min(ranked, key=lambda o: str(o.fields["announced"]))


def _inside(inner: Mapping[str, Value], outer: Mapping[str, Value]) -> bool:
    """Whether one range of pounds lies within another and is narrower."""
    if "low" not in inner or "low" not in outer or "high" not in inner:
        return False
    low, high = int(str(inner["low"])), int(str(inner["high"]))
    if low < int(str(outer["low"])):
        return False
    if "high" not in outer:
        return True
    return high <= int(str(outer["high"])) and high - low < int(str(outer["high"])) - int(
        str(outer["low"])
    )


def contradicts(name: str, a: Observation, b: Observation) -> bool:
    """Whether two observations cannot both be right about a field. White space, letter case and
    rounding do not contradict."""
    if name == "amount":
        return not ranges_meet(a.fields, b.fields)
    if name == "period":
        return periods_exclude(a.fields, b.fields)
    if (
        name == "state" and a.published and b.published and b.published <= a.published
    ):  # it was so then
        return False
    if name not in TOLD_APART and name not in GRADED:
        return False
    return _plain(a.fields[name]) != _plain(b.fields[name])


def _plain(value: Value) -> str:
    return " ".join(str(value).casefold().split())


GRADED = frozenset(
    (
        "overall_effectiveness",
        "leadership",
        "help_and_protection",
        "children_in_care",
        "care_leavers",
        "adoption",
    )
)
