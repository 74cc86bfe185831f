"""The table of those who said no, in the file of a whole move: what is not exactly as it was written
is refused, since a hash that differs by a sign is nobody's and its mail would be sent."""

from __future__ import annotations

import pytest

from syncer.errors import RosterError
from syncer.operations import refusals_file
from syncer.store.refusals import Refusal

KEY, HASH = "a1" * 32, "b2" * 32
SINCE = "2026-05-12T09:00:00+00:00"


def table(**of_row: object) -> dict[str, object]:
    row = {"address_hmac": HASH, "since": SINCE, "how": "erased", **of_row}
    return {"keys": [KEY], "said_no": [row]}


def test_what_was_written_is_read() -> None:
    found = refusals_file.read(table())
    assert (found.keys, found.said_no) == ((KEY,), {HASH: Refusal(SINCE, "erased")})
    assert refusals_file.read({}).said_no == {}


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"address_hmac": HASH + "\n"}, "refusals.said_no.0.address_hmac: should be 64 of"),
        ({"address_hmac": HASH.upper()}, "refusals.said_no.0.address_hmac: should be 64 of"),
        ({"address_hmac": HASH[1:]}, "refusals.said_no.0.address_hmac: should be 64 of"),
        ({"since": SINCE + "\n"}, "refusals.said_no.0.since: should be a moment like"),
        ({"since": "2026-05-12T::::::::+00:00"}, "refusals.said_no.0.since: should be a moment"),
        ({"since": "2026-02-30T09:00:00+00:00"}, "refusals.said_no.0.since: "),
        ({"since": "\u0662026-05-12T09:00:00+00:00"}, "refusals.said_no.0.since: should be a mom"),
        ({"how": "rude"}, "refusals.said_no.0.how: should be 'unsubscribed', 'erased' or 'comp"),
        ({"why": "x"}, "refusals.said_no.0.why: there is no such key"),
    ],
)
def test_what_is_not_exactly_so_is_refused(row: dict[str, object], told: str) -> None:
    with pytest.raises(RosterError) as caught:
        refusals_file.read(table(**row))
    (fault,) = caught.value.faults
    assert fault.startswith(told)


@pytest.mark.parametrize("key", [KEY + "\n", "secret", 3])
def test_a_key_that_is_none_is_refused_and_not_named(key: object) -> None:
    with pytest.raises(RosterError) as caught:
        refusals_file.read({"keys": [KEY, key], "said_no": []})
    (fault,) = caught.value.faults
    assert fault.startswith("refusals.keys.1: should be ")
    assert str(key) not in fault or key == 3
