"""Sorting what was observed into things: what was of one record already, and what matches
(`identity`). Pure; the answer does not depend on the order of the observations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from syncer.model import Observation, RecordKind
from syncer.records.identity import place_of, same
from syncer.records.likeness import likeness
from syncer.records.references import in_order, meant, refers_back
from syncer.records.twins import are_two


@dataclass(frozen=True)
class Group:
    """The observations of one thing, and the ids of the records they have belonged to (none yet: a
    new record)."""

    records: tuple[int, ...]
    observations: tuple[Observation, ...]


def group(observations: Iterable[Observation], belongs: Mapping[int, int]) -> tuple[Group, ...]:
    """Sort observations into things. `belongs` gives the record id of those that have one (by
    observation id). The answer does not depend on the order of the observations."""
    items = sorted(observations, key=lambda o: (o.record, *place_of(o)))
    joined = _Joined(len(items))
    joined.join_all(_pairs_of_records(items, belongs))
    joined.join_all(_pairs_that_match(items, belongs, joined))

    _join_to_what_is_meant(items, joined)
    sets = _sets(items, joined)
    return tuple(_group_of(each, belongs) for each in sets)


def _join_to_what_is_meant(items: Sequence[Observation], joined: _Joined) -> None:
    """Join each revision and end, in their order, to the one intervention that it can mean; where
    it can mean several it stays alone."""
    places = {id(item): place for place, item in enumerate(items)}
    referring = [item for item in items if refers_back(item)]

    for said in in_order(referring):
        things = _sets(items, joined)
        own = next(thing for thing in things if said in thing)
        if len(own) > 1:
            continue
        found = meant(said, _interventions(things, but=own))
        if len(found) == 1:
            joined.join(places[id(said)], places[id(found[0][0])])


def _interventions(
    things: Iterable[Sequence[Observation]], but: Sequence[Observation]
) -> Iterator[Sequence[Observation]]:
    """Yield the interventions among things, without one of them."""
    for thing in things:
        if thing is not but and thing[0].record is RecordKind.INTERVENTION:
            yield thing


def _sets(items: Sequence[Observation], joined: _Joined) -> list[list[Observation]]:
    """Return the observations that are joined to each other, set by set."""
    members: dict[int, list[Observation]] = defaultdict(list)
    for place, item in enumerate(items):
        root = joined.root(place)
        members[root].append(item)
    return list(members.values())


def _group_of(members: Sequence[Observation], belongs: Mapping[int, int]) -> Group:
    records = _records_of(members, belongs)
    return Group(
        tuple(records),
        tuple(members),
    )


def _records_of(members: Sequence[Observation], belongs: Mapping[int, int]) -> list[int]:
    """Return the ids of the records that these observations belong to, the oldest first."""
    records: set[int] = set()
    for said in members:
        if said.id in belongs:
            records.add(belongs[said.id])

    return sorted(records)


class _Joined:
    """Places that are joined to others, directly or by way of them; each set is known by its
    smallest place, its root (union–find)."""

    def __init__(self, places: int) -> None:
        self._parent = list(range(places))

    def root(self, place: int) -> int:
        """Return the smallest place that this one is joined to."""
        parent = self._parent
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]

        return place

    def join(self, one: int, other: int) -> None:
        """Join two places, and all that are joined to them."""
        roots = (self.root(one), self.root(other))
        self._parent[max(roots)] = min(roots)

    def join_all(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Join the two places of each pair."""
        for one, other in pairs:
            self.join(one, other)


def _pairs_of_records(
    items: Sequence[Observation], belongs: Mapping[int, int]
) -> Iterable[tuple[int, int]]:
    """Yield the places of observations that belong to one record already."""
    by_record: dict[int, int] = {}
    for place, item in enumerate(items):
        if item.id in belongs:
            record = belongs[item.id]
            first = by_record.setdefault(record, place)
            yield first, place


def _pairs_that_match(
    items: Sequence[Observation], belongs: Mapping[int, int], joined: _Joined
) -> Iterable[tuple[int, int]]:
    """Yield the places of observations that tell of one thing and are not joined yet."""
    for one, other in _alike(items):
        is_joined = joined.root(one) == joined.root(other)
        if is_joined:
            continue

        a = items[one]
        b = items[other]
        if same(a, b) and not _stay_two(a, b, belongs):
            yield one, other


def _alike(items: Sequence[Observation]) -> Iterator[tuple[int, int]]:
    """Yield the places of each two observations that may tell of one thing: that stand at one
    place, or have a mark that the other asks for."""
    having: dict[object, list[int]] = defaultdict(list)
    for place, item in enumerate(items):
        found = likeness(item)
        stands_at = place_of(item)
        earlier: set[int] = set()
        for asked in (stands_at, *found.asks):
            places = having.get(asked, ())
            earlier.update(places)
        for other in sorted(earlier):
            yield other, place

        for mark in (stands_at, *found.has):
            having[mark].append(place)


def _stay_two(a: Observation, b: Observation, belongs: Mapping[int, int]) -> bool:
    """Return whether two reports are known as two, by what they say of themselves: one that its
    page no longer lists does not become the other."""
    if not _belong_to_two(a, b, belongs):
        return False
    return a.page == b.page and are_two(a, b)


def _belong_to_two(a: Observation, b: Observation, belongs: Mapping[int, int]) -> bool:
    """Return whether each is already of a record, and not of the same."""
    record = belongs.get(a.id)
    other = belongs.get(b.id)
    if record is None or other is None:
        return False
    return record != other
