"""When: which subscriptions are due now (DESIGN §7, §10). Pure: the clock is an argument, the truth
is when each was last considered."""

from __future__ import annotations

import datetime as dt

from syncer.model import Frequency, Subscription
from syncer.timetable import LONDON

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LONGEST_WAIT = 15
"""Days in which a slot is looked for: more than a week, wherever `now` lies in its day."""


def due(subscription: Subscription, now: dt.datetime, last_considered: dt.datetime | None) -> bool:
    """Return whether a digest is to be made now: the last slot has come since the subscription was
    last considered. One slot a local day or week, so the clocks going forward or back skip none and
    repeat none, and after an outage there is one digest, not one a day. One never considered is due
    at once, and so is one that was considered later than now: the clock was ahead then, and which
    slots have come since nobody knows. `now` and `last_considered` are aware."""
    if subscription.frequency is Frequency.IMMEDIATELY or last_considered is None:
        return True
    if last_considered > now:
        return True
    return last_considered < last_slot(subscription, now) <= now


def last_slot(subscription: Subscription, now: dt.datetime) -> dt.datetime:
    """Return the latest moment, not after `now`, at which this daily or weekly subscription was
    due; in UTC."""
    today = now.astimezone(LONDON).date()
    for days in range(LONGEST_WAIT):
        day = today - dt.timedelta(days=days)
        slot = _slot_on(day, subscription)
        if slot is not None and slot <= now:
            return slot

    raise AssertionError("every week has a slot")


def next_slot(subscription: Subscription, now: dt.datetime) -> dt.datetime:
    """Return the first moment after `now` at which this daily or weekly subscription is due; in
    UTC."""
    today = now.astimezone(LONDON).date()
    for days in range(LONGEST_WAIT):
        day = today + dt.timedelta(days=days)
        slot = _slot_on(day, subscription)
        if slot is not None and slot > now:
            return slot

    raise AssertionError("every week has a slot")


def _slot_on(day: dt.date, subscription: Subscription) -> dt.datetime | None:
    """Return when a subscription is due on a day; None where that is not its day."""
    if not _is_its_day(subscription, day):
        return None
    return _moment(day, subscription.hour)


def _is_its_day(subscription: Subscription, day: dt.date) -> bool:
    if subscription.frequency is not Frequency.WEEKLY:
        return True
    return WEEKDAYS[day.weekday()] == subscription.weekday.lower()


def _moment(day: dt.date, hour: int) -> dt.datetime:
    """Return that hour of the local day: the first of the two when the clocks go back, an hour
    later when they skip it."""
    local = dt.datetime.combine(
        day,
        dt.time(hour),
        LONDON,
    )
    return local.astimezone(dt.UTC)
