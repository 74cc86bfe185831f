"""What a store that is about to be replaced by an older copy knows, and must stay true: who is
there, who has left or was erased, what each was told or shown, what the operator decided, and the
numbers that were given.

The copy and the store have a common past, so that a number means the same in both. What was read
after the copy was made is read again; an event that is then found again is recognised
(`events.add`) and keeps its number, so that nobody is told twice.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from syncer.store import Store
from syncer.store.failure import explained

Row = Mapping[str, Any]

RESERVED = 10_000
"""Numbers that are left out where nobody can say which of them were given."""

ENDED = ("sent", "failed", "cancelled")
KEPT_SETTINGS = ("link_secret", "refusal_key", "refusal_keys_taken_in", "identity")
FACT = ("noticed_at", "record", "area", "old", "new")
"""By which an event of the store is known to be that of the copy with the same number."""


@dataclass
class Carried:
    """What came of it. `lost` are addresses that are not in the restored store, with the reason;
    `unread` the tables that could not be read whole; `other` says that what was there is another
    store, and nothing was carried over."""

    joined: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    other: bool = False


@dataclass
class _Work:
    """One carrying over: into the copy, from the store that is replaced. `people` and `events` are
    the numbers that mean the same in both; `deliveries` and `possibles` those of the store → of the
    copy."""

    copy: Store
    later: sqlite3.Connection
    result: Carried = field(default_factory=Carried)
    people: set[int] = field(default_factory=set)
    events: set[int] = field(default_factory=set)
    deliveries: dict[int, int] = field(default_factory=dict)
    possibles: dict[int, int] = field(default_factory=dict)

    def unread(self, table: str) -> None:
        """Note that a table could not be read whole."""
        if table not in self.result.unread:
            self.result.unread.append(table)


def carry_over(copy: Store, later: Path) -> Carried:
    """Bring into a copy, in one transaction, what the store at `later` knows; that file is only
    read. Raises StoreError where it cannot even be opened."""
    try:
        uri = f"{later.resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
            connection.row_factory = sqlite3.Row
            work = _Work(copy, connection)
            copy.run("PRAGMA secure_delete = ON")  # nothing of who was erased stays in free pages
            with copy.writing():
                _carry(work)
            return work.result
    except sqlite3.Error as error:
        raise explained(later, error, "read") from error


def _carry(work: _Work) -> None:
    if _is_another(work):
        work.result.other = True
        work.result.lost += [row["address"] for row in _rows(work, "subscribers") if row["address"]]
        reserve(work.copy)
        return
    for step in STEPS:
        step(work)
    _counters(work)
    if "subscribers" in work.result.unread:
        reserve(work.copy)


def reserve(copy: Store) -> None:
    """Leave out numbers of subscribers that may have been given to somebody the copy does not know:
    a link that was signed for them must never act for another person."""
    highest = int(copy.value("SELECT max(id) FROM subscribers") or 0)
    copy.run(
        """INSERT INTO subscribers (id, channel, address, state, all_quiet, created_at)
           VALUES (?, 'email', '', 'erased', 'off', '')""",
        (highest + RESERVED,),
    )


# -- reading a store that may be damaged -----------------------------------------------------------


def _rows(work: _Work, table: str) -> list[Row]:
    """Return the rows of a table of the store that is replaced. Of a damaged one those that can be
    read, from both ends; the table is then named as unread."""
    if not _has(work, table):
        return []
    key = [column["name"] for column in _columns(work.copy, table) if column["pk"]]
    found: dict[tuple[Any, ...], Row] = {}
    for direction in ("ASC", "DESC"):
        order = ", ".join(f"{name} {direction}" for name in key)
        try:
            for row in work.later.execute(f"SELECT * FROM {table} ORDER BY {order}"):
                found[tuple(row[name] for name in key)] = dict(row)
            break
        except sqlite3.DatabaseError:
            work.unread(table)

    return list(found.values())


def _has(work: _Work, table: str) -> bool:
    try:
        sql = "SELECT count(*) FROM sqlite_master WHERE name = ?"
        return bool(work.later.execute(sql, (table,)).fetchone()[0])
    except sqlite3.DatabaseError:
        work.unread(table)
        return False


def _columns(store: Store, table: str) -> list[dict[str, Any]]:
    return store.rows(f"PRAGMA table_info({table})")


def _is_another(work: _Work) -> bool:
    """Return whether the store is not a later state of the copy: begun on another day, or with
    another secret for its links."""
    theirs = {}
    for row in _rows(work, "meta"):
        theirs[row["key"]] = row["value"]
    for key in ("since", "link_secret"):
        ours = work.copy.meta(key)
        if ours and theirs.get(key, ours) != ours:
            return True

    return not theirs and "meta" not in work.result.unread and bool(work.copy.meta("since"))


def _known(work: _Work, table: str, row: Row) -> Row:
    """Return of a row what the copy has a column for: the store may have another format."""
    known = {}
    for column in _columns(work.copy, table):
        name = column["name"]
        if name in row:
            known[name] = row[name]
    return known


def _put(work: _Work, table: str, row: Row) -> int:
    """Write a row into the copy; return its rowid, or 0 for one that damage has made impossible."""
    try:
        return work.copy.insert(table, _known(work, table, row))
    except sqlite3.IntegrityError:
        work.unread(table)
        return 0


def _update(work: _Work, table: str, row: Row, number: int) -> None:
    """Make a line of the copy what the row says; it keeps its number."""
    known = {name: value for name, value in _known(work, table, row).items() if name != "id"}
    sets = ", ".join(f"{name} = :{name}" for name in known)
    try:
        work.copy.run(f"UPDATE {table} SET {sets} WHERE id = :id", {**known, "id": number})
    except sqlite3.IntegrityError:
        work.unread(table)


# -- table by table --------------------------------------------------------------------------------


def _meta(work: _Work) -> None:
    """Carry over the secret that signs the links, the key of the hashes of who said no, the
    identity by which feeds name changes, and of which councils' end people know."""
    for row in _rows(work, "meta"):
        if row["key"] in KEPT_SETTINGS or row["key"].startswith("ended "):
            work.copy.set_meta(row["key"], row["value"])
    for row in _rows(work, "identities"):
        work.copy.upsert("identities", dict(row), ["source", "key"])


