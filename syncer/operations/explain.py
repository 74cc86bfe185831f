"""Why somebody was, or was not, told of a change: one sentence for every event and subscriber, from
what is stored and nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence

from syncer.app import App
from syncer.model import Event, Frequency, Subscriber, Subscription
from syncer.pipeline.notify.write import awaited_sources
from syncer.records.diff import CONFIRMED
from syncer.store import events, receipts
from syncer.subscriptions.match import wants, why
from syncer.subscriptions.schedule import due, next_slot
from syncer.timetable import LONDON

NOT_OPEN = {
    "silent": (
        "Silent: old news, or what a page already showed when it was first read. Nobody is told."
    ),
    "discarded": "Discarded: somebody looked at it and threw it away. Nobody is told.",
    "replaced": "Replaced by a later finding before anybody could be told.",
    "new": "Not settled yet: the run that found it has not ended.",
}
AWAY = {
    "pending": (
        "Not told: the address has not been confirmed yet; once it is, a welcome shows how things "
        "stand."
    ),
    "paused": (
        "Not told: mail to this address is paused; `syncer resume` begins with a new welcome."
    ),
    "bounced": (
        "Not told: mail to this address came back; `syncer resume` begins with a new welcome."
    ),
    "unsubscribed": "Not told: nobody is subscribed under this address any more.",
    "erased": "Not told: this address was erased.",
}
PROVED_WRONG = (
    "Proved wrong before it was told: event {} says what is right, and is told "
    "instead where it is wanted."
)
FIRST_LINE_MISSING = "Not wanted: it confirms a line that this address was not told."


def explain(app: App, event: Event, person: Subscriber) -> str:
    """Return the one sentence for this event and this subscriber."""
    account = receipts.account(app.store, event.id, person.id)
    if account.how == receipts.NOT_YET:
        return next(_reasons(app, event, person))

    first, rest = account.sentence[:1], account.sentence[1:]
    return f"{first.upper()}{rest}."


def _reasons(app: App, event: Event, person: Subscriber) -> Iterator[str]:
    """Yield what holds, the strongest first; the last always does."""
    yield from _of_event(app, event)
    yield from _of_person(app, person)

    wanting = _wanting(app, event, person.subscriptions)
    if not wanting:
        yield _unwanted(app, event, person.subscriptions)
    yield _timing(app, event, person, wanting)


def _wanting(app: App, event: Event, subscriptions: Iterable[Subscription]) -> list[Subscription]:
    """Return the subscriptions whose filters an event passes."""
    return [each for each in subscriptions if wants(each, event, app.register)]


def _of_event(app: App, event: Event) -> Iterator[str]:
    """Yield why nobody is told of an event."""
    state = events.state_of(app.store, event.id)
    if event.held:
        reason = event.hold_reason or "until somebody has looked"
        yield f"Held: {reason}. `syncer held release {event.id}` lets it go."
    if state in NOT_OPEN:
        yield NOT_OPEN[state]


def _of_person(app: App, person: Subscriber) -> Iterator[str]:
    """Yield why somebody is told of no single event."""
    if person.state in AWAY:
        yield AWAY[person.state]
    if person.welcomed is None:
        yield _in_welcome(app, person)


def _in_welcome(app: App, person: Subscriber) -> str:
    waits_for = awaited_sources(app, person)
    if not waits_for:
        return "Will be part of the welcome, at the next digest."
    return (
        f"Will be part of the welcome, which waits for the first good read of: "
        f"{'; '.join(waits_for)}."
    )


def _unwanted(app: App, event: Event, subscriptions: Sequence[Subscription]) -> str:
    """Return which filter of each subscription refuses the event."""
    reasons = {}
    for subscription in subscriptions:
        reasons[subscription.id] = _refusal(app, event, subscription)

    listed = "; ".join(_by_subscription(reasons))
    return f"Not wanted: {listed}."


def _by_subscription(reasons: Mapping[int, str]) -> Iterator[str]:
    """Yield the reasons; where there are several, each with the number of its subscription."""
    for number, reason in reasons.items():
        yield reason if len(reasons) == 1 else f"by subscription {number}: {reason}"


def _refusal(app: App, event: Event, subscription: Subscription) -> str:
    """Return which filter refuses the event, as a part of a sentence."""
    sentence = why(subscription, event, app.register)
    return sentence.removeprefix("Not wanted: ").removesuffix(".")


def _timing(app: App, event: Event, person: Subscriber, wanting: Sequence[Subscription]) -> str:
    """Return when an event that is wanted, and not handled, is still to come, or why it is not."""
    number = event.seq or 0
    ahead = [subscription for subscription in wanting if subscription.mark < number]
    if not ahead:
        return _before(app, event, person, wanting)

    if event.area == CONFIRMED and not _was_told(app, event.corrects, person):
        return FIRST_LINE_MISSING

    right = _correction_of(app, event)
    if right:
        return PROVED_WRONG.format(right.id)
    return _to_come(ahead, app.now)


def _to_come(ahead: Sequence[Subscription], now: dt.datetime) -> str:
    """Return when the first of these subscriptions is due."""
    moment = min(_when(subscription, now) for subscription in ahead)
    if moment <= now:
        return "Will be told at the next digest, which is due now."
    return f"Will be told at the next digest, which is due on {_said(moment)}."


def _was_told(app: App, event: int, person: Subscriber) -> bool:
    account = receipts.account(app.store, event, person.id)
    return account.how != receipts.NOT_YET


def _correction_of(app: App, event: Event) -> Event | None:
    """Return the event that says what is right in place of this one; None where there is none."""
    number = event.seq or 0
    for later in events.after(app.store, number):
        if later.corrects == event.id and later.area != CONFIRMED:
            return later

    return None


def _when(subscription: Subscription, now: dt.datetime) -> dt.datetime:
    """Return when a subscription is due next: `now` where it is due already."""
    considered = subscription.considered
    waits_for_slot = subscription.frequency is not Frequency.IMMEDIATELY
    if considered is None and waits_for_slot:
        return next_slot(subscription, now)

    if due(subscription, now, considered):
        return now
    return next_slot(subscription, now)


def _before(app: App, event: Event, person: Subscriber, wanting: Sequence[Subscription]) -> str:
    """Return why an event was known before: the marks of all that want it are past it."""
    if person.welcomed and event.noticed_at <= person.welcomed:
        return _before_welcome(app, person.id, person.welcomed)

    if event.area == CONFIRMED:
        return FIRST_LINE_MISSING

    numbers = " and ".join(str(subscription.id) for subscription in wanting)
    return f"Known before subscription {numbers} began; a subscription tells what comes after it."


def _before_welcome(app: App, person: int, welcomed: dt.datetime) -> str:
    welcome = receipts.last_welcome(app.store, person)
    return (
        f"Known before the welcome of {_said(welcomed)}, delivery {welcome}, "
        "which shows how things stood after it."
    )


def _said(moment: dt.datetime) -> str:
    return f"{moment.astimezone(LONDON):%A %d %B %Y at %H:%M}"
