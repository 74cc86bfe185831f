"""What a message shows besides its events, looked up: standings, days of inspections, how each
source was read. Looked up once and kept while nothing changes."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from syncer.app import App
from syncer.digest.message_model import DigestContext, Freshness
from syncer.links import Action, mailto, sign
from syncer.model import Area, Record, RecordKind, Subscriber, Subscription
from syncer.pipeline.notify.plan import News
from syncer.pipeline.notify.readings import SourceReading, depended_on
from syncer.records.standing import standing
from syncer.sources import kinds_given, load
from syncer.store import Store, as_moment, events, overview, pages, people, problems
from syncer.store import records as record_store


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
    under_way = overview.under_way(app.store, app.now - overview.SYNC_LASTS, app.now)
    readings = tuple(reading for reading in source_readings(app) if reading.of_news)
    failing = failing_pages(app)
    return News(app.now, app.register, tuple(waiting), last, readings, failing, under_way)


# -- How the sources were read ---------------------------------------------------------------------


def source_readings(app: App) -> tuple[SourceReading, ...]:
    """Return how each enabled source was read. One that gives only history and cross-checks is left
    out while it was never tried: nobody waits for it."""
    runs = overview.last_runs(app.store, app.now)
    found = []
    for name in app.config.enabled_sources():
        if name in runs or name not in app.history:
            found.append(_reading(app, name, runs.get(name)))
    return tuple(found)


def _reading(app: App, name: str, run: Mapping[str, Any] | None) -> SourceReading:
    of_news, gives = name not in app.history, kinds_given(name)
    if run is None:
        return SourceReading(name, Freshness(load(name).TITLE, None), gives, of_news=of_news)
    failing = None if run["complete"] else as_moment(run["failing_since"])
    tried, found = as_moment(run["started"]), problems.still_open(app.store, name)
    return SourceReading(name, _freshness(name, run, found), gives, tried, failing, of_news)


def failing_pages(app: App) -> tuple[SourceReading, ...]:
    """Return the pages of single councils that cannot be read, of the sources of news."""
    enabled, found = app.config.enabled_sources(), []
    for row in pages.failing_pages(app.store):
        if row["source"] in enabled and row["source"] not in app.history:
            found.append(_failing_page(app, row))
    return tuple(found)


def _failing_page(app: App, row: Mapping[str, Any]) -> SourceReading:
    name, council = row["source"], row["council"]
    title = f"{load(name).TITLE}: the page of {app.register.by_slug(council).name}"
    since = as_moment(row["since"])
    unread = Freshness(title, as_moment(row["last_good"]), row["name"], unreadable=True)
    return SourceReading(name, unread, kinds_given(name), since, since, council=council)


def freshness(app: App) -> tuple[Freshness, ...]:
    """Return, for each enabled source that was ever tried, when it was last read well, and what
    could not be read: what the operator is shown."""
    runs, rows = overview.last_runs(app.store, app.now), []
    for name in app.config.enabled_sources():
        if name in runs:
            rows.append(_freshness(name, runs[name], problems.still_open(app.store, name)))
    return tuple(rows)


def _freshness(name: str, run: Mapping[str, Any], found: Sequence[Mapping[str, Any]]) -> Freshness:
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
    messages = [problem["message"].rstrip(".") for problem in found[:2]]
    first = "; ".join(dict.fromkeys(messages))
    more = f" and {len(found) - 2} more" if len(found) > 2 else ""
    return f"could not be read: {first}{more}"


def _trouble_for(found: Sequence[Mapping[str, Any]], followed: Collection[str]) -> str:
    """Say what cannot be read now to one who follows these councils (none: all of them). Pages of
    other councils are not theirs; of documents about no council in particular the number will
    do."""
    if any(not problem["url"] for problem in found):
        return _trouble(found)
    own = [p for p in found if p["council"] and (not followed or p["council"] in followed)]
    others = sum(not problem["council"] for problem in found)
    documents = "document" if others == 1 else "documents"
    parts = [_trouble(own)] if own else []
    if others:
        parts.append(f"{others} {documents} could not be read")
    return "; ".join(parts)


# -- What a message shows --------------------------------------------------------------------------


@dataclass(frozen=True)
class _Known:
    """What is the same for everybody, as of one state of the store: `problems` are the open ones of
    each source."""

    version: int
    context: DigestContext
    readings: tuple[SourceReading, ...]
    problems: Mapping[str, Sequence[Mapping[str, Any]]]


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
            readings = source_readings(self._app)
            store = self._app.store
            found = {r.name: problems.still_open(store, r.name) for r in readings}
            self._kept = _Known(version, _look_up(self._app), readings, found)
        return self._kept

    def of(self, subscriber: Subscriber, *, explain_no_overall: bool = False) -> DigestContext:
        """Return the context as this subscriber is shown it: of the sources only those that they
        depend on."""
        known, now = self._known(), self._app.now
        followed = self.followed(subscriber)
        readings = depended_on(subscriber, known.readings)
        rows = [_row_for(r, known.problems[r.name], followed, now) for r in readings]
        read = [row.last_good for row in rows if row.last_good and not row.late]
        return replace(
            known.context,
            followed=followed,
            freshness=tuple(rows),
            read_until=min(read, default=None),
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


def _row_for(
    reading: SourceReading,
    found: Sequence[Mapping[str, Any]],
    followed: Collection[str],
    now: dt.datetime,
) -> Freshness:
    late = reading.of_news and not reading.read_lately(now)
    return replace(reading.freshness, trouble=_trouble_for(found, followed), late=late)


def _look_up(app: App) -> DigestContext:
    by_council = _inspections(app.store)
    read = pages.read_for_inspections(app.store, app.now)
    standings = {}
    for council in app.register:
        slug = council.slug
        if slug in read or "" in read or slug in by_council:
            own = by_council.get(slug, ())
            standings[slug] = {area: standing(own, area) for area in Area}
    days = {slug: _first_days(own) for slug, own in by_council.items()}
    reports = {r.id: r.inspection for own in by_council.values() for r in own}
    return DigestContext(
        app.now, app.register, standings, days, freshness(app), inspections=reports
    )


def _inspections(store: Store) -> Mapping[str, list[Record]]:
    """The inspections of each council that were not withdrawn."""
    found: dict[str, list[Record]] = defaultdict(list)
    for record in record_store.records(store, kinds=[RecordKind.INSPECTION]):
        if not record.withdrawn:
            found[record.councils[0]].append(record)
    return found


def _first_days(inspections: Iterable[Record]) -> tuple[dt.date, ...]:
    days = (record.inspection.first_day for record in inspections)
    return tuple(sorted(day for day in days if day))


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
