"""Which line of a page that was read before is this statement? Pure.

The order of a table's rows and the titles above it are not content: a statement keeps the key of
the line that said the same before, wherever it stands now and whatever its programme is now called.
A key holds no amount: a figure that is edited stays the same entry.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from syncer.model import FundingFields, FundingKind, Observation, Statement

Before = Mapping[str, Observation]


def keys_of(statements: Sequence[Statement], before: Before) -> list[str]:
    """Return a key for each statement of one page. `before` are the observations that earlier reads
    made on it, by key."""
    known: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for key in sorted(before, key=lambda key: (len(key), key)):
        known[_name_then(before[key])].append(key)
    named: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, statement in enumerate(statements):
        named[_name_now(statement)].append(place)

    keys: dict[int, str] = {}
    for name, places in named.items():
        keys |= _among_equals(places, known[name], statements, before)
    keys |= _retitled(_without_key(statements, keys), statements, _left(before, keys))
    keys |= _fresh(_without_key(statements, keys), statements, {*before, *keys.values()})
    return [keys[place] for place in range(len(statements))]


def _name_now(statement: Statement) -> tuple[str, ...]:
    """Return what a statement goes by: its kind, councils, programme, and the year of a table's
    row."""
    year = statement.period if statement.kind is FundingKind.ALLOCATION else ""
    about = statement.programme or statement.what
    return (statement.kind, *sorted(statement.councils), about, year)


def _name_then(observation: Observation) -> tuple[str, ...]:
    said = observation.funding
    year = said.period or "" if said.kind is FundingKind.ALLOCATION else ""
    about = said.programme or said.what or ""
    return (said.kind or "", *sorted(observation.councils), about, year)


def _among_equals(
    places: Iterable[int], keys: Sequence[str], statements: Sequence[Statement], before: Before
) -> dict[int, str]:
    """Share the known keys among statements of one name: first to those whose figure is as it was,
    then in their order."""
    found: dict[int, str] = {}
    free, waiting = list(keys), []
    for place in places:
        same = [key for key in free if _same_figure(statements[place], before[key].funding)]
        if same:
            found[place] = same[0]
            free.remove(same[0])
        else:
            waiting.append(place)
    return found | dict(zip(waiting, free, strict=False))


def _retitled(
    places: Iterable[int], statements: Sequence[Statement], left: Before
) -> dict[int, str]:
    """Give a statement under another programme the key of the one line left with its kind,
    councils, period and figure."""
    found: dict[int, str] = {}
    taken: set[str] = set()
    for place in places:
        statement = statements[place]
        same = [key for key in left if key not in taken and _says_the_same(statement, left[key])]
        if len(same) == 1:
            found[place] = same[0]
            taken.add(same[0])
    return found


def _says_the_same(statement: Statement, then: Observation) -> bool:
    said = then.funding
    if said.kind is not statement.kind or set(then.councils) != set(statement.councils):
        return False
    return (said.period or "") == statement.period and _same_figure(statement, said)


def _same_figure(statement: Statement, said: FundingFields) -> bool:
    money = statement.money
    return money is not None and (money.pounds, money.qualifier) == (said.amount, said.qualifier)


def _without_key(statements: Sequence[Statement], keys: Mapping[int, str]) -> list[int]:
    return [place for place in range(len(statements)) if place not in keys]


def _left(before: Before, keys: Mapping[int, str]) -> dict[str, Observation]:
    taken = set(keys.values())
    return {key: then for key, then in before.items() if key not in taken}


def _fresh(
    places: Iterable[int], statements: Sequence[Statement], taken: set[str]
) -> dict[int, str]:
    found: dict[int, str] = {}
    for place in places:
        key = _usual_key(statements[place], {*taken, *found.values()})
        found[place] = key
    return found


def _usual_key(statement: Statement, taken: set[str]) -> str:
    year = statement.period if statement.kind is FundingKind.ALLOCATION else ""
    about = statement.programme or statement.what
    name = " ".join(filter(None, (statement.kind, *statement.councils, about, year)))
    key, number = name, 1
    while key in taken:
        number += 1
        key = f"{name} #{number}"
    return key
