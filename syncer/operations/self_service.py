"""What a person may do by themselves, whichever way they ask: by a form, a link or a mail.

Nothing here trusts who asks: what is done without a signed link is done by mail to the address
alone, and a mail that anybody can have sent is sent to an address once an hour at most. Each
function opens its own transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from syncer import links
from syncer.app import App
from syncer.delivery.erasing import Erasure
from syncer.delivery.erasing import erase as erase_address
from syncer.delivery.transports.maildir import Maildir
from syncer.errors import BadToken, LinkExpired, NoSuchSubscriber
from syncer.links import Action
from syncer.model import Subscriber, Subscription
from syncer.operations.held import held_by
from syncer.pipeline.notify import personal
from syncer.store import asked as asked_mails
from syncer.store import confirmations, consents, events, people, refusals
from syncer.store.addresses import normalised
from syncer.store.confirmations import Confirmation
from syncer.store.wanted import is_same

MAY_MANAGE = ("active", "paused", "bounced")
"""Who is sent the link to their own page."""
GONE = "this link belongs to nobody any more"


# -- coming ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ToConfirm:
    """What somebody is asked to confirm. `already`: they have, and nothing follows again."""

    address: str
    wanted: tuple[Subscription, ...]
    already: bool


def ask_to_subscribe(
    app: App,
    address: str,
    wanted: Sequence[Subscription],
    asked_by: str,
    all_quiet: str | None = None,
) -> None:
    """Ask an address by mail whether it wants to be told this; until it agrees nothing changes.

    At most one such mail an hour goes to an address; what is asked within it is dropped, silently.
    `asked_by` is form, operator, import or inbox. `all_quiet` None: as it is. Raises BadAddress.
    """
    address = normalised(address)
    with app.store.writing():
        if not asked_mails.may_ask(app.store, address, "confirm", app.now):
            return
        person = _known_or_new(app, address)
        _ask(app, person, wanted, asked_by, all_quiet)


def ask_pending(app: App, person: Subscriber, asked_by: str) -> int:
    """Ask somebody new, by mail, whether they want what the operator wrote down for them; return
    the number of the delivery. The operator is not limited."""
    with app.store.writing():
        asked_mails.note(app.store, person.address, "confirm", app.now)
        return _ask(app, person, (), asked_by)


def _known_or_new(app: App, address: str) -> Subscriber:
    """Return the subscriber with this address. One who left stays so until they agree."""
    try:
        return people.find(app.store, address)
    except NoSuchSubscriber:
        return people.add(app.store, address, app.now)


def _ask(
    app: App,
    person: Subscriber,
    wanted: Sequence[Subscription],
    asked_by: str,
    all_quiet: str | None = None,
) -> int:
    """Note a question, and queue the mail that asks it; return the number of the delivery."""
    asked = confirmations.ask(
        app.store,
        person.id,
        wanted,
        asked_by,
        app.now,
        all_quiet,
    )
    whole = _whole(person, asked)
    return personal.ask_to_confirm(app, person, asked, whole)


def to_confirm(app: App, token: str) -> ToConfirm:
    """Return what a confirmation would do. Raises BadToken, LinkExpired."""
    asked = _asked(app, token)
    person = people.get(app.store, asked.subscriber)
    return ToConfirm(
        person.address,
        _whole(person, asked),
        asked.confirmed_at is not None,
    )


def _whole(person: Subscriber, asked: Confirmation) -> tuple[Subscription, ...]:
    """Return all that would be told then: of somebody new also what the operator wrote down."""
    whole = list(person.subscriptions) if person.state == "pending" else []
    for each in asked.wanted:
        if not any(is_same(each, known) for known in whole):
            whole.append(each)
    return tuple(whole)


def confirm(app: App, token: str, how: str, words: str) -> Subscriber:
    """Do what the address was asked, and keep that it agreed: how (`link`, `mail`) and to which
    words. A token that was used before changes nothing. Raises BadToken, LinkExpired."""
    with app.store.writing():
        return _agreed(app, _asked(app, token), how, words)


def confirm_answered(app: App, delivery: int, how: str, words: str) -> Subscriber | None:
    """Do what this mail asked, which was answered with a yes. None where it asks nothing, or was
    answered too late."""
    with app.store.writing():
        asked = confirmations.asked_in(app.store, delivery)
        if asked is None or asked.has_expired(app.now):
            return None
        return _agreed(app, asked, how, words)


def _asked(app: App, token: str) -> Confirmation:
    """Return the question that a token answers. Raises BadToken, LinkExpired."""
    key = links.read(people.secret(app.store), token, Action.CONFIRM, app.now)
    found = confirmations.find(app.store, key)
    if found is None:
        raise BadToken(GONE)
    if found.has_expired(app.now):
        raise LinkExpired("this link is too old")
    return found


def _agreed(app: App, asked: Confirmation, how: str, words: str) -> Subscriber:
    """Do what was agreed to, once."""
    store = app.store
    if not confirmations.use(store, asked, app.now):
        return people.get(store, asked.subscriber)

    person = people.activate(store, asked.subscriber, app.now)
    newest = events.last_seq(store)
    for each in asked.wanted:
        people.subscribe(store, person.id, each, newest)
    if asked.all_quiet:
        people.set_all_quiet(store, person.id, asked.all_quiet)

    _note_consent(app, person, how, words)
    return people.get(store, person.id)


def _note_consent(app: App, person: Subscriber, how: str, words: str) -> None:
    """Keep that somebody agreed by themselves, which lifts an earlier no."""
    refusals.lift(app.store, person.address)
    consents.record(app.store, person.id, how, words, app.now)


# -- going -----------------------------------------------------------------------------------------


def to_leave(app: App, token: str) -> Subscriber | None:
    """Return who would leave by this link; None where they left already, or came back since under
    a new one. Raises BadToken."""
    key = links.read(people.secret(app.store), token, Action.UNSUBSCRIBE, app.now)
    person = people.by_link(app.store, key)
    if person is None or person.state in people.ENDED:
        return None
    return person


def leave(app: App, token: str) -> None:
    """End every subscription of the person in the link. Used again it changes nothing. Raises
    BadToken."""
    with app.store.writing():
        person = to_leave(app, token)
        if person is not None:
            people.unsubscribe(app.store, person.id, app.now)


# -- one's own page --------------------------------------------------------------------------------


def ask_to_manage(app: App, address: str) -> None:
    """Mail the link to their own page to somebody who is subscribed, once an hour at most; silent
    for all others. Raises BadAddress."""
    address = normalised(address)
    with app.store.writing():
        may_ask = asked_mails.may_ask(app.store, address, "manage", app.now)
        person = _found(app, address)
        if not may_ask or person is None or person.state not in MAY_MANAGE:
            return
        if app.config.web.url:
            personal.send_manage_link(app, person)


def _found(app: App, address: str) -> Subscriber | None:
    try:
        return people.find(app.store, address)
    except NoSuchSubscriber:
        return None


def managed(app: App, token: str) -> Subscriber:
    """Return whose page the link leads to. Raises BadToken, LinkExpired."""
    key = links.read(people.secret(app.store), token, Action.MANAGE, app.now)
    person = people.by_link(app.store, key)
    if person is None:
        raise BadToken(GONE)
    return person


def change(
    app: App, subscriber: int, wanted: Sequence[Subscription], all_quiet: str | None = None
) -> Subscriber:
    """Let somebody follow this instead of what they followed; what stays the same keeps its place.
    `all_quiet`: how often to say that nothing has changed (None: as it is). Raises NoSuchSubscriber
    for one who has left, ValueError where nothing would be left: that is leaving."""
    if not wanted:
        raise ValueError("nothing is wanted: that is leaving")

    with app.store.writing():
        person = people.get(app.store, subscriber)
        if person.state in people.ENDED:
            raise NoSuchSubscriber("whoever has left follows nothing", "Subscribe again.")

        newest = events.last_seq(app.store)
        for each in wanted:
            people.subscribe(app.store, subscriber, each, newest)
        for known in person.subscriptions:
            if not any(is_same(known, each) for each in wanted):
                people.unsubscribe(app.store, subscriber, app.now, known.id)
        if all_quiet:
            people.set_all_quiet(app.store, subscriber, all_quiet)
        return people.get(app.store, subscriber)


def pause(app: App, subscriber: int) -> Subscriber:
    """Write no more to somebody until they say so."""
    return people.stop(app.store, subscriber, "paused", app.now)


def resume(app: App, subscriber: int, how: str = "link", words: str = "resume") -> Subscriber:
    """Write again to somebody who asks for it, beginning with a welcome; an earlier complaint is
    over by that."""
    with app.store.writing():
        person = people.get(app.store, subscriber)
        if person.state not in ("paused", "bounced"):
            return person

        _note_consent(app, person, how, words)
        return people.resume(app.store, subscriber, app.now)


def leave_all(app: App, subscriber: int) -> Subscriber:
    """End every subscription of somebody who asks for it."""
    return people.unsubscribe(app.store, subscriber, app.now)


def complained(app: App, subscriber: int) -> Subscriber:
    """Write no more to somebody who has called our mail unwanted; only they can lift that."""
    with app.store.writing():
        person = people.stop(app.store, subscriber, "paused", app.now)
        refusals.refuse(app.store, person.address, "complaint", app.now)
        return person


def held_about(app: App, subscriber: int) -> dict[str, Any]:
    """Return all that is kept about somebody, as JSON values. Raises NoSuchSubscriber."""
    with app.store.reading():
        return held_by(app, people.get(app.store, subscriber))


def erase(app: App, subscriber: int) -> Erasure:
    """Forget somebody, but for the keyed hash by which it is known that they said no. Raises
    NoSuchSubscriber, StoreError."""
    person = people.get(app.store, subscriber)
    return erase_address(
        app.store,
        Maildir(app.config.mail.maildir),
        person.address,
        app.now,
        app.config.keep.backups_days,
        app.config.inbox.maildir,
    )


# -- by mail ---------------------------------------------------------------------------------------


def ask_by_mail(app: App, subscriber: int, action: Action) -> bool:
    """Answer a mail that seems to ask for this with a mail that has the link for it; at most one an
    address and day. Return False where there was one, or nothing is left to be confirmed."""
    with app.store.writing():
        person = people.get(app.store, subscriber)
        question = _unanswered(app, person)
        if action is Action.CONFIRM and question is None:
            return False
        if not asked_mails.may_ask(app.store, person.address, "reply", app.now):
            return False

        if action is Action.CONFIRM and question is not None:
            _ask(app, person, question.wanted, "inbox", question.all_quiet)
        else:
            personal.answer(app, person, action)
        return True


def _unanswered(app: App, person: Subscriber) -> Confirmation | None:
    """Return what somebody was asked last and has not answered."""
    asked = confirmations.of_subscriber(app.store, person.id)
    waiting = [each for each in asked if each.confirmed_at is None]
    return waiting[-1] if waiting else None


@dataclass(frozen=True)
class Asked:
    """What a genuine token asks for, and of which subscriber (their number)."""

    action: Action
    subscriber: int
    token: str = ""
    delivery: int = 0
    """The message of ours that was answered, where there was no token."""


def asked_by_token(app: App, token: str) -> Asked:
    """Return what a token asks for, whatever that is. Raises BadToken, LinkExpired."""
    request = links.requested(people.secret(app.store), token, app.now)
    if request.action is Action.CONFIRM:
        return Asked(request.action, _asked(app, token).subscriber, token)

    person = people.by_link(app.store, request.key)
    if person is None:
        raise BadToken(GONE)
    return Asked(request.action, person.id, token)


def do(app: App, asked: Asked, how: str, words: str) -> Subscriber:
    """Do what was asked for with a proof, by a token or by an answer; return the subscriber as they
    were before, where they asked to be erased, and as they are now for all else."""
    person = people.get(app.store, asked.subscriber)
    match asked.action:
        case Action.CONFIRM if asked.token:
            return confirm(app, asked.token, how, words)
        case Action.CONFIRM:
            return confirm_answered(app, asked.delivery, how, words) or person
        case Action.UNSUBSCRIBE:
            return leave_all(app, person.id)
        case Action.PAUSE:
            return pause(app, person.id)
        case Action.RESUME:
            return resume(app, person.id, how, words)
        case Action.ERASE:
            erase(app, person.id)
    return person
