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
Name = tuple[str, ...]
"""What a statement goes by: its kind, councils, programme, and the year of a table's row."""


def keys_of(statements: Sequence[Statement], before: Before) -> list[str]:
    """Return a key for each statement of one page. `before` are the observations that earlier reads
    made on it, by key."""
    known = _keys_by_name(before)
    keys: dict[int, str] = {}

    for name, places in _places_by_name(statements).items():
        keys |= _among_equals(places, known.get(name, ()), statements, before)

    keys |= _retitled(_without_key(statements, keys), statements, _left(before, keys))
    keys |= _fresh(_without_key(statements, keys), statements, {*before, *keys.values()})
    return [keys[place] for place in range(len(statements))]


def _keys_by_name(before: Before) -> Mapping[Name, Sequence[str]]:
    """Return the known keys by what their observations go by, the first made first ("#2" before
    "#10")."""
    found: dict[Name, list[str]] = defaultdict(list)
    for key in sorted(before, key=lambda key: (len(key), key)):
        found[_name_then(before[key])].append(key)
    return found


def _places_by_name(statements: Sequence[Statement]) -> Mapping[Name, Sequence[int]]:
    found: dict[Name, list[int]] = defaultdict(list)
    for place, statement in enumerate(statements):
        found[_name_now(statement)].append(place)
    return found


def _name_now(statement: Statement) -> Name:
    about, year = _about_and_year(statement)
    return (statement.kind, *sorted(statement.councils), about, year)


def _name_then(observation: Observation) -> Name:
    said = observation.funding
    is_row = said.kind is FundingKind.ALLOCATION
    year = said.period if is_row else None
    about = said.programme or said.what
    return (said.kind or "", *sorted(observation.councils), about or "", year or "")


def _about_and_year(statement: Statement) -> tuple[str, str]:
    """Return a statement's programme or purpose, and the year of a table's row."""
    is_row = statement.kind is FundingKind.ALLOCATION
    year = statement.period if is_row else ""
    return statement.programme or statement.what, year


def _among_equals(
    places: Iterable[int], keys: Sequence[str], statements: Sequence[Statement], before: Before
) -> dict[int, str]:
    """Share the known keys among statements of one name: first to those whose figure is as it was,
    then in their order."""
    found: dict[int, str] = {}
    free, waiting = list(keys), []

    for place in places:
        statement = statements[place]
        same = [key for key in free if _same_figure(statement, before[key].funding)]
        if same:
            found[place] = same[0]
            free.remove(same[0])
        else:
            waiting.append(place)

    in_order = zip(waiting, free, strict=False)
    return found | dict(in_order)


def _retitled(
    places: Iterable[int], statements: Sequence[Statement], left: Before
) -> dict[int, str]:
    """Give a statement under another programme the key of the one line left with its kind,
    councils, period and figure."""
    found: dict[int, str] = {}
    free = dict(left)

    for place in places:
        same = [key for key, then in free.items() if _says_the_same(statements[place], then)]
        if len(same) == 1:
            found[place] = same[0]
            del free[same[0]]
    return found


def _says_the_same(statement: Statement, then: Observation) -> bool:
    said = then.funding
    if said.kind is not statement.kind or set(then.councils) != set(statement.councils):
        return False
    return (said.period or "") == statement.period and _same_figure(statement, said)


def _same_figure(statement: Statement, said: FundingFields) -> bool:
    money = statement.money
    if money is None:
        return False
    return money.pounds == said.amount and money.qualifier == said.qualifier


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
    about, year = _about_and_year(statement)
    words = (statement.kind, *statement.councils, about, year)
    name = " ".join(filter(None, words))

    key, number = name, 1
    while key in taken:
        number += 1
        key = f"{name} #{number}"
    return key