def _people(work: _Work) -> None:
    """Carry over everyone as they are now, under the number that they have."""
    for row in _rows(work, "subscribers"):
        ours = work.copy.one("SELECT * FROM subscribers WHERE id = ?", (row["id"],))
        if ours is None:
            _join(work, row)
        elif ours["created_at"] == row["created_at"]:
            _renew(work, row, ours)
        elif row["address"]:
            work.result.lost.append(f"{row['address']} (number {row['id']} is another person's)")
            # no link signed so far says for certain whom it is for
            work.copy.run("DELETE FROM meta WHERE key = 'link_secret'")


def _join(work: _Work, row: Row) -> None:
    """Add somebody who came after the copy was made."""
    taken = "SELECT id FROM subscribers WHERE channel = ? AND address_key = ?"
    if work.copy.value(taken, (row["channel"], row["address_key"])):
        work.result.lost.append(f"{row['address']} (is there under another number)")
    elif _put(work, "subscribers", row):
        work.people.add(row["id"])
        if row["address"]:
            work.result.joined.append(row["address"])


def _renew(work: _Work, row: Row, ours: Row) -> None:
    """Bring somebody up to date; who was erased in either stays so."""
    work.people.add(row["id"])
    if ours["state"] == "erased":
        return
    _update(work, "subscribers", row, row["id"])
    if row["state"] == "erased":
        _blank_messages(work.copy, row["id"])


