"""How things stand, as a message shows it: standings, days of inspections, freshness. Looked up
once and kept while nothing changes."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from syncer.app import App
from syncer.digest.letter import DigestContext, Freshness
from syncer.links import Action, mailto, sign
from syncer.model import Area, Record, RecordKind, Subscriber
from syncer.records.standing import standing
from syncer.sources import load
from syncer.store import Store, overview, pages, people, problems
from syncer.store import records as record_store
from syncer.subscriptions.match import could_want

DARK_AFTER = dt.timedelta(days=3)


class DigestContexts:
    """Gives the situation for each subscriber. What is the same for all is looked up again only
    when another process has written."""

    def __init__(self, app: App) -> None:
        self._desk = app
        self._version = -1
        self._common = DigestContext(app.now, app.register)

    def common(self) -> DigestContext:
        """What is the same for everybody. Inside a transaction it is as of that transaction."""
        version = int(self._desk.store.value("PRAGMA data_version"))
        if version != self._version:
            self._common, self._version = _look_up(self._desk), version
        return self._common

    def of(self, subscriber: Subscriber, *, explain_no_overall: bool = False) -> DigestContext:
        """The situation as this subscriber is shown it."""
        return replace(
            self.common(), followed=self.followed(subscriber), explain_no_overall=explain_no_overall
        )

    def followed(self, subscriber: Subscriber) -> tuple[str, ...]:
        """The councils a subscriber follows, in alphabetical order; none: all."""
        register, slugs = self._desk.register, set[str]()
        for each in subscriber.subscriptions:
            if not (each.councils or each.regions or each.neighbours_of):
                return ()
            slugs |= set(each.councils)
            slugs |= {
                c.slug
                for region in each.regions
                for c in register.region(region, self._desk.now.date())
            }
            slugs |= {c.slug for name in each.neighbours_of for c in register.neighbours(name)}
        return tuple(sorted(slugs))


def unsubscribe_links(
    store: Store, reply_to: str, https: str, subscriber: Subscriber
) -> tuple[str, ...]:
    """The addresses of the List-Unsubscribe header: a reply by mail, and a page where one is
    configured."""
    token = sign(people.secret(store), Action.UNSUBSCRIBE, subscriber.id)
    return tuple(
        filter(
            None,
            (
                mailto(reply_to, Action.UNSUBSCRIBE, token) if reply_to else "",
                f"{https}?token={token}" if https else "",
            ),
        )
    )


def _look_up(app: App) -> DigestContext:
    found = record_store.records(app.store, kinds=[RecordKind.INSPECTION])
    by_council: dict[str, list[Record]] = defaultdict(list)
    for record in found:
        if not record.withdrawn:
            by_council[record.councils[0]].append(record)
    read = pages.read_for_inspections(app.store, app.now)
    known = [c.slug for c in app.register if c.slug in read or "" in read or c.slug in by_council]
    standings = {
        slug: {area: standing(by_council.get(slug, ()), area) for area in Area} for slug in known
    }
    days = {slug: tuple(sorted(_first_days(own))) for slug, own in by_council.items()}
    return DigestContext(app.now, app.register, standings, days, freshness(app))


def _first_days(inspections: Iterable[Record]) -> list[dt.date]:
    return [
        dt.date.fromisoformat(str(r.fields["first_day"]))
        for r in inspections
        if "first_day" in r.fields
    ]


def freshness(app: App) -> tuple[Freshness, ...]:
    """Each enabled source: when it was last read well, and what could not be read."""
    runs, rows = overview.last_runs(app.store), []
    for name in app.config.enabled_sources():
        run = runs.get(name)
        if run is not None:
            last = dt.datetime.fromisoformat(run["last_good"]) if run["last_good"] else None
            found = problems.still_open(app.store, name)
            rows.append(
                Freshness(load(name).TITLE, last, _trouble(found), any(not p["url"] for p in found))
            )
    return tuple(rows)


def _trouble(found: Sequence[dict[str, Any]]) -> str:
    """What cannot be read now, of a source's open problems in one clause; empty where there is
    nothing. One without an address is about the source as a whole."""
    if not found:
        return ""
    if whole := next((p for p in found if not p["url"]), None):
        return f"cannot be read now ({whole['name']})"
    first = "; ".join(dict.fromkeys(p["message"] for p in found[:2]))
    return f"could not be read: {first}" + (f" and {len(found) - 2} more" if len(found) > 2 else "")


@dataclass(frozen=True)
class StaleSource:
    """A source that has not been read for days: what is said of it, the kinds of record it gives
    (none: it never gave any), and the mark under which it is noted who was told."""

    row: Freshness
    gives: frozenset[str]
    mark: str


def stale_sources(app: App) -> list[StaleSource]:
    """The sources of news that have been tried, and not read completely, for three days. Days on
    which nobody tried do not count."""
    runs, found = overview.last_runs(app.store), []
    for name, row in zip(
        (n for n in app.config.enabled_sources() if n in runs), freshness(app), strict=True
    ):
        run = runs[name]
        failing = (
            dt.datetime.fromisoformat(run["failing_since"])
            if run["failing_since"] and not run["complete"]
            else app.now
        )
        if name not in app.history and app.now - failing >= DARK_AFTER:
            found.append(
                StaleSource(
                    row,
                    overview.kinds_of_source(app.store, name),
                    f"dark {name} {failing.isoformat()}",
                )
            )
    return found


def depends_on(subscriber: Subscriber, dark: StaleSource) -> bool:
    """Whether anything that this person follows may stand in that source; of one that never gave
    anything nobody can say, so that it counts."""
    return not dark.gives or any(
        could_want(s, RecordKind(kind)) for s in subscriber.subscriptions for kind in dark.gives
    )
