"""Who said no, in the file of a whole move (`subscribers --export … --with-secrets`): also those of
whom nothing else is left. The keys are in it, so that the hashes mean the same elsewhere.

    [refusals]
    keys = ["…"]
    [[refusals.said_no]]
    address_hmac = "…"
    since = "2026-05-12T09:00:00+00:00"
    how = "erased"
"""

from __future__ import annotations

import json
import re
from typing import Annotated, Literal

from syncer.errors import RosterError
from syncer.store import Store, as_moment, refusals
from syncer.store.refusals import Everyone, Refusal
from syncer.tables import Check, Reader, Table, in_one_line


def _hash_or_key(value: str) -> str:
    """Return the value. Raises ValueError, which does not name it."""
    if not re.fullmatch(r"[0-9a-f]{64}", value):
        raise ValueError("should be 64 of the characters 0-9 and a-f")
    return value


def _moment(value: str) -> str:
    """Return a moment as it is stored. Raises ValueError."""
    moment = as_moment(value) if MOMENT.fullmatch(value) else None
    if moment is None:
        raise ValueError("should be a moment like 2026-05-12T09:00:00+00:00")
    return value


MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\+00:00")
Hex = Annotated[str, Check(_hash_or_key)]


class SaidNoRow(Table, frozen=True, kw_only=True):
    """One address that said no, by its keyed hash."""

    address_hmac: Hex
    since: Annotated[str, Check(_moment)]
    how: Literal["unsubscribed", "erased", "complaint"]


class RefusalsTable(Table, frozen=True):
    """The table of a file."""

    HIDDEN = ("keys",)

    keys: tuple[Hex, ...] = ()
    said_no: tuple[SaidNoRow, ...] = ()


def to_toml(store: Store) -> str:
    """Return the table, as it stands at the end of a file."""
    known = refusals.everyone(store)
    blocks = [f"[refusals]\nkeys = {json.dumps(known.keys)}"]
    for address_hmac, refusal in known.said_no.items():
        lines = [
            "[[refusals.said_no]]",
            f'address_hmac = "{address_hmac}"',
            f'since = "{refusal.since}"',
            f'how = "{refusal.how}"',
        ]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def read(table: object) -> Everyone:
    """Return who said no, as the table of a file says. Raises RosterError, which names no key."""
    reader = Reader()
    found = reader.table(RefusalsTable, table, ("refusals",))
    if not found:
        faults = tuple(map(in_one_line, reader.faults))
        raise RosterError("not a table of refusals", faults)

    said_no = {row.address_hmac: Refusal(row.since, row.how) for row in found.said_no}
    return Everyone(found.keys, said_no)
