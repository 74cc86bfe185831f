"""What a message shows besides its events, looked up: standings, days of inspections, how each
source was read. Looked up once and kept while nothing changes."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from syncer.app import App
from syncer.digest.letter import DigestContext, Freshness
from syncer.links import Action, mailto, sign
from syncer.model import Area, Record, RecordKind, Subscriber, Subscription
from syncer.pipeline.notify.plan import News
from syncer.pipeline.notify.readings import SourceReading, depended_on
from syncer.records.standing import standing
from syncer.sources import kinds_given, load
from syncer.store import Store, as_moment, events, overview, pages, people, problems
from syncer.store import records as record_store

SYNC_LASTS = dt.timedelta(hours=6)
"""A run that began longer ago and has not ended is taken for one that was killed."""


def news_for(app: App) -> News:
    """Look up what is the same for every subscriber."""
    marks = [
        subscription.mark
        for subscriber in people.listing(app.store, ["active"])
        for subscription in subscriber.subscriptions
    ]
    last_seq = events.last_seq(app.store)
    waiting = events.after(app.store, min(marks, default=last_seq))
    last = (waiting[-1].seq or 0) if waiting else last_seq
    under_way = overview.under_way(app.store, app.now - SYNC_LASTS, app.now)
    return News(app.now, app.register, tuple(waiting), last, source_readings(app), under_way)


# -- How the sources were read ---------------------------------------------------------------------


def source_readings(app: App) -> tuple[SourceReading, ...]:
    """Return how each enabled source of news was read. Those that give only history and cross-checks
    are left out: nobody is told anything by them."""
    runs = overview.last_runs(app.store, app.now)
    found = []
    for name in app.config.enabled_sources():
        if name not in app.history:
            found.append(_reading(app, name, runs.get(name)))
    return tuple(found)


def _reading(app: App, name: str, run: Mapping[str, Any] | None) -> SourceReading:
    gives = kinds_given(name)
    if run is None:
        return SourceReading(name, Freshness(load(name).TITLE, None), gives)
    failing = None if run["complete"] else as_moment(run["failing_since"])
    tried = as_moment(run["started"])
    return SourceReading(name, _freshness(app, name, run), gives, tried, failing)


def freshness(app: App) -> tuple[Freshness, ...]:
    """Return, for each enabled source that was ever tried, when it was last read well, and what
    could not be read."""
    runs = overview.last_runs(app.store, app.now)
    enabled = app.config.enabled_sources()
    return tuple(_freshness(app, name, runs[name]) for name in enabled if name in runs)


def _freshness(app: App, name: str, run: Mapping[str, Any]) -> Freshness:
    found = problems.still_open(app.store, name)
    whole = any(not problem["url"] for problem in found)
    return Freshness(load(name).TITLE, as_moment(run["last_good"]), _trouble(found), whole)


def _trouble(found: Sequence[Mapping[str, Any]]) -> str:
    """Say in one clause what cannot be read now, of a source's open problems; empty where there is
    nothing. One without an address is about the source as a whole."""
    if not found:
        return ""
    whole = next((problem for problem in found if not problem["url"]), None)
    if whole:
        return f"cannot be read now ({whole['name']})"
    first = "; ".join(dict.fromkeys(problem["message"] for problem in found[:2]))
    more = f" and {len(found) - 2} more" if len(found) > 2 else ""
    return f"could not be read: {first}{more}"


# -- What a message shows --------------------------------------------------------------------------


@dataclass(frozen=True)
class _Known:
    """What is the same for everybody, as of one state of the store."""

    version: int
    context: DigestContext
    readings: tuple[SourceReading, ...]


class DigestContexts:
    """Gives the context of each subscriber's messages. What is the same for all is looked up again
    only when another process has written."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._kept: _Known | None = None

    def common(self) -> DigestContext:
        """Return what is the same for everybody. Inside a transaction it is as of that
        transaction."""
        return self._known().context

    def _known(self) -> _Known:
        version = int(self._app.store.value("PRAGMA data_version"))
        if self._kept is None or self._kept.version != version:
            self._kept = _Known(version, _look_up(self._app), source_readings(self._app))
        return self._kept

    def of(self, subscriber: Subscriber, *, explain_no_overall: bool = False) -> DigestContext:
        """Return the context as this subscriber is shown it."""
        known = self._known()
        return replace(
            known.context,
            followed=self.followed(subscriber),
            explain_no_overall=explain_no_overall,
        )

    def followed(self, subscriber: Subscriber) -> tuple[str, ...]:
        """Return the councils a subscriber follows, in alphabetical order; none where it is all of
        them."""
        slugs: set[str] = set()
        for subscription in subscriber.subscriptions:
            places = subscription.councils or subscription.regions or subscription.neighbours_of
            if not places:
                return ()
            slugs |= self._places(subscription)
        return tuple(sorted(slugs))

    def _places(self, subscription: Subscription) -> set[str]:
        register, today = self._app.register, self._app.now.date()
        slugs = set(subscription.councils)
        for region in subscription.regions:
            slugs |= {council.slug for council in register.region(region, today)}
        for name in subscription.neighbours_of:
            slugs |= {council.slug for council in register.neighbours(name)}
        return slugs


def _look_up(app: App) -> DigestContext:
    by_council: dict[str, list[Record]] = defaultdict(list)
    for record in record_store.records(app.store, kinds=[RecordKind.INSPECTION]):
        if not record.withdrawn:
            by_council[record.councils[0]].append(record)
    read = pages.read_for_inspections(app.store, app.now)
    standings = {}
    for council in app.register:
        slug = council.slug
        if slug in read or "" in read or slug in by_council:
            own = by_council.get(slug, ())
            standings[slug] = {area: standing(own, area) for area in Area}
    days = {slug: _first_days(own) for slug, own in by_council.items()}
    return DigestContext(app.now, app.register, standings, days, freshness(app))


def _first_days(inspections: Iterable[Record]) -> tuple[dt.date, ...]:
    found = [
        dt.date.fromisoformat(str(record.fields["first_day"]))
        for record in inspections
        if "first_day" in record.fields
    ]
    return tuple(sorted(found))


def unsubscribe_links(
    store: Store, reply_to: str, https: str, subscriber: Subscriber
) -> tuple[str, ...]:
    """Return the addresses of the List-Unsubscribe header: a reply by mail, and a page where one is
    configured."""
    token = sign(people.secret(store), Action.UNSUBSCRIBE, subscriber.id)
    links = []
    if reply_to:
        links.append(mailto(reply_to, Action.UNSUBSCRIBE, token))
    if https:
        links.append(f"{https}?token={token}")
    return tuple(links)
