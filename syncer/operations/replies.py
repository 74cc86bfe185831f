"""A mail that came back → what follows from it. Nothing but a mail program is needed to confirm,
stop, pause or resume.

Two proofs count, and each is known only to whoever received our mail: the signed token in the
subject, or the Message-ID of ours that the mail answers. Into the inbox anybody can write, and
mails are forwarded: there the mail has to come from the subscribed address too. Where that, or what
is wanted, is not sure, the subscribed address is mailed a link, and never anybody else.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email.utils import parseaddr

from syncer import links
from syncer.app import App
from syncer.errors import BadAddress, BadToken, NoSuchDelivery, NoSuchSubscriber
from syncer.inbox import bounces, complaints, machines
from syncer.inbox.asking import Ask, asked, says_no
from syncer.inbox.own_words import own_words
from syncer.inbox.reading import Mail, read
from syncer.links import Action
from syncer.model import Subscriber
from syncer.operations import self_service
from syncer.operations.self_service import Asked
from syncer.store import bounces as bounce_store
from syncer.store import deliveries, people
from syncer.store.deliveries import Delivery
from syncer.store.inbox import COMPLAINT, Outcome

HINT = "Pipe in the whole mail, with its headers; or name the address: `syncer confirm ADDRESS`."
WORDS = ("yes", "confirm", "unsubscribe", "stop", "pause", "resume")
BY_WORD = frozenset({Action.UNSUBSCRIBE, Action.PAUSE, Action.RESUME, Action.CONFIRM})
"""Erasing has no way back, so that words are not enough for it: it needs its token."""
ANSWERED = re.compile(r"^\s*(?:re|aw|sv|antw|fw|fwd|wg)\s*:", re.IGNORECASE)
ADDRESS = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
KEPT_WORDS = 200
"""Characters kept of the words by which somebody agreed."""
CLOCKS_DIFFER = dt.timedelta(hours=1)

DONE_IN_WORDS = {
    Action.CONFIRM: "confirmed",
    Action.UNSUBSCRIBE: "unsubscribed",
    Action.PAUSE: "paused",
    Action.RESUME: "resumed",
    Action.ERASE: "erased",
}


# -- A mail that the operator hands over -----------------------------------------------------------


@dataclass(frozen=True)
class Ignored:
    """The mail asks for nothing, and why that is so."""

    reason: str


def requested(app: App, message: bytes) -> Asked | Ignored:
    """Return what a mail asks for, and for whom. Whoever hands it over answers for its sender.
    Raises BadToken where a person asks for nothing that is known, or without a proof."""
    mail = read(message)
    machine = machines.sign_of_machine(mail) or machines.by_subject(mail)
    if machine:
        return Ignored(f"a machine wrote this mail ({machine}): it asks for nothing")
    try:
        return _by_token(app, mail)
    except BadToken:
        return _by_words(app, mail)


def _by_token(app: App, mail: Mail) -> Asked:
    """Return what the token in a mail's subject asks for. Raises BadToken."""
    token = links.token_in(mail.decoded("Subject"))
    return self_service.asked_by_token(app, token)


def _by_words(app: App, mail: Mail) -> Asked:
    """Return what the words ask for of the message that they answer. Raises BadToken."""
    wish = asked(own_words(mail))
    if wish is None or not wish.sure or wish.action not in BY_WORD:
        known = ", ".join(WORDS)
        raise BadToken(f"the mail begins with none of the words {known}", HINT)

    answered = _answered(app, mail.answers_to())
    if answered is None:
        raise BadToken(
            "this mail answers none that was sent from here, and has no token in its subject",
            HINT,
        )
    return Asked(wish.action, answered.subscriber, delivery=answered.id)


def _answered(app: App, identifiers: Iterable[str]) -> Delivery | None:
    """Return the message to a subscriber that one of these Message-IDs names; None where none
    does."""
    for identifier in identifiers:
        number = deliveries.named(app.store, identifier)
        if not number:
            continue
        delivery = deliveries.show(app.store, number)
        if delivery.subscriber:
            return delivery
    return None


# -- A mail in the inbox ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Decision:
    """What becomes of a mail, and why; `subscriber` is whom it is about. `act` does it, within the
    transaction that writes the outcome down; where it is `alone`, before that one."""

    outcome: Outcome
    why: str
    subscriber: int | None = None
    act: Callable[[App], object] | None = None
    alone: bool = False


def decide(app: App, mail: Mail) -> Decision:
    """Return what follows from a mail in the inbox. Nothing is changed by it."""
    if _is_own(app, mail):
        return _ignored("it was sent from here")

    kind = complaints.feedback_type(mail)
    about = complaints.complaint_about(mail)
    if about is not None:
        return _complaint(app, about)
    if kind:
        return _ignored(f"a report that is no complaint ({kind})")

    bounce = bounces.find_bounce(mail)
    if bounce is not None:
        return _bounce(app, bounce)
    if bounces.is_notice(mail):
        return _ignored("a notice of a mail server that no message has failed")
    return _written(app, mail)