def _blank_messages(copy: Store, subscriber: int) -> None:
    copy.run(
        """UPDATE deliveries SET recipient = '', claimed_by = '', subject = '', reply = '',
               error = '', body = NULL, other_body = NULL,
               state = CASE WHEN state IN ('sent', 'failed') THEN state ELSE 'cancelled' END
           WHERE subscriber = ?""",
        (subscriber,),
    )


def _subscriptions(work: _Work) -> None:
    """Carry over what everybody wants now, with the marks."""
    rows = _rows(work, "subscriptions")
    if "subscriptions" not in work.result.unread:
        for number in work.people:
            work.copy.run("DELETE FROM subscriptions WHERE subscriber = ?", (number,))
    for row in rows:
        if row["subscriber"] in work.people:
            _put(work, "subscriptions", _with_free_number(work, "subscriptions", row))


def _events(work: _Work) -> None:
    """Carry over every event that the copy does not have, under its own number, and what was
    decided about those that it has. The record it is about is found again by the next read."""
    councils = _councils(work)
    for row in _rows(work, "events"):
        ours = work.copy.one("SELECT * FROM events WHERE id = ?", (row["id"],))
        if ours is None:
            if not _put(work, "events", {**row, "record_id": None, "run": None}):
                continue
            for council in councils.get(row["id"], ()):
                _put(work, "event_councils", {"council": council, "event": row["id"]})
        elif any(ours[name] != row[name] for name in FACT):
            continue
        else:
            decided = {name: row[name] for name in ("state", "seq", "hold_reason")}
            _update(work, "events", decided, row["id"])
        work.events.add(row["id"])


def _councils(work: _Work) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for row in _rows(work, "event_councils"):
        found.setdefault(row["event"], []).append(row["council"])
    return found


def _deliveries(work: _Work) -> None:
    """Carry over every message as it stands: what was sent stays sent, what waits goes on
    waiting."""
    for row in _rows(work, "deliveries"):
        if row["subscriber"] is not None and row["subscriber"] not in work.people:
            continue
        sql = "SELECT id, state FROM deliveries WHERE message_id = ?"
        ours = work.copy.one(sql, (row["message_id"],))
        if ours is None:
            number = _put(work, "deliveries", _with_free_number(work, "deliveries", row))
        else:
            number = ours["id"]
            if ours["state"] not in ENDED or row["state"] in ENDED:
                _update(work, "deliveries", row, number)
        work.deliveries[row["id"]] = number


def _with_free_number(work: _Work, table: str, row: Row) -> Row:
    if work.copy.value(f"SELECT 1 FROM {table} WHERE id = ?", (row["id"],)):
        return {name: row[name] for name in row if name != "id"}
    return row


def _receipts(work: _Work) -> None:
    """Carry over who was told what."""
    for row in _rows(work, "delivery_events"):
        delivery = work.deliveries.get(row["delivery"]) if row["delivery"] else None
        lost = row["delivery"] and not delivery
        if row["subscriber"] in work.people and row["event"] in work.events and not lost:
            receipt = {**_known(work, "delivery_events", row), "delivery": delivery}
            work.copy.upsert("delivery_events", receipt, ["subscriber", "event"])


def _possibles(work: _Work) -> None:
    """Carry over what pages seem to say of money, and what the operator has decided about it. What
    the copy does not have is put there, so that nobody is shown it a second time when it is read
    again."""
    for row in _rows(work, "possibles"):
        place = (row["source"], row["page"], row["key"])
        sql = "SELECT id FROM possibles WHERE source = ? AND page = ? AND key = ?"
        number = int(work.copy.value(sql, place) or 0)
        if not number:
            number = _put(work, "possibles", _with_free_number(work, "possibles", row))
        elif row["settled_at"]:
            decided = {name: row[name] for name in ("state", "settled_at")}
            _update(work, "possibles", decided, number)
        if number:
            work.possibles[row["id"]] = number


