"""What a message shows besides its events, looked up: standings, days of inspections, how each
source was read. Looked up once and kept while nothing changes."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from syncer.app import App
from syncer.digest.message_model import DigestContext, Freshness, RunBy
from syncer.digest.wording import counted
from syncer.model import Area, Record, RecordKind, Standing, Subscriber, Subscription
from syncer.pipeline.notify.leaving import by_mail
from syncer.pipeline.notify.on_demand import AwardsOnDemand, BegunOnDemand, ReportsOnDemand
from syncer.pipeline.notify.plan import News
from syncer.pipeline.notify.readings import SourceReading, depended_on
from syncer.records.standing import in_order, standing
from syncer.sources import kinds_given, load
from syncer.store import Store, as_moment, events, overview, pages, people, problems, shown
from syncer.store import records as record_store

READ_ALL_THE_SAME = frozenset(("Vanished", "DatesDisagree", "UnknownProviderId"))
"""Problems for the operator of what was read none the less."""


def news_for(app: App) -> News:
    """Look up what is the same for every subscriber."""
    marks = _marks(app.store)
    last_seq = events.last_seq(app.store)
    waiting = events.after(app.store, min(marks, default=last_seq))
    last = (waiting[-1].seq or 0) if waiting else last_seq

    since = app.now - overview.SYNC_LASTS
    under_way = overview.under_way(app.store, since, app.now)
    readings = [reading for reading in source_readings(app) if reading.of_news]

    return News(
        app.now,
        app.register,
        tuple(waiting),
        last,
        tuple(readings),
        failing_pages(app),
        under_way,
    )


def _marks(store: Store) -> list[int]:
    """Up to which event each subscription that is written to has considered."""
    marks = []
    for subscriber in people.listing(store, ["active"]):
        for subscription in subscriber.subscriptions:
            marks.append(subscription.mark)
    return marks


# -- How the sources were read ---------------------------------------------------------------------


def source_readings(app: App) -> tuple[SourceReading, ...]:
    """Return how each enabled source was read. One that gives only history and cross-checks is left
    out while it was never tried: nobody waits for it."""
    runs = overview.last_runs(app.store, app.now)
    found = []
    for name in app.config.enabled_sources():
        run = runs.get(name)
        if run is not None or name not in app.history:
            found.append(_reading(app, name, run))
    return tuple(found)


def _reading(app: App, name: str, run: Mapping[str, Any] | None) -> SourceReading:
    of_news = name not in app.history
    gives = kinds_given(name)
    if run is None:
        never = Freshness(load(name).TITLE, None)
        return SourceReading(name, never, gives, of_news=of_news)

    found = problems.still_open(app.store, name)
    failing = None if run["complete"] else as_moment(run["failing_since"])
    return SourceReading(
        name,
        _freshness(name, run, found),
        gives,
        as_moment(run["started"]),
        failing,
        of_news,
    )


def failing_pages(app: App) -> tuple[SourceReading, ...]:
    """Return the pages of single councils that cannot be read, of the sources of news."""
    enabled = app.config.enabled_sources()
    found = []
    for row in pages.failing_pages(app.store):
        source = row["source"]
        if source in enabled and source not in app.history:
            found.append(_failing_page(app, row))
    return tuple(found)


def _failing_page(app: App, row: Mapping[str, Any]) -> SourceReading:
    name = row["source"]
    council = app.register.by_slug(row["council"])
    since = as_moment(row["since"])
    unread = Freshness(
        f"{load(name).TITLE}: the page of {council.name}",
        as_moment(row["last_good"]),
        row["name"],
        unreadable=True,
    )
    return SourceReading(
        name,
        unread,
        kinds_given(name),
        since,
        since,
        council=row["council"],
    )


def freshness(app: App) -> tuple[Freshness, ...]:
    """Return, for each enabled source that was ever tried, when it was last read well, and what
    could not be read: what the operator is shown."""
    return tuple(row for row, _ in _tried_sources(app))


def freshness_in_short(app: App) -> tuple[Freshness, ...]:
    """Return the same for everybody to read: of what could not be read only how much it is, since
    what is wrong with it is for the operator to know."""
    rows = []
    for row, found in _tried_sources(app):
        rows.append(replace(row, trouble=_how_much(found, row)))
    return tuple(rows)


def _tried_sources(app: App) -> Iterator[tuple[Freshness, Sequence[Mapping[str, Any]]]]:
    """Yield how each enabled source that was ever tried was read, and its open problems."""
    runs = overview.last_runs(app.store, app.now)
    for name in app.config.enabled_sources():
        if name in runs:
            found = problems.still_open(app.store, name)
            yield _freshness(name, runs[name], found), found


def _how_much(found: Sequence[Mapping[str, Any]], row: Freshness) -> str:
    """Say in one clause how much of a source cannot be read now; empty where there is nothing."""
    if row.unreadable:
        return "cannot be read now"
    if not found:
        return ""
    return f"{counted(len(found), 'page or file', 'pages or files')} could not be read"


def _freshness(name: str, run: Mapping[str, Any], found: Sequence[Mapping[str, Any]]) -> Freshness:
    whole = any(not problem["url"] for problem in found)
    return Freshness(
        load(name).TITLE,
        as_moment(run["last_good"]),
        _trouble(found),
        whole,
    )


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
    if len(found) > 2:
        first += f" and {len(found) - 2} more"
    return f"could not be read: {first}"


def _trouble_for(found: Sequence[Mapping[str, Any]], followed: Collection[str]) -> str:
    """Say what cannot be read now to one who follows these councils (none: all of them). Pages of
    other councils are not theirs; of documents about no council in particular the number will
    do."""
    own: list[Mapping[str, Any]] = []
    others = 0
    for problem in found:
        if not problem["url"]:
            return _trouble(found)
        council = problem["council"]
        if not council:
            others += 1
        elif _is_about(problem, followed):
            own.append(problem)

    parts = []
    if own:
        parts.append(_trouble(own))
    if others:
        documents = "document" if others == 1 else "documents"
        parts.append(f"{others} {documents} could not be read")
    return "; ".join(parts)


def _is_about(problem: Mapping[str, Any], followed: Collection[str]) -> bool:
    """Return whether a problem is about one of these councils (none: any council)."""
    council = problem["council"]
    return bool(council) and (not followed or council in followed)


# -- What a message shows --------------------------------------------------------------------------


@dataclass(frozen=True)
class _Known:
    """What is the same for everybody, as of one state of the store: `problems` are the open ones of
    each source, `unread_pages` the sources and councils whose page cannot be read now."""

    version: int
    context: DigestContext
    readings: tuple[SourceReading, ...]
    problems: Mapping[str, Sequence[Mapping[str, Any]]]
    unread_pages: frozenset[tuple[str, str]]


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
        store = self._app.store
        version = int(store.value("PRAGMA data_version"))
        if self._kept is not None and self._kept.version == version:
            return self._kept

        readings = source_readings(self._app)
        found = {}
        for reading in readings:
            found[reading.name] = problems.still_open(store, reading.name)

        self._kept = _Known(
            version,
            _look_up(self._app),
            readings,
            found,
            pages.unread_now(store),
        )
        return self._kept

    def of(
        self,
        subscriber: Subscriber,
        *,
        explain_no_overall: bool = False,
        quiet_since: dt.datetime | None = None,
    ) -> DigestContext:
        """Return the context as this subscriber is shown it: of the sources only those that they
        depend on. With `quiet_since` it says of what appeared since then whether it was read."""
        known = self._known()
        followed = self.followed(subscriber)

        rows = []
        for reading in depended_on(subscriber, known.readings):
            found = known.problems[reading.name]
            row = _row_for(reading, found, followed, self._app.now)
            if quiet_since is not None:
                own = _has_own_unread(found, followed, quiet_since, known.unread_pages)
                row = replace(row, own_unread=own)
            rows.append(row)
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
        register = self._app.register
        today = self._app.now.date()
        slugs = set(subscription.councils)

        for region in subscription.regions:
            inside = register.region(region, today)
            slugs |= {council.slug for council in inside}

        for name in subscription.neighbours_of:
            neighbours = register.neighbours(name)
            slugs |= {council.slug for council in neighbours}
        return slugs.difference(subscription.but)


def _row_for(
    reading: SourceReading,
    found: Sequence[Mapping[str, Any]],
    followed: Collection[str],
    now: dt.datetime,
) -> Freshness:
    late = reading.of_news and not reading.read_lately(now)
    trouble = _trouble_for(found, followed)
    return replace(reading.freshness, trouble=trouble, late=late)


def _has_own_unread(
    found: Iterable[Mapping[str, Any]],
    followed: Collection[str],
    since: dt.datetime,
    unread_pages: Collection[tuple[str, str]],
) -> bool:
    """Return whether the page of a council that is followed cannot be read now, or something on it
    went wrong since then. What could not be read before hides no change since."""
    for problem in found:
        if not _is_about(problem, followed) or problem["name"] in READ_ALL_THE_SAME:
            continue
        is_page = (problem["source"], problem["council"]) in unread_pages
        if is_page or dt.datetime.fromisoformat(problem["first_at"]) > since:
            return True
    return False


def _look_up(app: App) -> DigestContext:
    by_council = _inspections_that_tell(app)
    latest = {slug: own[-1] for slug, own in by_council.items()}

    who = app.config.operator
    return DigestContext(
        app.now,
        app.register,
        _standings(app, by_council),
        BegunOnDemand(app.store),
        freshness(app),
        inspections=ReportsOnDemand(app.store),
        latest=latest,
        awards=AwardsOnDemand(app.store),
        interventions=_interventions(app.store),
        run_by=RunBy(who.name, who.contact, who.privacy),
        unsubscribe=by_mail(app),
        site=app.config.web.url,
    )


def _inspections_that_tell(app: App) -> dict[str, list[Record]]:
    """Return the inspections by which each council (by slug) stands that has any, in order."""
    behind_all = [shown.Place(council.slug) for council in app.register]
    found = defaultdict(list)
    for record in in_order(shown.telling(app.store, behind_all)):
        found[record.councils[0]].append(record)

    return dict(found)


def _interventions(store: Store) -> tuple[Record, ...]:
    kinds = [RecordKind.INTERVENTION]
    found = []
    for record in record_store.records(store, kinds=kinds):
        if not record.withdrawn:
            found.append(record)

    return tuple(found)


def _standings(
    app: App, by_council: Mapping[str, Sequence[Record]]
) -> dict[str, dict[Area, Standing]]:
    """How each council stands whose inspections were read, or that has one."""
    read = pages.read_for_inspections(app.store, app.now)
    all_were_read = "" in read
    standings = {}
    for council in app.register:
        slug = council.slug
        if all_were_read or slug in read or slug in by_council:
            own = by_council.get(slug, ())
            standings[slug] = _standings_of(own)
    return standings


def _standings_of(inspections: Sequence[Record]) -> dict[Area, Standing]:
    found = {}
    for area in Area:
        found[area] = standing(inspections, area)
    return found