def _ignored(why: str, subscriber: int | None = None) -> Decision:
    return Decision(Outcome.IGNORED, why, subscriber)


def _not_understood(why: str, subscriber: int | None = None) -> Decision:
    return Decision(Outcome.NOT_UNDERSTOOD, why, subscriber)


def _is_own(app: App, mail: Mail) -> bool:
    """Return whether the mail comes from this installation itself."""
    section = app.config.mail
    own = {parseaddr(each)[1].casefold() for each in (section.sender, section.reply_to)}
    own.discard("")
    if mail.sender().casefold() in own:
        return True
    identifier = mail.identifier()
    return bool(identifier) and deliveries.named(app.store, identifier) > 0


# -- Complaints and bounces ------------------------------------------------------------------------


def _complaint(app: App, about: Iterable[str]) -> Decision:
    delivery = _answered(app, about)
    if delivery is None:
        return _ignored("a complaint about no message of ours")

    subscriber = delivery.subscriber
    return Decision(
        Outcome.DONE,
        COMPLAINT,
        subscriber,
        lambda app: self_service.complained(app, subscriber),
    )


def _bounce(app: App, bounce: bounces.Bounce) -> Decision:
    delivery = _answered(app, bounce.identifiers)
    if delivery is None:
        return _ignored("a bounce of no message of ours to a subscriber")

    came_back = _came_back(app, delivery, bounce.at)

    def count(app: App) -> None:
        bounce_store.record_bounce(
            app.store,
            delivery.id,
            bounce.hard,
            bounce.status,
            bounce.words,
            came_back,
            learned=app.now,
        )

    kind = "for good" if bounce.hard else "for now"
    status = f" ({bounce.status})" if bounce.status else ""
    why = f"a message came back {kind}{status}: counted"
    return Decision(Outcome.DONE, why, delivery.subscriber, count)


def _came_back(app: App, delivery: Delivery, written: dt.datetime | None) -> dt.datetime:
    """Return when a message came back: when the notice was written, where that can be true."""
    if written is None:
        return app.now
    earliest = delivery.created_at - CLOCKS_DIFFER
    is_possible = earliest <= written <= app.now
    return written.astimezone(dt.UTC) if is_possible else app.now


# -- What somebody wrote ---------------------------------------------------------------------------


@dataclass(frozen=True)
class _Letter:
    """What a person, or what acts as one, wrote: the message of ours that it answers, the
    subscriber whom it is about (of that message, else the writer), and whether both are one."""

    words: str
    wish: Ask | None
    answered: Delivery | None
    about: Subscriber | None
    proven: bool


def _written(app: App, mail: Mail) -> Decision:
    """Return what follows from what is no report: a request with a token, a machine's mail, or a
    person's."""
    token = _token_asked(app, mail)
    machine = machines.sign_of_machine(mail)
    may_be_machine = token is not None and token.action is Action.UNSUBSCRIBE
    if machine and not may_be_machine:
        return _ignored(f"a machine wrote it ({machine})")
    if token is not None:
        return _with_token(app, mail, token)

    machine = machines.by_subject(mail)
    if machine:
        return _ignored(f"a machine wrote it ({machine})")
    return _of_person(app, _letter(app, mail))


def _token_asked(app: App, mail: Mail) -> Asked | None:
    try:
        return _by_token(app, mail)
    except BadToken:
        return None


def _with_token(app: App, mail: Mail, token: Asked) -> Decision:
    """Return what follows from a token: what it asks for or, where it comes from another address
    than the one it was sent to, a question to that one."""
    person = people.get(app.store, token.subscriber)
    if not _is_from(mail, person):
        return _ask_by_link(app, person, token.action, "it comes from another address")

    words = mail.decoded("Subject")[:KEPT_WORDS]
    return Decision(
        Outcome.DONE,
        DONE_IN_WORDS.get(token.action, str(token.action)),
        person.id,
        lambda app: self_service.do(app, token, "mail", words),
        alone=token.action is Action.ERASE,
    )


def _letter(app: App, mail: Mail) -> _Letter:
    words = own_words(mail)
    answered = _answered(app, mail.answers_to())
    writer = _subscribed_as(app, mail.sender())
    about = people.get(app.store, answered.subscriber) if answered else writer
    proven = answered is not None and writer is not None and about == writer
    wish = _wish(app, mail, words, answered)
    return _Letter(words, wish, answered, about, proven)


