"""Councils end and begin on their day (DESIGN §5.10): one event to those who follow the old one,
who then follow its successors too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from syncer.app import App
from syncer.model import Council, CouncilFields, Event, EventDetail, EventKind, RecordKind
from syncer.store import events, overview, people
from syncer.timetable import LONDON

KEPT = dt.timedelta(days=365)
READ_WITHIN = dt.timedelta(days=7)
NAME = "register"
TOLD = "ended {}"
"""Under which the store remembers that a council's end was told."""

FOLLOWED = (
    "You now follow the new councils too, and the old one for another year."
    " A new council has no rating of its own yet."
)


def follow_successors(app: App) -> list[str]:
    """Tell of every council that has ended since this store was made and was not told of yet;
    return their slugs. May run late, or twice.

    Where nothing was read on the days before, nothing is told yet: the clock may be wrong for one
    run, and a council's end is told for good.
    """
    today = _local_day(app.now)
    if not _read_before(app, today):
        return []

    with app.store.writing():
        people.drop_ended(app.store, today)
        return _tell_of_ended(app, today)


def _read_before(app: App, today: dt.date) -> bool:
    """Return whether anything was read on one of the days before this one."""
    yesterday = today - dt.timedelta(days=1)
    return bool(overview.days_read(app.store, today - READ_WITHIN, yesterday))


def _tell_of_ended(app: App, today: dt.date) -> list[str]:
    """Tell of the councils that have ended and were not told of yet; return their slugs."""
    told = []
    for council, closed in _ended_since_begun(app, today):
        if not app.store.meta(TOLD.format(council.slug)):
            _tell(app, council, closed)
            told.append(council.slug)

    return told


def _local_day(moment: dt.datetime) -> dt.date:
    return moment.astimezone(LONDON).date()


def _ended_since_begun(app: App, today: dt.date) -> Iterator[tuple[Council, dt.date]]:
    """Yield the councils that have ended since this store was made, with the day."""
    begun = dt.datetime.fromisoformat(app.store.meta("since"))
    since = _local_day(begun)
    for council in app.register:
        if council.closed is not None and since < council.closed <= today:
            yield council, council.closed


def _tell(app: App, council: Council, closed: dt.date) -> None:
    """Write the event, let the followers follow the successors, and note that it was told."""
    ended = _ended(app, council, closed)
    number = events.add(app.store, ended, 0)
    events.open_event(app.store, number)

    until = closed + KEPT
    people.succeed(app.store, council.slug, council.successors, until)

    mark = TOLD.format(council.slug)
    app.store.set_meta(mark, app.now.isoformat())


def _ended(app: App, council: Council, closed: dt.date) -> Event:
    names = [app.register.by_slug(slug).official_name for slug in council.successors]
    said = CouncilFields(closed, council.successors or None)
    return Event(
        record=RecordKind.COUNCIL,
        kind=EventKind.CHANGED,
        councils=(council.slug,),
        area="ended",
        old=council.official_name,
        new=" and ".join(names),
        published=closed,
        effective=closed,
        noticed_at=app.now,
        source=NAME,
        url="",
        late=closed < _local_day(app.now),
        detail=EventDetail(said, note=_note(council, closed, names)),
    )


def _note(council: Council, closed: dt.date, successors: list[str]) -> str:
    """Return what a reader is told of it."""
    last = closed - dt.timedelta(days=1)
    sentence = f"{council.official_name} ended on {last.day} {last:%B %Y}"
    if successors:
        names = " and ".join(successors)
        sentence = f"{sentence}; {names} took over its children's services"
    return f"{sentence}. {FOLLOWED}"
