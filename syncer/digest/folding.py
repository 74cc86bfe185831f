"""Waiting lines about one fact become one line: first `old` → last `new` (DESIGN §7.4). Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from syncer.model import Change, Event, EventDetail, EventKind, RecordKind
from syncer.records.standing import RANK
from syncer.subscriptions.match import kind_of

COMPARED = (Change.IMPROVED, Change.DECLINED, Change.UNCHANGED)


@dataclass(frozen=True)
class Line:
    """One thing to tell: the event as it stands after folding, and the ids of all events that went
    into it."""

    event: Event
    ids: tuple[int, ...]


@dataclass(frozen=True)
class Folding:
    """The lines in the order of their events; `into` says for a folded event which event's line
    tells it; `cancelled` are the events that came to nothing together."""

    lines: tuple[Line, ...]
    into: Mapping[int, int]
    cancelled: tuple[int, ...]


def fold(events: Iterable[Event]) -> Folding:
    """Fold the waiting events of one subscriber. One fact is an area of one inspection (never of
    two), a field of a record, or all of a record that is new to the subscriber."""
    lines: list[Line] = []
    cancelled: list[int] = []
    for chain in _chains(events):
        ids = tuple(event.id for event in chain)
        if _came_to_nothing(chain):
            cancelled += ids
        else:
            line = Line(_folded(chain), ids)
            lines.append(line)

    return Folding(tuple(lines), _into(lines), tuple(cancelled))


def _into(lines: Iterable[Line]) -> dict[int, int]:
    """Return which event's line tells each folded event."""
    into = {}
    for line in lines:
        *before, last = line.ids
        into.update(dict.fromkeys(before, last))
    return into


def _chains(events: Iterable[Event]) -> list[list[Event]]:
    """Return the events about each fact, oldest first."""

    def place(event: Event) -> tuple[int, int]:
        return event.seq or 0, event.id

    chains: dict[tuple[object, ...], list[Event]] = {}
    for event in sorted(events, key=place):
        fact = _fact(event, chains)
        chains.setdefault(fact, []).append(event)
    return list(chains.values())


def _fact(event: Event, chains: Mapping[tuple[object, ...], list[Event]]) -> tuple[object, ...]:
    if not event.record_id:
        return (event.record, event.councils, event.area, event.id)

    record = (event.record, event.record_id)
    if event.record is RecordKind.INSPECTION:
        return (*record, event.councils, event.area)

    is_of_whole_record = record in chains or event.kind is EventKind.ADDED
    return record if is_of_whole_record else (*record, event.area)


def _came_to_nothing(chain: list[Event]) -> bool:
    """Return whether a new record was withdrawn before anyone heard of it, or a value is again what
    was last told. A new inspection that is read again and turns out to change nothing still is a
    new inspection."""
    if len(chain) == 1:
        return False

    first = chain[0]
    last = chain[-1]
    is_withdrawn = last.kind is EventKind.WITHDRAWN
    if first.kind is EventKind.ADDED:
        return is_withdrawn
    return not is_withdrawn and _last_told(first) == last.new


def _last_told(event: Event) -> str:
    """Return the value that was last told before an event."""
    return event.detail.was or event.old


def _folded(chain: list[Event]) -> Event:
    first, last = chain[0], chain[-1]
    if len(chain) == 1:
        return last

    new = _last_value(chain)
    return replace(
        last,
        kind=_kind(first, last),
        area=first.area,
        old=first.old,
        new=new,
        change=_change(first, new, last.change),
        detail=_detail(first, last),
        late=first.late,
        published=last.published or first.published,
    )


def _kind(first: Event, last: Event) -> EventKind:
    """Return what the folded line is: what the first was, unless all of it was withdrawn in the
    end."""
    if last.kind is EventKind.WITHDRAWN:
        return last.kind
    return first.kind


def _last_value(chain: list[Event]) -> str:
    areas = (chain[0].area, "confirmed")
    return next(event.new for event in reversed(chain) if event.area in areas)


def _detail(first: Event, last: Event) -> EventDetail:
    """Return the detail of the last event, with what was told before the first."""
    if first.kind is EventKind.ADDED:
        return replace(last.detail, was=None)
    if first.detail.was is not None:
        return replace(last.detail, was=first.detail.was)
    return last.detail


def _change(first: Event, new: str, otherwise: Change | None) -> Change | None:
    """Return what the folded line means: first old against last new, where both have a rank."""
    if first.change is not None and first.change not in COMPARED:
        has_ended = first.change is Change.NO_LONGER_JUDGED
        return otherwise if has_ended else first.change

    if otherwise not in COMPARED:
        return otherwise
    return _step(first.old, new) or otherwise


def _step(old: str, new: str) -> Change | None:
    """Return how a grade moved; None where one of the two is no grade."""
    ranks = {str(grade): rank for grade, rank in RANK.items()}
    before = ranks.get(old)
    now = ranks.get(new)
    if before is None or now is None:
        return None
    return _change_of_rank(before, now)


def _change_of_rank(before: int, now: int) -> Change:
    if before == now:
        return Change.UNCHANGED
    if now > before:
        return Change.IMPROVED
    return Change.DECLINED


# -- Items -----------------------------------------------------------------------------------------


def by_item(lines: Iterable[Line]) -> dict[tuple[object, ...], list[Line]]:
    """Return the lines by item: those of one inspection together, all others alone."""
    blocks: dict[tuple[object, ...], list[Line]] = defaultdict(list)
    for line in lines:
        key = _block_of(line.event)
        blocks[key].append(line)
    return blocks


def _block_of(event: Event) -> tuple[object, ...]:
    """Return the item that an event belongs to."""
    if kind_of(event) == "rating":
        return event.about, event.kind
    return "", event.id
