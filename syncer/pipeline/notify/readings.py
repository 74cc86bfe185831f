"""How was each source read, and what may be said on the strength of it (DESIGN §6.8, §6.10)?
Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from syncer.digest.message_model import Freshness
from syncer.model import RecordKind, Subscriber
from syncer.register.councils import Register
from syncer.subscriptions.match import could_want, follows

LOOKED_WITHIN = dt.timedelta(hours=26)
"""Longer than the longest gap of the default timetable: Sunday 10:00 to Monday 07:10, or a day."""
STALE_AFTER = dt.timedelta(days=3)
TOLD_OF_OUTAGE, TOLD_OF_END = "outage", "back"


@dataclass(frozen=True)
class SourceReading:
    """How one enabled source of news was read. `gives` are the kinds of record it can have (empty:
    nobody knows, so that everybody depends on it); `tried` is when it was last tried, None where
    nobody ever did; `failing_since` when the attempts began of which none was good, None while the
    last one was. A source that is not `of_news` gives only history and cross-checks: nobody is told
    anything by it. Of a single page, not of the whole source, `council` is whose it
    is."""

    name: str
    freshness: Freshness
    gives: frozenset[RecordKind] = field(default_factory=frozenset)
    tried: dt.datetime | None = None
    failing_since: dt.datetime | None = None
    of_news: bool = True
    council: str = ""

    @property
    def stale_mark(self) -> str:
        """The name under which it is noted who was told of this outage."""
        return " ".join([TOLD_OF_OUTAGE, *self._outage()])

    @property
    def former_mark(self) -> str:
        """The name under which this was noted before people were told of an outage's end."""
        return " ".join(["dark", *self._outage()])

    def _outage(self) -> list[str]:
        named = [self.name, self.council] if self.council else [self.name]
        since = self.failing_since
        return [*named, since.isoformat() if since else ""]

    def read_lately(self, now: dt.datetime) -> bool:
        """Return whether it was read well within the last day or so."""
        last = self.freshness.last_good
        if last is None:
            return False
        return now - last <= LOOKED_WITHIN

    def fails_now(self, now: dt.datetime) -> bool:
        """Return whether it was tried within the last day or so, and could not be read."""
        if self.failing_since is None or self.tried is None:
            return False

        since_tried = now - self.tried
        return since_tried <= LOOKED_WITHIN

    def is_stale(self, now: dt.datetime) -> bool:
        """Return whether it has been tried for three days without a good read. Days on which nobody
        tried do not count."""
        if self.failing_since is None:
            return False
        return now - self.failing_since >= STALE_AFTER


@dataclass(frozen=True)
class EndedOutage:
    """An outage that somebody was told of and that is over, and the name under which it is noted
    that they were told of its end."""

    back_mark: str
    freshness: Freshness


def ended_outages(
    explained: Iterable[str],
    readings: Sequence[SourceReading],
    failing_pages: Sequence[SourceReading],
    register: Register,
) -> tuple[EndedOutage, ...]:
    """Return the outages noted in `explained` whose source, or page, can be read again and whose
    end is not noted."""
    sources = {reading.name: reading for reading in readings}
    failing = {(page.name, page.council) for page in failing_pages}

    found = []
    for outage in _outages_going_on(explained):
        name, council = _failed_at(outage)
        source = sources.get(name)
        if source is None or source.failing_since is not None:
            continue
        if (name, council) not in failing:
            title = _title(source, council, register)
            freshness = replace(source.freshness, source=title)
            found.append(EndedOutage(_back_mark(outage), freshness))
    return tuple(found)


def _outages_going_on(explained: Iterable[str]) -> list[str]:
    """Return the outages that were told of and whose end is not noted, in a fixed order."""
    noted = frozenset(explained)
    found = []
    for mark in sorted(noted):
        kind, _, outage = mark.partition(" ")
        if kind == TOLD_OF_OUTAGE and _back_mark(outage) not in noted:
            found.append(outage)
    return found


def _back_mark(outage: str) -> str:
    """Return the mark that the end of an outage was told of."""
    return f"{TOLD_OF_END} {outage}"


def _failed_at(outage: str) -> tuple[str, str]:
    """Return the source that failed, and the council whose page did (empty: all of the source)."""
    name, *rest = outage.split(" ")
    council = rest[0] if len(rest) > 1 else ""
    return name, council


def _title(source: SourceReading, council: str, register: Register) -> str:
    title = source.freshness.source
    return f"{title}: the page of {register.by_slug(council).name}" if council else title


def depended_on(
    subscriber: Subscriber, readings: Iterable[SourceReading]
) -> tuple[SourceReading, ...]:
    """Return the sources in which anything that this person follows may stand."""
    return tuple(reading for reading in readings if _depends_on(subscriber, reading))


def pages_followed(
    subscriber: Subscriber, pages: Iterable[SourceReading], register: Register
) -> tuple[SourceReading, ...]:
    """Return the pages of single councils in which anything that this person follows may stand."""
    found = []
    for page in depended_on(subscriber, pages):
        for subscription in subscriber.subscriptions:
            if follows(subscription, [page.council], register):
                found.append(page)
                break
    return tuple(found)


def _depends_on(subscriber: Subscriber, reading: SourceReading) -> bool:
    if not reading.gives:
        return True
    return any(
        could_want(subscription, kind)
        for subscription in subscriber.subscriptions
        for kind in reading.gives
    )


def awaited(
    readings: Sequence[SourceReading], now: dt.datetime, *, sync_under_way: bool
) -> tuple[SourceReading, ...]:
    """Return the sources, of those a person depends on, whose first good read a welcome waits for.

    One that has been tried for three days without success is waited for no longer: the welcome says
    that it was not read. Neither is one that nobody has ever tried while others were read (somebody
    reads chosen sources by hand), unless it is the one that says how councils stand."""
    nothing_read = all(reading.freshness.last_good is None for reading in readings)
    found = []
    for reading in readings:
        was_read = reading.freshness.last_good is not None
        if was_read or reading.is_stale(now):
            continue

        says_how_they_stand = RecordKind.INSPECTION in reading.gives
        left_out = reading.tried is None and not says_how_they_stand
        if nothing_read or sync_under_way or not left_out:
            found.append(reading)
    return tuple(found)


def may_speak_of_silence(readings: Sequence[SourceReading], now: dt.datetime) -> bool:
    """Return whether somebody looked, so that "nothing new" can be said: each source was read well
    within the last day or so, or it is known, and will be said, that it cannot be read now or never
    was."""
    if not any(reading.freshness.last_good for reading in readings):
        return False
    return all(
        reading.read_lately(now) or reading.fails_now(now) or reading.tried is None
        for reading in readings
    )
