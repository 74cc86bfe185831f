"""A mail that came back → what its writer asks for. Nothing but a mail program is needed to
confirm, stop, pause or resume.

Two proofs count, and each is known only to who received our mail: the signed token in the subject,
or the Message-ID of ours that the mail answers. A From address proves nothing. What a machine wrote
(RFC 3834) asks for nothing.
"""

from __future__ import annotations

import email.policy
import re
from email.message import EmailMessage
from email.parser import BytesParser

from syncer import links
from syncer.errors import BadToken
from syncer.links import Action, Request
from syncer.store import Store, deliveries, people

WORDS = {
    "yes": Action.CONFIRM,
    "confirm": Action.CONFIRM,
    "unsubscribe": Action.UNSUBSCRIBE,
    "stop": Action.UNSUBSCRIBE,
    "pause": Action.PAUSE,
    "resume": Action.RESUME,
}
"""Erasing has no way back, so that a word is not enough for it: it needs its token."""

HINT = "Pipe in the whole mail, with its headers; or name the address: `syncer confirm ADDRESS`."


def requested(store: Store, message: bytes) -> Request:
    """What a mail asks for, and for whom. Raises BadToken where it asks for nothing, or has no
    proof."""
    mail = BytesParser(EmailMessage, policy=email.policy.default).parsebytes(message)
    if str(mail["Auto-Submitted"] or "no").split(";")[0].strip().lower() != "no":
        raise BadToken(
            "a machine wrote this mail: it asks for nothing",
            "An answer of a person has no Auto-Submitted header.",
        )
    try:
        return links.read(people.secret(store), links.token_in(message))
    except BadToken:
        return Request(_word(mail), _answered(store, mail))


def _answered(store: Store, mail: EmailMessage) -> int:
    """The subscriber whose message this mail answers."""
    ids = re.findall(r"<[^<>\s]+>", f"{mail['In-Reply-To'] or ''} {mail['References'] or ''}")
    for number in (deliveries.named(store, identifier) for identifier in ids):
        if number and (subscriber := deliveries.show(store, number).subscriber):
            return subscriber
    raise BadToken(
        "this mail answers none that was sent from here, and has no token in its subject", HINT
    )


def _word(mail: EmailMessage) -> Action:
    """The first word that its writer put above what is quoted."""
    part = mail.get_body(("plain", "html"))
    text = re.sub(r"<[^>]*>", " ", str(part.get_content())) if part is not None else ""
    first = next(
        (line for line in text.splitlines() if line.strip() and not line.lstrip().startswith(">")),
        "",
    )
    found = re.search(r"[a-z]+", first.lower())
    if found is None or found[0] not in WORDS:
        raise BadToken(f"the mail begins with none of the words {', '.join(WORDS)}", HINT)
    return WORDS[found[0]]
