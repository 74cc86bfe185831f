"""What somebody has sent to themselves: the question whether they agree, the link to their own
page, the answer to a mail. Each is one message in the outbox, written in the transaction of what it
is about; none is about a subscription, so that no list header is in it."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import parseaddr

from syncer import digest as digests
from syncer.app import App
from syncer.digest.message_model import Digest, DigestContext, RunBy
from syncer.digest.personal import Way
from syncer.links import Action, address_of, sign
from syncer.model import Subscriber, Subscription
from syncer.pipeline.notify.addressing import addressed
from syncer.store import confirmations, outbox, people
from syncer.store.confirmations import Confirmation

BY_MAIL = (Action.CONFIRM, Action.UNSUBSCRIBE, Action.PAUSE, Action.RESUME, Action.ERASE)
"""What the subject of a mail may ask for; one's own page is on the web alone."""
ON_PAGE = (Action.MANAGE, Action.PAUSE, Action.RESUME, Action.ERASE)
"""What has no address of its own on the web: it is done on one's own page."""


def ask_to_confirm(
    app: App, subscriber: Subscriber, asked: Confirmation, wanted: Sequence[Subscription]
) -> int:
    """Queue the message that asks whether the address is its owner's wish; return its number. Call
    inside `writing()`. `wanted` is all that would be told then."""
    way = way_to(app, Action.CONFIRM, asked.link_key)
    made = digests.confirm(wanted, _context(app), way, asked.asked_by)
    number = _queue(app, subscriber, made, answers=asked.asked_by == "inbox")
    confirmations.note_delivery(app.store, asked, number)
    return number


def send_manage_link(app: App, subscriber: Subscriber) -> int:
    """Queue the message with the link to one's own page; return its number. Call inside
    `writing()`, and only where there is a site."""
    way = way_to(app, Action.MANAGE, subscriber.link_key)
    return _queue(app, subscriber, digests.manage(_context(app), way.link))


def answer(app: App, subscriber: Subscriber, action: Action) -> int:
    """Queue the answer to a mail that seems to ask for this; return its number. Call inside
    `writing()`."""
    on_page = action in ON_PAGE and bool(app.config.web.url)
    way = way_to(app, Action.MANAGE if on_page else action, subscriber.link_key)
    made = digests.reply(action, _context(app), way, on_own_page=on_page)
    return _queue(app, subscriber, made)


def way_to(app: App, action: Action, key: str) -> Way:
    """Return how a link is followed: on the site where there is one and, where mail is read or
    there is none, by mail."""
    token = sign(people.secret(app.store), action, key, app.now)
    url = app.config.web.url
    link = address_of(url, action, token) if url else ""
    if action not in BY_MAIL or (link and not app.config.inbox.is_read):
        return Way(link)
    return Way(link, answers_to(app), f"{action} {token}")


def answers_to(app: App) -> str:
    """Return the address to which people write."""
    mail = app.config.mail
    return mail.reply_to or parseaddr(mail.sender)[1]


def _context(app: App) -> DigestContext:
    who = app.config.operator
    return DigestContext(
        app.now,
        app.register,
        run_by=RunBy(who.name, who.contact, who.privacy),
        site=app.config.web.url,
    )


def _queue(app: App, subscriber: Subscriber, made: Digest, *, answers: bool = False) -> int:
    message = addressed(app, made, subscriber.address, subscriber.id, answers=answers)
    return outbox.queue(app.store, message, app.now)
