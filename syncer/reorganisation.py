"""Councils end and begin on their day (DESIGN §5.10): one event to those who follow the old one, who then follow its successors too."""

from __future__ import annotations

import datetime as dt

from syncer.app import Desk
from syncer.model import Council, Event, EventKind, RecordKind
from syncer.store import events, people

KEPT = dt.timedelta(days=365)
NAME = "register"


def follow_successors(desk: Desk) -> list[str]:
    """Tell of every council that has ended since this store was made and was not told of yet; the slugs. May run late, or twice."""
    store, told = desk.store, []
    since = dt.datetime.fromisoformat(store.meta("since")).date()
    with store.writing():
        people.drop_ended(store, desk.now.date())
        for council in desk.register:
            if council.closed and since < council.closed <= desk.now.date() and not store.meta(f"ended {council.slug}"):
                event = events.add(store, _ended(desk, council), 0)
                events.open_event(store, event)
                people.succeed(store, council.slug, council.successors, council.closed + KEPT)
                store.set_meta(f"ended {council.slug}", desk.now.isoformat())
                told.append(council.slug)
    return told


def _ended(desk: Desk, council: Council) -> Event:
    names = [desk.register.by_slug(slug).official_name for slug in council.successors]
    return Event(
        record=RecordKind.COUNCIL, kind=EventKind.CHANGED, councils=(council.slug,), area="ended", old=council.official_name,
        new=" and ".join(names), published=council.closed, effective=council.closed, noticed_at=desk.now, source=NAME, url="",
        late=council.closed is not None and council.closed < desk.now.date(),
        detail={"successors": list(council.successors), "successor_names": names, "closed": str(council.closed)},
    )  # fmt: skip
