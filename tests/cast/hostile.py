"""Mutations of real pages: seeded, so that what fails once fails again.

for data in mutated(page, 300, seed=1):  …
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

ODD_BYTES = (
    b"\0", b"\xff\xfe", b"<", b">", b'"', b"{" * 50, b"[" * 500, b"<div>" * 300, b"<table><tr>",
    b"&#xd800;", b"\xed\xa0\x80", b'<meta charset="ut\x01f-8">', "£9".encode() + b"9" * 30,
    b"9999-12-31", b"\r\n,,,\r\n", b"]]>", b"<!--", b"%PDF-1.7",
)  # fmt: skip
ODD_VALUES = (None, [], {}, "", 0, -1, 1e308, True, [None], {"a": None}, "9999-12-31T23:59:59-12:00",
              "\ud800", "http://[x", "9" * 40, [[[[[[]]]]]])  # fmt: skip


def mutated(data: bytes, times: int, seed: int) -> Iterator[bytes]:
    """Yield so many versions of the bytes, each with one to four mutations."""
    chance = random.Random(seed)
    for _ in range(times):
        found = data
        for _ in range(chance.randint(1, 4)):
            found = _once(found, chance)
        yield found


def mutated_json(value: Any, times: int, seed: int) -> Iterator[Any]:
    """Yield so many copies of a JSON value, each with one part replaced or left out."""
    chance = random.Random(seed)
    for _ in range(times):
        copy = json.loads(json.dumps(value))
        holder, key = chance.choice(list(_places(copy)))
        if chance.random() < 0.2:
            del holder[key]
        else:
            holder[key] = chance.choice(ODD_VALUES)
        yield copy


def _once(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    to = min(len(data), at + chance.randrange(1, 400))
    kind = chance.randrange(6)
    if kind == 0:
        return data[:at]
    if kind == 1:
        return data[:at] + data[to:]
    if kind == 2:
        return data[:to] + data[at:to] * chance.randint(1, 20) + data[to:]
    if kind == 3:
        return data[:at] + bytes(chance.randrange(256) for _ in range(8)) + data[at + 8 :]
    if kind == 4:
        other = chance.randrange(len(data) + 1)
        return data[:at] + data[other : other + 400] + data[at:]
    return data[:at] + chance.choice(ODD_BYTES) + data[at:]


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every place in a JSON value, as its holder and its key there."""
    keys = value.keys() if isinstance(value, dict) else range(len(value))
    for key in keys:
        yield value, key
        if isinstance(value[key], dict | list):
            yield from _places(value[key])
