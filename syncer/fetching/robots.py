"""What a site asks robots not to read, kept for a day: by whoever asks often, across runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, MutableMapping

from protego import Protego

from syncer.errors import FetchError

KEPT = dt.timedelta(days=1)
NOT_AGAIN = dt.timedelta(minutes=1)
"""How long a site is not asked again that did not answer: each of its pages would ask."""

Kept = MutableMapping[str, tuple[dt.datetime, str]]
"""Origin → when its robots.txt was read, and its text (empty: there is none)."""


class Robots:
    """The rules of each origin. `kept` may outlive this object; `clock` gives aware moments."""

    def __init__(self, kept: Kept, clock: Callable[[], dt.datetime]) -> None:
        self._kept, self._clock = kept, clock
        self._parsed: dict[str, tuple[dt.datetime, Protego]] = {}
        self._failed: dict[str, tuple[dt.datetime, FetchError]] = {}

    def rules(self, origin: str, read: Callable[[str], str]) -> Protego:
        """Return the rules of one origin; `read` gives the text of its robots.txt, and what it
        raises passes through, once more for a minute without asking."""
        parsed = self._parsed.get(origin)
        if parsed is None or not self._is_fresh(parsed[0]):
            at, text = self._text(origin, read)
            parsed = self._parsed[origin] = (at, Protego.parse(text))
        return parsed[1]

    def _text(self, origin: str, read: Callable[[str], str]) -> tuple[dt.datetime, str]:
        """Return the text that was kept, or is read now, and when it was read."""
        kept = self._kept.get(origin)
        if kept is None or not self._is_fresh(kept[0]):
            self._raise_what_failed_lately(origin)
            text = self._read(origin, read)
            kept = self._kept[origin] = (self._clock(), text)
        return kept

    def _read(self, origin: str, read: Callable[[str], str]) -> str:
        try:
            return read(origin)
        except FetchError as error:
            self._failed[origin] = (self._clock(), error)
            raise

    def _raise_what_failed_lately(self, origin: str) -> None:
        at, error = self._failed.pop(origin, (None, None))
        if at is None or error is None:
            return
        if dt.timedelta() <= self._clock() - at < NOT_AGAIN:
            self._failed[origin] = (at, error)
            raise error.with_traceback(None)

    def _is_fresh(self, at: dt.datetime) -> bool:
        """Return whether a text was read within a day, and not at a time to come."""
        age = self._clock() - at
        return dt.timedelta() <= age < KEPT
