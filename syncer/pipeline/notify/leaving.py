"""How a reader stops a message: the addresses of its List-Unsubscribe header (RFC 2369, 8058), and
the links at its foot.

Mails are forwarded: a link in one may end its reader's subscription, and shows and changes nothing.
To change it, the reader has the link to their own page mailed to their own address.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from syncer.app import App
from syncer.config import is_loopback
from syncer.digest.message_model import UNSUBSCRIBE
from syncer.links import Action, address_of, mailto, sign
from syncer.model import Subscriber
from syncer.pipeline.notify.personal import answers_to
from syncer.store import people


@dataclass(frozen=True)
class Ways:
    """How one reader stops their messages: by these addresses of the header; on this page, and on
    that where they ask for the link to change them (each empty where there is no site)."""

    headers: tuple[str, ...]
    page: str = ""
    manage: str = ""


def by_mail(app: App) -> str:
    """Return how readers stop their messages by mail; empty where links do, and no mail is read."""
    if app.config.web.url and not app.config.inbox.is_read:
        return ""
    return UNSUBSCRIBE


def ways(app: App, subscriber: Subscriber) -> Ways:
    """Return how this reader stops their messages: at a web address and, where an inbox is read or
    there is no such address, by mail. The web address comes first: what mail programs try."""
    secret = people.secret(app.store)
    token = sign(secret, Action.UNSUBSCRIBE, subscriber.link_key, app.now)

    headers = []
    page = _page(app, token)
    if _may_be_followed(page):
        headers.append(page)
    to = answers_to(app)
    if to and (app.config.inbox.is_read or not headers):
        headers.append(mailto(to, Action.UNSUBSCRIBE, token))

    url = app.config.web.url
    return Ways(tuple(headers), page, f"{url}/manage" if url else "")


def _page(app: App, token: str) -> str:
    """Return the page on which a reader leaves: of our own site or, where there is none, of the
    operator's; empty where there is neither."""
    url = app.config.web.url
    if url:
        return address_of(url, Action.UNSUBSCRIBE, token)

    theirs = app.config.mail.unsubscribe_url
    return f"{theirs}?token={token}" if theirs else ""


def _may_be_followed(page: str) -> bool:
    """Return whether mail programs follow the address: by https, and on this machine by plain http
    too."""
    parts = urlsplit(page)
    if parts.scheme == "https":
        return True
    return parts.scheme == "http" and is_loopback(parts.hostname or "")
