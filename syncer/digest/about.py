"""What stands once at the end of a message: what was read and when, what its reader follows, who
runs the service, and how to change or stop it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from syncer.digest import wording
from syncer.digest.message_model import DigestContext, Fact, Freshness, RunBy
from syncer.model import Subscriber
from syncer.subscriptions.match import describe

LONGEST_WISH = 240
KEPT = (
    "We keep your address, what you follow and, for a time, what we sent you, for these messages "
    "alone."
)


def sources(freshness: Iterable[Freshness]) -> tuple[Fact, ...]:
    """Return, for each source, when it was read and what could not be."""
    facts = []
    for row in freshness:
        name = wording.one_line(row.source)
        facts.append(Fact(name, _read(row)))
    return tuple(facts)


def _read(row: Freshness) -> str:
    read = "not read yet"
    if row.last_good:
        read = f"read {wording.moment(row.last_good)}"
    if row.trouble:
        read += f"; {wording.one_line(row.trouble)}"
    return read


def why_you_get_it(subscriber: Subscriber, context: DigestContext) -> tuple[str, ...]:
    """Return what the reader follows, and who runs the service where its settings say so."""
    wishes = _wishes(subscriber, context)
    if not wishes:
        return run_by(context)

    followed = ". ".join(wishes)
    reason = f"You get this because of what you follow. {followed}."
    return (reason, *run_by(context))


def _wishes(subscriber: Subscriber, context: DigestContext) -> list[str]:
    """Return what the reader follows, a phrase for each subscription."""
    wishes = []
    for subscription in subscriber.subscriptions:
        wish = describe(subscription, context.register)
        wishes.append(wording.shortened(wish, LONGEST_WISH))
    return wishes


def run_by(context: DigestContext) -> tuple[str, ...]:
    """Return who runs the service, what is kept, and where to ask; nothing where no name is set."""
    who = context.run_by
    if not who.name:
        return ()

    run = f"This service is run by {who.name}."
    said = (run, KEPT, *_where_to_ask(who))
    return (" ".join(said),)


def _where_to_ask(who: RunBy) -> Iterator[str]:
    """Yield where to turn to, and where the privacy notice is, as far as the settings say so."""
    if who.contact:
        yield f"Questions, corrections, or to be erased: {who.contact}."
    if who.privacy:
        yield f"Privacy notice: {who.privacy}"


def how_to_change(context: DigestContext) -> str:
    """Return how a reader follows other councils, kinds or times."""
    if context.site:
        return f"To follow something else, or to be told at other times: {context.site}/manage"

    contact = context.run_by.contact
    whom = f"write to {contact}" if contact else "ask whoever set this up for you"
    return f"To follow something else, or to be told at other times, {whom}."