def _showings(work: _Work) -> None:
    """Carry over who was shown which of them."""
    for row in _rows(work, "possible_showings"):
        possible = work.possibles.get(row["possible"])
        delivery = work.deliveries.get(row["delivery"])
        if possible and delivery and row["subscriber"] in work.people:
            showing = {**row, "possible": possible, "delivery": delivery}
            work.copy.upsert("possible_showings", showing, ["subscriber", "possible"])


def _problems(work: _Work) -> None:
    """Carry over what the operator was told of, and what is open."""
    rows = _rows(work, "problems")
    if "problems" in work.result.unread:
        return
    work.copy.run("DELETE FROM problems")
    for row in rows:
        _put(work, "problems", row)


def _agreements(work: _Work) -> None:
    """Carry over when, how and to which words everybody agreed, and what they were asked."""
    for table in ("consents", "confirmations"):
        rows = _rows(work, table)
        if table not in work.result.unread:
            for number in work.people:
                work.copy.run(f"DELETE FROM {table} WHERE subscriber = ?", (number,))

        for row in rows:
            if row["subscriber"] in work.people and not _is_erased(work, row["subscriber"]):
                _put(work, table, _with_free_number(work, table, _with_delivery(work, row)))


def _is_erased(work: _Work, subscriber: int) -> bool:
    sql = "SELECT state FROM subscribers WHERE id = ?"
    return bool(work.copy.value(sql, (subscriber,)) == "erased")


def _with_delivery(work: _Work, row: Row) -> Row:
    """Return a row with the number that its delivery has in the copy."""
    if "delivery" not in row:
        return row
    return {**row, "delivery": work.deliveries.get(row["delivery"])}


def _refusals(work: _Work) -> None:
    """Carry over who said no: whoever did in the store, also where it is not known by anything
    else. A no that was lifted since the copy was made is lifted."""
    rows = _rows(work, "refusals")
    if "refusals" not in work.result.unread and _has(work, "refusals"):
        work.copy.run("DELETE FROM refusals")
    for row in rows:
        work.copy.upsert("refusals", _known(work, "refusals", row), ["address_hmac"])


def _asked_mails(work: _Work) -> None:
    """Carry over which mails somebody had sent to whom, so that their number stays limited."""
    for row in _rows(work, "asked_mails"):
        work.copy.upsert("asked_mails", row, ["address_hmac", "kind", "at"])


def _came_back(work: _Work) -> None:
    """Carry over which messages came back, and what else came into the inbox."""
    for row in _rows(work, "bounces"):
        number = work.deliveries.get(row["delivery"])
        if number and row["subscriber"] in work.people:
            bounce = {**_known(work, "bounces", row), "delivery": number}
            work.copy.upsert("bounces", bounce, ["delivery"])

    for row in _rows(work, "inbox_messages"):
        known = row["subscriber"] in work.people
        received = {**row, "subscriber": row["subscriber"] if known else None}
        del received["id"]
        work.copy.upsert(
            "inbox_messages", _known(work, "inbox_messages", received), ["file", "digest"]
        )


def _counters(work: _Work) -> None:
    """See to it that no number of an event is given twice, and that no mark is ahead of what comes
    next."""
    theirs = [row["n"] for row in _rows(work, "counters") if row["name"] == "event"]
    highest = work.copy.value(
        """SELECT max(n) FROM (SELECT n FROM counters WHERE name = 'event'
             UNION ALL SELECT mark FROM subscriptions
             UNION ALL SELECT seq FROM events WHERE seq IS NOT NULL)"""
    )
    work.copy.run(
        "UPDATE counters SET n = ? WHERE name = 'event'", (max(int(highest or 0), *theirs, 0),)
    )


STEPS = (
    _meta,
    _people,
    _subscriptions,
    _events,
    _deliveries,
    _receipts,
    _possibles,
    _showings,
    _problems,
    _agreements,
    _refusals,
    _asked_mails,
    _came_back,
)
