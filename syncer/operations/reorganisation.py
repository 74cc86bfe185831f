"""Councils end and begin on their day (DESIGN §5.10): one event to those who follow the old one,
who then follow its successors too."""

from __future__ import annotations

import datetime as dt

from syncer.app import App
from syncer.model import Council, CouncilFields, Event, EventDetail, EventKind, RecordKind
from syncer.store import events, people
from syncer.subscriptions.schedule import LONDON

KEPT = dt.timedelta(days=365)
NAME = "register"


def follow_successors(app: App) -> list[str]:
    """Tell of every council that has ended since this store was made and was not told of yet; the
    slugs. May run late, or twice."""
    store, told, today = app.store, [], app.now.astimezone(LONDON).date()
    since = dt.datetime.fromisoformat(store.meta("since")).astimezone(LONDON).date()
    with store.writing():
        people.drop_ended(store, today)
        for council in app.register:
            if (
                council.closed
                and since < council.closed <= today
                and not store.meta(f"ended {council.slug}")
            ):
                event = events.add(store, _ended(app, council), 0)
                events.open_event(store, event)
                people.succeed(store, council.slug, council.successors, council.closed + KEPT)
                store.set_meta(f"ended {council.slug}", app.now.isoformat())
                told.append(council.slug)
    return told


def _ended(app: App, council: Council) -> Event:
    names = [app.register.by_slug(slug).official_name for slug in council.successors]
    return Event(
        record=RecordKind.COUNCIL,
        kind=EventKind.CHANGED,
        councils=(council.slug,),
        area="ended",
        old=council.official_name,
        new=" and ".join(names),
        published=council.closed,
        effective=council.closed,
        noticed_at=app.now,
        source=NAME,
        url="",
        late=council.closed is not None and council.closed < app.now.astimezone(LONDON).date(),
        detail=EventDetail(
            CouncilFields(council.closed, council.successors or None), note=_note(council, names)
        ),
    )


def _note(council: Council, successors: list[str]) -> str:
    assert council.closed is not None  # only ended councils are told of
    last = council.closed - dt.timedelta(days=1)
    what = f"{council.official_name} ended on {last.day} {last:%B %Y}"
    heirs = f"; {' and '.join(successors)} took over its children's services" if successors else ""
    told = "You now follow the new councils too, and the old one for another year. A new council has no rating of its own yet."
    return f"{what}{heirs}. {told}"