def _subscribed_as(app: App, address: str) -> Subscriber | None:
    try:
        return people.find(app.store, address)
    except (NoSuchSubscriber, BadAddress):
        return None


def _is_from(mail: Mail, person: Subscriber) -> bool:
    return bool(person.address) and mail.sender().casefold() == person.address.casefold()


def _wish(app: App, mail: Mail, words: str, answered: Delivery | None) -> Ask | None:
    """Return what the words ask for; of a new mail, what its subject does where the words do not.
    To the question whether to subscribe a no is an answer too."""
    is_question = answered is not None and answered.kind == "confirm"
    if is_question and says_no(words):
        return Ask(Action.UNSUBSCRIBE, sure=True)

    wish = asked(words)
    if is_question and wish is not None and wish.action is Action.UNSUBSCRIBE:
        return Ask(Action.UNSUBSCRIBE, sure=True)
    if wish is not None and wish.action is Action.CONFIRM and not is_question:
        wish = _affirmed(app, wish, answered)
    if wish is not None:
        return _less_sure_of_machine(wish, words)

    subject = mail.decoded("Subject")
    if ANSWERED.match(subject):
        return None
    in_subject = asked(subject)
    if in_subject is None or in_subject.action is Action.CONFIRM:
        return None
    return in_subject


def _affirmed(app: App, wish: Ask, answered: Delivery | None) -> Ask | None:
    """Return what a yes affirms: what the mail with the link asked about that it answers; None
    where it answers no such mail."""
    if answered is None or answered.kind != "reply":
        return None
    try:
        asked_about = read(deliveries.body(app.store, answered.id))
        token = links.token_in(" ".join(asked_about.texts("text/plain")))
        return Ask(self_service.asked_by_token(app, token).action, wish.sure)
    except (BadToken, NoSuchDelivery):
        return None


def _less_sure_of_machine(wish: Ask, words: str) -> Ask | None:
    """Return the wish; where the words could be an absence note's, not a sure one. That somebody
    has left, as such a note says, is no wish."""
    if not machines.reads_like_absence(words):
        return wish
    if wish.action is Action.UNSUBSCRIBE and not wish.sure:
        return None
    return Ask(wish.action, sure=False)


def _of_person(app: App, letter: _Letter) -> Decision:
    wish, about = letter.wish, letter.about
    number = about.id if about else None
    if wish is None:
        if letter.answered and letter.answered.kind == "reply" and says_no(letter.words):
            return _ignored("it says no to what it was asked", number)
        if machines.reads_like_absence(letter.words):
            return _ignored("an absence note or an acknowledgement, by its words", number)
        return _not_understood("it asks for nothing that is known", number)
    if about is None:
        return _not_understood("its writer is not subscribed, and it answers no message of ours")
    if _names_another(letter.words, about):
        return _not_understood("it names another address", number)
    return _of_subscriber(app, letter, wish, about)


def _of_subscriber(app: App, letter: _Letter, wish: Ask, about: Subscriber) -> Decision:
    """Return what follows from a wish that is about a subscriber."""
    if about.state in people.ENDED:
        if wish.action is Action.UNSUBSCRIBE:
            return _ignored("unsubscribed already", about.id)
        return _not_understood("it is about somebody who is unsubscribed", about.id)

    if not letter.proven:
        why = (
            "it comes from another address" if letter.answered else "it answers no message of ours"
        )
        return _ask_by_link(app, about, wish.action, why)
    if not wish.sure or wish.action not in BY_WORD:
        return _ask_by_link(app, about, wish.action, "it may mean something else")

    delivery = letter.answered.id if letter.answered else 0
    request = Asked(wish.action, about.id, delivery=delivery)
    words = letter.words[:KEPT_WORDS]
    return Decision(
        Outcome.DONE,
        DONE_IN_WORDS[wish.action],
        about.id,
        lambda app: self_service.do(app, request, "mail", words),
    )


def _names_another(words: str, about: Subscriber) -> bool:
    """Return whether the words name an address, and not that of the subscriber."""
    named = {each.casefold().strip(".") for each in ADDRESS.findall(words)}
    return bool(named) and about.address.casefold() not in named


def _ask_by_link(app: App, person: Subscriber, action: Action, why: str) -> Decision:
    """Return that the subscribed address is mailed a link; at most one a day."""
    if person.state in people.ENDED:
        return _ignored("unsubscribed already", person.id)
    if action is Action.MANAGE and not app.config.web.url:
        return _not_understood("it asks for a change, and there is no page for that", person.id)

    return Decision(
        Outcome.ASKED,
        f"{why}: the subscribed address is mailed a link to {action}",
        person.id,
        lambda app: self_service.ask_by_mail(app, person.id, action),
    )
