"""A message addressed: the bytes that leave, with the Message-ID that they keep for ever."""

from __future__ import annotations

import uuid
from email.utils import parseaddr

from syncer.app import App
from syncer.digest.message_model import Digest, MailKind
from syncer.digest.render import Envelope, RenderedMessage, as_bytes, markdown, message
from syncer.store.outbox import Message


def addressed(
    app: App,
    made: Digest,
    to: str,
    subscriber: int = 0,
    links: tuple[str, ...] = (),
    thread: str = "",
    rendered: RenderedMessage | None = None,
    *,
    answers: bool = False,
) -> Message:
    """Return the whole message to any address; `rendered`, where that was done before. Without
    links it is no message about a subscription, and belongs to no list. What `answers` a mail has
    no return path, so that no machine answers it (RFC 3834)."""
    mail = app.config.mail
    is_answer = answers or made.kind is MailKind.REPLY
    identifier = f"<{uuid.uuid4().hex}@{mail.list_name}>"
    rendered = rendered or message(made, app.config.digest.templates)
    envelope = Envelope(
        mail.sender,
        to,
        identifier,
        app.now,
        f"<{mail.list_name}>" if links else "",
        mail.reply_to,
        links,
        "auto-replied" if is_answer else "auto-generated",
    )
    folding = made.folding
    return Message(
        kind=made.kind,
        message_id=identifier,
        sender="" if is_answer else parseaddr(mail.sender)[1],
        recipient=to,
        subject=rendered.subject,
        body=as_bytes(rendered, envelope),
        subscriber=subscriber,
        thread=thread,
        told=tuple(line.event.id for line in folding.lines),
        folded={**folding.into, **dict.fromkeys(folding.cancelled, 0)},
        other=_as_govuk_notify_has_it(app, made),
    )


def _as_govuk_notify_has_it(app: App, made: Digest) -> dict[str, str]:
    """Return the message in the form of GOV.UK Notify; nothing where another transport sends."""
    if app.config.mail.transport != "govuk_notify":
        return {}

    templates = app.config.digest.templates
    form = markdown(made, templates, app.config.web.url)
    return {"subject": form.subject, "body": form.body}
