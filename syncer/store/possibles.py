"""Possibles: what a page seems to say of money and could not be read for certain (DESIGN §2).

A possible is never counted and never an event. It is open until it is told, accepted or rejected,
or is no longer on its page; it is shown to a subscriber once (PRIMARY KEY of `possible_showings`).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from syncer.model import Possible
from syncer.store import Store, as_json, as_moment, as_text
from syncer.store.records import AT_PLACE, columns_of, observed, place_of


class State(StrEnum):
    """Where a possible stands."""

    OPEN = "open"
    GONE = "gone"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


SETTLED = (State.ACCEPTED, State.REJECTED)


@dataclass(frozen=True)
class Kept:
    """A possible as the store knows it. `page_before` is the last good read of its page before it
    was first seen (None: that was the first); `silent`: the rules on baseline and old news keep it
    from readers."""

    id: int
    possible: Possible
    state: State
    first_seen: dt.datetime
    page_before: dt.datetime | None
    silent: bool
    settled_at: dt.datetime | None


def save(
    store: Store,
    page: tuple[str, str],
    found: Sequence[tuple[Possible, bool]],
    page_before: dt.datetime | None,
    now: dt.datetime,
) -> None:
    """Keep what a good read of a page (source, page) seems to say, each with whether it is silent.
    What it no longer says is gone; what was settled stays settled. Call inside `writing()`."""
    for possible, silent in found:
        _save_one(store, possible, silent, page_before, now)

    still_said = [possible.observation.key for possible, _ in found]
    _leave(store, page, still_said)


def _save_one(
    store: Store,
    possible: Possible,
    silent: bool,
    page_before: dt.datetime | None,
    now: dt.datetime,
) -> None:
    place = place_of(possible.observation)
    values = _columns(possible)
    known = store.value(f"SELECT id FROM possibles WHERE {AT_PLACE}", place)
    if known:
        store.update("possibles", known, values)
        again = "UPDATE possibles SET state = 'open' WHERE id = ? AND state = 'gone'"
        store.run(again, (known,))
        return

    first = {
        "first_seen": as_text(now),
        "page_before": as_text(page_before) if page_before else None,
        "silent": int(silent),
        "state": State.OPEN,
    }
    store.insert("possibles", {**place, **values, **first})


def _columns(possible: Possible) -> dict[str, Any]:
    """Return what a page says of it now, as it is stored."""
    return {
        **columns_of(possible.observation),
        "why": as_json(possible.why),
        "p": possible.p,
    }


def _leave(store: Store, page: tuple[str, str], keys: Iterable[str]) -> None:
    """Mark as gone what is open and not among these keys of its page."""
    store.run(
        "UPDATE possibles SET state = 'gone' WHERE source = ? AND page = ? AND state = 'open'"
        " AND key NOT IN (SELECT value FROM json_each(?))",
        (*page, as_json(sorted(keys))),
    )


def listing(store: Store, states: Sequence[State] = (State.OPEN,)) -> list[Kept]:
    """Return the possibles in these states, the newest page first."""
    rows = store.rows(
        "SELECT * FROM possibles WHERE state IN (SELECT value FROM json_each(?))"
        " ORDER BY published DESC, id",
        (as_json(states),),
    )
    return [_kept(row) for row in rows]


def get(store: Store, number: int) -> Kept | None:
    """Return the possible with that number, None where there is none."""
    row = store.one("SELECT * FROM possibles WHERE id = ?", (number,))
    if row is None:
        return None
    return _kept(row)


def settle(store: Store, number: int, state: State, now: dt.datetime) -> None:
    """Note that the operator has accepted or rejected it. Call inside `writing()`."""
    store.run(
        "UPDATE possibles SET state = ?, settled_at = ? WHERE id = ?",
        (state, as_text(now), number),
    )


def accepted_on(store: Store, source: str, page: str) -> list[Kept]:
    """Return what the operator has accepted of one page."""
    rows = store.rows(
        "SELECT * FROM possibles WHERE source = ? AND page = ? AND state = 'accepted' ORDER BY id",
        (source, page),
    )
    return [_kept(row) for row in rows]


def hand_over(store: Store, kept: Kept, key: str) -> None:
    """Let what was accepted go on under the key by which the reader tells it now: the same record,
    and no second one."""
    said = kept.possible.observation
    for table in ("observations", "entries"):
        store.run(
            f"UPDATE OR IGNORE {table} SET key = ? WHERE source = ? AND page = ? AND key = ?",
            (key, said.source, said.page, said.key),
        )


# -- Readers ---------------------------------------------------------------------------------------


def unshown(store: Store, subscriber: int) -> list[Kept]:
    """Return the open possibles that readers may see and this one has not been shown."""
    rows = store.rows(
        "SELECT * FROM possibles WHERE state = 'open' AND NOT silent AND id NOT IN"
        " (SELECT possible FROM possible_showings WHERE subscriber = ?) ORDER BY id",
        (subscriber,),
    )
    return [_kept(row) for row in rows]


def record_shown(
    store: Store, subscriber: int, delivery: int, shown: Iterable[int], now: dt.datetime
) -> None:
    """Note that this message shows them. Raises sqlite3.IntegrityError where one was shown before.
    Call in the transaction that writes the message."""
    for number in shown:
        store.insert(
            "possible_showings",
            {
                "subscriber": subscriber,
                "possible": number,
                "delivery": delivery,
                "at": as_text(now),
            },
        )


def _kept(row: Mapping[str, Any]) -> Kept:
    said = observed(row)
    assert said.first_seen is not None
    why = json.loads(row["why"])
    return Kept(
        row["id"],
        Possible(said, tuple(why), row["p"]),
        State(row["state"]),
        said.first_seen,
        as_moment(row["page_before"]),
        bool(row["silent"]),
        as_moment(row["settled_at"]),
    )
