"""robots.txt as read, by origin, kept in the store so that it is asked for once a day."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, MutableMapping

from syncer.store import Store, as_json

PREFIX = "robots "


class StoredRobots(MutableMapping[str, tuple[dt.datetime, str]]):
    """Origin → when its robots.txt was read, and its text."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getitem__(self, origin: str) -> tuple[dt.datetime, str]:
        kept = self._store.meta(PREFIX + origin)
        if not kept:
            raise KeyError(origin)

        at, text = json.loads(kept)
        moment = dt.datetime.fromisoformat(at)
        return moment, text

    def __setitem__(self, origin: str, value: tuple[dt.datetime, str]) -> None:
        at, text = value
        kept = as_json([at.isoformat(), text])
        with self._store.writing():
            self._store.set_meta(PREFIX + origin, kept)

    def __delitem__(self, origin: str) -> None:
        with self._store.writing():
            self._store.run("DELETE FROM meta WHERE key = ?", (PREFIX + origin,))

    def __iter__(self) -> Iterator[str]:
        rows = self._store.rows("SELECT key FROM meta WHERE key LIKE ?", (PREFIX + "%",))
        for row in rows:
            yield row["key"].removeprefix(PREFIX)

    def __len__(self) -> int:
        return len(list(iter(self)))
