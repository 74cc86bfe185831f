"""Signed links: they let the person who received a mail, and nobody else, act on it. Where there is
no web server, a reply by mail is enough.

A token holds what it does, a key and when it was made, and is short enough for one line of a mail:
`c.KEY.TIME.SIGNATURE`. The key names what it is for: of `confirm` one question
(`confirmations.link_key`), of all others one person (`subscribers.link_key`). Tokens in mails from
before there were keys hold a number, and no time.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import quote

from itsdangerous import BadSignature, Signer, URLSafeSerializer

from syncer.errors import BadToken, LinkExpired

IN_SUBJECT = re.compile(
    r"\b(?:confirm|unsubscribe|pause|resume|erase)\s+([\w.-]{20,})", re.IGNORECASE
)
OLD_DOTS = 1
"""In a token from before there were keys; the others have three."""
CLOCK_SLACK = dt.timedelta(minutes=5)
"""A token may seem to come from so far ahead; from later, a clock that was wrong has made it."""


class Action(StrEnum):
    """What a link does."""

    CONFIRM = "confirm"
    UNSUBSCRIBE = "unsubscribe"
    MANAGE = "manage"
    PAUSE = "pause"
    RESUME = "resume"
    ERASE = "erase"


LETTERS = {action.value[0]: action for action in Action}
"""By which a token names its action."""
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
LASTS: Mapping[Action, dt.timedelta] = {
    Action.CONFIRM: 7 * DAY,
    Action.MANAGE: HOUR,
    Action.PAUSE: 7 * DAY,
    Action.RESUME: 7 * DAY,
    Action.ERASE: 7 * DAY,
}
"""How long a token is good. One that unsubscribes is as long as the subscription."""


class Request(NamedTuple):
    """What a genuine token asks for, and the key of the question or the person it is for."""

    action: Action
    key: str


def sign(secret: str, action: Action, key: str, now: dt.datetime) -> str:
    """Return the token for one action: letters, digits, `.`, `_`, `-`; as is the key, without
    `.`."""
    letter = action.value[0]
    seconds = int(now.timestamp())
    signed = _signer(secret).sign(f"{letter}.{key}.{seconds:x}")
    return signed.decode("ascii")


def read(secret: str, token: str, action: Action, now: dt.datetime) -> str:
    """Return the key in a token for this action. Raises BadToken when this installation did not
    make it, or for something else; LinkExpired when it was made too long ago."""
    found = requested(secret, token, now)
    if found.action is not action:
        raise BadToken("this link was made for something else")
    return found.key


def requested(secret: str, token: str, now: dt.datetime) -> Request:
    """Return what a token asks for. Raises BadToken when this installation did not make it,
    LinkExpired when it was made too long ago."""
    try:
        request, made_at = _opened(secret, token.strip())
    except (BadSignature, ValueError, TypeError, OverflowError) as error:
        raise BadToken("this link was not made here, or is not complete") from error

    if made_at is not None and not _is_good(request.action, made_at, now):
        raise LinkExpired("this link is too old")
    return request


def _opened(secret: str, token: str) -> tuple[Request, dt.datetime | None]:
    """Return what a token says, and when it was made (None: before that was noted). Raises
    BadSignature, ValueError, TypeError and OverflowError."""
    if token.count(".") == OLD_DOTS:
        action, number = URLSafeSerializer(secret, salt="syncer.link").loads(token)
        return Request(Action(action), f"n{int(number)}"), None

    signed = _signer(secret).unsign(token).decode("ascii")
    letter, key, seconds = signed.split(".")
    made_at = dt.datetime.fromtimestamp(int(seconds, 16), dt.UTC)
    return Request(LETTERS[letter], key), made_at


def _is_good(action: Action, made_at: dt.datetime, now: dt.datetime) -> bool:
    """Return whether a token is as young as its action demands."""
    lasts = LASTS.get(action)
    if lasts is None:
        return True
    age = now - made_at
    return -CLOCK_SLACK <= age <= lasts


def address_of(url: str, action: Action, token: str) -> str:
    """Return the web address of a link: `url` is that of `[web] url`."""
    return f"{url}/{action}/{token}"


def mailto(to: str, action: Action, token: str) -> str:
    """Return a link that opens a mail to `to` with the request in its subject (RFC 6068)."""
    address = quote(to, safe="@")
    subject = quote(f"{action} {token}")
    return f"mailto:{address}?subject={subject}"


def token_in(subject: str) -> str:
    """Return the token in the subject of a mail that came back ("Re: confirm …"). Raise BadToken
    when there is none."""
    found = IN_SUBJECT.search(subject)
    if found is None:
        raise BadToken(f"no request in the subject {subject!r}")
    return found[1]


def _signer(secret: str) -> Signer:
    return Signer(secret, salt="syncer.link.2")
