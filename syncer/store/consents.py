"""When, how and to which words somebody agreed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from syncer.store import Store, as_moment, as_text


@dataclass(frozen=True)
class Consent:
    """One agreement. `how`: by a `link`, by an answer by `mail`, or said by the `operator` or by
    an `import`."""

    at: dt.datetime
    how: str
    words: str


def record(store: Store, subscriber: int, how: str, words: str, now: dt.datetime) -> None:
    """Note that somebody agreed."""
    row = {
        "subscriber": subscriber,
        "at": as_text(now),
        "how": how,
        "words": words,
    }
    with store.writing():
        store.insert("consents", row)


def of_subscriber(store: Store, subscriber: int) -> list[Consent]:
    """Return every time somebody agreed, in order."""
    sql = "SELECT at, how, words FROM consents WHERE subscriber = ? ORDER BY id"
    found = []
    for row in store.rows(sql, (subscriber,)):
        at = as_moment(row["at"])
        assert at is not None  # a column that is never null
        found.append(Consent(at, row["how"], row["words"]))
    return found
