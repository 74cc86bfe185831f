"""What a chat or a webhook is told in the place of a mail.

A chat has each message as one short text, a webhook has changes alone, corrections among them, and
no word of silence or of outages, which are for people. Neither has a welcome: what changes from the
moment at which it was subscribed, or resumed, is told.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from email.utils import parseaddr
from urllib.parse import urljoin

from syncer.app import App
from syncer.digest.chat import short_text
from syncer.digest.message_model import Digest, MailKind
from syncer.digest.wording import one_line
from syncer.model import Event, Subscriber
from syncer.store import channels
from syncer.store.outbox import Message
from syncer.subscriptions.channels import WEBHOOK, longest_text
from syncer.views import lists
from syncer.views.forms import to_jsonl

CHANGES = "changes/"
OF_CHANGES = (MailKind.DIGEST, MailKind.CORRECTION)


def is_for(subscriber: Subscriber, made: Digest) -> bool:
    """Return whether a subscriber is sent messages of this kind."""
    return subscriber.channel != WEBHOOK or made.kind in OF_CHANGES


def message(
    app: App, subscriber: Subscriber, made: Digest, followed: Sequence[str], thread: str = ""
) -> Message:
    """Return what is queued for a chat or a webhook. `followed` are the councils it follows (none:
    all); `thread` is the Message-ID of what it corrects."""
    mail = app.config.mail
    folding = made.folding
    if subscriber.channel == WEBHOOK:
        events = [line.event for line in folding.lines]
        body = changes_as_json(app, events, followed)
    else:
        body = _text(app, subscriber, made)

    return Message(
        kind=made.kind,
        message_id=f"<{uuid.uuid4().hex}@{mail.list_id}>",
        sender=parseaddr(mail.sender)[1],
        recipient=subscriber.address,
        subject=one_line(made.subject),
        body=body.encode(),
        subscriber=subscriber.id,
        thread=thread,
        told=tuple(line.event.id for line in folding.lines),
        folded={**folding.into, **dict.fromkeys(folding.cancelled, 0)},
        channel=subscriber.channel,
    )


def changes_as_json(app: App, events: Sequence[Event], followed: Sequence[str]) -> str:
    """Return the objects that `changes --format jsonl` prints of these events, as one list: those
    of the councils that are followed; all of an event that is about none of them any more."""
    rows: list[str] = []
    for event in events:
        about = set(event.councils).intersection(followed)
        listing = lists.changes(app.register, [event], about)
        rows += to_jsonl(listing).splitlines()
    return f"[{', '.join(rows)}]"


def site_of_changes(app: App) -> str:
    """Return where the site lists changes; nothing where there is no site."""
    site = app.config.web.url
    return urljoin(f"{site.rstrip('/')}/", CHANGES) if site else ""


def _text(app: App, subscriber: Subscriber, made: Digest) -> str:
    known = channels.secrets_of(app.store, subscriber.id)
    return short_text(
        made,
        longest_text(known.address),
        site_of_changes(app),
    )
